#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "historian/internal/bytes.hpp"

namespace hanse::historian::internal {

/// Writes symbols with their count: packed to the bits of the largest, or through zstd when that is smaller.
void put_symbols(std::span<const std::uint8_t> symbols, ByteWriter& out);
/// Replaces `symbols`. False when damaged or more than `count_max`.
[[nodiscard]] bool read_symbols(ByteReader& in, std::size_t count_max, std::string& symbols);

/// The low `bits` (0 to 56) of each value, one after the other.
void pack_bits(std::span<const std::uint64_t> values, unsigned bits, ByteWriter& out);
/// Reads `out.size()` of them. False when bytes are missing.
[[nodiscard]] bool unpack_bits(ByteReader& in, unsigned bits, std::span<std::uint64_t> out);

}  // namespace hanse::historian::internal
