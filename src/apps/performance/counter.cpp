#include "apps/performance/counter.hpp"

#include <cmath>

namespace hanse::apps::performance {
namespace {

/// A source that reconnects may say zero before it says what it really shows.
constexpr Duration kGlitch = 1min;
constexpr double kGlitchMin = 10;  ///< Under that, counting up again from zero looks the same.
/// Over this share of the range before, and under the rest of it after, a fall is a rollover and no reset.
constexpr double kNearEnd = 0.9;

std::optional<double> rollover(double before, double after) {
  for (const double range : {65'536.0, 4'294'967'296.0}) {
    if (before < range && before >= kNearEnd * range && after <= (1 - kNearEnd) * range) return range - before + after;
  }
  return {};
}

}  // namespace

double Counter::read(Timestamp time, double value) {
  if (!std::isfinite(value) || value < 0 || (value_ && time <= time_)) return 0;
  const auto before = std::exchange(value_, value);
  time_ = time;
  if (!before) return 0;
  if (value >= *before) {
    const bool back_where_it_was = before_reset_ && *before_reset_ >= kGlitchMin && value >= *before_reset_ &&
                                   value - *before >= *before_reset_ / 2 && time - reset_time_ <= kGlitch;
    if (back_where_it_was) {
      const double parts = value - *before_reset_ - *before;  // It never was reset: take back what was counted since.
      before_reset_.reset();
      return parts > 0 ? parts : 0;
    }
    return value - *before;
  }
  if (const auto parts = rollover(*before, value)) return *parts;
  before_reset_ = before;
  reset_time_ = time;
  return value;
}

}  // namespace hanse::apps::performance
