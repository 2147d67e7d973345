#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/internal/request_reader.hpp"

/// Requests of whoever connects. The first byte says how the rest is cut; the cut must make no difference.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::size_t step = 1 + data[0] % 64;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  hanse::net::internal::RequestReader reader;
  std::string buffer;
  for (std::size_t at = 0; at < text.size(); at += step) {
    buffer += text.substr(at, step);
    for (bool more = true; more && !buffer.empty();) {
      const auto used = reader.feed(buffer);
      if (!used) return 0;
      if (*used > buffer.size()) std::abort();
      buffer.erase(0, *used);
      more = *used > 0;
      if (reader.has_head() && !reader.done() && !reader.limit_body(4096)) return 0;
      if (reader.done()) {
        if (reader.body().size() > 4096) std::abort();
        (void)reader.header("host");
        reader.next();
        more = true;
      }
    }
  }
  return 0;
}
