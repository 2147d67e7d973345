#pragma once

#include <functional>
#include <string>
#include <vector>

#include "connectors/opcua/session/session.hpp"

namespace hanse::connectors::opcua {

/// Finds properties of nodes by their names in the standard's namespace (TranslateBrowsePathsToNodeIds), a batch at a
/// time as the server bears. `done` gets one node for each of `names` of each of `nodes`, in that order; null where
/// there is none, or where the server doesn't say.
using PropertiesFound = std::move_only_function<void(std::vector<NodeId> found)>;
void find_properties(Session& session, std::vector<NodeId> nodes, std::vector<std::string> names, PropertiesFound done);

}  // namespace hanse::connectors::opcua
