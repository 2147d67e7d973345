#pragma once

#include <vector>

#include "api/route.hpp"
#include "ecosystem/ecosystem.hpp"

namespace hanse::ecosystem {

/// All of the room under /api/v1/ecosystem: records of each kind, search, map, graph, vocabulary and import. Needs the
/// permissions `ecosystem.read` and `ecosystem.write`. `ecosystem` must outlive them.
std::vector<api::Route> routes(Ecosystem& ecosystem);

}  // namespace hanse::ecosystem
