#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hanse::connectors::mtconnect {

/// The boundary of a `Content-Type: multipart/x-mixed-replace;boundary=...` (also `multipart/mixed`, quoted, in any
/// case); nothing when it is no multipart.
std::optional<std::string> multipart_boundary(std::string_view content_type);

/// Takes the documents out of a stream that never ends, however its bytes are cut.
/// Source: MTConnect part 1, streaming; RFC 2046, 5.1.
class MultipartReader {
 public:
  explicit MultipartReader(std::string boundary) : delimiter_("--" + std::move(boundary)) {}

  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next whole document; nothing until more bytes came. Errors: `corrupt` (no delimiter where one must be, no
  /// length), `too_large` (a head over 16 KiB, a document over 64 MiB); the stream is of no use afterwards.
  Result<std::optional<std::string>> next();

 private:
  Result<bool> take_head();

  std::string delimiter_;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< What lies before was taken.
  std::optional<std::size_t> document_bytes_;
};

}  // namespace hanse::connectors::mtconnect
