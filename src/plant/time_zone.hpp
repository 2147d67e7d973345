#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace hanse::plant {

/// What a clock on the wall shows: seconds since 1970-01-01 00:00 there.
using LocalTime = std::chrono::local_seconds;

/// When clocks change by rule, for ever: the POSIX TZ text at the end of a TZif file, `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule {
  /// A day of the year and a second of that day, on the wall.
  struct Change {
    enum class Form { month_week_day, julian_without_leap_day, day_of_year } form = Form::month_week_day;
    int month = 1, week = 1, day = 0;
    std::int64_t second = 7200;
  };
  std::int64_t standard_s = 0;  ///< East of UTC.
  std::int64_t summer_s = 0;
  bool has_summer = false;
  Change begin, end;
};

/// A time zone of the IANA database: what the wall shows at an instant, and back. Unchanging; share it freely.
class TimeZone {
 public:
  /// By IANA name, from the system's database (package tzdata). `UTC` needs no file.
  /// Errors: `invalid` when the name isn't one, `not_found` when the database doesn't have it, `corrupt`.
  static Result<std::shared_ptr<const TimeZone>> load(std::string_view name);
  /// Reads a TZif file, version 2 or later (RFC 8536). Errors: `corrupt`.
  static Result<TimeZone> parse(std::string_view bytes);
  /// Reads a POSIX TZ text (IEEE 1003.1, 8.3). Errors: `invalid`.
  static Result<ZoneRule> parse_rule(std::string_view text);

  std::chrono::seconds offset_at(Timestamp time) const;
  LocalTime to_local(Timestamp time) const;
  /// A wall time that a change skips is moved forward by the gap; of one that happens twice, the first is taken.
  Timestamp to_utc(LocalTime local) const;

 private:
  std::int64_t offset_s(std::int64_t utc_s) const;

  std::vector<std::int64_t> changes_;  ///< UTC seconds, ascending.
  std::vector<std::int64_t> offsets_;  ///< After each change.
  std::int64_t first_offset_ = 0;      ///< Before the first change.
  ZoneRule rule_;
  bool has_rule_ = false;
};

}  // namespace hanse::plant
