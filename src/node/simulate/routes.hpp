#pragma once

#include <vector>

#include "api/route.hpp"
#include "node/simulate/simulate.hpp"

namespace hanse::node::simulate {

/// /simulation and its troubles, passed on to the simulation's own control interface. For a node whose demo runs only.
/// The handlers block: they belong on the work pool, as all do.
std::vector<api::Route> routes(const SimulationFacts& facts);

}  // namespace hanse::node::simulate
