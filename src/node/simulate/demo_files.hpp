#pragma once

#include <string_view>

namespace hanse::node::simulate {

/// A file of scenarios/demo, or a plant of scenarios such as `ventilator-plant.json`, as it was when this program was
/// built; empty for any other name. Made by the build.
std::string_view demo_file(std::string_view name);

}  // namespace hanse::node::simulate
