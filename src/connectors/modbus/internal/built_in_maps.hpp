#pragma once

#include <span>
#include <string_view>

namespace hanse::connectors::modbus::internal {

/// The files of maps/ and sunspec/ as they were when this program was built. Made by the build.
std::span<const std::string_view> built_in_maps();

}  // namespace hanse::connectors::modbus::internal
