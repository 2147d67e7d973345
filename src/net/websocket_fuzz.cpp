#include <cstdint>
#include <cstdlib>

#include "net/websocket.hpp"

/// Frames of whoever connects. The first byte says how the rest is cut, which must make no difference; what was read
/// and is written again reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::net;
  if (size < 1) return 0;
  const std::size_t step = 1 + data[0] % 32;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  WebSocketReader whole{WebSocketSide::server, 4096}, cut{WebSocketSide::server, 4096};
  const auto expected = whole.feed(text);
  std::vector<WebSocketEvent> seen;
  bool good = true;
  for (std::size_t at = 0; at < text.size() && good; at += step) {
    const auto events = cut.feed(text.substr(at, step));
    good = events.has_value();
    if (good) seen.insert(seen.end(), events->begin(), events->end());
  }
  if (good != expected.has_value()) std::abort();
  if (!expected) return 0;
  if (seen != *expected) std::abort();
  for (const auto& event : *expected) {
    if (event.kind == WebSocketEvent::Kind::close) continue;
    WebSocketReader again{WebSocketSide::server, 4096};
    const auto events = again.feed(websocket_frame(event.kind, event.data, 0x01020304));
    if (!events || events->size() != 1 || events->front() != event) std::abort();
  }
  return 0;
}
