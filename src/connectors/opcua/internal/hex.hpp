#pragma once

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <string_view>

namespace hanse::connectors::opcua::internal {

inline std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

/// What isn't hex ends the bytes.
inline std::string from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned value = 0;
    const auto pair = text.substr(i, 2);
    if (std::from_chars(pair.data(), pair.data() + 2, value, 16).ec != std::errc{}) break;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace hanse::connectors::opcua::internal
