#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plant/routes.hpp"

namespace hanse::plant {

enum class ImportKind { assets, signals, products, calendars, reasons, machines };
HANSE_DESCRIBE_ENUM(ImportKind, assets, signals, products, calendars, reasons, machines)

struct ImportProblem {
  std::string path;  ///< The column or field.
  std::string message;
};
HANSE_DESCRIBE(ImportProblem, (path, message))

/// What becomes of one row.
struct ImportRow {
  std::int64_t line = 0;  ///< Where it begins in a CSV file, or its place in a JSON list, from 1.
  Fate fate = Fate::create;
  std::string id;
  std::vector<ImportProblem> errors;
};
HANSE_DESCRIBE(ImportRow, (line, fate, id, errors))

struct ImportReport {
  std::vector<ImportRow> rows;
  std::int64_t created = 0, updated = 0, unchanged = 0, failed = 0;
  bool written = false;  ///< False for a dry run, and when any row is wrong: then nothing is written.
};
HANSE_DESCRIBE(ImportReport, (rows, created, updated, unchanged, failed, written))

struct ImportRequest {
  ImportKind kind = ImportKind::assets;
  std::string_view body;  ///< CSV, or JSON when it begins with `[`.
  bool dry_run = true;
};

inline constexpr std::size_t kImportRowsMax = 200'000;

/// Reads the file, says every row's fate and, unless it is a dry run or a row is wrong, writes all rows in one
/// transaction (machines: assets in one, then a connection each). docs/formats/import.md says the columns.
/// Errors: `invalid` (the file as a whole can't be read), `too_large`; of the store.
Result<ImportReport> import(Plant& plant, const store::Actor& actor, const ImportRequest& request,
                            const MachineConnector& connect = {});

}  // namespace hanse::plant
