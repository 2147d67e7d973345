#pragma once

#include <optional>
#include <vector>

#include "api/route.hpp"
#include "node/simulate/simulate.hpp"

namespace hanse::node {

/// /api/v1/twin/what-if: for which machines it can be asked, and the plant's figures side by side. Without `facts` this
/// node runs no simulation, and each says so.
std::vector<api::Route> what_if_routes(const std::optional<simulate::SimulationFacts>& facts);

}  // namespace hanse::node
