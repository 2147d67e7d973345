#pragma once

#include <string>
#include <vector>

#include "simulation/scenario.hpp"

namespace hanse::simulation {

/// Minutes since midnight of `06:30`. Errors: `invalid`.
Result<int> parse_time_of_day(std::string_view text);

enum class WorkTime { working, on_break, no_shift };

/// When a line works: the week as a list of stretches, repeated for ever. Local time is a fixed offset from UTC.
class ShiftPlan {
 public:
  /// `shifts` are checked already; breaks begin `break_offset_min` later than they say.
  ShiftPlan(const std::vector<ShiftSpec>& shifts, std::int64_t utc_offset_min, std::int64_t break_offset_min);
  WorkTime at(Timestamp time) const;
  /// The first moment after `time` at which `at` may change; Timestamp::max() when it never does.
  Timestamp next_change(Timestamp time) const;

 private:
  void mark(int begin_min, int length_min, WorkTime work);
  std::int64_t minute_of_week(Timestamp time) const;

  std::vector<WorkTime> minutes_;  ///< One per minute of the week, from Monday 00:00 local.
  std::int64_t utc_offset_min_ = 0;
  bool changes_ = false;
};

}  // namespace hanse::simulation
