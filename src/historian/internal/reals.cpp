#include "historian/internal/reals.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <vector>

#include "base/assert.hpp"

namespace hanse::historian::internal {
namespace {

enum class RealWay : std::uint8_t { decimal, decimal_float, ordered };

constexpr int kDigitsMax = 12;
constexpr std::array kPowers{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
static_assert(kPowers.size() == kDigitsMax + 1);
constexpr double kScaledMax = 2251799813685248.0;  // 2^51: up to here the trick below rounds exactly
constexpr double kRounder = 6755399441055744.0;    // 1.5 * 2^52: adding it leaves the integer in the low bits
constexpr auto kRounderBits = std::bit_cast<std::int64_t>(kRounder);
constexpr std::size_t kExceptionShare = 32;  // one in so many may be kept apart
constexpr unsigned kFloatZeros = 29;         // low bits that a double made of a float doesn't use

/// The double nearest to integer / 10^digits, as decoding computes it: a division, because that is rounded correctly.
template <RealWay kWay>
[[gnu::always_inline]] inline double value_of(double integer, double power) {
  if constexpr (kWay == RealWay::decimal_float) return static_cast<double>(static_cast<float>(integer / power));
  return integer / power;
}

template <RealWay kWay>
bool fits(double value, double power) {
  const double scaled = value * power;
  if (!(std::fabs(scaled) < kScaledMax)) return false;
  const double integer = (scaled + kRounder) - kRounder;
  return std::bit_cast<std::uint64_t>(value_of<kWay>(integer, power)) == std::bit_cast<std::uint64_t>(value);
}

/// The fewest digits that hold for nearly all of a sample; nothing when none do.
template <RealWay kWay>
std::optional<int> digits_of(std::span<const std::uint64_t> bits) {
  const std::size_t stride = std::max<std::size_t>(1, bits.size() / 64);
  int digits = 0;
  std::size_t misfits = 0, seen = 0;
  for (std::size_t i = 0; i < bits.size(); i += stride) {
    const double value = std::bit_cast<double>(bits[i]);
    int needed = digits;
    while (needed <= kDigitsMax && !fits<kWay>(value, kPowers[static_cast<std::size_t>(needed)])) ++needed;
    ++seen;
    if (needed > kDigitsMax) {
      ++misfits;
    } else {
      digits = needed;
    }
  }
  return misfits * 8 > seen ? std::nullopt : std::optional{digits};
}

/// Scales all; `misfits[i]` says which don't come back. Branch-free, so that the compiler vectorises it.
template <RealWay kWay>
std::size_t scale(std::span<const std::uint64_t> bits, double power, std::span<std::int64_t> integers,
                  std::span<std::uint8_t> misfits) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    const double value = std::bit_cast<double>(bits[i]);
    const double scaled = value * power;
    const double shifted = scaled + kRounder;
    const double back = value_of<kWay>(shifted - kRounder, power);
    const bool good = (std::fabs(scaled) < kScaledMax) & (std::bit_cast<std::uint64_t>(back) == bits[i]);
    integers[i] = std::bit_cast<std::int64_t>(shifted) - kRounderBits;
    misfits[i] = good ? 0 : 1;
    count += good ? 0 : 1;
  }
  return count;
}

template <RealWay kWay>
bool encode_decimals(std::span<const std::uint64_t> bits, ByteWriter& out) {
  const auto digits = digits_of<kWay>(bits);
  if (!digits) return false;
  std::vector<std::int64_t> integers(bits.size());
  std::vector<std::uint8_t> misfits(bits.size());
  const auto count = scale<kWay>(bits, kPowers[static_cast<std::size_t>(*digits)], integers, misfits);
  if (count * kExceptionShare > bits.size()) return false;
  // An exception takes the value before it, which costs nothing.
  for (std::size_t i = 0; i < bits.size() && count > 0; ++i) {
    if (misfits[i] != 0) integers[i] = i > 0 ? integers[i - 1] : 0;
  }
  out.u8(static_cast<std::uint8_t>(kWay));
  out.u8(static_cast<std::uint8_t>(*digits));
  encode_integers(integers, out);
  out.varint(count);
  std::size_t before = 0;
  for (std::size_t i = 0; i < bits.size() && count > 0; ++i) {
    if (misfits[i] == 0) continue;
    out.varint(i - before);
    out.u64(bits[i]);
    before = i;
  }
  return true;
}

/// Turns bits so that greater doubles are greater integers; doing it again turns them back.
std::int64_t ordered(std::uint64_t bits) {
  const auto number = static_cast<std::int64_t>(bits);
  return number ^ ((number >> 63) & std::numeric_limits<std::int64_t>::max());
}

void encode_ordered(std::span<const std::uint64_t> bits, ByteWriter& out) {
  std::uint64_t used = 0;
  for (const auto one : bits) used |= one;
  // Low bits that are zero everywhere (a double made of a float) aren't kept. Turning a negative number sets them, so
  // they go before.
  const unsigned unused = used == 0 ? 0 : static_cast<unsigned>(std::countr_zero(used));
  std::vector<std::int64_t> integers(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) integers[i] = ordered(bits[i]) >> unused;
  out.u8(static_cast<std::uint8_t>(RealWay::ordered));
  out.u8(static_cast<std::uint8_t>(unused));
  encode_integers(integers, out);
}

/// The trick backwards: valid below 2^51, which a whole chunk's integers are; a damaged one gives some other number.
template <RealWay kWay>
[[gnu::always_inline]] inline void unscale_all(std::span<std::uint64_t> padded, double power) {
  for (std::size_t i = 0; i + kColumnPadding <= padded.size(); i += kColumnPadding) {
    for (std::size_t j = 0; j < kColumnPadding; ++j) {
      const double integer = std::bit_cast<double>(padded[i + j] + static_cast<std::uint64_t>(kRounderBits)) - kRounder;
      padded[i + j] = std::bit_cast<std::uint64_t>(value_of<kWay>(integer, power));
    }
  }
}

#if defined(__x86_64__)
/// Divisions four at a time: 555 instead of 460 M values/s for a whole chunk, which charts of months are worth.
template <RealWay kWay>
__attribute__((target("avx2"))) void unscale_wide(std::span<std::uint64_t> padded, double power) {
  unscale_all<kWay>(padded, power);
}
#endif

/// `padded`: the values and their padding.
template <RealWay kWay>
void unscale(std::span<std::uint64_t> padded, double power) {
  const auto values = padded.first((padded.size() - 1) / kColumnPadding * kColumnPadding);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return unscale_wide<kWay>(values, power);
#endif
  unscale_all<kWay>(values, power);
}

bool decode_exceptions(ByteReader& in, std::span<std::uint64_t> out) {
  const auto count = in.varint();
  if (count > out.size()) return false;
  std::uint64_t place = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    place += in.varint();
    if (place >= out.size()) return false;
    out[place] = in.u64();
  }
  return in.ok();
}

}  // namespace

void encode_reals(std::span<const std::uint64_t> bits, ByteWriter& out) {
  if (bits.empty()) return;
  if (encode_decimals<RealWay::decimal>(bits, out)) return;
  std::uint64_t used = 0;
  for (const auto one : bits) used |= one;
  const bool floats = static_cast<unsigned>(std::countr_zero(used)) >= kFloatZeros;
  if (floats && encode_decimals<RealWay::decimal_float>(bits, out)) return;
  encode_ordered(bits, out);
}

bool decode_reals(ByteReader& in, std::span<std::uint64_t> out) {
  HANSE_ASSERT(out.size() >= kColumnPadding);
  const auto values = out.first(out.size() - kColumnPadding);
  if (values.empty()) return true;
  const auto way = static_cast<RealWay>(in.u8());
  const unsigned parameter = in.u8();
  // The same 64 bits seen as signed: an aliasing that the standard allows.
  const std::span integers{reinterpret_cast<std::int64_t*>(out.data()), out.size()};
  if (way == RealWay::ordered) {
    if (parameter > 63 || !decode_integers(in, integers)) return false;
    for (auto& one : values) {
      const auto turned = ordered(one << parameter);
      // Shifted-out ones of a turned negative number were zeros before it was turned.
      one = static_cast<std::uint64_t>(turned) >> parameter << parameter;
    }
    return true;
  }
  if (way > RealWay::ordered || parameter > static_cast<unsigned>(kDigitsMax) || !decode_integers(in, integers))
    return false;
  if (way == RealWay::decimal) unscale<RealWay::decimal>(out, kPowers[parameter]);
  if (way == RealWay::decimal_float) unscale<RealWay::decimal_float>(out, kPowers[parameter]);
  return decode_exceptions(in, values);
}

}  // namespace hanse::historian::internal
