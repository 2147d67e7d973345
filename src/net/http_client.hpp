#pragma once

#include <vector>

#include "net/http_reply.hpp"
#include "net/stream.hpp"

namespace hanse::net {

/// `http://host:port/target`, taken apart.
struct Url {
  bool tls = false;
  std::string host;  ///< Without the brackets of an IPv6 address.
  std::uint16_t port = 0;
  std::string target = "/";  ///< Path and query, as sent.
  friend bool operator==(const Url&, const Url&) = default;
};
/// Reads an absolute http or https URL; the port defaults to the scheme's. User names, fragments and blanks are
/// refused. Errors: `invalid`.
Result<Url> parse_url(std::string_view text);

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};  ///< Sent with its length when not empty or the method is POST, PUT or PATCH.
};

struct HttpResponse {
  HttpReplyHead head;
  std::string body;
};

struct HttpClientOptions {
  Duration connect_limit = 10s;
  Duration read_limit = 30s;               ///< For the head, and between two pieces of the body.
  std::size_t body_bytes_max = 64U << 20;  ///< Of `fetch`; a streamed body has no end.
  TlsOptions tls = {};
};

/// The body of a reply while it comes in.
class HttpBodyReader {
 public:
  HttpBodyReader(std::unique_ptr<Stream> stream, HttpReplyReader reader)
      : stream_(std::move(stream)), reader_(std::move(reader)) {}

  const HttpReplyHead& head() const { return reader_.head(); }
  /// The next piece, transfer coding removed; empty at the body's end. Errors: `timeout` (call again to go on waiting),
  /// `unavailable` when the connection broke before the end, `corrupt` for broken chunks.
  boost::asio::awaitable<Result<std::string>> next(Duration time_limit);
  void close() { stream_->close(); }

 private:
  friend class HttpClient;
  std::unique_ptr<Stream> stream_;
  HttpReplyReader reader_;
};

/// Calls HTTP/1.1 servers. Keeps one connection for the next call to the same server. Doesn't follow redirects.
/// One call at a time; belongs to its executor's thread.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options) : options_(std::move(options)) {}

  /// The whole answer, whatever its status. Errors: `invalid` (URL), `unavailable`, `timeout`, `corrupt`, `too_large`.
  boost::asio::awaitable<Result<HttpResponse>> fetch(HttpRequest request);
  /// The answer's head; its body is then read piece by piece. Errors as above.
  boost::asio::awaitable<Result<HttpBodyReader>> open(HttpRequest request);

 private:
  struct Origin {
    bool tls = false;
    std::string host;
    std::uint16_t port = 0;
    friend bool operator==(const Origin&, const Origin&) = default;
  };
  boost::asio::awaitable<Result<HttpBodyReader>> exchange(std::unique_ptr<Stream> stream, std::string bytes, bool head);

  HttpClientOptions options_;
  std::unique_ptr<Stream> idle_;
  Origin idle_origin_;
};

}  // namespace hanse::net
