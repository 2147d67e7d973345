#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hanse {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;  // 5s, 10ms: a duration always carries its unit

/// An instant: UTC, nanoseconds since 1970-01-01, 1677 to 2262. Leap seconds don't exist.
struct Timestamp {
  std::int64_t ns = 0;

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
  friend Timestamp operator+(Timestamp t, Duration d) { return {t.ns + d.count()}; }
  friend Timestamp operator-(Timestamp t, Duration d) { return {t.ns - d.count()}; }
  friend Duration operator-(Timestamp a, Timestamp b) { return Duration{a.ns - b.ns}; }
  Timestamp& operator+=(Duration d) {
    ns += d.count();
    return *this;
  }

  static constexpr Timestamp min() { return {std::numeric_limits<std::int64_t>::min()}; }
  static constexpr Timestamp max() { return {std::numeric_limits<std::int64_t>::max()}; }
  static constexpr Timestamp from_ms(std::int64_t ms) { return {ms * 1'000'000}; }
  constexpr std::int64_t ms() const { return ns >= 0 ? ns / 1'000'000 : -((-ns + 999'999) / 1'000'000); }
};

/// RFC 3339 in UTC, with as many fraction digits as needed (0, 3, 6 or 9): `2026-03-01T06:00:00.250Z`.
std::string to_string(Timestamp time);
/// Reads RFC 3339 with zone (`Z` or an offset) and any fraction; digits past nanoseconds are cut.
/// Errors: `invalid`, naming the text, also when the year is outside 1678 to 2261.
Result<Timestamp> parse_timestamp(std::string_view text);

/// `90s`, `250ms`, `1h`, `7d`: one whole number and one of ns us ms s min h d w. Errors: `invalid`.
Result<Duration> parse_duration(std::string_view text);
/// The largest unit that divides the duration exactly: `90s`, not `1.5min`.
std::string to_string(Duration duration);

}  // namespace hanse
