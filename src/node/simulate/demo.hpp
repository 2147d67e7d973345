#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/simulate/child_process.hpp"
#include "node/simulate/simulate.hpp"
#include "plant/plant.hpp"

namespace hanse::node::simulate {

/// A connection that the demo needs, in the shape of the book of connections.
struct DemoConnection {
  std::string id;
  std::string name;
  std::string protocol;
  std::string asset;
  std::string template_id;
  RawJson settings;
};

/// Fills an empty plant with what the ventilator plant is: equipment, products, calendars, reason codes, by the imports
/// of scenarios/demo. `prefix` is before the names of another plant's equipment and products, as in `supplier-`. Does
/// nothing when there are assets already. Errors: of the store, or `invalid` when the files don't fit, naming the first
/// wrong row.
Result<void> seed_demo(plant::Plant& plant, const store::Actor& actor, std::string_view prefix = "");

/// The connections to a running simulation. Its ports are new with each start: put them at each start.
std::vector<DemoConnection> demo_connections(const SimulationFacts& facts);

/// `hanse simulate` as a child of this process, for as long as this object lives.
class DemoPlant {
 public:
  /// `program` is our own executable. Waits for its facts. Errors: `unavailable`, `timeout`.
  static Result<std::unique_ptr<DemoPlant>> start(const std::string& program, const SimulateSettings& settings);
  const SimulationFacts& facts() const { return facts_; }
  bool running() { return process_->running(); }

 private:
  DemoPlant() = default;
  std::unique_ptr<ChildProcess> process_;
  SimulationFacts facts_;
};

}  // namespace hanse::node::simulate
