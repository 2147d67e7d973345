#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "optimiser/scheduling/problem.hpp"

namespace hanse::optimiser::scheduling::internal {

inline constexpr Seconds kNever = std::numeric_limits<Seconds>::max();

/// When a machine or a person works, as intervals with the work done before each. Questions cost O(log n).
class WorkingTime {
 public:
  struct Span {
    Seconds start = kNever;
    Seconds end = kNever;
  };
  WorkingTime() = default;  ///< Always.
  WorkingTime(const Calendar* calendar, const std::vector<Closure>& closures, Seconds until);

  bool always() const { return always_; }
  /// The first `duration` in one piece from `from` on; `kNever` when there is none.
  Span fit(Seconds from, Seconds duration) const;
  /// The first working moment from `from` on and when `duration` of work is done, with pauses.
  Span fit_resumable(Seconds from, Seconds duration) const;
  const std::vector<Interval>& intervals() const { return intervals_; }

 private:
  std::size_t first_ending_after(Seconds time) const;

  bool always_ = true;
  std::vector<Interval> intervals_;
  std::vector<std::int64_t> done_before_;  ///< Working seconds before each interval.
};

/// As `fit` and `fit_resumable`, for what needs both.
WorkingTime::Span fit_both(const WorkingTime& a, const WorkingTime& b, Seconds from, Seconds duration, bool resumable);

}  // namespace hanse::optimiser::scheduling::internal
