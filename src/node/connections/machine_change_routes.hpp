#pragma once

#include <vector>

#include "api/route.hpp"
#include "node/connections/machine_changes.hpp"

namespace hanse::node {

/// /api/v1/machine-changes: ask for a value to be written or a method to be called at a machine; approve and refuse it
/// as a second person.
std::vector<api::Route> machine_change_routes(MachineChanges& changes);

}  // namespace hanse::node
