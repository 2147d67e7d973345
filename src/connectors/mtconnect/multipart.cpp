#include "connectors/mtconnect/multipart.hpp"

#include <charconv>

#include "base/text.hpp"
#include "connectors/mtconnect/internal/limits.hpp"

namespace hanse::connectors::mtconnect {
namespace {

constexpr std::size_t kHeadBytesMax = 16U << 10;

std::optional<std::size_t> content_length(std::string_view head) {
  for (const auto line : split(head, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || to_lower(trim(line.substr(0, colon))) != "content-length") continue;
    const auto value = trim(line.substr(colon + 1));
    std::size_t bytes = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), bytes);
    if (error != std::errc{} || end != value.data() + value.size()) return {};
    return bytes;
  }
  return {};
}

/// Where the empty line after the head ends; agents write CRLF, some gateways LF.
std::size_t head_end(std::string_view text) {
  const auto crlf = text.find("\r\n\r\n");
  const auto lf = text.find("\n\n");
  if (crlf != std::string_view::npos && (lf == std::string_view::npos || crlf < lf)) return crlf + 4;
  return lf == std::string_view::npos ? lf : lf + 2;
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  const auto parts = split(content_type, ';');
  if (!to_lower(trim(parts.front())).starts_with("multipart/")) return {};
  for (const auto part : parts) {
    const auto text = trim(part);
    if (!to_lower(text.substr(0, 9)).starts_with("boundary=")) continue;
    auto value = trim(text.substr(9));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (!value.empty() && value.size() <= 200) return std::string{value};
  }
  return {};
}

Result<bool> MultipartReader::take_head() {
  // Blank lines lie between a document and the next delimiter; how many differs by agent.
  while (begin_ < buffer_.size() && (buffer_[begin_] == '\r' || buffer_[begin_] == '\n')) ++begin_;
  const std::string_view rest = std::string_view{buffer_}.substr(begin_);
  const auto seen = std::min(rest.size(), delimiter_.size());
  if (rest.substr(0, seen) != std::string_view{delimiter_}.substr(0, seen)) {
    return fail(ErrorCode::corrupt, "the stream has no delimiter where a part must begin");
  }
  const auto end = head_end(rest);
  if (end == std::string_view::npos || end > kHeadBytesMax) {
    if (rest.size() > kHeadBytesMax) return fail(ErrorCode::too_large, "the head of a part has over 16 KiB");
    return false;
  }
  document_bytes_ = content_length(rest.substr(delimiter_.size(), end - delimiter_.size()));
  if (!document_bytes_) return fail(ErrorCode::corrupt, "a part of the stream doesn't tell its length");
  if (*document_bytes_ > kDocumentBytesMax) return fail(ErrorCode::too_large, "a part of the stream has over 64 MiB");
  begin_ += end;
  return true;
}

Result<std::optional<std::string>> MultipartReader::next() {
  if (!document_bytes_) {
    HANSE_TRY(const bool complete, take_head());
    if (!complete) return std::optional<std::string>{};
  }
  if (buffer_.size() - begin_ < *document_bytes_) return std::optional<std::string>{};
  std::string document = buffer_.substr(begin_, *document_bytes_);
  begin_ += *document_bytes_;
  document_bytes_.reset();
  if (begin_ > buffer_.size() / 2) {  // Not at every part: a burst of small ones would move the rest each time.
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  return std::optional<std::string>{std::move(document)};
}

}  // namespace hanse::connectors::mtconnect
