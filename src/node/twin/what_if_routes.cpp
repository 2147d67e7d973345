#include "node/twin/what_if_routes.hpp"

#include "api/common_inputs.hpp"
#include "node/simulate/demo_files.hpp"
#include "node/twin/what_if.hpp"

namespace hanse::node {
namespace {

/// Machines whose plant can be run with other parameters.
struct WhatIfMachines {
  std::string scenario;
  std::vector<std::string> machines;
};
HANSE_DESCRIBE(WhatIfMachines, (scenario, machines))

/// The scenario that the simulation beside us runs. Errors: `not_found` when there is none, or it isn't one of ours.
Result<simulation::Scenario> running_scenario(const std::optional<simulate::SimulationFacts>& facts) {
  if (!facts) return fail(ErrorCode::not_found, "this node has no simulated plant; `hanse demo` runs one");
  for (const auto* name : {"ventilator-plant.json", "supplier-plant.json"}) {
    auto scenario = simulation::read_scenario(simulate::demo_file(name));
    if (scenario && scenario->name == facts->scenario) return scenario;
  }
  return fail(ErrorCode::not_found, "the simulated plant is of a file of its own, which this node doesn't have");
}

}  // namespace

std::vector<api::Route> what_if_routes(const std::optional<simulate::SimulationFacts>& facts) {
  std::vector<api::Route> out;
  out.push_back(api::route<api::NoInput, WhatIfMachines>(
      {.path = "/api/v1/twin/what-if",
       .summary = "Machines whose plant can be run with other parameters.",
       .permission = "simulation.read"},
      [facts](const api::NoInput&, const api::Context&) -> Result<WhatIfMachines> {
        HANSE_TRY(const auto scenario, running_scenario(facts));
        WhatIfMachines machines{.scenario = scenario.name, .machines = {}};
        for (const auto& line : scenario.lines) {
          for (const auto& stage : line.stages) {
            for (const auto& machine : stage.machines) machines.machines.push_back(machine.id);
          }
        }
        return machines;
      }));
  out.push_back(api::route<TwinWhatIf, WhatIfAnswer>(
      {.method = api::Method::post,
       .path = "/api/v1/twin/what-if",
       .summary = "Simulates the plant as it is and with one machine changed, with the same chance, side by side.",
       .permission = "simulation.read"},
      [facts](const TwinWhatIf& in, const api::Context&) -> Result<WhatIfAnswer> {
        HANSE_TRY(const auto scenario, running_scenario(facts));
        return compare(scenario, in);
      }));
  return out;
}

}  // namespace hanse::node
