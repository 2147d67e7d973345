#pragma once

#include "base/random.hpp"
#include "base/time.hpp"

namespace hanse::connectors::opcua {

/// How long to wait before the next try at a server that was lost. One that can't be reached is tried often: a
/// connection that is refused costs it nothing, and nobody waits long once it is back. One that answers and ends the
/// connection gets twice the time with each try, as a secure channel is real work for a small controller. A fifth more
/// or less by chance, so that a hundred connections don't come in step.
class ReconnectPause {
 public:
  explicit ReconnectPause(std::uint64_t seed) : random_(seed) {}

  /// A session is up, or was until now: the next pause is the shortest again.
  void start_over() { refused_ = kRefusedFirst; }
  /// No connection came about, `outage` after the server was lost.
  Duration unreachable(Duration outage);
  /// There was a connection, and it ended before a session was up.
  Duration refused();

 private:
  static constexpr Duration kUnreachableMin = 100ms, kUnreachableMax = 1s;
  static constexpr Duration kRefusedFirst = 100ms, kRefusedMax = 5s;
  Duration jittered(Duration pause);

  Random random_;
  Duration refused_ = kRefusedFirst;
};

}  // namespace hanse::connectors::opcua
