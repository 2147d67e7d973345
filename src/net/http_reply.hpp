#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace hanse::net {

/// Status line and header of an HTTP/1.x answer.
struct HttpReplyHead {
  int status = 0;
  std::string reason;
  int minor_version = 1;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Names in lower case.

  /// The first value of a header, by its lower-case name; empty when absent.
  std::string_view find(std::string_view name) const;
};
/// Reads a head without its empty last line. Errors: `corrupt`. Source: RFC 9112, 4 and 5.
Result<HttpReplyHead> parse_reply_head(std::string_view text);

/// Removes the chunked transfer coding, however the bytes are cut. Source: RFC 9112, 7.1.
class ChunkedDecoder {
 public:
  /// Appends what `bytes` hold of the body to `out`; returns how many were used (all, until the end was seen).
  /// Errors: `corrupt`; the decoder is of no use afterwards.
  Result<std::size_t> feed(std::string_view bytes, std::string& out);
  bool done() const { return state_ == State::done; }

 private:
  enum class State { size, extension, size_line_end, data, data_return, data_line_end, trailer, done };
  Result<void> step(char c);
  Result<void> size_digit(char c);
  void begin_chunk();
  void trailer_byte(char c);

  State state_ = State::size;
  std::uint64_t left_ = 0;
  int digits_ = 0;
  std::size_t line_bytes_ = 0;  // Of the present extension or trailer line.
  std::size_t trailer_bytes_ = 0;
};

/// Reads one answer from bytes as they come. Sans-I/O: told bytes and the end of the stream, gives head and body.
class HttpReplyReader {
 public:
  /// `head_request`: the answer to HEAD has no body, whatever it says.
  explicit HttpReplyReader(bool head_request) : head_request_(head_request) {}

  /// Errors: `corrupt`, `too_large` (a head over 64 kB).
  Result<void> feed(std::string_view bytes);
  /// The stream ended. Errors: `unavailable` when the answer was not complete.
  Result<void> end();

  bool has_head() const { return has_head_; }
  const HttpReplyHead& head() const { return head_; }
  /// What has come of the body since the last call.
  std::string take_body() { return std::exchange(body_, {}); }
  bool done() const { return done_; }
  /// True when the connection may carry another request after this answer.
  bool keeps_alive() const;

 private:
  enum class Framing { none, length, chunked, until_close };
  Result<std::size_t> take_head(std::string_view bytes);
  Result<void> choose_framing();
  Result<void> take_body_bytes(std::string_view bytes);

  bool head_request_;
  bool has_head_ = false;
  bool done_ = false;
  bool surplus_ = false;
  std::string head_text_;
  HttpReplyHead head_;
  Framing framing_ = Framing::none;
  std::uint64_t left_ = 0;
  ChunkedDecoder chunked_;
  std::string body_;
};

}  // namespace hanse::net
