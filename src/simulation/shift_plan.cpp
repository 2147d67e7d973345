#include "simulation/shift_plan.hpp"

#include <charconv>

namespace hanse::simulation {
namespace {

constexpr int kDayMin = 24 * 60;
constexpr int kWeekMin = 7 * kDayMin;
constexpr std::int64_t kMinuteNs = 60'000'000'000;
constexpr std::int64_t kMondayMin = 4 * kDayMin;  // 1970-01-01 was a Thursday; the first Monday came four days later.

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

int time_of_day(std::string_view text) { return parse_time_of_day(text).value_or(0); }

}  // namespace

Result<int> parse_time_of_day(std::string_view text) {
  const auto two_digits = [](std::string_view digits, int& out) {
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return digits.size() == 2 && read.ec == std::errc{} && read.ptr == digits.data() + 2 && out >= 0;
  };
  int hours = 0;
  int minutes = 0;
  if (text.size() != 5 || text[2] != ':' || !two_digits(text.substr(0, 2), hours) ||
      !two_digits(text.substr(3), minutes) || hours > 24 || minutes > 59 || hours * 60 + minutes > kDayMin) {
    return fail(ErrorCode::invalid, "must be a time of day like 06:30");
  }
  return hours * 60 + minutes;
}

ShiftPlan::ShiftPlan(const std::vector<ShiftSpec>& shifts, std::int64_t utc_offset_min, std::int64_t break_offset_min)
    : minutes_(kWeekMin, shifts.empty() ? WorkTime::working : WorkTime::no_shift), utc_offset_min_(utc_offset_min) {
  const std::vector<std::int64_t> every_day{1, 2, 3, 4, 5, 6, 7};
  for (const auto& shift : shifts) {
    for (const auto day : shift.days.empty() ? every_day : shift.days) {
      const int begin = static_cast<int>(day - 1) * kDayMin + time_of_day(shift.begins);
      int length = time_of_day(shift.ends) - time_of_day(shift.begins);
      if (length <= 0) length += kDayMin;
      mark(begin, length, WorkTime::working);
      for (const auto& pause : shift.breaks) {
        int after_begin = time_of_day(pause.begins) - time_of_day(shift.begins);
        if (after_begin < 0) after_begin += kDayMin;
        mark(begin + after_begin + static_cast<int>(break_offset_min), static_cast<int>(pause.minutes),
             WorkTime::on_break);
      }
    }
  }
  changes_ = std::any_of(minutes_.begin(), minutes_.end(), [&](WorkTime work) { return work != minutes_.front(); });
}

void ShiftPlan::mark(int begin_min, int length_min, WorkTime work) {
  for (int i = 0; i < length_min; ++i) minutes_[static_cast<std::size_t>((begin_min + i) % kWeekMin)] = work;
}

std::int64_t ShiftPlan::minute_of_week(Timestamp time) const {
  const std::int64_t local = floor_div(time.ns, kMinuteNs) + utc_offset_min_ - kMondayMin;
  return local - floor_div(local, kWeekMin) * kWeekMin;
}

WorkTime ShiftPlan::at(Timestamp time) const { return minutes_[static_cast<std::size_t>(minute_of_week(time))]; }

Timestamp ShiftPlan::next_change(Timestamp time) const {
  if (!changes_) return Timestamp::max();
  const auto begin = minute_of_week(time);
  const WorkTime now = minutes_[static_cast<std::size_t>(begin)];
  std::int64_t ahead = 1;
  while (minutes_[static_cast<std::size_t>((begin + ahead) % kWeekMin)] == now) ++ahead;
  return {(floor_div(time.ns, kMinuteNs) + ahead) * kMinuteNs};
}

}  // namespace hanse::simulation
