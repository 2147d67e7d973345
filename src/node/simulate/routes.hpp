#pragma once

#include <optional>
#include <vector>

#include "api/route.hpp"
#include "node/simulate/simulate.hpp"

namespace hanse::node::simulate {

/// /simulation and its troubles, passed on to the simulation's own control interface. Without `facts` this node runs no
/// simulation, and each says so. The handlers block: they belong on the work pool, as all do.
std::vector<api::Route> routes(const std::optional<SimulationFacts>& facts);

}  // namespace hanse::node::simulate
