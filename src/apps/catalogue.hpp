#pragma once

#include <vector>

#include "apps/app.hpp"

namespace hanse::apps {

/// The apps of this node, one line each in `catalogue.cpp`. Nothing registers itself.
std::vector<Manifest> catalogue();

}  // namespace hanse::apps
