#pragma once

#include <cstdint>
#include <span>

#include "historian/internal/bytes.hpp"
#include "historian/internal/integers.hpp"

namespace hanse::historian::internal {

/// Writes strictly increasing times (ns). Exactly regular ones take a few bytes whatever their number; else the unit
/// that divides all differences is taken out, and what is kept is the differences or the distance from an even grid,
/// whichever is smaller. The first is told from
/// `base`.
void encode_times(std::span<const std::int64_t> times, std::int64_t base, ByteWriter& out);
/// Fills `out` except its last kColumnPadding elements. False when damaged or not increasing.
[[nodiscard]] bool decode_times(ByteReader& in, std::int64_t base, std::span<std::int64_t> out);

}  // namespace hanse::historian::internal
