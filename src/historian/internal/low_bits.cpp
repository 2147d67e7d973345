#include "historian/internal/low_bits.hpp"

#include <algorithm>
#include <cmath>

namespace hanse::historian::internal {
namespace {

constexpr std::size_t kWorthSearching = 256;  // below, the search costs more time than it saves bytes
constexpr unsigned kSearched = 12;            // this far below the longest number

}  // namespace

double bits_with(const BitLengths& lengths, unsigned low, double count) {
  double bits = count * low;
  const auto with = [&](double number, double extra) {
    if (number > 0) bits += number * (std::log2(count / number) + extra);
  };
  double below = 0, escaped = 0;
  for (unsigned length = 0; length <= 64; ++length) {
    const auto number = static_cast<double>(lengths[length]);
    if (length <= low) below += number;
    if (length > low && length <= low + 8) with(number, length - low - 1);
    if (length > low + 8) {
      escaped += number;
      bits += number * (8.0 + 8.0 * ((length - low) / 7.0));
    }
  }
  with(below, 0);
  with(escaped, 0);
  return bits;
}

unsigned low_bits_for(const BitLengths& lengths, std::size_t count) {
  unsigned longest = 64;
  while (longest > 0 && lengths[longest] == 0) --longest;
  if (longest <= 8) return 0;
  unsigned best = std::min(longest - 8, kLowBitsMax);
  if (count < kWorthSearching) return best;
  const auto all = static_cast<double>(count);
  auto least = bits_with(lengths, best, all);
  for (unsigned low = best; low > 0 && low + kSearched > best;) {
    const auto bits = bits_with(lengths, --low, all);
    if (bits < least) least = bits, best = low;
  }
  return best;
}

}  // namespace hanse::historian::internal
