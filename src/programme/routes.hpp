#pragma once

#include <vector>

#include "api/route.hpp"
#include "programme/programme.hpp"

namespace hanse::programme {

/// All of the room under /api/v1/programme: needs, designs, approvals, agreements, plans, orders, matching,
/// disruption, control tower, the convener's records, the board of problems, import. Needs the permissions
/// `programme.read` and `programme.write`. `programme` must outlive them.
std::vector<api::Route> routes(Programme& programme);

}  // namespace hanse::programme
