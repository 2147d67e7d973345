#pragma once

#include <cstdint>
#include <span>

#include "historian/internal/bytes.hpp"
#include "historian/internal/integers.hpp"

namespace hanse::historian::internal {

/// Writes doubles, given as their bits, so that `decode_reals` gives back every bit: -0, NaN payloads, infinities and
/// denormals included. Decimals (and 32-bit floats that began as decimals) become integers and few exceptions; the rest
/// keeps its bits in an order in which neighbours are close. Layout: docs/formats/chunk.md.
void encode_reals(std::span<const std::uint64_t> bits, ByteWriter& out);

/// Fills `out` except its last kColumnPadding elements. False when the bytes are damaged.
[[nodiscard]] bool decode_reals(ByteReader& in, std::span<std::uint64_t> out);

}  // namespace hanse::historian::internal
