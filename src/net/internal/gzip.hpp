#pragma once

#include <string>
#include <string_view>

namespace hanse::net::internal {

/// Compressed as gzip (RFC 1952), quickly rather than well.
std::string gzip(std::string_view bytes);
/// True when an Accept-Encoding header takes gzip (RFC 9110, 12.5.3: `gzip;q=0` doesn't).
bool accepts_gzip(std::string_view accept_encoding);
/// True for texts, which shrink to a fifth; pictures and archives don't.
bool is_compressible(std::string_view content_type);

}  // namespace hanse::net::internal
