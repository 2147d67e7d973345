#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <vector>

#include "historian/historian.hpp"

namespace hanse::historian {

/// Quantiles of any number of values within one percent of the value, in a few kilobytes; two can be added. Source:
/// Masson, Rim and Lee, "DDSketch", VLDB 2019.
class QuantileSketch {
 public:
  static constexpr double kAccuracy = 0.01;

  /// NaN is left out.
  void add(double value);
  void add(const QuantileSketch& other);
  std::int64_t count() const { return count_; }
  /// The value that a share `quantile` (0 to 1) of all lie at or below; nothing when there are none.
  std::optional<double> quantile(double quantile) const;

 private:
  std::map<int, std::int64_t> negative_, positive_;  ///< Counts by logarithm of the magnitude.
  std::int64_t zeros_ = 0, count_ = 0;
  double min_ = 0, max_ = 0;
};

struct SketchBucket {
  Timestamp begin;
  QuantileSketch sketch;
};

/// The numbers that count (not bad, not null), by step as in `Historian::aggregate`; reads every sample of the range.
/// Errors: `invalid`; `too_large` over 10,000 steps; those of `Historian`.
Result<std::vector<SketchBucket>> sketches(Historian& history, SignalId signal, TimeRange range, Duration step,
                                           std::stop_token stop = {});

}  // namespace hanse::historian
