#pragma once

#include <string>
#include <vector>

#include "api/route.hpp"

namespace hanse::node {

/// Files that may be offered to partners: list and add, in the node's folder for them. A design or a certificate comes
/// here from the page; an offer names it. Under /api/v1/dataspace/files.
std::vector<api::Route> shared_file_routes(std::string folder);

}  // namespace hanse::node
