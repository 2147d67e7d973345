#include "net/http_reply.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"

namespace hanse::net {

namespace {

constexpr std::size_t kHeadBytesMax = 64 * 1024;
constexpr std::size_t kLineBytesMax = 4 * 1024;  // One chunk extension or trailer line: nobody needs more.
constexpr std::size_t kTrailerBytesMax = 16 * 1024;
constexpr int kSizeDigitsMax = 15;  // 2^60 bytes a chunk: cannot overflow 64 bits.

Error corrupt(std::string_view what, std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, 60)) shown += c >= ' ' && c < 127 ? c : '?';
  return fail(ErrorCode::corrupt, fmt::format("the HTTP answer is broken: {} '{}'", what, shown));
}

bool is_token(std::string_view name) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";  // RFC 9110, 5.6.2
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kOthers.contains(c);
  });
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

Result<void> parse_status_line(std::string_view line, HttpReplyHead& head) {
  // "HTTP/1.1 200 OK", the reason being optional.
  const bool shape = line.size() >= 12 && line.starts_with("HTTP/1.") && (line[7] == '0' || line[7] == '1') &&
                     line[8] == ' ' && (line.size() == 12 || line[12] == ' ');
  const auto status = shape ? parse_length(line.substr(9, 3)) : std::nullopt;
  if (!status || *status < 100) return corrupt("status line", line);
  head.minor_version = line[7] - '0';
  head.status = static_cast<int>(*status);
  if (line.size() > 13) head.reason = line.substr(13);
  return {};
}

}  // namespace

std::string_view HttpReplyHead::find(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

Result<HttpReplyHead> parse_reply_head(std::string_view text) {
  HttpReplyHead head;
  bool first = true;
  for (auto line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (std::exchange(first, false)) {
      HANSE_CHECK(parse_status_line(line, head));
      continue;
    }
    if (line.empty()) continue;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return corrupt("header", line);
    head.headers.emplace_back(to_lower(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  return head;
}

Result<std::size_t> ChunkedDecoder::feed(std::string_view bytes, std::string& out) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ != State::done) {
    if (state_ == State::data) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - used));
      out.append(bytes.substr(used, count));
      used += count;
      left_ -= count;
      if (left_ == 0) state_ = State::data_return;
    } else {
      HANSE_CHECK(step(bytes[used]));
      ++used;
    }
  }
  return used;
}

Result<void> ChunkedDecoder::step(char c) {
  switch (state_) {
    case State::size:
      return size_digit(c);
    case State::extension:
      if (++line_bytes_ > kLineBytesMax) return corrupt("a chunk's extension is too long", "");
      if (c == '\n') begin_chunk();
      return {};
    case State::size_line_end:
      if (c != '\n') return corrupt("a chunk's size line", std::string_view{&c, 1});
      begin_chunk();
      return {};
    case State::data_return:
      // Some small devices end lines with a bare line feed; there is no second way to read that.
      if (c == '\n') {
        state_ = State::size;
        return {};
      }
      if (c != '\r') return corrupt("a chunk is longer than it said", std::string_view{&c, 1});
      state_ = State::data_line_end;
      return {};
    case State::data_line_end:
      if (c != '\n') return corrupt("a chunk's end", std::string_view{&c, 1});
      state_ = State::size;
      return {};
    case State::trailer:
      if (++trailer_bytes_ > kTrailerBytesMax) return corrupt("the trailer is too long", "");
      trailer_byte(c);
      return {};
    case State::data:
    case State::done:
      break;
  }
  return {};
}

Result<void> ChunkedDecoder::size_digit(char c) {
  const int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
  if (digit >= 0) {
    if (++digits_ > kSizeDigitsMax) return corrupt("a chunk's size is absurd", "");
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    return {};
  }
  if (digits_ == 0) return corrupt("a chunk's size", std::string_view{&c, 1});
  line_bytes_ = 0;
  switch (c) {
    case '\r':
      state_ = State::size_line_end;
      return {};
    case '\n':
      begin_chunk();
      return {};
    case ';':
    case ' ':
    case '\t':
      state_ = State::extension;
      return {};
    default:
      return corrupt("a chunk's size", std::string_view{&c, 1});
  }
}

void ChunkedDecoder::begin_chunk() {
  digits_ = 0;
  line_bytes_ = 0;
  state_ = left_ == 0 ? State::trailer : State::data;
}

void ChunkedDecoder::trailer_byte(char c) {
  if (c == '\n') {
    if (line_bytes_ == 0) state_ = State::done;
    line_bytes_ = 0;
  } else if (c != '\r') {
    ++line_bytes_;
  }
}

Result<void> HttpReplyReader::feed(std::string_view bytes) {
  while (!has_head_) {
    HANSE_TRY(const std::size_t used, take_head(bytes));
    bytes.remove_prefix(used);
    if (bytes.empty() && !has_head_) return {};
  }
  return take_body_bytes(bytes);
}

Result<std::size_t> HttpReplyReader::take_head(std::string_view bytes) {
  const std::size_t before = head_text_.size();
  head_text_ += bytes.substr(0, kHeadBytesMax + 4);
  // The empty line that ends the head, whichever line ends the sender likes.
  const std::size_t from = before > 3 ? before - 3 : 0;
  const auto strict = head_text_.find("\r\n\r\n", from);
  const auto loose = head_text_.find("\n\n", from);
  const auto end = std::min(strict, loose);
  if (end == std::string::npos) {
    if (head_text_.size() > kHeadBytesMax) return fail(ErrorCode::too_large, "the HTTP answer's head is over 64 kB");
    return bytes.size();
  }
  const std::size_t head_bytes = end + (end == strict ? 4 : 2);
  HANSE_TRY(head_, parse_reply_head(std::string_view{head_text_}.substr(0, end)));
  head_text_.clear();
  // 1xx announce the real answer (RFC 9110, 15.2), 101 being the real one.
  if (head_.status >= 200 || head_.status == 101) {
    has_head_ = true;
    HANSE_CHECK(choose_framing());
  }
  return head_bytes - before;
}

/// RFC 9112, 6.3.
Result<void> HttpReplyReader::choose_framing() {
  const bool bodiless = head_request_ || head_.status == 204 || head_.status == 304 || head_.status == 101;
  const std::string coding = to_lower(head_.find("transfer-encoding"));
  const std::string_view length = head_.find("content-length");
  if (bodiless) {
    framing_ = Framing::none;
    done_ = true;
  } else if (!coding.empty()) {
    if (coding != "chunked") return corrupt("unknown transfer coding", coding);
    framing_ = Framing::chunked;
  } else if (!length.empty()) {
    const auto value = parse_length(length);
    if (!value) return corrupt("content length", length);
    for (const auto& [name, other] : head_.headers) {
      if (name == "content-length" && other != length) return corrupt("two content lengths", other);
    }
    framing_ = Framing::length;
    left_ = *value;
    done_ = left_ == 0;
  } else {
    framing_ = Framing::until_close;
  }
  return {};
}

Result<void> HttpReplyReader::take_body_bytes(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (done_) {
    surplus_ = true;  // Nothing was asked for: the connection can't be trusted with another request.
    return {};
  }
  if (framing_ == Framing::until_close) {
    body_ += bytes;
  } else if (framing_ == Framing::length) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    body_ += bytes.substr(0, count);
    left_ -= count;
    done_ = left_ == 0;
    surplus_ = count < bytes.size();
  } else {
    HANSE_TRY(const std::size_t used, chunked_.feed(bytes, body_));
    done_ = chunked_.done();
    surplus_ = used < bytes.size();
  }
  return {};
}

Result<void> HttpReplyReader::end() {
  if (done_) return {};
  if (has_head_ && framing_ == Framing::until_close) {
    done_ = true;
    return {};
  }
  return fail(ErrorCode::unavailable, has_head_ ? "the connection ended in the middle of the answer"
                                                : "the connection ended before there was an answer");
}

bool HttpReplyReader::keeps_alive() const {
  const std::string connection = to_lower(head_.find("connection"));
  const bool wanted = head_.minor_version == 1 ? !connection.contains("close") : connection.contains("keep-alive");
  return done_ && !surplus_ && wanted && framing_ != Framing::until_close && head_.status != 101;
}

}  // namespace hanse::net
