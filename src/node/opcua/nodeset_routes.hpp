#pragma once

#include <vector>

#include "api/route.hpp"

namespace hanse::node {

/// POST /api/v1/opcua/nodeset: what a NodeSet2 file says that a machine will offer, to connect it before it is on site.
std::vector<api::Route> nodeset_routes();

}  // namespace hanse::node
