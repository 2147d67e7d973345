#pragma once

#include <vector>

#include "historian/line_protocol_intake.hpp"
#include "node/foundation.hpp"

namespace hanse::node {

/// All ways to the history and from it: reading, line protocol, CSV import, SQL and Prometheus' interface, each joined
/// with this node's plant. What is passed outlives the routes.
std::vector<api::Route> history_routes(const Foundation& base, const Clock& clock, historian::AppendSamples append);

}  // namespace hanse::node
