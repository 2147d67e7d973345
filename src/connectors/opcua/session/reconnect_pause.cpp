#include "connectors/opcua/session/reconnect_pause.hpp"

#include <algorithm>

namespace hanse::connectors::opcua {

Duration ReconnectPause::jittered(Duration pause) {
  return Duration{static_cast<std::int64_t>(static_cast<double>(pause.count()) * (0.8 + 0.4 * random_.uniform()))};
}

Duration ReconnectPause::unreachable(Duration outage) {
  constexpr int kShare = 20;
  refused_ = kRefusedFirst;  // It is another outage for whoever answers next.
  return jittered(std::clamp<Duration>(outage / kShare, kUnreachableMin, kUnreachableMax));
}

Duration ReconnectPause::refused() {
  const Duration pause = refused_;
  refused_ = std::min<Duration>(refused_ * 2, kRefusedMax);
  return jittered(pause);
}

}  // namespace hanse::connectors::opcua
