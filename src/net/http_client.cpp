#include "net/http_client.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"

namespace hanse::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kAnswerChunkBytes = 32 * 1024;
constexpr Duration kWriteLimit = 30s;

/// No line end may slip into a request's head: it would begin a header of its own (request splitting).
bool fits_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

Result<std::string> request_bytes(const HttpRequest& request, const Url& url) {
  const bool default_port = url.port == (url.tls ? 443 : 80);
  const std::string host = url.host.contains(':') ? "[" + url.host + "]" : url.host;
  std::string bytes = fmt::format("{} {} HTTP/1.1\r\nHost: {}{}\r\n", request.method, url.target, host,
                                  default_port ? "" : fmt::format(":{}", url.port));
  bool names_agent = false;
  for (const auto& [name, value] : request.headers) {
    if (!fits_one_line(name) || !fits_one_line(value)) {
      return fail(ErrorCode::invalid, "a header of the request holds a line end");
    }
    names_agent = names_agent || to_lower(name) == "user-agent";
    bytes += fmt::format("{}: {}\r\n", name, value);
  }
  if (!names_agent) bytes += "User-Agent: hanse\r\n";
  const bool has_body =
      !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (has_body) bytes += fmt::format("Content-Length: {}\r\n", request.body.size());
  bytes += "\r\n";
  bytes += request.body;
  return bytes;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::invalid, fmt::format("'{}' is not a URL like http://host:5000/path", text.substr(0, 200)));
  };
  Url url;
  if (text.starts_with("https://")) {
    url.tls = true;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return wrong();
  }
  for (const char c : text) {
    if (c <= ' ' || c == 127 || c == '#') return wrong();
  }
  const auto end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  url.target = text.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  if (authority.contains('@')) return wrong();

  std::string_view port;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return wrong();
    url.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  url.port = url.tls ? 443 : 80;
  if (!port.empty()) {
    const char* last = port.data() + port.size();
    const auto [stop, failed] = std::from_chars(port.data() + 1, last, url.port);
    if (port[0] != ':' || failed != std::errc{} || stop != last || url.port == 0) return wrong();
  }
  if (url.host.empty()) return wrong();
  return url;
}

asio::awaitable<Result<std::string>> HttpBodyReader::next(Duration time_limit) {
  std::vector<char> buffer(kAnswerChunkBytes);
  for (;;) {
    std::string piece = reader_.take_body();
    if (!piece.empty() || reader_.done()) co_return piece;
    auto reading = stream_->read(buffer, time_limit);
    HANSE_CO_TRY(const std::size_t count, co_await std::move(reading));
    if (count == 0) {
      HANSE_CO_CHECK(reader_.end());
    } else {
      HANSE_CO_CHECK(reader_.feed(std::string_view{buffer.data(), count}));
    }
  }
}

asio::awaitable<Result<HttpBodyReader>> HttpClient::exchange(std::unique_ptr<Stream> stream, std::string bytes,
                                                             bool head) {
  auto writing = stream->write(bytes, kWriteLimit);
  HANSE_CO_CHECK(co_await std::move(writing));
  HttpReplyReader reader{head};
  std::vector<char> buffer(kAnswerChunkBytes);
  while (!reader.has_head()) {
    auto reading = stream->read(buffer, options_.read_limit);
    HANSE_CO_TRY(const std::size_t count, co_await std::move(reading));
    if (count == 0) {
      HANSE_CO_CHECK(reader.end());
    } else {
      HANSE_CO_CHECK(reader.feed(std::string_view{buffer.data(), count}));
    }
  }
  co_return HttpBodyReader{std::move(stream), std::move(reader)};
}

asio::awaitable<Result<HttpBodyReader>> HttpClient::open(HttpRequest request) {
  HANSE_CO_TRY(const Url url, parse_url(request.url));
  HANSE_CO_TRY(const std::string bytes, request_bytes(request, url));
  const bool head = request.method == "HEAD";
  Origin origin{.tls = url.tls, .host = url.host, .port = url.port};

  if (idle_ && idle_origin_ == origin) {
    auto reusing = exchange(std::move(idle_), bytes, head);
    auto reply = co_await std::move(reusing);
    // The server may have closed the kept connection meanwhile; asking again is safe for what changes nothing.
    const bool again = !reply && reply.error().code == ErrorCode::unavailable && (head || request.method == "GET");
    if (!again) co_return reply;
  }
  idle_.reset();
  idle_origin_ = std::move(origin);
  std::optional<TlsOptions> tls;
  if (url.tls) tls = options_.tls;
  auto connecting = connect(url.host, url.port, std::move(tls), options_.connect_limit);
  HANSE_CO_TRY(auto stream, co_await std::move(connecting));
  auto asking = exchange(std::move(stream), bytes, head);
  co_return co_await std::move(asking);
}

asio::awaitable<Result<HttpResponse>> HttpClient::fetch(HttpRequest request) {
  auto opening = open(std::move(request));
  HANSE_CO_TRY(auto reader, co_await std::move(opening));
  HttpResponse response{.head = reader.head(), .body = {}};
  for (;;) {
    auto reading = reader.next(options_.read_limit);
    HANSE_CO_TRY(const std::string piece, co_await std::move(reading));
    if (piece.empty()) break;
    if (response.body.size() + piece.size() > options_.body_bytes_max) {
      co_return fail(ErrorCode::too_large, fmt::format("the answer is over {} bytes", options_.body_bytes_max));
    }
    response.body += piece;
  }
  if (reader.reader_.keeps_alive()) idle_ = std::move(reader.stream_);
  co_return response;
}

}  // namespace hanse::net
