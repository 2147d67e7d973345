#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "plant/equipment.hpp"

namespace hanse::apps::performance {

using plant::MachineState;

/// How a controller's words become a machine state. Data, so that another controller is another table. Words are
/// compared in lower case; an integer is compared as its decimal text.
struct StateRules {
  std::string id;
  std::map<std::string, MachineState> execution;
  /// What a mode makes of an execution that isn't `producing`: set-up, maintenance.
  std::map<std::string, MachineState> mode;
  /// Modes in which even an executing machine makes no parts.
  std::vector<std::string> mode_never_producing;
  /// Availability words (or 0) that say the machine isn't there.
  std::vector<std::string> unavailable;
  /// Alarm words that say there is none.
  std::vector<std::string> no_alarm;
};
HANSE_DESCRIBE(StateRules, (id, execution, mode, mode_never_producing, unavailable, no_alarm))

/// What a machine's signals read now; empty texts for what it doesn't have.
struct Readings {
  std::string execution, mode, availability, alarm;
  bool execution_known = false;  ///< False when its last sample was bad or null.
};

/// The built-in rules of that name, or null: `mtconnect`, `packml`, `plain`.
const StateRules* built_in_rules(std::string_view id);

/// The state that the readings say. Order of the rules: not there -> offline; an unknown word -> nothing, which leaves
/// the state as it was; an alarm -> down unless it runs on; a mode such as set-up; else what the execution says.
std::optional<MachineState> decide(const StateRules& rules, const Readings& readings);

}  // namespace hanse::apps::performance
