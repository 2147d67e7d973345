#include "net/http_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/internal/http_connection.hpp"

namespace hanse::net {

namespace asio = boost::asio;

namespace {

constexpr Duration kLookAfterClients = 250ms;  // How long a handler may go on for a client that has gone.
constexpr Duration kAcceptPause = 100ms;       // When file descriptors ran out: nothing gets better at once.

std::string peer_address(const std::string& peer) { return peer.substr(0, peer.rfind(':')); }

}  // namespace

HttpServer::HttpServer(asio::any_io_executor executor, HttpServerParts parts, HttpServerOptions options)
    : executor_(std::move(executor)), parts_(std::move(parts)), options_(options), look_(executor_) {}

HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::start(const std::string& address, std::uint16_t port,
                                        std::shared_ptr<const TlsIdentity> tls) {
  HANSE_TRY(auto listener, listen(executor_, address, port));
  const std::uint16_t bound = listener->port();
  if (listeners_.empty()) asio::co_spawn(executor_, look_loop(), asio::detached);
  asio::co_spawn(executor_, accept_loop(*listener, std::move(tls)), asio::detached);
  listeners_.push_back(std::move(listener));
  return bound;
}

asio::awaitable<void> HttpServer::accept_loop(Listener& listener, std::shared_ptr<const TlsIdentity> tls) {
  ++loops_;
  while (!stopping_) {
    auto waiting = listener.accept();
    auto accepted = co_await std::move(waiting);
    if (stopping_) break;
    if (!accepted) {
      parts_.log.warning("net", "cannot accept a connection", {{"error", accepted.error().message}});
      auto waiting_a_moment = pause(kAcceptPause);
      co_await std::move(waiting_a_moment);
      continue;
    }
    const std::string address = peer_address((*accepted)->peer());
    if (!admit(address)) {
      ++figures_.refused_connections;
      continue;
    }
    asio::co_spawn(executor_, serve(std::move(*accepted), tls), [this, address](std::exception_ptr thrown) {
      leave(address);
      if (thrown) parts_.log.error("net", "serving a connection threw", {{"peer", address}});
    });
  }
  --loops_;
}

/// One look at all clients now and then costs less than a read that waits beside every handler.
asio::awaitable<void> HttpServer::look_loop() {
  ++loops_;
  while (!stopping_ || open_ > 0) {
    look_.expires_after(kLookAfterClients);
    co_await look_.async_wait(asio::as_tuple(asio::use_awaitable));
    for (auto* connection : connections_) connection->look_after_client();
  }
  --loops_;
}

asio::awaitable<void> HttpServer::serve(std::unique_ptr<Stream> stream, std::shared_ptr<const TlsIdentity> tls) {
  if (tls) {
    auto securing = accept_tls(std::move(stream), *tls, options_.handshake_limit);
    auto secured = co_await std::move(securing);
    if (!secured) {
      parts_.log.debug("net", "TLS handshake failed", {{"error", secured.error().message}});
      co_return;
    }
    stream = std::move(*secured);
  }
  internal::HttpConnection connection{*this, std::move(stream), tls != nullptr};
  connections_.insert(&connection);
  auto running = connection.run();
  co_await std::move(running);
  connections_.erase(&connection);
}

bool HttpServer::admit(const std::string& address) {
  if (open_ >= options_.connections_max) return false;
  std::size_t& count = per_address_[address];
  if (count >= options_.connections_per_address_max) return false;
  ++count;
  ++open_;
  figures_.connections = static_cast<std::int64_t>(open_);
  return true;
}

void HttpServer::leave(const std::string& address) {
  if (--per_address_[address] == 0) per_address_.erase(address);
  --open_;
  figures_.connections = static_cast<std::int64_t>(open_);
}

asio::awaitable<void> HttpServer::stop(Duration time_limit) {
  constexpr Duration kLook = 10ms;
  stopping_ = true;
  for (const auto& listener : listeners_) listener->close();
  for (auto* connection : connections_) connection->end_soon();
  for (Duration waited{}; (open_ > 0 || loops_ > 0) && waited < time_limit; waited += kLook) {
    look_.cancel();
    auto waiting = pause(kLook);
    co_await std::move(waiting);
  }
  for (auto* connection : connections_) connection->close();
  while (!connections_.empty() || loops_ > 0) {
    look_.cancel();
    auto waiting = pause(kLook);
    co_await std::move(waiting);
  }
}

const std::string& HttpServer::date() {
  const Timestamp now = parts_.clock.now();
  if (const auto second = now.ns / 1'000'000'000; second != date_second_) {
    date_second_ = second;
    date_ = internal::http_date(now);
  }
  return date_;
}

}  // namespace hanse::net
