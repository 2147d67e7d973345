#pragma once

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <map>
#include <set>
#include <vector>

#include "api/router.hpp"
#include "base/log.hpp"
#include "base/work_pool.hpp"
#include "net/page_assets.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"

namespace hanse::net {

class LiveHub;

struct HttpServerOptions {
  std::size_t connections_max = 1000;
  std::size_t connections_per_address_max = 256;
  Duration idle_limit = 75s;   ///< Between two requests.
  Duration read_limit = 15s;   ///< For the head, and for each piece of a body.
  Duration write_limit = 30s;  ///< For an answer that the client reads slowly.
  Duration handshake_limit = 10s;
};

/// What the server works for; everything outlives it.
struct HttpServerParts {
  const api::Router& router;
  WorkPool& pool;
  const Clock& clock;
  const Log& log;
  api::Authorise authorise;
  api::Permit permit;
  std::span<const PageAsset> page = {};  ///< `embedded_page()`
  LiveHub* live = nullptr;               ///< Answers /api/v1/live.
};

/// Counters since the start; safe to read from any thread.
struct HttpServerFigures {
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> refused_connections = 0;
  std::atomic<std::uint64_t> failed_requests = 0;  ///< Answered with 5xx.
  std::atomic<std::int64_t> connections = 0;
};

namespace internal {
class HttpConnection;
}

/// Serves the interface and the page over HTTP/1.1. Belongs to the thread of one I/O context; handlers run on the work
/// pool. Stop it before destroying it.
class HttpServer {
 public:
  HttpServer(boost::asio::any_io_executor executor, HttpServerParts parts, HttpServerOptions options = {});
  ~HttpServer();

  /// Begins to serve; the port, for 0. May be called for several addresses. Errors: see `net::listen`.
  Result<std::uint16_t> start(const std::string& address, std::uint16_t port,
                              std::shared_ptr<const TlsIdentity> tls = nullptr);
  /// Takes no new connections or requests, lets those under way finish until `time_limit`, then closes.
  boost::asio::awaitable<void> stop(Duration time_limit);
  const HttpServerFigures& figures() const { return figures_; }

 private:
  friend class internal::HttpConnection;
  boost::asio::awaitable<void> accept_loop(Listener& listener, std::shared_ptr<const TlsIdentity> tls);
  boost::asio::awaitable<void> serve(std::unique_ptr<Stream> stream, std::shared_ptr<const TlsIdentity> tls);
  boost::asio::awaitable<void> look_loop();
  bool admit(const std::string& address);
  void leave(const std::string& address);
  const std::string& date();

  boost::asio::any_io_executor executor_;
  HttpServerParts parts_;
  HttpServerOptions options_;
  HttpServerFigures figures_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  boost::asio::steady_timer look_;
  std::size_t loops_ = 0;  // That accept or look.
  std::set<internal::HttpConnection*> connections_;
  std::map<std::string, std::size_t> per_address_;
  std::size_t open_ = 0;
  bool stopping_ = false;
  std::int64_t date_second_ = 0;
  std::string date_;
};

}  // namespace hanse::net
