#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "base/json.hpp"
#include "plant/time_zone.hpp"

namespace hanse::plant {

enum class Weekday { mon, tue, wed, thu, fri, sat, sun };
HANSE_DESCRIBE_ENUM(Weekday, mon, tue, wed, thu, fri, sat, sun)

/// A break within a shift, by the clock on the wall: `09:00`.
struct Pause {
  std::string begin, end;
  friend bool operator==(const Pause&, const Pause&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "begin", .summary = "On the wall, as in 09:00.", .required = true},
                      FieldNote{.field = "end", .summary = "On the wall, as in 09:15.", .required = true}};
  }
};
HANSE_DESCRIBE(Pause, (begin, end))

/// A shift of the weekly pattern. An end that isn't after the begin lies on the next day; a shift belongs to the day on
/// which it begins.
struct ShiftRule {
  std::string name;
  std::vector<Weekday> days;
  std::string begin, end;
  std::vector<Pause> breaks;
  friend bool operator==(const ShiftRule&, const ShiftRule&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "name", .summary = "As people call it: early.", .length_max = 80, .required = true},
        FieldNote{.field = "days", .summary = "Weekdays on which it begins; in an exception all its dates."},
        FieldNote{.field = "begin", .summary = "On the wall, as in 06:00.", .required = true},
        FieldNote{.field = "end", .summary = "On the wall, as in 14:00; may lie on the next day.", .required = true}};
  }
};
HANSE_DESCRIBE(ShiftRule, (name, days, begin, end, breaks))

/// Dates on which other shifts are worked, or none.
struct CalendarException {
  std::string name;         ///< `Christmas`
  std::string first, last;  ///< Dates, both included: `2026-12-24`. An empty last is the first.
  std::vector<ShiftRule> shifts;
  friend bool operator==(const CalendarException&, const CalendarException&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "first", .summary = "Date, as in 2026-12-24.", .required = true},
                      FieldNote{.field = "last", .summary = "Date, included; empty for one day."},
                      FieldNote{.field = "shifts", .summary = "Worked instead of the pattern; none for a day off."}};
  }
};
HANSE_DESCRIBE(CalendarException, (name, first, last, shifts))

/// When an asset is meant to work. Times are of the clock on the wall in `time_zone`, so summer time needs no care.
struct Calendar {
  std::string id;
  std::string name;
  std::string time_zone = "UTC";
  std::vector<ShiftRule> shifts;
  std::vector<CalendarException> exceptions;
  friend bool operator==(const Calendar&, const Calendar&) = default;
  void validate(JsonReader& reader) const;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id",
                  .summary = "Lower-case letters, digits and hyphens; never changes.",
                  .length_max = 100,
                  .required = true},
        FieldNote{.field = "name", .summary = "What people call it.", .length_max = 200, .required = true},
        FieldNote{.field = "time_zone", .summary = "IANA name, as in Europe/Berlin."},
        FieldNote{.field = "shifts", .summary = "The weekly pattern.", .length_max = 100},
        FieldNote{.field = "exceptions", .summary = "Dates that differ from it.", .length_max = 1000}};
  }
};
HANSE_DESCRIBE(Calendar, (id, name, time_zone, shifts, exceptions))

/// From `begin` up to, not including, `end`.
struct Span {
  Timestamp begin, end;
  Duration length() const { return end - begin; }
  bool contains(Timestamp time) const { return begin <= time && time < end; }
  friend bool operator==(const Span&, const Span&) = default;
};

/// One shift of one day.
struct ShiftSpan {
  std::string name;
  std::string date;  ///< Local date on which it begins: `2026-03-01`.
  Span span;
  std::vector<Span> breaks;
};

/// Shifts that overlap `range`, by begin; not clipped.
std::vector<ShiftSpan> shifts_between(const Calendar& calendar, const TimeZone& zone, Span range);

struct DaySpan {
  std::string date;
  Span span;
};
/// Local days that overlap `range`; 23 or 25 hours long where the clock changes; not clipped.
std::vector<DaySpan> days_between(const TimeZone& zone, Span range);

}  // namespace hanse::plant
