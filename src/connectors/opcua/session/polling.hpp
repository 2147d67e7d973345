#pragma once

#include <functional>
#include <string>
#include <vector>

#include "connectors/opcua/session/points.hpp"
#include "connectors/opcua/session/session.hpp"

namespace hanse::connectors::opcua {

struct PollingOptions {
  Duration interval = 1s;
  std::size_t values_per_read = 100;
  std::size_t nodes_per_register = 0;  ///< As the server limits it; 0: it doesn't say.
};

/// Reads all points in a cycle, for a server that makes no subscription (small controllers have none, or all are
/// taken). The nodes are registered first (RegisterNodes), which spares such a server looking their names up at each
/// read; in a new session they are registered anew. One read at a time, and only what changed goes on. No socket, no
/// clock.
class Polling {
 public:
  struct Outcome {
    std::size_t followed = 0, registered = 0;
    std::vector<std::string> refused;  ///< Address and the server's reason of each; at most ten.
    std::size_t refused_count = 0;
  };
  using Started = std::function<void(const Outcome& outcome)>;
  Polling(Session& session, Points& points) : session_(session), points_(points) {}

  /// Registers the nodes and reads them, again and again. `started` is told after the first time round.
  void start(PollingOptions options, Started started);
  bool is_active() const { return active_; }
  /// Goes on after the session was taken up again on a new channel: what was registered still is.
  void resume();
  /// The connection is gone.
  void lost();
  /// Subscriptions do it from now on.
  void stop();
  /// Gives the nodes back to the server.
  void unregister();
  void tick();
  Duration next_tick() const;

 private:
  struct Item {
    std::size_t point = 0;
    NodeId node;    ///< As the server wants it read: its own node, or what it registered it as.
    Variant value;  ///< As last told.
    StatusCode status;
    bool told = false;
  };
  void register_from(std::size_t first);
  void registered(std::size_t first, const RegisterNodesResponse& response);
  void begin_round();
  void read_from(std::size_t first);
  void take(std::size_t first, std::size_t count, const std::vector<DataValue>& values);
  void read_failed(std::size_t first, StatusCode status);
  void end_round();

  Session& session_;
  Points& points_;
  PollingOptions options_;
  Started started_;
  std::vector<Item> items_;
  Outcome outcome_;
  std::size_t registered_ = 0;    ///< The first so many of `items_`.
  std::size_t timeouts_ = 0;      ///< In a row.
  std::uint64_t generation_ = 0;  ///< Answers to what was asked before a loss are passed over.
  bool active_ = false, reading_ = false, first_round_ = true;
  Duration next_round_ = Duration::max();
};

}  // namespace hanse::connectors::opcua
