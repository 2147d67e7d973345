#include <cstdint>
#include <cstdlib>

#include "net/http_reply.hpp"

namespace {

std::string read_reply(std::string_view text, std::size_t step) {
  hanse::net::HttpReplyReader reader{false};
  std::string body;
  for (std::size_t at = 0; at < text.size(); at += step) {
    if (!reader.feed(text.substr(at, step))) return "wrong";
    body += reader.take_body();
  }
  return (reader.done() ? "done " : "open ") + body;
}

}  // namespace

/// Answers of machines and services, chunked or not. However they are cut, they read the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  if (read_reply(text, 1 + data[0] % 64) != read_reply(text, text.size() + 1)) std::abort();
  return 0;
}
