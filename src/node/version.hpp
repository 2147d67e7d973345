#pragma once

#include <string_view>

namespace hanse::node {

/// Of this program, as in `0.1.0`.
std::string_view version();

}  // namespace hanse::node
