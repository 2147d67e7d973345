#include "historian/sketch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "historian/cursor.hpp"

namespace hanse::historian {
namespace {

constexpr double kBase = (1 + QuantileSketch::kAccuracy) / (1 - QuantileSketch::kAccuracy);
constexpr std::size_t kSketchSteps = 10'000;
constexpr int kInfinite = 1 << 30;  // above the logarithm of every finite number

int place_of(double magnitude) {
  return std::isinf(magnitude) ? kInfinite : static_cast<int>(std::ceil(std::log(magnitude) / std::log(kBase)));
}

/// The middle of a place, in the sense of the relative error.
double value_of(int place) { return 2 * std::pow(kBase, place) / (kBase + 1); }

}  // namespace

void QuantileSketch::add(double value) {
  if (std::isnan(value)) return;
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = count_ == 0 ? value : std::max(max_, value);
  ++count_;
  if (value == 0) {
    ++zeros_;
  } else {
    ++(value < 0 ? negative_ : positive_)[place_of(std::fabs(value))];
  }
}

void QuantileSketch::add(const QuantileSketch& other) {
  if (other.count_ == 0) return;
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = count_ == 0 ? other.max_ : std::max(max_, other.max_);
  count_ += other.count_;
  zeros_ += other.zeros_;
  for (const auto& [place, count] : other.negative_) negative_[place] += count;
  for (const auto& [place, count] : other.positive_) positive_[place] += count;
}

std::optional<double> QuantileSketch::quantile(double quantile) const {
  if (count_ == 0) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(std::clamp(quantile, 0.0, 1.0) * static_cast<double>(count_ - 1));
  std::int64_t seen = 0;
  for (auto place = negative_.rbegin(); place != negative_.rend(); ++place) {
    if ((seen += place->second) > rank) return std::clamp(-value_of(place->first), min_, max_);
  }
  if ((seen += zeros_) > rank) return 0.0;
  for (const auto& [place, count] : positive_) {
    if ((seen += count) > rank) return std::clamp(value_of(place), min_, max_);
  }
  return max_;
}

Result<std::vector<SketchBucket>> sketches(Historian& history, SignalId signal, TimeRange range, Duration step,
                                           std::stop_token stop) {
  if (!(range.begin < range.end))
    return fail(ErrorCode::invalid, "the time range is empty", {{"end", "must be after begin"}});
  if (step <= Duration::zero()) return fail(ErrorCode::invalid, "the step is not a time", {{"step", "must be > 0"}});
  const auto span = static_cast<std::uint64_t>(range.end.ns) - static_cast<std::uint64_t>(range.begin.ns);
  const auto count = (span - 1) / static_cast<std::uint64_t>(step.count()) + 1;
  if (count > kSketchSteps)
    return fail(ErrorCode::too_large, fmt::format("{} steps are more than {}", count, kSketchSteps));
  std::vector<SketchBucket> buckets(count);
  for (std::size_t i = 0; i < count; ++i) buckets[i].begin = range.begin + static_cast<std::int64_t>(i) * step;
  Cursor cursor{history, signal, range, std::move(stop)};
  for (;;) {
    HANSE_TRY(const auto* sample, cursor.next());
    if (sample == nullptr) return buckets;
    if (!sample->is_number() || sample->quality == signal::Quality::bad) continue;
    const auto index = (static_cast<std::uint64_t>(sample->time.ns) - static_cast<std::uint64_t>(range.begin.ns)) /
                       static_cast<std::uint64_t>(step.count());
    buckets[index].sketch.add(sample->number());
  }
}

}  // namespace hanse::historian
