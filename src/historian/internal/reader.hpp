#pragma once

#include <stop_token>

#include "base/clock.hpp"
#include "historian/internal/heads.hpp"
#include "historian/internal/hour_cache.hpp"
#include "historian/internal/keeper.hpp"
#include "historian/internal/sinks.hpp"

namespace hanse::historian::internal {

/// Answers queries from memory, chunks and roll-ups together, as of one moment. Safe from many threads.
class Reader {
 public:
  Reader(store::ChunkStore& chunks, Heads& heads, Keeper& keeper, const Clock& clock)
      : chunks_(chunks), heads_(heads), keeper_(keeper), clock_(clock) {}

  Result<SampleBatch> raw(SignalId signal, TimeRange range, std::size_t limit, std::stop_token stop);
  Result<std::optional<LastValue>> at(SignalId signal, Timestamp time);
  Result<std::vector<Bucket>> aggregate(SignalId signal, TimeRange range, Duration step, std::stop_token stop);
  Result<std::vector<Pixel>> downsample(SignalId signal, TimeRange range, std::size_t pixels, std::stop_token stop);
  Result<std::vector<StateDuration>> state_durations(SignalId signal, TimeRange range, std::stop_token stop);

 private:
  static constexpr std::size_t kHourCacheBytes = 32u << 20;
  struct Walk;
  /// Everything in [begin, end) into the sink. The gate is held.
  Result<void> walk(SignalId signal, TimeRange range, Sink& sink, const std::stop_token& stop);
  Result<void> walk_hours(Walk& walk, TimeRange range);
  /// Stored hours that touch [begin, end), from the cache, the roll-ups, and for the latest from samples.
  Result<HourCache::Hours> hours_of(Walk& walk, std::int64_t begin_ns, std::int64_t end_ns);
  Result<void> read_latest_hours(Walk& walk, std::int64_t end_ns, std::vector<Hour>& hours);
  Result<void> walk_gap(Walk& walk, TimeRange gap);
  Result<void> walk_minutes(Walk& walk, TimeRange gap);
  void chunk_into(Walk& walk, TimeRange gap, const store::Chunk& chunk);
  Result<std::optional<LastValue>> before(SignalId signal, Timestamp time);
  Result<std::optional<LastValue>> sealed_before(SignalId signal, std::int64_t time_ns, const SeriesState& state);
  Result<std::optional<LastValue>> minute_before(SignalId signal, std::int64_t time_ns);
  /// How far values hold: not into the future.
  Timestamp held_until(SignalId signal, Timestamp end) const;

  store::ChunkStore& chunks_;
  Heads& heads_;
  Keeper& keeper_;
  const Clock& clock_;
  HourCache hour_cache_{kHourCacheBytes};
};

}  // namespace hanse::historian::internal
