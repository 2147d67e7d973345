#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hanse::twin {

/// For addresses: the URL alphabet without padding, as IDTA 01002 has identifiers.
std::string encode_base64url(std::string_view bytes);
/// Also with correct padding; nothing for anything else.
std::optional<std::string> decode_base64url(std::string_view text);

/// For values of blobs: the usual alphabet with padding.
std::string encode_base64(std::string_view bytes);
/// Blanks allowed, as xs:base64Binary has it.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace hanse::twin
