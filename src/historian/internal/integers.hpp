#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "historian/internal/bytes.hpp"

namespace hanse::historian::internal {

/// Values that a column may hold at most: bounds what a damaged length can ask for.
inline constexpr std::size_t kColumnValuesMax = 65'536;
/// Room that a decoder may write past the end: short runs need no loop, and loops go by eight at a time. GCC vectorises
/// at -O2 only loops whose count it knows, so the hot ones are written as an inner loop of this many.
inline constexpr std::size_t kColumnPadding = 8;

/// Writes `values` (any 64-bit integers, at most kColumnValuesMax) so that `decode_integers` gives them back.
/// Differences once, twice or not at all, whichever is smallest; runs of "no change" as lengths; the rest as one symbol
/// byte each (through zstd's Huffman coder when that gains) over `k` plain low bits. Layout: docs/formats/chunk.md.
void encode_integers(std::span<const std::int64_t> values, ByteWriter& out);

/// Fills `out` except its last kColumnPadding elements, which are scratch. False when the bytes are damaged.
[[nodiscard]] bool decode_integers(ByteReader& in, std::span<std::int64_t> out);

/// Roughly how many bits `encode_integers` takes, from a sample: to choose between two ways to say the same.
std::uint64_t estimated_bits(std::span<const std::int64_t> values);

}  // namespace hanse::historian::internal
