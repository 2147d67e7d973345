#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "base/work_pool.hpp"
#include "dataspace/connector.hpp"
#include "net/http_client.hpp"

namespace hanse::node {

struct HttpCourierParts {
  WorkPool& pool;  ///< Outcomes are settled on it, as that writes to the store.
  const Clock& clock;
  const Log& log;
};

/// Carries the dataspace's messages to partners' nodes over HTTP, on a thread of its own. Partners don't wait for one
/// another: each has a few connections, kept open, and a queue. Make it before the connector, and stop it before the
/// connector and the pool go.
class HttpCourier final : public dataspace::Courier {
 public:
  explicit HttpCourier(HttpCourierParts parts, net::HttpClientOptions options = {
                                                   .connect_limit = 5s, .read_limit = 10s, .body_bytes_max = 1U << 20});
  ~HttpCourier() override;

  /// Before the first message. `connector` lives until `stop`.
  void attach(dataspace::Connector& connector) { connector_ = &connector; }
  void send(dataspace::Outbound message) override;
  void wake_at(Timestamp when) override;
  /// One call whose answer somebody waits for, on the caller's thread (of the pool; never the courier's own).
  dataspace::Outcome call(dataspace::Outbound message);
  /// Drops what is under way: the outbox has it still.
  void stop();

 private:
  struct Partner {
    std::deque<dataspace::Outbound> waiting;
    std::vector<std::unique_ptr<net::HttpClient>> idle;
    std::size_t under_way = 0;
  };
  void begin(const std::string& origin);
  boost::asio::awaitable<void> carry(std::string origin, std::unique_ptr<net::HttpClient> client,
                                     dataspace::Outbound message);
  boost::asio::awaitable<dataspace::Outcome> fetch(dataspace::Outbound message);
  void settle(std::string id, dataspace::Outcome outcome);
  void set_timer(Timestamp when);
  void on_pool(std::move_only_function<void()> job);

  HttpCourierParts parts_;
  net::HttpClientOptions options_;
  dataspace::Connector* connector_ = nullptr;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  std::optional<Timestamp> timer_due_;
  std::map<std::string, Partner> partners_;  ///< By origin; the I/O thread's.
  std::jthread thread_;
};

}  // namespace hanse::node
