#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace hanse::historian {

inline constexpr std::size_t kLineBodyBytesMax = 32u << 20;              ///< As it is sent.
inline constexpr std::size_t kLineTextBytesMax = 4 * kLineBodyBytesMax;  ///< Unpacked.

/// A body as text: unpacked when it is gzip (by its first bytes; Telegraf and InfluxDB's clients pack by default), else
/// as it is. Errors: `too_large` over `kLineTextBytesMax`; `invalid` for broken gzip.
Result<std::string> plain_line_body(std::string body);

}  // namespace hanse::historian
