#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/health.hpp"

namespace hanse::connectors {

/// The node's end of one connection.
class ConnectionSink : public Sink {
 public:
  /// Samples thrown away so far because the queue behind it was full.
  virtual std::uint64_t dropped() const = 0;
};

/// What is to run.
struct ConnectionPlan {
  std::string id;
  const Protocol* protocol = nullptr;  ///< Outlives the supervisor.
  RawJson settings;
  std::shared_ptr<ConnectionSink> sink;
};

/// Runs connections and alone knows restart, pause and health: a connection that ends is begun anew for ever, after a
/// growing pause. All calls are safe from any thread and return at once.
class Supervisor {
 public:
  /// Connections are spread over `executors`, each run by one thread. Clock and log must outlive the coroutines.
  Supervisor(std::vector<boost::asio::any_io_executor> executors, const Clock& clock, const Log& log,
             RestartPause::Limits pauses = {}, std::string data_folder = {});
  ~Supervisor();

  /// Starts it, or ends the running one of this id and starts it anew with the new plan.
  void start(ConnectionPlan plan);
  /// Ends it and keeps its health and notices. Errors of these: `not_found`.
  Result<void> pause(const std::string& id);
  Result<void> resume(const std::string& id);
  /// Ends it and forgets it.
  void remove(const std::string& id);
  /// Ends all; their coroutines are through when the executors have no work left.
  void stop();

  /// Hands a command to the running connector; `done` is called on its thread. Without one that is up: `unavailable`.
  void command(const std::string& id, Command command, CommandDone done) const;

  Result<HealthReport> report(const std::string& id) const;
  std::map<std::string, HealthReport> reports() const;

 private:
  struct Connection;
  std::shared_ptr<Connection> find(const std::string& id) const;

  std::vector<boost::asio::any_io_executor> executors_;
  const Clock& clock_;
  const Log& log_;
  RestartPause::Limits pauses_;
  const std::string data_folder_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Connection>> connections_;
  std::size_t started_ = 0;
};

}  // namespace hanse::connectors
