#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"
#include "historian/historian.hpp"
#include "historian/line_protocol_intake.hpp"
#include "signal/directory.hpp"

namespace hanse::historian {

/// What becomes of one value of an imported file.
enum class SampleFate {
  create,     ///< There is no sample of this signal at this time yet.
  replace,    ///< There is one with another value; this one will stand.
  unchanged,  ///< The same value is there already.
  repeated,   ///< A later row of the file has the same signal and time, and stands.
  error,
};
HANSE_DESCRIBE_ENUM(SampleFate, create, replace, unchanged, repeated, error)

struct SampleImportProblem {
  std::string path;  ///< The column.
  std::string message;
};
HANSE_DESCRIBE(SampleImportProblem, (path, message))

/// One value: a row of a long file, a cell of a wide one.
struct SampleImportRow {
  std::int64_t line = 0;
  SampleFate fate = SampleFate::create;
  SignalId signal{};  ///< 0 when the row doesn't say which.
  std::optional<Timestamp> time;
  std::vector<SampleImportProblem> errors;
};
HANSE_DESCRIBE(SampleImportRow, (line, fate, signal, time, errors))

struct SampleImportReport {
  std::vector<SampleImportRow> rows;
  std::int64_t created = 0, replaced = 0, unchanged = 0, repeated = 0, failed = 0;
  bool written = false;  ///< False for a dry run, and when anything is wrong: then nothing is written.
};
HANSE_DESCRIBE(SampleImportReport, (rows, created, replaced, unchanged, repeated, failed, written))

inline constexpr std::size_t kSampleImportMax = 200'000;  ///< Rows of a file, and values.

/// What a file says, before the history is asked. Pure.
struct ReadSamples {
  std::vector<SampleImportRow> rows;  ///< All, with `create` or `error`.
  SampleBatch batch;                  ///< Those without an error.
  std::vector<std::size_t> row_of;    ///< For each sample of the batch.
};
/// Reads CSV: long (columns `signal`, or `asset` and `name`; `time`, `value`, and `quality` if any) or wide (a column
/// `time`, and one per signal headed by its number or `asset/name`; empty cells are no values). Times are RFC 3339, UTC
/// when they name no zone, or whole seconds, ms, us or ns since 1970 by their number of digits. `null` is a value of
/// its own. Errors: `invalid` (no CSV, unknown columns), `too_large`.
Result<ReadSamples> read_sample_csv(std::string_view text, const signal::Signals& signals);

/// Reads the file, says every value's fate and, unless it is a dry run or anything is wrong, writes all in one batch.
Result<SampleImportReport> import_samples(Historian& history, const signal::Signals& signals, std::string_view text,
                                          bool dry_run, const AppendSamples& append);

/// POST /api/v1/history/import, permission `history.write`; a dry run unless `dry_run=false`. Arguments outlive it.
std::vector<api::Route> sample_import_routes(Historian& history, const signal::Directory& directory,
                                             AppendSamples append);

}  // namespace hanse::historian
