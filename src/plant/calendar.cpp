#include "plant/calendar.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <optional>

namespace hanse::plant {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

std::optional<int> two_digits(std::string_view text) {
  if (text.size() != 2 || !std::isdigit(static_cast<unsigned char>(text[0])) ||
      !std::isdigit(static_cast<unsigned char>(text[1]))) {
    return {};
  }
  return (text[0] - '0') * 10 + (text[1] - '0');
}

/// `06:00` to `24:00`.
std::optional<minutes> parse_wall(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return {};
  const auto hour = two_digits(text.substr(0, 2)), minute = two_digits(text.substr(3));
  if (!hour || !minute || *minute > 59 || *hour > 24 || (*hour == 24 && *minute > 0)) return {};
  return minutes{*hour * 60 + *minute};
}

std::optional<local_days> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const auto century = two_digits(text.substr(0, 2)), year = two_digits(text.substr(2, 2));
  const auto month = two_digits(text.substr(5, 2)), day = two_digits(text.substr(8));
  if (!century || !year || !month || !day) return {};
  const std::chrono::year_month_day date{std::chrono::year{*century * 100 + *year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return {};
  return local_days{date};
}

std::string date_text(local_days day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

void check_shifts(JsonReader& reader, const std::string& path, const std::vector<ShiftRule>& shifts) {
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    const auto at = fmt::format("{}[{}]", path, i);
    const auto check = [&](const std::string& member, const std::string& text) {
      if (!parse_wall(text)) reader.error_at(at + "." + member, "must be a time of day like 06:00");
    };
    check("begin", shifts[i].begin);
    check("end", shifts[i].end);
    for (std::size_t pause = 0; pause < shifts[i].breaks.size(); ++pause) {
      check(fmt::format("breaks[{}].begin", pause), shifts[i].breaks[pause].begin);
      check(fmt::format("breaks[{}].end", pause), shifts[i].breaks[pause].end);
    }
  }
}

/// The shifts worked on `day`: of the last exception that covers it, or of the pattern.
std::vector<const ShiftRule*> worked_on(const Calendar& calendar, local_days day) {
  std::vector<const ShiftRule*> worked;
  const auto* exception = [&]() -> const CalendarException* {
    const CalendarException* found = nullptr;
    for (const auto& candidate : calendar.exceptions) {
      const auto first = parse_date(candidate.first);
      const auto last = candidate.last.empty() ? first : parse_date(candidate.last);
      if (first && last && *first <= day && day <= *last) found = &candidate;
    }
    return found;
  }();
  const auto weekday = static_cast<Weekday>(std::chrono::weekday{day}.iso_encoding() - 1);
  for (const auto& shift : exception ? exception->shifts : calendar.shifts) {
    const bool any_day = exception && shift.days.empty();
    if (any_day || std::find(shift.days.begin(), shift.days.end(), weekday) != shift.days.end())
      worked.push_back(&shift);
  }
  return worked;
}

std::optional<ShiftSpan> shift_on(const ShiftRule& rule, local_days day, const TimeZone& zone) {
  const auto begin = parse_wall(rule.begin), end = parse_wall(rule.end);
  if (!begin || !end) return {};
  const auto instant = [&](minutes of_day, bool next_day) {
    return zone.to_utc(LocalTime{day + days{next_day ? 1 : 0}} + of_day);
  };
  ShiftSpan shift{.name = rule.name,
                  .date = date_text(day),
                  .span = {instant(*begin, false), instant(*end, *end <= *begin)},
                  .breaks = {}};
  for (const auto& pause : rule.breaks) {
    const auto from = parse_wall(pause.begin), to = parse_wall(pause.end);
    if (!from || !to) continue;
    const bool begins_next_day = *from < *begin;
    const bool ends_next_day = begins_next_day || *to <= *from;
    const Span span{std::max(instant(*from, begins_next_day), shift.span.begin),
                    std::min(instant(*to, ends_next_day), shift.span.end)};
    if (span.begin < span.end) shift.breaks.push_back(span);
  }
  return shift;
}

}  // namespace

void Calendar::validate(JsonReader& reader) const {
  if (auto zone = TimeZone::load(time_zone); !zone) reader.error_at("time_zone", zone.error().message);
  check_shifts(reader, "shifts", shifts);
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    if (shifts[i].days.empty()) reader.error_at(fmt::format("shifts[{}].days", i), "must name a weekday, as in mon");
  }
  for (std::size_t i = 0; i < exceptions.size(); ++i) {
    const auto at = fmt::format("exceptions[{}]", i);
    const auto first = parse_date(exceptions[i].first);
    const auto last = exceptions[i].last.empty() ? first : parse_date(exceptions[i].last);
    if (!first) reader.error_at(at + ".first", "must be a date like 2026-12-24");
    if (!last) reader.error_at(at + ".last", "must be a date like 2026-12-26");
    if (first && last && *last < *first) reader.error_at(at + ".last", "must not lie before the first");
    check_shifts(reader, at + ".shifts", exceptions[i].shifts);
  }
}

std::vector<ShiftSpan> shifts_between(const Calendar& calendar, const TimeZone& zone, Span range) {
  std::vector<ShiftSpan> shifts;
  if (range.end <= range.begin) return shifts;
  const auto first =
      std::chrono::floor<days>(zone.to_local(range.begin)) - days{2};  // A shift may reach in from before.
  const auto last = std::chrono::floor<days>(zone.to_local(range.end)) + days{1};
  for (auto day = first; day <= last; day += days{1}) {
    for (const auto* rule : worked_on(calendar, day)) {
      auto shift = shift_on(*rule, day, zone);
      if (shift && shift->span.begin < range.end && shift->span.end > range.begin) shifts.push_back(*std::move(shift));
    }
  }
  std::stable_sort(shifts.begin(), shifts.end(),
                   [](const ShiftSpan& a, const ShiftSpan& b) { return a.span.begin < b.span.begin; });
  return shifts;
}

std::vector<DaySpan> days_between(const TimeZone& zone, Span range) {
  std::vector<DaySpan> out;
  if (range.end <= range.begin) return out;
  for (auto day = std::chrono::floor<days>(zone.to_local(range.begin));; day += days{1}) {
    const Span span{zone.to_utc(LocalTime{day}), zone.to_utc(LocalTime{day + days{1}})};
    if (span.begin >= range.end) return out;
    if (span.end > range.begin) out.push_back({date_text(day), span});
  }
}

}  // namespace hanse::plant
