#pragma once

#include <deque>

#include "connectors/opcua/session/points.hpp"
#include "connectors/opcua/session/session.hpp"

namespace hanse::connectors::opcua {

/// Fills what an outage left out from the server's own history, a few points at a time. No socket, no clock.
class HistoryFill {
 public:
  HistoryFill(Session& session, Points& points) : session_(session), points_(points) {}

  /// Remembers where each point that the server keeps history of stood; before anything new comes in.
  void plan(Timestamp until);
  /// Reads the holes. `done` is told how many values came; it is not told when nothing was planned.
  void start(std::function<void(std::size_t values)> done);
  bool is_planned() const { return !holes_.empty(); }
  void lost() { holes_.clear(); }

 private:
  struct Hole {
    std::size_t point = 0;
    Timestamp from, until;
    ByteString continuation_point;
  };
  void next();
  void take(Hole hole, const HistoryReadResult& result);

  Session& session_;
  Points& points_;
  std::deque<Hole> holes_;
  std::function<void(std::size_t)> done_;
  std::size_t values_ = 0;
};

}  // namespace hanse::connectors::opcua
