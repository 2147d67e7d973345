#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ecosystem/ecosystem.hpp"

namespace hanse::ecosystem {

enum class ImportKind { organisations, sites, capabilities, certificates, capacities, people, relationships };
HANSE_DESCRIBE_ENUM(ImportKind, organisations, sites, capabilities, certificates, capacities, people, relationships)

enum class RowFate { create, update, unchanged, error };
HANSE_DESCRIBE_ENUM(RowFate, create, update, unchanged, error)

struct RowProblem {
  std::string path;  ///< The column or field.
  std::string message;
};
HANSE_DESCRIBE(RowProblem, (path, message))

/// What becomes of one row.
struct ImportedRow {
  std::int64_t line = 0;  ///< Where it begins in a CSV file, or its place in a JSON list, from 1.
  RowFate fate = RowFate::create;
  std::string id;
  std::vector<RowProblem> errors;
};
HANSE_DESCRIBE(ImportedRow, (line, fate, id, errors))

struct ImportReport {
  std::vector<ImportedRow> rows;  ///< Those with errors first, then in order; at most `kImportRowsShown`.
  std::int64_t created = 0, updated = 0, unchanged = 0, failed = 0;
  bool written = false;  ///< False for a dry run, and when any row is wrong: then nothing is written.
};
HANSE_DESCRIBE(ImportReport, (rows, created, updated, unchanged, failed, written))

struct ImportRequest {
  ImportKind kind = ImportKind::organisations;
  std::string_view body;  ///< CSV, or JSON when it begins with `[`.
  bool dry_run = true;
};

inline constexpr std::size_t kImportRowsMax = 200'000;
inline constexpr std::size_t kImportRowsShown = 1'000;

/// Reads the file, says every row's fate and, unless it is a dry run or a row is wrong, writes all rows in one
/// transaction. Columns are the record's members; a list of records stands in its cell as JSON; an empty cell changes
/// nothing. A cell that a spreadsheet would run as a formula is refused.
/// Errors: `invalid` (the file as a whole can't be read), `too_large`; of the store.
Result<ImportReport> import(Ecosystem& ecosystem, const store::Actor& actor, const ImportRequest& request);

}  // namespace hanse::ecosystem
