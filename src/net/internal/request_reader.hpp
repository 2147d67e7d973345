#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hanse::net::internal {

constexpr std::size_t kRequestHeadBytesMax = 16 * 1024;

/// Reads requests, one after the other, from bytes as they come (RFC 9112). Sans-I/O; the parser is Beast's, hidden
/// here because it costs seconds of compiling. What two readers could read differently is refused (request smuggling,
/// OWASP ASVS 4.2.1): two Hosts, a Content-Length beside a Transfer-Encoding, any other coding than chunked.
class RequestReader {
 public:
  RequestReader();
  ~RequestReader();
  RequestReader(RequestReader&&) noexcept;

  /// Reads on and returns how many bytes it used: not past the head before `limit_body`, never past the request.
  /// Errors: `too_large` (head or body), `invalid`; the connection can't go on then.
  Result<std::size_t> feed(std::string_view bytes);
  bool has_head() const;
  bool done() const;

  /// To be called between head and body. Errors: `too_large` when the body's declared length is over it.
  Result<void> limit_body(std::size_t bytes_max);
  /// Forgets this request and begins the next.
  void next();

  std::string_view method() const;
  std::string_view target() const;  ///< Path and query, as they came.
  /// By name in any case; empty when absent. Valid until `next`.
  std::string_view header(std::string_view name) const;
  bool keeps_alive() const;
  bool has_body() const;  ///< A body follows the head, or may.
  const std::string& body() const;

 private:
  Result<void> check_head() const;

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hanse::net::internal
