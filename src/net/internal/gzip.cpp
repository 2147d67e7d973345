#include "net/internal/gzip.hpp"

#include <zlib.h>

#include "base/assert.hpp"
#include "base/text.hpp"

namespace hanse::net::internal {

namespace {
constexpr int kLevel = 3;             // 1-3 are zlib's fast matchers; above, JSON shrinks little more.
constexpr int kGzipWindow = 15 + 16;  // zlib.h, deflateInit2: plus 16 for gzip instead of zlib.
}  // namespace

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  HANSE_ASSERT(deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  HANSE_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

bool accepts_gzip(std::string_view accept_encoding) {
  for (const auto part : split(accept_encoding, ',')) {
    const auto pieces = split(part, ';');
    if (to_lower(trim(pieces[0])) != "gzip") continue;
    const auto quality = pieces.size() > 1 ? trim(pieces[1]) : std::string_view{};
    return !quality.starts_with("q=0") || quality.find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

bool is_compressible(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.contains("json") || content_type.contains("javascript") ||
         content_type.contains("xml");
}

}  // namespace hanse::net::internal
