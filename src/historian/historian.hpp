#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "signal/sample.hpp"

namespace hanse::historian {

using signal::SampleBatch;
using signal::SignalId;

/// From `begin` up to, not including, `end`.
struct TimeRange {
  Timestamp begin;
  Timestamp end;
};

/// The last value, with its text when it is one.
struct LastValue {
  signal::Sample sample;
  std::string text;
};

/// One step of an aggregate. `count` 0 says that nothing was measured; then the other figures mean nothing, and
/// `time_weighted_mean` still holds when a value from before reaches in.
struct Bucket {
  Timestamp begin;
  std::int64_t count = 0;
  double min = 0, max = 0, sum = 0, first = 0, last = 0;
  double time_weighted_mean = 0;  ///< By the signal's interpolation `step`.
  std::int64_t covered_ns = 0;    ///< How much of the step had a good value.
};

/// What one pixel of a chart shows.
struct Pixel {
  Timestamp first_time, last_time;
  double first = 0, min = 0, max = 0, last = 0;
  std::int64_t count = 0;
};

/// How long a text, integer or boolean signal had each value.
struct StateDuration {
  std::string value;
  std::int64_t duration_ns = 0;
  std::int64_t entered = 0;  ///< How often it began.
};

struct AppendCounts {
  std::int64_t stored = 0;
  std::int64_t replaced = 0;  ///< Same signal and time as before: the later one stands.
  std::int64_t late = 0;      ///< Older than what the signal had.
};

/// The history of all signals. Blocking: call it on the work pool. Safe from many threads. A question whose `stop` is
/// requested ends within a chunk's reading: `unavailable`.
class Historian {
 public:
  virtual ~Historian() = default;

  /// Durable when it returns. Errors: `unavailable` when the disk refuses; then nothing of the batch is kept.
  virtual Result<AppendCounts> append(const SampleBatch& batch) = 0;

  virtual std::vector<std::optional<LastValue>> last(std::span<const SignalId> signals) = 0;
  /// Samples of one signal in time order, at most `limit`; the next page begins after the last one's time.
  virtual Result<SampleBatch> raw(SignalId signal, TimeRange range, std::size_t limit, std::stop_token stop = {}) = 0;
  /// The last sample at or before `time`.
  virtual Result<std::optional<LastValue>> at(SignalId signal, Timestamp time) = 0;
  /// One bucket per step, the first beginning at `range.begin`, at most 100,000.
  virtual Result<std::vector<Bucket>> aggregate(SignalId signal, TimeRange range, Duration step,
                                                std::stop_token stop = {}) = 0;
  /// At most `pixels` entries, of the numeric samples; empty pixels are left out. Costs no more for a year than a day.
  virtual Result<std::vector<Pixel>> downsample(SignalId signal, TimeRange range, std::size_t pixels,
                                                std::stop_token stop = {}) = 0;
  virtual Result<std::vector<StateDuration>> state_durations(SignalId signal, TimeRange range,
                                                             std::stop_token stop = {}) = 0;

  /// Removes for good: the bytes are gone from the files when it returns.
  virtual Result<void> erase(SignalId signal) = 0;
  /// Seals and writes what sits in memory.
  virtual Result<void> flush() = 0;
};

}  // namespace hanse::historian
