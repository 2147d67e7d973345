#include "net/internal/http_connection.hpp"

#include <cstring>

#include "api/problem.hpp"
#include "net/internal/dispatch.hpp"
#include "net/live_hub.hpp"
#include "net/on_pool.hpp"
#include "net/websocket.hpp"

namespace hanse::net::internal {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kBufferBytesMin = 8 * 1024;
constexpr std::size_t kBufferBytesMax = 64 * 1024;
static_assert(kBufferBytesMax > kRequestHeadBytesMax, "a whole head must fit");
constexpr std::size_t kOneWriteBytesMax = 64 * 1024;  // Up to here a copy is cheaper than a second system call.
constexpr Duration kLingerLimit = 2s;
constexpr std::string_view kLivePath = "/api/v1/live";

std::string address_of(const std::string& peer) {
  std::string address = peer.substr(0, peer.rfind(':'));
  if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
  return address;
}

/// A browser names the page that opens the socket; only our own may (OWASP ASVS 4.4.2). Programs name none.
bool is_own_origin(std::string_view origin, std::string_view host) {
  if (origin.empty()) return true;
  const auto scheme_end = origin.find("://");
  return scheme_end != std::string_view::npos && origin.substr(scheme_end + 3) == host;
}

}  // namespace

HttpConnection::HttpConnection(HttpServer& server, std::unique_ptr<Stream> stream, bool secure)
    : server_(server), stream_(std::move(stream)), secure_(secure), buffer_(kBufferBytesMin) {}

void HttpConnection::end_soon() {
  if (idle_) stream_->close();
}

void HttpConnection::close() {
  if (under_way_) under_way_->request_stop();
  stream_->close();
}

void HttpConnection::look_after_client() {
  if (under_way_ && stream_->is_left()) under_way_->request_stop();
}

asio::awaitable<void> HttpConnection::run() {
  Next next = Next::request;
  while (next == Next::request && !server_.stopping_) {
    idle_ = true;
    auto reading = read_head();
    const auto head = co_await std::move(reading);
    idle_ = false;
    if (!head) {
      const bool silent =
          head.error().code == ErrorCode::unavailable || (head.error().code == ErrorCode::timeout && begin_ == end_);
      if (silent) break;
      const int status = head.error().code == ErrorCode::timeout     ? 408
                         : head.error().code == ErrorCode::too_large ? 431
                                                                     : 400;
      auto refusing = refuse(head.error(), status);
      next = co_await std::move(refusing);
    } else if (!*head) {
      break;
    } else {
      ++server_.figures_.requests;
      auto handling = handle();
      next = co_await std::move(handling);
      if (next == Next::request) reader_.next();
    }
  }
  if (next == Next::linger) {
    auto finishing = stream_->finish(kLingerLimit);
    co_await std::move(finishing);
  }
  stream_->close();
}

Result<void> HttpConnection::feed() {
  while (begin_ < end_) {
    HANSE_TRY(const std::size_t used, reader_.feed(std::string_view{buffer_.data() + begin_, end_ - begin_}));
    begin_ += used;
    if (used == 0) break;
  }
  if (begin_ == end_) begin_ = end_ = 0;
  return {};
}

asio::awaitable<Result<bool>> HttpConnection::read_more(Duration time_limit) {
  if (begin_ > 0 && end_ == buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
  if (end_ == buffer_.size()) {
    if (buffer_.size() >= kBufferBytesMax) co_return fail(ErrorCode::too_large, "the request's head is too long");
    buffer_.resize(buffer_.size() * 2);
  }
  auto reading = stream_->read(std::span{buffer_}.subspan(end_), time_limit);
  HANSE_CO_TRY(const std::size_t count, co_await std::move(reading));
  end_ += count;
  co_return count > 0;
}

/// False when the client closed between two requests.
asio::awaitable<Result<bool>> HttpConnection::read_head() {
  HANSE_CO_CHECK(feed());
  if (reader_.has_head()) co_return true;
  // A head that drips in is given one limit as a whole, or a slow client could hold a connection for ever.
  const SystemClock clock;
  Duration limit = begin_ == end_ ? server_.options_.idle_limit : server_.options_.read_limit;
  Duration due = clock.monotonic() + limit;
  bool begun = begin_ != end_;
  while (!reader_.has_head()) {
    auto reading = read_more(limit);
    HANSE_CO_TRY(const bool more, co_await std::move(reading));
    if (!more) co_return false;
    HANSE_CO_CHECK(feed());
    if (reader_.has_head()) break;
    if (!std::exchange(begun, true)) due = clock.monotonic() + server_.options_.read_limit;
    limit = due - clock.monotonic();
    if (limit <= Duration::zero()) co_return fail(ErrorCode::timeout, "the request's head took too long");
  }
  co_return true;
}

asio::awaitable<Result<void>> HttpConnection::read_body(std::size_t bytes_max) {
  HANSE_CO_CHECK(reader_.limit_body(bytes_max));
  HANSE_CO_CHECK(feed());
  if (reader_.done()) co_return Result<void>{};
  if (reader_.header("expect") == "100-continue") {
    auto writing = stream_->write("HTTP/1.1 100 Continue\r\n\r\n", server_.options_.write_limit);
    HANSE_CO_CHECK(co_await std::move(writing));
  }
  while (!reader_.done()) {
    auto reading = read_more(server_.options_.read_limit);
    HANSE_CO_TRY(const bool more, co_await std::move(reading));
    if (!more) co_return fail(ErrorCode::unavailable, "the client closed in the middle of a body");
    HANSE_CO_CHECK(feed());
  }
  co_return Result<void>{};
}

api::RequestFacts HttpConnection::facts(api::Method method, std::string_view path) const {
  const auto header = [this](std::string_view name) { return std::string{reader_.header(name)}; };
  return {.method = method,
          .path = std::string{path},
          .query = path.size() < reader_.target().size() ? std::string{reader_.target().substr(path.size() + 1)} : "",
          .peer = address_of(stream_->peer()),
          .secure = secure_,
          .live = false,
          .authorization = header("authorization"),
          .cookie = header("cookie"),
          .host = header("host"),
          .origin = header("origin"),
          .fetch_site = header("sec-fetch-site"),
          .csrf = header("x-hanse-csrf"),
          .range = header("range"),
          .accept = header("accept")};
}

AnswerWish HttpConnection::wish() const {
  return {.accept_encoding = reader_.header("accept-encoding"), .if_none_match = reader_.header("if-none-match")};
}

asio::awaitable<HttpConnection::Next> HttpConnection::handle() {
  const auto method = api::parse_method(reader_.method());
  const std::string_view target = reader_.target();
  if (!method) {
    auto refusing = refuse(fail(ErrorCode::invalid, "this method is not known here"), 501);
    co_return co_await std::move(refusing);
  }
  const std::string_view path = target.substr(0, target.find('?'));
  const std::string_view query = path.size() < target.size() ? target.substr(path.size() + 1) : std::string_view{};
  auto match = server_.parts_.router.find(*method, path);
  if (!match) {
    auto refusing = refuse(match.error(), 400);
    co_return co_await std::move(refusing);
  }
  api::RequestFacts known = facts(*method, path);
  if (path == kLivePath && server_.parts_.live) {
    auto living = go_live(std::move(known));
    co_return co_await std::move(living);
  }
  if (match->route) {
    auto answering = answer_route(std::move(*match), std::move(known), query);
    co_return co_await std::move(answering);
  }
  Answer answer = answer_without_route(server_.parts_, *match, known, wish());
  (void)reader_.limit_body(0);
  answer.closes = reader_.has_body() || !feed() || !reader_.done();
  auto sending = send(std::move(answer));
  co_return co_await std::move(sending);
}

asio::awaitable<HttpConnection::Next> HttpConnection::answer_route(api::RouteMatch match, api::RequestFacts known,
                                                                   std::string_view query) {
  auto reading = read_body(match.route->body_bytes_max);
  if (const auto read = co_await std::move(reading); !read) {
    if (read.error().code == ErrorCode::unavailable) co_return Next::end;
    const int status = read.error().code == ErrorCode::timeout ? 408 : api::status_of(read.error());
    auto refusing = refuse(read.error(), status, match.route);
    co_return co_await std::move(refusing);
  }
  const RoutedRequest routed{.match = std::move(match),
                             .facts = std::move(known),
                             .query = query,
                             .body = reader_.body(),
                             .content_type = reader_.header("content-type"),
                             .if_match = reader_.header("if-match"),
                             .wish = wish(),
                             .stop = under_way_.emplace().get_token()};
  auto task = on_pool(server_.parts_.pool, [&] { return dispatch(server_.parts_, routed); });
  auto answered = co_await std::move(task);
  under_way_.reset();
  Answer answer = answered ? std::move(*answered) : problem_answer(answered.error(), 503);
  auto sending = send(std::move(answer));
  co_return co_await std::move(sending);
}

asio::awaitable<HttpConnection::Next> HttpConnection::go_live(api::RequestFacts known) {
  known.live = true;
  const auto accept = accept_websocket({.method = reader_.method(),
                                        .upgrade = reader_.header("upgrade"),
                                        .connection = reader_.header("connection"),
                                        .version = reader_.header("sec-websocket-version"),
                                        .key = reader_.header("sec-websocket-key")});
  if (!accept || reader_.has_body()) {
    auto refusing = refuse(fail(ErrorCode::invalid, "this address takes WebSocket connections, version 13"), 426);
    co_return co_await std::move(refusing);
  }
  if (!is_own_origin(known.origin, known.host)) {
    auto refusing = refuse(fail(ErrorCode::forbidden, "a page from elsewhere may not listen here"), 403);
    co_return co_await std::move(refusing);
  }
  auto task = on_pool(server_.parts_.pool, [&] { return server_.parts_.authorise(known); });
  auto caller = co_await std::move(task);
  if (!caller) {
    auto refusing = refuse(caller.error(), api::status_of(caller.error()));
    co_return co_await std::move(refusing);
  }
  const std::string head =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      *accept + "\r\n\r\n";
  auto writing = stream_->write(head, server_.options_.write_limit);
  if (!co_await std::move(writing)) co_return Next::end;
  // Whoever was logged out meanwhile, or lost the right, is sent away at the next look (OWASP ASVS 8.3.2).
  std::function<asio::awaitable<bool>()> still_allowed = [this, &known]() -> asio::awaitable<bool> {
    auto again = on_pool(server_.parts_.pool, [this, &known] { return server_.parts_.authorise(known); });
    const auto now = co_await std::move(again);
    co_return now || now.error().code == ErrorCode::unavailable;
  };
  idle_ = true;
  std::string early{buffer_.data() + begin_, end_ - begin_};
  auto living = server_.parts_.live->serve(*stream_, std::move(*caller), std::move(early), std::move(still_allowed));
  co_await std::move(living);
  co_return Next::end;
}

asio::awaitable<HttpConnection::Next> HttpConnection::refuse(Error error, int status, const api::Route* route) {
  Answer answer = problem_answer(error, status, route);
  answer.closes = true;
  auto sending = send(std::move(answer));
  co_return co_await std::move(sending);
}

asio::awaitable<HttpConnection::Next> HttpConnection::send(Answer answer) {
  if (answer.response.status >= 500) ++server_.figures_.failed_requests;
  answer.closes = answer.closes || !reader_.has_head() || !reader_.keeps_alive() || server_.stopping_;
  std::string bytes = answer_head(answer, server_.date());
  const bool bodiless = reader_.has_head() && reader_.method() == "HEAD";
  const std::string_view body = bodiless ? std::string_view{} : answer.body();
  const bool together = body.size() <= kOneWriteBytesMax;
  if (together) bytes += body;
  auto writing = stream_->write(bytes, server_.options_.write_limit);
  if (!co_await std::move(writing)) co_return Next::end;
  if (!together) {
    auto rest = stream_->write(body, server_.options_.write_limit);
    if (!co_await std::move(rest)) co_return Next::end;
  }
  co_return answer.closes ? Next::linger : Next::request;
}

}  // namespace hanse::net::internal
