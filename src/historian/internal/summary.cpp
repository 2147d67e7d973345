#include "historian/internal/summary.hpp"

#include <algorithm>
#include <cmath>

#include "historian/internal/crc32c.hpp"
#include "historian/internal/integers.hpp"
#include "historian/internal/reals.hpp"
#include "historian/internal/times.hpp"

namespace hanse::historian::internal {
namespace {

constexpr std::uint8_t kRaw = 255;
constexpr std::array kShortPowers{1.0, 10.0, 100.0, 1000.0, 10000.0};
constexpr std::uint8_t kSummariesVersion = 1;

/// A number that is a short decimal takes two to five bytes, any other nine.
void write_number(double value, ByteWriter& out) {
  for (std::uint8_t digits = 0; digits < kShortPowers.size(); ++digits) {
    const double scaled = value * kShortPowers[digits];
    if (!(std::fabs(scaled) < 1e12)) break;
    const auto integer = static_cast<std::int64_t>(std::llround(scaled));
    if (std::bit_cast<std::uint64_t>(static_cast<double>(integer) / kShortPowers[digits]) ==
        std::bit_cast<std::uint64_t>(value)) {
      out.u8(digits);
      out.signed_varint(integer);
      return;
    }
  }
  out.u8(kRaw);
  out.u64(std::bit_cast<std::uint64_t>(value));
}

double read_number(ByteReader& in) {
  const auto digits = in.u8();
  if (digits == kRaw) return std::bit_cast<double>(in.u64());
  if (digits >= kShortPowers.size()) {
    in.fail();
    return 0;
  }
  return static_cast<double>(in.signed_varint()) / kShortPowers[digits];
}

std::int64_t bits_of(double value) { return std::bit_cast<std::int64_t>(value); }

/// What of an integral can't be told from the rest: 0 where samples lie evenly, as most do.
std::int64_t integral_difference(const Summary& s, double integral) {
  return bits_of(integral) ^ bits_of(integral_if_regular(s));
}
double integral_from(const Summary& s, std::int64_t difference) {
  return std::bit_cast<double>(difference ^ bits_of(integral_if_regular(s)));
}

}  // namespace

void Summary::add(std::int64_t time_ns, Level level) {
  if (samples == 0) {
    begin_ns = time_ns;
  } else if (known_after) {
    const auto held_ns = wrapping_sub(time_ns, end_ns);
    integral += last * static_cast<double>(held_ns);
    covered_ns = wrapping_add(covered_ns, held_ns);
  }
  ++samples;
  end_ns = time_ns;
  known_after = level.known;
  if (!level.known) return;
  if (count == 0) {
    first_ns = time_ns;
    first = min = max = level.value;
  }
  ++count;
  last_ns = time_ns;
  last = level.value;
  min = std::min(min, level.value);
  max = std::max(max, level.value);
  sum += level.value;
}

void Summary::append(const Summary& later) {
  if (later.samples == 0) return;
  if (samples == 0) {
    *this = later;
    return;
  }
  if (known_after) {
    const auto held_ns = wrapping_sub(later.begin_ns, end_ns);
    integral += last * static_cast<double>(held_ns);
    covered_ns = wrapping_add(covered_ns, held_ns);
  }
  samples += later.samples;
  end_ns = later.end_ns;
  integral += later.integral;
  covered_ns = wrapping_add(covered_ns, later.covered_ns);
  known_after = later.known_after;
  if (later.count == 0) return;
  if (count == 0) {
    first_ns = later.first_ns;
    first = later.first;
    min = later.min;
    max = later.max;
  }
  count += later.count;
  last_ns = later.last_ns;
  last = later.last;
  min = std::min(min, later.min);
  max = std::max(max, later.max);
  sum += later.sum;
}

void write_summary(const Summary& s, ByteWriter& out) {
  out.varint(static_cast<std::uint64_t>(s.samples));
  out.signed_varint(s.begin_ns);
  out.varint(static_cast<std::uint64_t>(wrapping_sub(s.end_ns, s.begin_ns)));
  out.varint(static_cast<std::uint64_t>(s.count));
  out.u8(s.known_after ? 1 : 0);
  if (s.count == 0) return;
  out.varint(static_cast<std::uint64_t>(wrapping_sub(s.first_ns, s.begin_ns)));
  out.varint(static_cast<std::uint64_t>(wrapping_sub(s.end_ns, s.last_ns)));
  out.signed_varint(wrapping_sub(wrapping_sub(s.end_ns, s.begin_ns), s.covered_ns));
  for (const double number : {s.min, s.max, s.sum, s.first, s.last}) write_number(number, out);
  out.varint(static_cast<std::uint64_t>(integral_difference(s, s.integral)));
}

bool read_summary(ByteReader& in, Summary& s) {
  s = {};
  s.samples = static_cast<std::int64_t>(in.varint());
  s.begin_ns = in.signed_varint();
  s.end_ns = wrapping_add(s.begin_ns, static_cast<std::int64_t>(in.varint()));
  s.count = static_cast<std::int64_t>(in.varint());
  s.known_after = in.u8() != 0;
  if (s.samples < 0 || s.count < 0 || s.count > s.samples || s.end_ns < s.begin_ns) return false;
  if (s.count == 0) return in.ok();
  s.first_ns = wrapping_add(s.begin_ns, static_cast<std::int64_t>(in.varint()));
  s.last_ns = wrapping_sub(s.end_ns, static_cast<std::int64_t>(in.varint()));
  s.covered_ns = wrapping_sub(wrapping_sub(s.end_ns, s.begin_ns), in.signed_varint());
  for (double* number : {&s.min, &s.max, &s.sum, &s.first, &s.last}) *number = read_number(in);
  s.integral = integral_from(s, static_cast<std::int64_t>(in.varint()));
  return in.ok() && s.first_ns >= s.begin_ns && s.first_ns <= s.last_ns && s.last_ns <= s.end_ns;
}

std::string encode_summaries(const std::vector<Summary>& summaries) {
  std::string bytes;
  ByteWriter out{bytes};
  out.u8(kSummariesVersion);
  out.varint(summaries.size());
  std::vector<std::int64_t> column(summaries.size());
  const auto integers = [&](auto of) {
    for (std::size_t i = 0; i < summaries.size(); ++i) column[i] = of(summaries[i]);
    encode_integers(column, out);
  };
  const auto reals = [&](double Summary::* member) {
    std::vector<std::uint64_t> bits(summaries.size());
    for (std::size_t i = 0; i < summaries.size(); ++i) bits[i] = std::bit_cast<std::uint64_t>(summaries[i].*member);
    encode_reals(bits, out);
  };
  for (std::size_t i = 0; i < summaries.size(); ++i) column[i] = summaries[i].begin_ns;
  encode_times(column, 0, out);
  integers([](const Summary& s) { return wrapping_sub(s.end_ns, s.begin_ns); });
  integers([](const Summary& s) { return s.samples; });
  integers([](const Summary& s) { return wrapping_sub(s.samples, s.count); });
  integers([](const Summary& s) { return std::int64_t{s.known_after}; });
  integers([](const Summary& s) { return s.count == 0 ? 0 : wrapping_sub(s.first_ns, s.begin_ns); });
  integers([](const Summary& s) { return s.count == 0 ? 0 : wrapping_sub(s.end_ns, s.last_ns); });
  integers([](const Summary& s) { return wrapping_sub(wrapping_sub(s.end_ns, s.begin_ns), s.covered_ns); });
  for (const auto member : {&Summary::min, &Summary::max, &Summary::first, &Summary::last, &Summary::sum})
    reals(member);
  integers([](const Summary& s) { return integral_difference(s, s.integral); });
  out.u32(crc32c(bytes));
  return bytes;
}

bool decode_summaries(std::string_view bytes, std::vector<Summary>& summaries) {
  if (bytes.size() < 4) return false;
  ByteReader check{bytes.substr(bytes.size() - 4)};
  if (check.u32() != crc32c(bytes.substr(0, bytes.size() - 4))) return false;
  ByteReader in{bytes.substr(0, bytes.size() - 4)};
  if (in.u8() != kSummariesVersion) return false;
  const auto count = in.varint();
  if (!in.ok() || count > kColumnValuesMax) return false;
  summaries.assign(count, {});
  std::vector<std::int64_t> column(count + kColumnPadding);
  bool good = decode_times(in, 0, column);
  for (std::size_t i = 0; i < count; ++i) summaries[i].begin_ns = column[i];
  const auto integers = [&](auto set) {
    good = good && decode_integers(in, column);
    for (std::size_t i = 0; good && i < count; ++i) set(summaries[i], column[i]);
  };
  integers([](Summary& s, std::int64_t value) { s.end_ns = wrapping_add(s.begin_ns, value); });
  integers([](Summary& s, std::int64_t value) { s.samples = value; });
  integers([](Summary& s, std::int64_t value) { s.count = wrapping_sub(s.samples, value); });
  integers([](Summary& s, std::int64_t value) { s.known_after = value != 0; });
  integers([](Summary& s, std::int64_t value) { s.first_ns = s.count == 0 ? 0 : wrapping_add(s.begin_ns, value); });
  integers([](Summary& s, std::int64_t value) { s.last_ns = s.count == 0 ? 0 : wrapping_sub(s.end_ns, value); });
  integers(
      [](Summary& s, std::int64_t value) { s.covered_ns = wrapping_sub(wrapping_sub(s.end_ns, s.begin_ns), value); });
  std::vector<std::uint64_t> bits(count + kColumnPadding);
  for (const auto member : {&Summary::min, &Summary::max, &Summary::first, &Summary::last, &Summary::sum}) {
    good = good && decode_reals(in, bits);
    for (std::size_t i = 0; good && i < count; ++i) summaries[i].*member = std::bit_cast<double>(bits[i]);
  }
  integers([](Summary& s, std::int64_t value) { s.integral = integral_from(s, value); });
  return good && in.ok() && in.left() == 0;
}

}  // namespace hanse::historian::internal
