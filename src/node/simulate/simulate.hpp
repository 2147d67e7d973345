#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "simulation/scenario.hpp"

namespace hanse::node::simulate {

/// What `hanse simulate` is told. Ports on loopback; 0 takes a free one.
struct SimulateSettings {
  std::string scenario_file;  ///< Empty: the ventilator plant; or another name of those that are built in.
  std::uint64_t seed = 1;
  double factor = 1;  ///< Times faster than life.
  std::uint16_t mqtt_port = 0;
  std::uint16_t mtconnect_port = 0;
  std::uint16_t modbus_port = 0;
  std::uint16_t control_port = 0;
  std::string token;       ///< Of the control interface; empty: one is made and told in the facts.
  std::string facts_file;  ///< Where to write the facts; they go to standard output, too.
  double warm_up_h = 8;    ///< Simulated before the first word, so that the plant is in full swing.
};

/// One line, as whoever connects must know it.
struct SimulatedLineFacts {
  std::string asset;
  std::string name;
  simulation::Speaks speaks = simulation::Speaks::nothing;
  std::string group;            ///< Its Sparkplug group; empty for others.
  std::int64_t meter_unit = 0;  ///< Modbus unit of its meter.
};
HANSE_DESCRIBE(SimulatedLineFacts, (asset, name, speaks, group, meter_unit))

/// Where the simulated plant can be reached.
struct SimulationFacts {
  std::int64_t mqtt_port = 0;
  std::int64_t mtconnect_port = 0;
  std::int64_t modbus_port = 0;
  std::int64_t control_port = 0;
  std::string token;
  std::string scenario;
  std::vector<SimulatedLineFacts> lines;
};
HANSE_DESCRIBE(SimulationFacts, (mqtt_port, mtconnect_port, modbus_port, control_port, token, scenario, lines))

/// Runs the plant until SIGTERM or SIGINT. Its first line on standard output is the facts as JSON. The process's exit
/// status: 0 stopped as told, 1 with a sentence on standard error.
int simulate_main(const SimulateSettings& settings);

}  // namespace hanse::node::simulate
