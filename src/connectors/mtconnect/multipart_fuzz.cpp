#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "connectors/mtconnect/multipart.hpp"

namespace {

using namespace hanse::connectors::mtconnect;

/// The documents up to the first fault.
std::vector<std::string> read(const std::string& boundary, std::string_view bytes, std::size_t piece) {
  MultipartReader reader{boundary};
  std::vector<std::string> documents;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.feed(bytes.substr(at, piece));
    for (;;) {
      auto document = reader.next();
      if (!document) return documents;
      if (!*document) break;
      documents.push_back(**std::move(document));
    }
  }
  return documents;
}

}  // namespace

// The first line is the header's value, the rest the stream.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto line = text.find('\n');
  const auto boundary = multipart_boundary(text.substr(0, line)).value_or("b");
  const auto stream = line == std::string_view::npos ? std::string_view{} : text.substr(line + 1);
  HANSE_ASSERT(read(boundary, stream, std::max<std::size_t>(stream.size(), 1)) == read(boundary, stream, 5));
  return 0;
}
