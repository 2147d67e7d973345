#pragma once

#include <array>
#include <string>

#include "base/json.hpp"
#include "simulation/scenario.hpp"

namespace hanse::connectors::simulated {

/// What is simulated when no scenario of one's own is given.
enum class SimulatedPlant {
  machine,  ///< One lathe.
  cell,     ///< Two lathes, a robot, a test stand.
  own,      ///< `scenario`.
};
HANSE_DESCRIBE_ENUM(SimulatedPlant, machine, cell, own)

/// A machine, or a few, that exist in this node only.
struct SimulatedSettings {
  SimulatedPlant plant = SimulatedPlant::machine;
  std::string scenario;
  std::int64_t seed = 1;
  double factor = 1;

  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "plant",
                  .summary = "machine: one lathe; cell: two lathes, a robot and a test stand; own: scenario."},
        FieldNote{.field = "scenario",
                  .summary = "With plant own: a scenario file as JSON (docs/formats/scenario.md).",
                  .length_max = 1U << 20},
        FieldNote{.field = "seed", .summary = "The same seed gives the same events.", .min = 0},
        FieldNote{.field = "factor", .summary = "Times faster than life.", .min = 0.01, .max = 1000}};
  }
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(SimulatedSettings, (plant, scenario, seed, factor))

/// Errors: `invalid`, of an own scenario, with paths.
Result<simulation::Scenario> scenario_of(const SimulatedSettings& settings);

}  // namespace hanse::connectors::simulated
