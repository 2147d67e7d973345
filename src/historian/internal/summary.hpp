#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "historian/internal/bytes.hpp"
#include "signal/sample.hpp"

namespace hanse::historian::internal {

/// What one value says about the time after it: its number, or that there is none (null, text, bad, not a number).
struct Level {
  bool known = false;
  double value = 0;
};

/// A sample counts in figures when it is a number (no NaN) and not bad.
inline Level level_of(std::uint64_t bits, signal::ValueType type, signal::Quality quality) {
  if (quality == signal::Quality::bad) return {};
  switch (type) {
    case signal::ValueType::real: {
      const double value = std::bit_cast<double>(bits);
      return {value == value, value};
    }
    case signal::ValueType::integer:
      return {true, static_cast<double>(static_cast<std::int64_t>(bits))};
    case signal::ValueType::boolean:
      return {true, bits != 0 ? 1.0 : 0.0};
    default:
      return {};
  }
}

/// What queries need of neighbouring samples of one signal without the samples. `integral` and `covered_ns` reach from
/// the first sample to the last; what comes before and after is the reader's to add, who knows the neighbours.
struct Summary {
  std::int64_t samples = 0;                ///< All, also those that don't count.
  std::int64_t begin_ns = 0, end_ns = 0;   ///< Time of the first and last sample.
  std::int64_t count = 0;                  ///< That count; the figures below mean nothing when it is 0.
  std::int64_t first_ns = 0, last_ns = 0;  ///< Time of the first and last that counts.
  double min = 0, max = 0, sum = 0, first = 0, last = 0;
  double integral = 0;          ///< Of value over time in ns, each value held until the next sample.
  std::int64_t covered_ns = 0;  ///< How long there was a value.
  bool known_after = false;     ///< Does `last` hold on after `end_ns`.

  void add(std::int64_t time_ns, Level level);
  /// `later` begins after this ends.
  void append(const Summary& later);
  Level after() const { return {known_after, last}; }
  friend bool operator==(const Summary&, const Summary&) = default;
};

/// The integral when samples lie evenly and all count: it follows from the sum.
inline double integral_if_regular(const Summary& s) {
  if (s.samples < 2) return 0;
  return static_cast<double>((s.end_ns - s.begin_ns) / (s.samples - 1)) * (s.sum - s.last);
}

void write_summary(const Summary& summary, ByteWriter& out);
[[nodiscard]] bool read_summary(ByteReader& in, Summary& summary);

/// Rows of roll-ups: summaries of consecutive steps, column by column, with a checksum.
std::string encode_summaries(const std::vector<Summary>& summaries);
[[nodiscard]] bool decode_summaries(std::string_view bytes, std::vector<Summary>& summaries);

}  // namespace hanse::historian::internal
