#pragma once

#include <vector>

#include "api/route.hpp"
#include "node/connections/connections.hpp"

namespace hanse::node {

/// GET /protocols; /connections with health, addresses, mapping; POST /connections/test; GET /connections-health.
std::vector<api::Route> connection_routes(Connections& connections);

/// A connection's state as pages and the live feed show it.
struct ConnectionHealth {
  std::string id;
  std::string name;
  std::string protocol;
  connectors::Health health = connectors::Health::stopped;
  std::string reason;
  Timestamp since;
  std::uint64_t samples = 0;
  std::uint64_t dropped = 0;
  std::uint64_t rejected = 0;
  std::uint64_t restarts = 0;
  std::optional<Timestamp> last_data;
  std::vector<connectors::Notice> notices;
};
HANSE_DESCRIBE(ConnectionHealth,
               (id, name, protocol, health, reason, since, samples, dropped, rejected, restarts, last_data, notices))
/// Of all connections, by id; with `notices_max` of the newest notices each.
std::vector<ConnectionHealth> connection_healths(const Connections& connections, std::size_t notices_max);

}  // namespace hanse::node
