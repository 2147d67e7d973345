#pragma once

#include <span>
#include <string_view>

namespace hanse::connectors::simulated::internal {

/// The files of scenarios/ as they were when this program was built, by name: cell, machine. Made by the build.
std::span<const std::string_view> built_in_scenarios();

}  // namespace hanse::connectors::simulated::internal
