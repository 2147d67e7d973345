#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace hanse::historian::internal {

/// Numbers are kept as one symbol byte over plain low bits. These functions say how many low bits to take.
inline constexpr unsigned kLowBitsMax = 56;
/// A symbol that says: the part above the low bits stands among the exceptions.
inline constexpr std::uint8_t kEscape = 255;

/// How many numbers have how many bits.
using BitLengths = std::array<std::size_t, 65>;

/// About what `count` numbers take with `low` plain bits each: these, the entropy of the symbols above (as if those of
/// one length were even), and the escapes.
double bits_with(const BitLengths& lengths, unsigned low, double count);

/// The number of low bits that takes least: as many as are noise.
unsigned low_bits_for(const BitLengths& lengths, std::size_t count);

}  // namespace hanse::historian::internal
