#include "twin/query/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "base/text.hpp"
#include "base/time.hpp"
#include "twin/model/scan.hpp"

namespace hanse::twin {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t kNanosecondsPerDay = 86'400 * kNanosecondsPerSecond;

std::optional<QueryValue> hex_of_digits(std::string_view digits) {
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_hex_digit)) return std::nullopt;
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  QueryValue value{.type = ValueType::hex, .text = std::string{digits}};
  for (auto& c : value.text) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return value;
}

std::optional<QueryValue> number_of_text(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  long double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number_value(number);
}

std::optional<QueryValue> to_number(const QueryValue& value) {
  switch (value.type) {
    case ValueType::text:
      return number_of_text(value.text);
    case ValueType::boolean:
      return number_value(value.boolean ? 1 : 0);
    case ValueType::hex: {
      std::uint64_t number = 0;
      const auto [end, error] = std::from_chars(value.text.data(), value.text.data() + value.text.size(), number, 16);
      return error == std::errc{} ? std::optional{number_value(static_cast<long double>(number))} : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::optional<QueryValue> to_hex(const QueryValue& value) {
  if (value.type == ValueType::text)
    return value.text.starts_with("16#") ? read_hex(value.text) : hex_of_digits(value.text);
  if (value.type != ValueType::number || value.number < 0 || value.number > 18446744073709551615.0L ||
      value.number != std::floor(value.number))
    return std::nullopt;
  return hex_of_digits(fmt::format("{:X}", static_cast<std::uint64_t>(value.number)));
}

std::optional<QueryValue> to_boolean(const QueryValue& value) {
  if (value.type == ValueType::number) return boolean_value(value.number != 0);
  if (value.type != ValueType::text) return std::nullopt;
  const auto text = trim(value.text);
  if (text == "true" || text == "1") return boolean_value(true);
  if (text == "false" || text == "0") return boolean_value(false);
  return std::nullopt;
}

std::string text_of_time(std::int64_t ns) {
  const auto seconds = ns / kNanosecondsPerSecond;
  const auto fraction = ns % kNanosecondsPerSecond;
  auto out = fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (fraction != 0) {
    out += fmt::format(".{:09}", fraction);
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out;
}

std::optional<QueryValue> to_text(const QueryValue& value) {
  switch (value.type) {
    case ValueType::text:
      return value;
    case ValueType::number:
      return text_value(fmt::format("{}", value.number));
    case ValueType::hex:
      return text_value(value.text);
    case ValueType::boolean:
      return text_value(value.boolean ? "true" : "false");
    case ValueType::date_time:
      return text_value(to_string(Timestamp{value.ns}));
    case ValueType::time:
      return text_value(text_of_time(value.ns));
  }
  return std::nullopt;
}

std::optional<QueryValue> to_time(const QueryValue& value) {
  if (value.type == ValueType::text) {
    if (auto time = read_time(value.text)) return time;
    const auto date_time = read_date_time(value.text);
    return date_time ? to_time(*date_time) : std::nullopt;
  }
  if (value.type != ValueType::date_time) return std::nullopt;
  const auto rest = value.ns % kNanosecondsPerDay;
  return QueryValue{.type = ValueType::time, .ns = rest < 0 ? rest + kNanosecondsPerDay : rest};
}

template <class T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

QueryValue text_value(std::string_view text) { return {.type = ValueType::text, .text = std::string{text}}; }
QueryValue number_value(long double number) { return {.type = ValueType::number, .number = number}; }
QueryValue boolean_value(bool boolean) { return {.type = ValueType::boolean, .boolean = boolean}; }

std::optional<QueryValue> read_hex(std::string_view text) {
  return text.starts_with("16#") ? hex_of_digits(text.substr(3)) : std::nullopt;
}

std::optional<QueryValue> read_date_time(std::string_view text) {
  constexpr std::size_t kDateSize = 10, kMinutesSize = 5;
  if (text.size() <= kDateSize || text.size() > 64) return std::nullopt;
  auto rest = text.substr(kDateSize);
  if (rest.front() == 'T' || rest.front() == ' ') rest.remove_prefix(1);
  const auto zone_at = std::min(rest.find_first_of("Z+-"), rest.size());
  std::string clock{rest.substr(0, zone_at)};
  if (clock.size() == kMinutesSize) clock += ":00";
  const auto zone = zone_at == rest.size() ? std::string_view{"Z"} : rest.substr(zone_at);
  const auto time = parse_timestamp(fmt::format("{}T{}{}", text.substr(0, kDateSize), clock, zone));
  if (!time) return std::nullopt;
  return QueryValue{.type = ValueType::date_time, .ns = time->ns};
}

std::optional<QueryValue> read_time(std::string_view text) {
  Scan scan{text};
  const auto two = [&](std::int64_t below) -> std::optional<std::int64_t> {
    const auto rest = scan.rest();
    if (rest.size() < 2 || !is_digit(rest[0]) || !is_digit(rest[1])) return std::nullopt;
    scan.skip();
    scan.skip();
    const std::int64_t value = (rest[0] - '0') * 10 + (rest[1] - '0');
    return value < below ? std::optional{value} : std::nullopt;
  };
  const auto hour = two(24);
  if (!hour || !scan.take(':')) return std::nullopt;
  const auto minute = two(60);
  if (!minute) return std::nullopt;
  std::int64_t ns = (*hour * 3600 + *minute * 60) * kNanosecondsPerSecond;
  if (scan.take(':')) {
    const auto second = two(60);
    if (!second) return std::nullopt;
    ns += *second * kNanosecondsPerSecond;
    if (scan.take('.')) {
      const auto digits = scan.rest().substr(0, scan.digits());
      if (digits.empty() || digits.size() > 9) return std::nullopt;
      std::int64_t fraction = 0;
      for (std::size_t i = 0; i < 9; ++i) fraction = fraction * 10 + (i < digits.size() ? digits[i] - '0' : 0);
      ns += fraction;
    }
  }
  if (!scan.done()) return std::nullopt;
  return QueryValue{.type = ValueType::time, .ns = ns};
}

std::optional<QueryValue> cast(const QueryValue& value, ValueType to) {
  if (value.type == to) return value;
  switch (to) {
    case ValueType::text:
      return to_text(value);
    case ValueType::number:
      return to_number(value);
    case ValueType::hex:
      return to_hex(value);
    case ValueType::boolean:
      return to_boolean(value);
    case ValueType::date_time:
      return value.type == ValueType::text ? read_date_time(value.text) : std::nullopt;
    case ValueType::time:
      return to_time(value);
  }
  return std::nullopt;
}

QueryValue part_of(const QueryValue& value, DatePart part) {
  const auto days = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{value.ns}});
  const std::chrono::year_month_day date{days};
  switch (part) {
    case DatePart::day_of_week:
      return number_value(std::chrono::weekday{days}.iso_encoding());
    case DatePart::day_of_month:
      return number_value(static_cast<unsigned>(date.day()));
    case DatePart::month:
      return number_value(static_cast<unsigned>(date.month()));
    case DatePart::year:
      return number_value(static_cast<int>(date.year()));
  }
  return {};
}

std::optional<int> order(const QueryValue& a, const QueryValue& b) {
  if (a.type != b.type) return std::nullopt;
  switch (a.type) {
    case ValueType::text:
      return three_way(a.text, b.text);
    case ValueType::number:
      return three_way(a.number, b.number);
    case ValueType::hex:
      return a.text.size() == b.text.size() ? three_way(a.text, b.text) : three_way(a.text.size(), b.text.size());
    case ValueType::boolean:
      return a.boolean == b.boolean ? std::optional{0} : std::nullopt;
    case ValueType::date_time:
    case ValueType::time:
      return three_way(a.ns, b.ns);
  }
  return std::nullopt;
}

}  // namespace hanse::twin
