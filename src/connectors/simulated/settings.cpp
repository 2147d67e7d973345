#include "connectors/simulated/settings.hpp"

#include "connectors/simulated/internal/built_in_scenarios.hpp"

namespace hanse::connectors::simulated {
namespace {

constexpr std::size_t kCell = 0, kMachine = 1;  // In the order of their file names.
constexpr std::size_t kMachinesMax = 200;       // This one is for first steps; `hanse simulate` plays whole plants.

}  // namespace

Result<simulation::Scenario> scenario_of(const SimulatedSettings& settings) {
  const auto texts = internal::built_in_scenarios();
  switch (settings.plant) {
    case SimulatedPlant::machine:
      return simulation::read_scenario(texts[kMachine]);
    case SimulatedPlant::cell:
      return simulation::read_scenario(texts[kCell]);
    case SimulatedPlant::own:
      break;
  }
  return simulation::read_scenario(settings.scenario);
}

void SimulatedSettings::validate(JsonReader& reader) const {
  if (plant != SimulatedPlant::own) {
    if (!scenario.empty()) reader.error_at("scenario", "goes with plant own only");
    return;
  }
  const auto read = scenario_of(*this);
  if (!read) {
    for (const auto& field : read.error().fields) reader.error_at("scenario", field.path + ": " + field.message);
    if (read.error().fields.empty()) reader.error_at("scenario", read.error().message);
    return;
  }
  std::size_t machines = 0;
  for (const auto& line : read->lines) {
    for (const auto& stage : line.stages) machines += stage.machines.size();
  }
  if (machines > kMachinesMax)
    reader.error_at("scenario", "has over 200 machines; use `hanse simulate` for whole plants");
}

}  // namespace hanse::connectors::simulated
