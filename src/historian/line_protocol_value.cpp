#include "historian/line_protocol_value.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>
#include <string_view>

namespace hanse::historian {
namespace {

using signal::ValueType;

constexpr const char* kWantedValue =
    "must be a number, a whole number ending in i, a text in double quotes, true or false";
constexpr std::array<double, 23> kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t kExactMax = 1ULL << 53;
constexpr int kDigitsMax = 19;  // Any 19 digits fit 64 bits.

bool is_decimal(char c) { return static_cast<unsigned char>(c - '0') < 10; }

/// Digits from `at` on, added to `number`; how many there were. Past the 19th they are skipped, and `number` means
/// nothing.
int take_digits(const char*& at, const char* end, std::uint64_t& number) {
  const char* begin = at;
  for (; at != end && is_decimal(*at); ++at) number = number * 10 + static_cast<std::uint64_t>(*at - '0');
  return static_cast<int>(std::min<std::ptrdiff_t>(at - begin, 1'000'000));
}

const char* take_exponent(const char*& at, const char* end, int& exponent) {
  const char* begin = at + 1;
  const char* digits = begin != end && *begin == '+' ? begin + 1 : begin;
  const auto [stop, error] = std::from_chars(digits, end, exponent);
  if (error == std::errc::result_out_of_range) {
    exponent = std::numeric_limits<int>::max();  // from_chars decides between infinity (refused) and zero.
  } else if (error != std::errc{}) {
    return "has an exponent without digits";
  }
  at = stop;
  return nullptr;
}

const char* whole_number(const char* begin, const char*& at, LineValue& out) {
  const bool is_unsigned = *at == 'u';
  std::int64_t integer = 0;
  const auto [stop, error] = std::from_chars(begin, at, integer);
  if (error != std::errc{} || stop != at) return "is a whole number outside 64 bits";
  if (is_unsigned && integer < 0) return "is unsigned and below zero";
  out = {ValueType::integer, static_cast<std::uint64_t>(integer)};
  ++at;
  return nullptr;
}

const char* number(const char*& at, const char* end, LineValue& out) {
  const char* begin = at;
  const bool negative = *at == '-';
  if (negative) ++at;
  std::uint64_t mantissa = 0;
  int digits = take_digits(at, end, mantissa);
  int exponent = 0;
  bool whole = true;
  if (at != end && *at == '.') {
    whole = false;
    ++at;
    const int fraction = take_digits(at, end, mantissa);
    digits += fraction;
    exponent = -fraction;
  }
  if (digits == 0) return kWantedValue;
  if (at != end && (*at == 'e' || *at == 'E')) {
    whole = false;
    int written = 0;
    if (const char* wrong = take_exponent(at, end, written)) return wrong;
    exponent = written > 100'000 || written < -100'000 ? written : exponent + written;
  }
  if (whole && at != end && (*at == 'i' || *at == 'u')) return whole_number(begin, at, out);
  double value = 0;
  if (digits <= kDigitsMax && mantissa <= kExactMax && exponent >= -22 && exponent <= 22) {
    value = static_cast<double>(mantissa);
    value = exponent < 0 ? value / kPowersOfTen[static_cast<std::size_t>(-exponent)]
                         : value * kPowersOfTen[static_cast<std::size_t>(exponent)];
    if (negative) value = -value;
  } else {
    const auto [stop, error] = std::from_chars(begin, at, value);
    if (error == std::errc::result_out_of_range) {
      if (exponent > 0) return "is a number too large for 64 bits";
      value = negative ? -0.0 : 0.0;  // Closer to zero than any double.
    } else if (error != std::errc{} || stop != at) {
      return kWantedValue;
    }
  }
  out = {ValueType::real, std::bit_cast<std::uint64_t>(value)};
  return nullptr;
}

const char* quoted(const char*& at, const char* end, std::string& text) {
  text.clear();
  for (++at; at != end; ++at) {
    if (*at == '"') {
      ++at;
      return nullptr;
    }
    if (*at == '\\' && at + 1 != end && (at[1] == '"' || at[1] == '\\')) ++at;
    text += *at;
  }
  return "is a text whose quote is never closed";
}

const char* boolean(const char*& at, const char* end, LineValue& out) {
  const char* stop = at;
  while (stop != end && ((*stop >= 'a' && *stop <= 'z') || (*stop >= 'A' && *stop <= 'Z'))) ++stop;
  const std::string_view word{at, static_cast<std::size_t>(stop - at)};
  for (const std::string_view yes : {"t", "T", "true", "True", "TRUE"}) {
    if (word == yes) {
      at = stop;
      out = {ValueType::boolean, 1};
      return nullptr;
    }
  }
  for (const std::string_view no : {"f", "F", "false", "False", "FALSE"}) {
    if (word == no) {
      at = stop;
      out = {ValueType::boolean, 0};
      return nullptr;
    }
  }
  return kWantedValue;
}

}  // namespace

const char* read_line_value(const char*& at, const char* end, LineValue& out, std::string& text) {
  if (at == end) return kWantedValue;
  if (is_decimal(*at) || *at == '-' || *at == '.') return number(at, end, out);
  if (*at == '"') {
    out.type = ValueType::text;
    return quoted(at, end, text);
  }
  return boolean(at, end, out);
}

}  // namespace hanse::historian
