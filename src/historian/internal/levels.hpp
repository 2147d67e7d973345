#pragma once

#include <cstdint>

#include "signal/sample.hpp"
#include "store/chunk_store.hpp"

namespace hanse::historian::internal {

// Levels of chunks in the store.
inline constexpr std::uint8_t kRaw = 0;
inline constexpr std::uint8_t kMinutes = 1;    ///< Summaries by minute, of samples that have expired.
inline constexpr std::uint8_t kHours = 2;      ///< Summaries by hour, beside the samples and after them.
inline constexpr std::uint8_t kDamaged = 250;  ///< Chunks set apart because they don't read.
inline constexpr std::uint8_t kState = 255;
/// The series of a shard's state row: far above any signal.
inline constexpr std::uint32_t kStateSeries = 0xFFFF'FF00;

inline constexpr std::int64_t kMinuteNs = 60'000'000'000;
inline constexpr std::int64_t kHourNs = 60 * kMinuteNs;

inline std::uint32_t series_of(signal::SignalId signal) { return static_cast<std::uint32_t>(signal); }
inline store::ChunkKey key_of(const store::Chunk& chunk) { return {chunk.series, chunk.level, chunk.begin_ns}; }

/// A chunk of this many samples isn't merged further: 16,384 make the head, key and page's rest 1 % of set B's bytes.
inline constexpr std::size_t kFullChunk = 16'384;

/// The step that `time_ns` is in, rounded down also before 1970.
inline std::int64_t floor_to(std::int64_t time_ns, std::int64_t step_ns) {
  const auto rest = time_ns % step_ns;
  const auto down = rest < 0 ? rest + step_ns : rest;
  return time_ns < std::int64_t{-0x7FFF'FFFF'FFFF'FFFF} + step_ns ? time_ns - rest : time_ns - down;
}

/// A row of roll-ups by hour ends with its last hour. One that ends within it is of the hour under way: it counts while
/// its end is that of the last stored sample.
inline bool is_hour_under_way(std::int64_t row_end_ns) {
  return floor_to(row_end_ns, kHourNs) + kHourNs - 1 != row_end_ns;
}

}  // namespace hanse::historian::internal
