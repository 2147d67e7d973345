#pragma once

#include <array>
#include <string>

#include "base/describe.hpp"

namespace hanse::twin {

struct TwinSettings {
  std::string id_base = "urn:hanse";
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id_base",
                                .summary =
                                    "What ids of the plant's own shells and submodels begin with; give each node "
                                    "that shares its twins another, as in https://twins.example.org/plant-1.",
                                .length_max = 200,
                                .required = true}};
  }
};
HANSE_DESCRIBE(TwinSettings, (id_base))

}  // namespace hanse::twin
