#include <fmt/format.h>
#include <poll.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/internal/tcp_stream.hpp"

namespace hanse::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

std::string describe_endpoint(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  return address.is_v6() ? fmt::format("[{}]:{}", address.to_string(), endpoint.port())
                         : fmt::format("{}:{}", address.to_string(), endpoint.port());
}

}  // namespace

namespace internal {

TcpStream::TcpStream(tcp::socket socket) : socket_(std::move(socket)) {
  error_code ignored;
  const auto endpoint = socket_.remote_endpoint(ignored);
  peer_ = ignored ? "a peer that is gone" : describe_endpoint(endpoint);
  socket_.set_option(tcp::no_delay{true}, ignored);
  socket_.set_option(asio::socket_base::keep_alive{true}, ignored);
  socket_.non_blocking(true, ignored);
  const auto cancel = [this] {
    error_code none;
    socket_.cancel(none);
  };
  reading_ = std::make_shared<Deadline>(socket_.get_executor(), cancel);
  writing_ = std::make_shared<Deadline>(socket_.get_executor(), cancel);
}

TcpStream::~TcpStream() {
  reading_->retire();
  writing_->retire();
}

Error TcpStream::error(std::string_view doing, bool timed_out, const error_code& code) const {
  if (timed_out) return fail(ErrorCode::timeout, fmt::format("{} {} took too long", doing, peer_));
  return fail(ErrorCode::unavailable, fmt::format("{} {} failed: {}", doing, peer_, code.message()));
}

asio::awaitable<Result<std::size_t>> TcpStream::read(std::span<char> into, Duration time_limit) {
  reading_->start(time_limit);
  const auto buffer = asio::buffer(into.data(), into.size());
  const auto [code, count] = co_await socket_.async_read_some(buffer, kTuple);
  const bool timed_out = reading_->stop();
  if (code == asio::error::eof) co_return std::size_t{0};
  if (code) co_return error("reading from", timed_out, code);
  co_return count;
}

asio::awaitable<Result<void>> TcpStream::write(std::string_view bytes, Duration time_limit) {
  // What fits into the socket's buffer, nearly always everything, goes out without a trip through the reactor.
  error_code code;
  bytes.remove_prefix(socket_.write_some(asio::buffer(bytes.data(), bytes.size()), code));
  if (code && code != asio::error::would_block) co_return error("writing to", false, code);
  if (bytes.empty()) co_return Result<void>{};

  writing_->start(time_limit);
  while (!bytes.empty()) {
    const auto buffer = asio::buffer(bytes.data(), bytes.size());
    const auto [failed, count] = co_await socket_.async_write_some(buffer, kTuple);
    if (failed) {
      const bool timed_out = writing_->stop();
      co_return error("writing to", timed_out, failed);
    }
    bytes.remove_prefix(count);
  }
  writing_->stop();
  co_return Result<void>{};
}

asio::awaitable<void> TcpStream::finish(Duration time_limit) {
  // Closing with bytes unread sends a reset, which takes our last answer away from the other end: read what is left.
  constexpr std::size_t kReadsMax = 64;
  error_code failed;
  socket_.shutdown(tcp::socket::shutdown_send, failed);
  std::array<char, 4096> rest;
  for (std::size_t reads = 0; !failed && reads < kReadsMax; ++reads) {
    auto reading = read(rest, time_limit);
    const auto count = co_await std::move(reading);
    if (!count || *count == 0) break;
  }
  close();
}

void TcpStream::wake() {
  if (!writing_->is_active()) reading_->expire();
}

bool TcpStream::is_left() const {
  pollfd look{.fd = const_cast<tcp::socket&>(socket_).native_handle(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void TcpStream::close() {
  error_code ignored;
  socket_.close(ignored);
}

class TcpListener final : public Listener {
 public:
  explicit TcpListener(tcp::acceptor acceptor) : acceptor_(std::move(acceptor)) {
    port_ = acceptor_.local_endpoint().port();
  }

  asio::awaitable<Result<std::unique_ptr<Stream>>> accept() override {
    auto [code, socket] = co_await acceptor_.async_accept(kTuple);
    if (code) {
      co_return fail(ErrorCode::unavailable, fmt::format("accepting on port {} failed: {}", port_, code.message()));
    }
    co_return std::make_unique<TcpStream>(std::move(socket));
  }
  std::uint16_t port() const override { return port_; }
  void close() override {
    error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
};

}  // namespace internal

Result<std::unique_ptr<Listener>> listen(const asio::any_io_executor& executor, const std::string& address,
                                         std::uint16_t port) {
  error_code code;
  const auto parsed = asio::ip::make_address(address, code);
  if (code) return fail(ErrorCode::invalid, fmt::format("'{}' is not an IP address to listen on", address));
  tcp::acceptor acceptor{executor};
  const tcp::endpoint endpoint{parsed, port};
  acceptor.open(endpoint.protocol(), code);
  if (!code) acceptor.set_option(asio::socket_base::reuse_address{true}, code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code) {
    return fail(ErrorCode::unavailable, fmt::format("cannot listen on {} port {}: {}", address, port, code.message()));
  }
  return std::make_unique<internal::TcpListener>(std::move(acceptor));
}

namespace {

/// Addresses of `host`; no look-up for what is one already.
asio::awaitable<Result<std::vector<tcp::endpoint>>> resolve(std::string host, std::uint16_t port, Duration time_limit) {
  error_code code;
  const auto literal = asio::ip::make_address(host, code);
  if (!code) co_return std::vector<tcp::endpoint>{tcp::endpoint{literal, port}};

  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver{executor};
  const auto deadline = std::make_shared<internal::Deadline>(executor, [&resolver] { resolver.cancel(); });
  deadline->start(time_limit);
  const std::string service = std::to_string(port);
  const auto [failed, found] = co_await resolver.async_resolve(host, service, kTuple);
  const bool timed_out = deadline->stop();
  deadline->retire();
  if (timed_out) co_return fail(ErrorCode::timeout, fmt::format("looking up '{}' took too long", host));
  if (failed) {
    co_return fail(ErrorCode::unavailable, fmt::format("there is no address for '{}': {}", host, failed.message()));
  }
  std::vector<tcp::endpoint> endpoints;
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  co_return endpoints;
}

asio::awaitable<Result<std::unique_ptr<Stream>>> connect_plain(std::string host, std::uint16_t port,
                                                               Duration time_limit) {
  auto lookup = resolve(host, port, time_limit);
  HANSE_CO_TRY(const auto endpoints, co_await std::move(lookup));
  const auto executor = co_await asio::this_coro::executor;
  tcp::socket socket{executor};
  const auto deadline = std::make_shared<internal::Deadline>(executor, [&socket] {
    error_code ignored;
    socket.cancel(ignored);
  });
  Error last = fail(ErrorCode::unavailable, fmt::format("'{}' has no address", host));
  for (const auto& endpoint : endpoints) {
    error_code ignored;
    socket.close(ignored);
    deadline->start(time_limit);
    const auto [code] = co_await socket.async_connect(endpoint, kTuple);
    const bool timed_out = deadline->stop();
    if (!code) {
      deadline->retire();
      co_return std::make_unique<internal::TcpStream>(std::move(socket));
    }
    last = timed_out ? fail(ErrorCode::timeout, fmt::format("{} did not answer in time", describe_endpoint(endpoint)))
                     : fail(ErrorCode::unavailable,
                            fmt::format("cannot connect to {}: {}", describe_endpoint(endpoint), code.message()));
  }
  deadline->retire();
  co_return last;
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<Stream>>> connect(std::string host, std::uint16_t port,
                                                         std::optional<TlsOptions> tls, Duration time_limit) {
  auto opening = connect_plain(host, port, time_limit);
  auto stream = co_await std::move(opening);
  if (!stream || !tls) co_return stream;
  auto securing = start_tls(std::move(*stream), std::move(host), std::move(*tls), time_limit);
  co_return co_await std::move(securing);
}

asio::awaitable<void> pause(Duration duration) {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  timer.expires_after(duration);
  co_await timer.async_wait(kTuple);
}

}  // namespace hanse::net
