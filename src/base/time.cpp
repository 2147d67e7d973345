#include "base/time.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace hanse {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

/// Takes exactly `digits` decimal digits from the front of `text`.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view& text, std::int64_t& ns) {
  ns = 0;
  if (!take(text, '.') && !take(text, ',')) return true;
  std::int64_t scale = kNsPerSecond / 10;
  std::size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
    ns += (text.front() - '0') * scale;
    scale /= 10;
  }
  return digits > 0;
}

bool take_offset(std::string_view& text, std::int64_t& seconds) {
  seconds = 0;
  if (take(text, 'Z') || take(text, 'z')) return true;
  const bool east = !text.empty() && text.front() == '+';
  if (!take(text, '+') && !take(text, '-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!take_number(text, 2, hours)) return false;
  take(text, ':');
  if (!take_number(text, 2, minutes) || hours > 23 || minutes > 59) return false;
  seconds = (hours * 3600 + minutes * 60) * (east ? 1 : -1);
  return true;
}

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
constexpr std::array kUnits = {Unit{"w", 7 * 86'400 * kNsPerSecond},
                               Unit{"d", 86'400 * kNsPerSecond},
                               Unit{"h", 3'600 * kNsPerSecond},
                               Unit{"min", 60 * kNsPerSecond},
                               Unit{"s", kNsPerSecond},
                               Unit{"ms", 1'000'000},
                               Unit{"us", 1'000},
                               Unit{"ns", 1}};

}  // namespace

std::string to_string(Timestamp time) {
  const std::chrono::sys_time<Duration> point{Duration{time.ns}};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{point - day};
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  const auto fraction = clock.subseconds().count();
  if (fraction % 1'000 != 0) {
    text += fmt::format(".{:09}", fraction);
  } else if (fraction % 1'000'000 != 0) {
    text += fmt::format(".{:06}", fraction / 1'000);
  } else if (fraction != 0) {
    text += fmt::format(".{:03}", fraction / 1'000'000);
  }
  return text + "Z";
}

Result<Timestamp> parse_timestamp(std::string_view text) {
  const std::string_view whole = text;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::int64_t fraction_ns = 0, offset_s = 0;
  const bool read = take_number(text, 4, year) && take(text, '-') && take_number(text, 2, month) && take(text, '-') &&
                    take_number(text, 2, day) && (take(text, 'T') || take(text, 't') || take(text, ' ')) &&
                    take_number(text, 2, hour) && take(text, ':') && take_number(text, 2, minute) && take(text, ':') &&
                    take_number(text, 2, second) && take_fraction(text, fraction_ns) && take_offset(text, offset_s) &&
                    text.empty();
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!read || !date.ok() || hour > 23 || minute > 59 || second > 60 || year < 1678 || year > 2261) {
    return fail(ErrorCode::invalid, fmt::format("'{}' is not a time; write it like 2026-03-01T06:00:00Z", whole));
  }
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = days * 86'400 + hour * 3'600 + minute * 60 + second - offset_s;
  return Timestamp{seconds * kNsPerSecond + fraction_ns};
}

Result<Duration> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit_name{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  if (status == std::errc{}) {
    for (const auto& unit : kUnits) {
      std::int64_t ns = 0;
      if (unit.name == unit_name && !__builtin_mul_overflow(count, unit.ns, &ns)) return Duration{ns};
    }
  }
  return fail(ErrorCode::invalid,
              fmt::format("'{}' is not a duration; write a whole number and a unit, like 90s, 250ms, 1h or 7d", text));
}

std::string to_string(Duration duration) {
  if (duration.count() == 0) return "0s";
  for (const auto& unit : kUnits) {
    if (duration.count() % unit.ns == 0) return fmt::format("{}{}", duration.count() / unit.ns, unit.name);
  }
  return fmt::format("{}ns", duration.count());
}

}  // namespace hanse
