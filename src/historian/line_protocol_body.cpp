#include "historian/line_protocol_body.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

namespace hanse::historian {

Result<std::string> plain_line_body(std::string body) {
  if (!body.starts_with("\x1f\x8b")) return body;
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return fail(ErrorCode::unavailable, "no memory to unpack the body");
  const std::unique_ptr<z_stream, int (*)(z_streamp)> closing{&stream, &inflateEnd};
  stream.next_in = reinterpret_cast<Bytef*>(body.data());
  stream.avail_in = static_cast<uInt>(body.size());
  std::string text;
  std::size_t filled = 0;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    if (filled == text.size()) {
      if (filled >= kLineTextBytesMax) {
        return fail(ErrorCode::too_large,
                    fmt::format("the body unpacks to over {} bytes; send smaller batches", kLineTextBytesMax));
      }
      text.resize(std::min(std::max<std::size_t>(2 * filled, 8 * body.size()), kLineTextBytesMax));
    }
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + filled);
    stream.avail_out = static_cast<uInt>(text.size() - filled);
    status = inflate(&stream, Z_NO_FLUSH);
    filled = text.size() - stream.avail_out;
    const bool starved = status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && stream.avail_out > 0);
    if (starved || (status != Z_OK && status != Z_STREAM_END))
      return fail(ErrorCode::invalid, "the body is broken gzip");
  }
  text.erase(filled);
  return text;
}

}  // namespace hanse::historian
