#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "api/route.hpp"

namespace hanse::node {

/// What is wrong with the rights of `routes`, a sentence each; nothing when all is as the tables say. Looks at every
/// route's permission (known; `public` only where the table allows it; a change never by a `.read`), and asks `permit`
/// about every route for nobody and for each role, with the caller that `caller_of` gives for it.
std::vector<std::string> route_matrix_findings(std::span<const api::Route> routes, const api::Permit& permit,
                                               const std::function<api::Caller(std::string_view role)>& caller_of);

}  // namespace hanse::node
