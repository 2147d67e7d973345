#pragma once

#include <vector>

#include "api/route.hpp"
#include "twin/service/twins.hpp"

namespace hanse::twin {

/// Addresses below which the standard's interface is; all the same.
inline constexpr std::array<std::string_view, 3> kBases{"/api/v3", "/api/v3.0", "/api/v3.1"};

/// The interface of IDTA 01002, 3.0 and 3.1: paths, bodies and errors are the standard's. `twins` outlives them.
/// Permissions: `twin.read` for GET and for what only looks up, else `twin.write`.
std::vector<api::Route> standard_routes(Twins& twins);

/// How many operations the standard's interface has here, those below a shell counted too.
std::size_t standard_operation_count();

}  // namespace hanse::twin
