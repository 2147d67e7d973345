#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hanse::twin {

/// The types that query expressions compare by.
enum class ValueType : std::uint8_t { text, number, hex, boolean, date_time, time };

/// A value of an expression. Which member counts is the type's.
struct QueryValue {
  ValueType type = ValueType::text;
  std::string text = {};   ///< Of `text`; of `hex` its digits, upper case, without zeros in front.
  long double number = 0;  ///< A `long double` has all 64-bit integers.
  bool boolean = false;
  std::int64_t ns = 0;  ///< Of `date_time` since 1970 UTC, of `time` since midnight.
  friend bool operator==(const QueryValue&, const QueryValue&) = default;
};

QueryValue text_value(std::string_view text);
QueryValue number_value(long double number);
QueryValue boolean_value(bool boolean);
/// `16#1F`. Nothing when it isn't one.
std::optional<QueryValue> read_hex(std::string_view text);
/// `2026-03-02T06:00:00Z`, also without seconds, and without a zone for UTC.
std::optional<QueryValue> read_date_time(std::string_view text);
/// `06:00`, `06:00:30`, `06:00:30.250`.
std::optional<QueryValue> read_time(std::string_view text);

/// The value as another type, as XPath casts; nothing when it has no such value.
std::optional<QueryValue> cast(const QueryValue& value, ValueType to);

enum class DatePart : std::uint8_t { day_of_week, day_of_month, month, year };
/// Precondition: a `date_time`. Monday is 1, Sunday 7.
QueryValue part_of(const QueryValue& value, DatePart part);

/// Less, equal or greater: -1, 0, 1. Nothing for values that have no order between them: of different types, two
/// different booleans, not a number.
std::optional<int> order(const QueryValue& a, const QueryValue& b);

}  // namespace hanse::twin
