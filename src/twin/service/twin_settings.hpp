#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/describe.hpp"

namespace hanse::twin {

struct TwinSettings {
  std::string id_base = "urn:hanse";
  std::int64_t versions_kept = 100;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id_base",
                  .summary = "What ids of the plant's own shells and submodels begin with; give each node "
                             "that shares its twins another, as in https://twins.example.org/plant-1.",
                  .length_max = 200,
                  .required = true},
        FieldNote{.field = "versions_kept",
                  .summary = "How many versions of each shell, submodel and concept description are kept, "
                             "as whole copies; 0 for none.",
                  .min = 0,
                  .max = 10'000}};
  }
};
HANSE_DESCRIBE(TwinSettings, (id_base, versions_kept))

}  // namespace hanse::twin
