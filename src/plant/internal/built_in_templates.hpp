#pragma once

#include <span>
#include <string_view>

namespace hanse::plant::internal {

/// The files of scenarios/templates as they were when this program was built (made by the build).
std::span<const std::string_view> built_in_templates();

}  // namespace hanse::plant::internal
