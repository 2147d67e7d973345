#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "base/work_pool.hpp"
#include "connectors/opcua/server/listener.hpp"
#include "historian/historian.hpp"
#include "node/access/access.hpp"
#include "node/opcua/live_values.hpp"
#include "node/opcua/opcua_settings.hpp"
#include "node/opcua/plant_space.hpp"
#include "plant/plant.hpp"

namespace hanse::node {

struct OpcuaServerParts {
  store::Store& store;
  plant::Plant& plant;
  signal::Directory& directory;
  historian::Historian& history;
  Access& access;
  WorkPool& pool;
  const Clock& clock;
  const Log& log;
  connectors::opcua::CertificateStore& certificates;  ///< The same as the connectors'.
  std::string version;
};

/// The node as an OPC UA server, on a thread of its own: the plant as its address space, the node's users as its users,
/// log-ins in the journal. Nothing of it runs unless it is enabled. Make it after the pool; `stop` it before the pool
/// goes.
class OpcuaServer final : public connectors::opcua::ServerHost {
 public:
  OpcuaServer(OpcuaServerParts parts, OpcuaServerSettings settings);
  ~OpcuaServer() override;

  /// Begins to serve; the endpoint's address, empty when it isn't enabled. Errors: `invalid` (a setting), `unavailable`
  /// (the port, the certificate).
  Result<std::string> start();
  void stop();

  /// What became durable. From any thread.
  void samples(const signal::SampleBatch& batch);
  /// Machines' states. From any thread.
  void events(std::span<const plant::ProductionEvent> events);
  /// Looks whether the plant changed, and offers what it is now. Blocking; from one thread at a time.
  void renew();

  // The host's part: on the server's thread.
  connectors::opcua::DataValue read(connectors::opcua::LiveKey key) override { return values_.get(key); }
  void log_in(connectors::opcua::LogIn who, std::move_only_function<void(bool granted)> done) override;
  void note(const connectors::opcua::ServerEvent& event) override;

 private:
  std::shared_ptr<const connectors::opcua::AddressSpace> make_space();
  void fill_values();
  bool decide(const connectors::opcua::LogIn& who);
  bool post(std::move_only_function<void()> job);
  void renew_certificate();

  OpcuaServerParts parts_;
  OpcuaServerSettings settings_;
  LiveValues values_;
  StateKeys keys_;
  connectors::opcua::ServerDescription description_;
  std::shared_ptr<const plant::Records> records_;
  std::shared_ptr<const signal::Signals> signals_;
  Duration certificate_checked_{};
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<connectors::opcua::Server> server_;
  std::unique_ptr<connectors::opcua::ServerListener> listener_;
  std::jthread thread_;
  std::atomic<bool> running_ = false;
  std::atomic<int> jobs_ = 0;  ///< On the pool, with `this` in hand.
};

}  // namespace hanse::node
