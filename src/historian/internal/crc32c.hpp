#pragma once

#include <cstdint>
#include <string_view>

namespace hanse::historian::internal {

/// CRC-32C (Castagnoli, as in RFC 3720) of `bytes`, continuing from `crc`. Uses the processor's instruction where there
/// is one: 12 instead of 1.5 GB/s.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace hanse::historian::internal
