#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "connectors/opcua/server/server.hpp"
#include "net/stream.hpp"

namespace hanse::connectors::opcua {

/// Moves bytes between sockets and a server, and tells it the time. Belongs to the thread of its executor, as the
/// server does.
class ServerListener {
 public:
  /// All outlive it.
  ServerListener(boost::asio::any_io_executor executor, Server& server, const Clock& clock, const Log& log);
  ~ServerListener();

  /// Called before each tick of the server: the place to tell it what changed.
  std::function<void(Now now)> before_tick;

  /// Begins to listen; the port, for 0. Errors: see `net::listen`.
  Result<std::uint16_t> start(const std::string& address, std::uint16_t port);
  /// Takes no new connections and closes those that are there; its coroutines end soon after.
  void stop();

 private:
  struct Link;
  boost::asio::awaitable<void> accept_loop();
  boost::asio::awaitable<void> serve(std::shared_ptr<Link> link);
  boost::asio::awaitable<void> write(std::shared_ptr<Link> link);
  boost::asio::awaitable<void> beat();
  void flush(const std::shared_ptr<Link>& link);
  Now now() const { return {.time = clock_.now(), .monotonic = clock_.monotonic()}; }

  boost::asio::any_io_executor executor_;
  Server& server_;
  const Clock& clock_;
  const Log& log_;
  std::unique_ptr<net::Listener> listener_;
  std::map<ConnectionId, std::shared_ptr<Link>> links_;
  bool stopping_ = false;
};

}  // namespace hanse::connectors::opcua
