#pragma once

#include "connectors/connector.hpp"
#include "connectors/simulated/settings.hpp"

namespace hanse::connectors::simulated {

/// Machines without a device, for the node's list of protocols.
const Protocol& protocol();

}  // namespace hanse::connectors::simulated
