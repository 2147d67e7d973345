#pragma once

#include <vector>

#include "api/route.hpp"
#include "historian/historian.hpp"
#include "signal/directory.hpp"

namespace hanse::historian {

/// Tables over a common axis of time: GET /api/v1/history/joined (values of several signals at the same moments) and
/// /quantiles (how the values of each step are spread), both with permission `history.read`. All outlive the routes.
std::vector<api::Route> table_routes(Historian& history, const signal::Directory& directory, const Clock& clock);

}  // namespace hanse::historian
