#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "api/router.hpp"
#include "apps/engine.hpp"
#include "apps/scheduling/scheduling.hpp"
#include "base/work_pool.hpp"
#include "ecosystem/ecosystem.hpp"
#include "net/http_server.hpp"
#include "net/live_hub.hpp"
#include "node/access/access.hpp"
#include "node/connections/connections.hpp"
#include "node/connections/intake.hpp"
#include "node/connections/machine_changes.hpp"
#include "node/foundation.hpp"
#include "node/live/live_feed.hpp"
#include "node/opcua/opcua_server.hpp"
#include "node/partners/partners.hpp"
#include "node/partners/shared_data.hpp"
#include "node/programme_orders.hpp"
#include "node/simulate/demo.hpp"
#include "node/system/settings_history.hpp"
#include "node/system/system_routes.hpp"
#include "node/twin/twin_interfaces.hpp"
#include "node/twin/twin_machine_values.hpp"
#include "programme/programme.hpp"
#include "twin/service/twins.hpp"

namespace hanse::node {

struct NodeOptions {
  std::string settings_file;                       ///< Empty: none was read.
  std::unique_ptr<simulate::DemoPlant> demo = {};  ///< A running simulation to be connected to.
  bool demo_programme = true;                      ///< With the ventilator programme that the demo's plant makes for.
  std::string demo_prefix = {};                    ///< Of the files that the demo's plant is seeded from.
  bool free_page_port = false;                     ///< Another port when the page's is taken: for a demo's second node.
};

/// One node: every room made by constructor call and held as a member, in order of dependency.
class Node {
 public:
  /// Everything but the listening. `clock` and `log` outlive it. Errors: of any room, with what to do.
  static Result<std::unique_ptr<Node>> open(Settings settings, const Clock& clock, const Log& log, NodeOptions options);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const api::Router& router() const { return *router_; }
  const std::string& openapi() const { return *openapi_; }
  Partners& partners() { return *partners_; }
  std::string shared_folder() const { return base_.folder.file("shared"); }
  /// A one-time code for the first administrator; none when there is one.
  Result<std::optional<std::string>> setup_code() { return access_.setup_code(); }
  /// Connects the machines and listens; the page's address. Errors: when the port can't be had.
  Result<std::string> start();
  /// Serves until SIGTERM or SIGINT, then finishes what is under way.
  void run();

 private:
  struct Token {};

 public:
  Node(Token token, Settings settings, const Clock& clock, const Log& log, NodeOptions options, Foundation foundation);

 private:
  Result<void> assemble();
  Result<void> connect_demo();
  Result<void> open_scheduling();
  void seed_demo_programme();
  std::vector<api::Route> make_routes();
  std::vector<MetricSource> metric_sources();
  Result<std::shared_ptr<const net::TlsIdentity>> tls_identity() const;
  /// What became durable goes to the pages and the apps.
  void take_stored(const signal::SampleBatch& batch);
  /// For senders that wait for the answer; a connector's samples go through the intake's queue.
  Result<historian::AppendCounts> append_now(const signal::SampleBatch& batch);
  boost::asio::awaitable<void> beat();
  boost::asio::awaitable<void> wait_for_stop();

  const Settings settings_;
  const Clock& clock_;
  const Log& log_;
  std::unique_ptr<simulate::DemoPlant> demo_;
  const std::string demo_prefix_;
  const bool demo_programme_;
  const bool free_page_port_;
  Foundation base_;
  boost::asio::io_context server_io_{1};   ///< HTTP and live data; runs on the caller of `run`.
  boost::asio::io_context machine_io_{1};  ///< Connections to machines.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> machine_work_;
  std::unique_ptr<ecosystem::Ecosystem> ecosystem_;
  std::unique_ptr<programme::Programme> programme_;
  std::unique_ptr<twin::Twins> twins_;
  std::unique_ptr<apps::scheduling::Scheduling> scheduling_;  ///< Before the pool, which finishes its work first.
  std::unique_ptr<ProgrammeOrders> programme_orders_;         ///< After what it joins.
  Access access_;
  SettingsHistory settings_history_;
  net::LiveHub hub_;
  LiveFeed feed_;
  apps::Engine engine_;
  connectors::opcua::FolderCertificateStore certificates_;  ///< Of OPC UA, for connectors and our own server.
  OpcuaServer opcua_;                                       ///< Before what tells it of samples.
  Intake intake_;
  Connections connections_;
  MachineChanges changes_;
  TwinMachineValues twin_machine_values_;
  TwinInterfaces twin_interfaces_;
  std::shared_ptr<std::string> openapi_ = std::make_shared<std::string>();
  std::unique_ptr<api::Router> router_;
  WorkPool pool_;
  SharedData shared_;
  std::unique_ptr<Partners> partners_;
  std::unique_ptr<net::HttpServer> server_;
  std::jthread machine_thread_;
  std::atomic<bool> stopping_ = false;  ///< Long work on the pool ends early, too.
};

}  // namespace hanse::node
