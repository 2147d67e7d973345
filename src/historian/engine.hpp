#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/describe.hpp"
#include "base/log.hpp"
#include "historian/historian.hpp"
#include "store/chunk_store.hpp"

namespace hanse::historian {

/// When the disk is told to keep what was appended. In each mode `append` returns only when it is kept.
enum class Durability {
  batch,   ///< At once; what arrives meanwhile shares the next flush of the disk.
  window,  ///< After `window`, so that more batches share one flush: fewer flushes, longer answers.
};
HANSE_DESCRIBE_ENUM(Durability, batch, window)

/// How long a class of signals is kept, in days; 0 is for ever.
struct RetentionClass {
  std::string name;
  std::int64_t raw_days = 90;
  std::int64_t minute_days = 1825;
  std::int64_t hour_days = 0;
  friend bool operator==(const RetentionClass&, const RetentionClass&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "name", .summary = "A meaning, as in temperature.", .length_max = 60, .required = true},
        FieldNote{
            .field = "raw_days", .summary = "Days that every sample is kept; 0 for ever.", .min = 0, .max = 100'000},
        FieldNote{.field = "minute_days",
                  .summary = "Days that figures by minute are kept after; 0 for ever.",
                  .min = 0,
                  .max = 100'000},
        FieldNote{.field = "hour_days",
                  .summary = "Days that figures by hour are kept; 0 for ever.",
                  .min = 0,
                  .max = 100'000}};
  }
};
HANSE_DESCRIBE(RetentionClass, (name, raw_days, minute_days, hour_days))

struct HistorianSettings {
  Durability durability = Durability::batch;
  std::int64_t window_ms = 10;
  std::int64_t memory_samples_max = 3'000'000;
  std::int64_t log_mb_max = 64;
  std::int64_t raw_days = 90;
  std::int64_t minute_days = 1825;
  std::int64_t hour_days = 0;
  std::vector<RetentionClass> classes = {};
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "durability",
                  .summary = "batch flushes the disk for what is there; window waits window_ms for more."},
        FieldNote{.field = "window_ms",
                  .summary = "Milliseconds that batches are collected, with durability = window.",
                  .min = 1,
                  .max = 10'000},
        FieldNote{.field = "memory_samples_max",
                  .summary = "Samples in memory (24 bytes each) before they are sealed.",
                  .min = 10'000,
                  .max = 1'000'000'000},
        FieldNote{.field = "log_mb_max",
                  .summary = "Size of the write-ahead record, in MB, before it is sealed and cut.",
                  .min = 1,
                  .max = 100'000},
        FieldNote{
            .field = "raw_days", .summary = "Days that every sample is kept; 0 for ever.", .min = 0, .max = 100'000},
        FieldNote{.field = "minute_days",
                  .summary = "Days that figures by minute are kept after the samples; 0 for ever.",
                  .min = 0,
                  .max = 100'000},
        FieldNote{.field = "hour_days",
                  .summary = "Days that figures by hour are kept; 0 for ever.",
                  .min = 0,
                  .max = 100'000},
        FieldNote{.field = "classes", .summary = "Other times for signals of some meanings.", .length_max = 100}};
  }
};
HANSE_DESCRIBE(HistorianSettings,
               (durability, window_ms, memory_samples_max, log_mb_max, raw_days, minute_days, hour_days, classes))

/// What an engine did since it was opened, and holds now.
struct EngineFigures {
  std::int64_t appended = 0;  ///< Samples.
  std::int64_t replaced = 0;  ///< Same signal and time as an earlier one, also found only when sealed.
  std::int64_t late = 0;
  std::int64_t commits = 0;         ///< Flushes of the write-ahead record.
  std::int64_t commit_ms = 0;       ///< What the last of these took; over a second the disk is too slow.
  std::int64_t commit_ms_max = 0;   ///< The slowest.
  std::int64_t signals = 0;         ///< With at least one sample ever.
  std::int64_t memory_samples = 0;  ///< Not sealed yet.
  std::int64_t log_bytes = 0;       ///< Of the write-ahead record, on disk.
  std::int64_t chunks_sealed = 0, chunks_merged = 0, rollups_written = 0, chunks_expired = 0;
  std::int64_t recovered = 0;       ///< Samples read back from the write-ahead record at start.
  std::int64_t damaged_chunks = 0;  ///< Found and set apart.
  std::int64_t damaged_log_bytes = 0;
  bool failed = false;  ///< The disk lost something: no more appends until the node is started again.
};
HANSE_DESCRIBE(EngineFigures, (appended, replaced, late, commits, commit_ms, commit_ms_max, signals, memory_samples,
                               log_bytes, chunks_sealed, chunks_merged, rollups_written, chunks_expired, recovered,
                               damaged_chunks, damaged_log_bytes, failed))

/// The embedded historian: `Historian` and what its keeper needs.
class Engine : public Historian {
 public:
  virtual EngineFigures figures() const = 0;
  /// One round of what the background does: seal what is due, merge, roll up, expire. For tests and fast-forward.
  virtual Result<void> maintain() = 0;
  /// Seals everything and merges all small chunks: the smallest form. For benchmarks and before a backup to keep.
  virtual Result<void> compact() = 0;
  /// Reads every chunk; damaged ones are reported and set apart. How many were read.
  virtual Result<std::int64_t> verify(std::stop_token stop) = 0;
};

namespace internal {
class Files;
}

struct EngineContext {
  store::ChunkStore& chunks;
  const Clock& clock;
  const Log& log;
  std::string folder;  ///< For the write-ahead record; made when missing.
  /// The retention class of a signal by name; empty function or unknown name: the settings' own days.
  std::function<std::string(SignalId)> class_of = {};
  bool background = true;            ///< False: only `maintain` seals and expires.
  internal::Files* files = nullptr;  ///< Another disk, in tests.
};

/// Opens the history and reads back what wasn't sealed. Errors: `corrupt` when the folder can't be read, `unavailable`.
///
/// Backup: `flush()`, then back up the chunk store; everything acknowledged before is in it. A restored store starts
/// with an empty folder.
Result<std::unique_ptr<Engine>> open_historian(EngineContext context, HistorianSettings settings);

}  // namespace hanse::historian
