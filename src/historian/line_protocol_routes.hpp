#pragma once

#include <vector>

#include "api/route.hpp"
#include "historian/line_protocol_intake.hpp"

namespace hanse::historian {

/// Line protocol in, with permission `history.write`:
///   POST /api/v1/history/write   answers a report; wrong lines as problem details, one field `line 3` each
///   POST /write                  as InfluxDB 1.x: 204, or 400 with what is wrong
///   POST /api/v2/write           as InfluxDB 2.x
/// and GET /ping (any known caller), which InfluxDB 1.x's own clients ask first.
std::vector<api::Route> line_protocol_routes(LineParts parts);

}  // namespace hanse::historian
