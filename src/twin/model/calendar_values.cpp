#include <cstdint>

#include "twin/model/scan.hpp"

namespace hanse::twin {
namespace {

/// Two digits as a number; -1 when they aren't.
int two_digits(Scan& scan) {
  const auto rest = scan.rest();
  if (rest.size() < 2 || !is_digit(rest[0]) || !is_digit(rest[1])) return -1;
  scan.skip();
  scan.skip();
  return (rest[0] - '0') * 10 + (rest[1] - '0');
}

/// What leap years need of a year of any length: its last digits. Source: XML Schema 1.0, 3.2.7: no year 0000, so that
/// -0001 is the year before 0001 and a leap year.
struct Year {
  bool valid = false;
  bool zero = false;  ///< 0000: XML Schema 1.1 has it, and the standard's libraries take it where there is no day.
  bool leap = false;
};
Year take_year(Scan& scan) {
  const bool negative = scan.take('-');
  const auto digits = scan.rest().substr(0, scan.digits());
  if (digits.size() < 4 || (digits.size() > 4 && digits.front() == '0')) return {};
  bool zero = true;
  std::int64_t cycle = 0;  // Of 400 years.
  for (const char c : digits) {
    zero = zero && c == '0';
    cycle = (cycle * 10 + (c - '0')) % 400;
  }
  if (negative) cycle = (400 - cycle + 1) % 400;
  return {.valid = true, .zero = zero, .leap = cycle % 4 == 0 && (cycle % 100 != 0 || cycle == 0)};
}

int days_in(int month, bool leap) {
  if (month == 2) return leap ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool take_month_day(Scan& scan, bool leap) {
  const int month = two_digits(scan);
  if (month < 1 || month > 12 || !scan.take('-')) return false;
  const int day = two_digits(scan);
  return day >= 1 && day <= days_in(month, leap);
}

bool take_time(Scan& scan) {
  const int hour = two_digits(scan);
  if (hour < 0 || !scan.take(':')) return false;
  const int minute = two_digits(scan);
  if (minute < 0 || minute > 59 || !scan.take(':')) return false;
  const int second = two_digits(scan);
  if (second < 0 || second > 59) return false;
  bool fraction_is_zero = true;
  if (scan.take('.')) {
    const auto rest = scan.rest();
    const auto count = scan.digits();
    if (count == 0) return false;
    fraction_is_zero = rest.substr(0, count).find_first_not_of('0') == std::string_view::npos;
  }
  return hour < 24 || (hour == 24 && minute == 0 && second == 0 && fraction_is_zero);
}

/// The zone, which may be absent; then the end.
bool zone_and_end(Scan& scan) {
  if (scan.done()) return true;
  if (scan.take('Z')) return scan.done();
  if (!scan.take('+') && !scan.take('-')) return false;
  const int hour = two_digits(scan);
  if (hour < 0 || !scan.take(':')) return false;
  const int minute = two_digits(scan);
  return minute >= 0 && minute < 60 && (hour < 14 || (hour == 14 && minute == 0)) && scan.done();
}

bool take_dashes(Scan& scan, int count) {
  for (int i = 0; i < count; ++i) {
    if (!scan.take('-')) return false;
  }
  return true;
}

bool is_part(Scan& scan, int dashes, int max) {
  if (!take_dashes(scan, dashes)) return false;
  const int value = two_digits(scan);
  return value >= 1 && value <= max && zone_and_end(scan);
}

}  // namespace

bool is_calendar_value(std::string_view text, std::string_view type) {
  Scan scan{text};
  if (type == "xs:time") return take_time(scan) && zone_and_end(scan);
  if (type == "xs:gDay") return is_part(scan, 3, 31);
  if (type == "xs:gMonth") return is_part(scan, 2, 12);
  if (type == "xs:gMonthDay") return take_dashes(scan, 2) && take_month_day(scan, true) && zone_and_end(scan);
  const bool known = type == "xs:date" || type == "xs:dateTime" || type == "xs:gYear" || type == "xs:gYearMonth";
  if (!known) return false;
  const auto year = take_year(scan);
  if (!year.valid) return false;
  if (type == "xs:gYear") return zone_and_end(scan);
  if (!scan.take('-')) return false;
  if (type == "xs:gYearMonth") return is_part(scan, 0, 12);
  if (year.zero || !take_month_day(scan, year.leap)) return false;
  if (type == "xs:dateTime" && (!scan.take('T') || !take_time(scan))) return false;
  return zone_and_end(scan);
}

}  // namespace hanse::twin
