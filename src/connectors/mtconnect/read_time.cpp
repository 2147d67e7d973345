#include "connectors/mtconnect/document.hpp"

namespace hanse::connectors::mtconnect {
namespace {

bool digits(std::string_view text, std::size_t at, std::size_t count, std::int64_t& out) {
  out = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  return true;
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. Source: H. Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", days_from_civil.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2;
  const std::int64_t era = year / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

bool other_zone(std::string_view text, Timestamp& out) {
  const auto time = parse_timestamp(text);
  if (time) out = *time;
  return time.has_value();
}

}  // namespace

// The plain form, which is all that most agents send, is read here: the general reader takes five times as long, which
// is a third of the budget of an observation.
bool read_time(std::string_view text, Timestamp& out) {
  constexpr std::size_t kSecondsEnd = 19;  // 2017-06-27T08:44:43
  if (text.size() < kSecondsEnd || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':') {
    return other_zone(text, out);
  }
  std::int64_t year, month, day, hour, minute, second;
  if (!digits(text, 0, 4, year) || !digits(text, 5, 2, month) || !digits(text, 8, 2, day) ||
      !digits(text, 11, 2, hour) || !digits(text, 14, 2, minute) || !digits(text, 17, 2, second)) {
    return false;
  }
  static constexpr std::array<std::int64_t, 13> kDays{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 ||
      day > kDays[static_cast<std::size_t>(month)] || (month == 2 && day == 29 && !leap) || hour > 23 || minute > 59 ||
      second > 59) {
    return other_zone(text, out);
  }
  std::int64_t fraction_ns = 0;
  std::size_t at = kSecondsEnd;
  if (at < text.size() && text[at] == '.') {
    std::int64_t unit_ns = 100'000'000;
    const std::size_t begin = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit_ns /= 10) {
      fraction_ns += (text[at] - '0') * unit_ns;
    }
    if (at == begin) return false;
  }
  const auto rest = text.substr(at);
  if (rest != "Z" && !rest.empty()) return other_zone(text, out);
  out.ns =
      (((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1'000'000'000 + fraction_ns;
  return true;
}

}  // namespace hanse::connectors::mtconnect
