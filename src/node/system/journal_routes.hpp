#pragma once

#include <vector>

#include "api/route.hpp"
#include "store/store.hpp"

namespace hanse::node {

/// GET /journal (newest first, by actor and kind) and GET /journal/verify.
std::vector<api::Route> journal_routes(store::Store& store);

}  // namespace hanse::node
