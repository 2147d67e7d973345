#include "apps/performance/state_rules.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/text.hpp"

namespace hanse::apps::performance {
namespace {

/// MTConnect part 2, Execution, ControllerMode, FunctionalMode, EmergencyStop. Held without an alarm waits.
constexpr std::string_view kMtconnect = R"({
  "id": "mtconnect",
  "execution": {"active": "producing", "ready": "idle", "stopped": "idle", "program_completed": "idle", "wait": "idle",
                "program_stopped": "idle", "optional_stop": "idle", "program_optional_stop": "idle",
                "interrupted": "down", "feed_hold": "down", "unavailable": "offline"},
  "mode": {"manual": "setup", "manual_data_input": "setup", "edit": "setup", "setup": "setup", "teardown": "setup",
           "maintenance": "planned_stop", "process_development": "planned_stop"},
  "mode_never_producing": ["manual", "manual_data_input", "edit", "setup", "teardown", "maintenance",
                           "process_development"],
  "unavailable": ["unavailable", "offline", "0", "false"],
  "no_alarm": ["", "normal", "armed", "none", "ok", "unavailable", "0", "false"]
})";

/// ISA-TR88.00.02, states 1 to 17 and unit modes 1 to 3.
constexpr std::string_view kPackml = R"({
  "id": "packml",
  "execution": {"1": "setup", "2": "down", "3": "setup", "4": "idle", "5": "idle", "6": "producing", "7": "down",
                "8": "down", "9": "down", "10": "down", "11": "down", "12": "down", "13": "idle", "14": "idle",
                "15": "setup", "16": "producing", "17": "idle",
                "clearing": "setup", "stopped": "down", "starting": "setup", "idle": "idle", "suspended": "idle",
                "execute": "producing", "stopping": "down", "aborting": "down", "aborted": "down", "holding": "down",
                "held": "down", "unholding": "down", "suspending": "idle", "unsuspending": "idle",
                "resetting": "setup", "completing": "producing", "complete": "idle"},
  "mode": {"2": "planned_stop", "3": "setup", "maintenance": "planned_stop", "manual": "setup"},
  "mode_never_producing": ["2", "maintenance"],
  "unavailable": ["unavailable", "offline", "0", "false"],
  "no_alarm": ["", "normal", "none", "ok", "0", "false"]
})";

/// Words that gateways and simulators use, MTConnect's among them, and codes 0 to 5 in our states' order.
constexpr std::string_view kPlain = R"({
  "id": "plain",
  "execution": {"producing": "producing", "running": "producing", "run": "producing", "active": "producing",
                "execute": "producing", "executing": "producing", "auto": "producing", "on": "producing",
                "true": "producing",
                "idle": "idle", "ready": "idle", "waiting": "idle", "wait": "idle", "starved": "idle",
                "blocked": "idle", "standby": "idle", "stopped": "idle", "program_completed": "idle",
                "program_stopped": "idle", "optional_stop": "idle", "complete": "idle", "suspended": "idle",
                "off": "idle", "false": "idle",
                "setup": "setup", "changeover": "setup", "set-up": "setup", "resetting": "setup",
                "down": "down", "fault": "down", "faulted": "down", "error": "down", "broken": "down", "alarm": "down",
                "interrupted": "down", "feed_hold": "down", "held": "down", "aborted": "down", "jammed": "down",
                "planned_stop": "planned_stop", "maintenance": "planned_stop", "break": "planned_stop",
                "offline": "offline", "unavailable": "offline",
                "0": "idle", "1": "producing", "2": "setup", "3": "down", "4": "planned_stop", "5": "offline"},
  "mode": {"manual": "setup", "manual_data_input": "setup", "setup": "setup", "maintenance": "planned_stop"},
  "mode_never_producing": ["setup", "maintenance"],
  "unavailable": ["unavailable", "offline", "0", "false"],
  "no_alarm": ["", "normal", "armed", "none", "ok", "unavailable", "0", "false"]
})";

StateRules read(std::string_view text) {
  auto rules = from_json<StateRules>(text);
  HANSE_ASSERT(rules.has_value());
  return *std::move(rules);
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

const StateRules* built_in_rules(std::string_view id) {
  static const std::array rules{read(kMtconnect), read(kPackml), read(kPlain)};
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const StateRules& set) { return set.id == id; });
  return found == rules.end() ? nullptr : &*found;
}

std::optional<MachineState> decide(const StateRules& rules, const Readings& readings) {
  const auto availability = to_lower(readings.availability);
  if (!availability.empty() && contains(rules.unavailable, availability)) return MachineState::offline;
  if (!readings.execution_known) return MachineState::offline;
  const auto said = rules.execution.find(to_lower(readings.execution));
  if (said == rules.execution.end()) return {};
  const auto state = said->second;
  if (state == MachineState::offline) return state;
  const bool alarm = !contains(rules.no_alarm, to_lower(readings.alarm));
  const auto mode = to_lower(readings.mode);
  const bool producing = state == MachineState::producing && !contains(rules.mode_never_producing, mode);
  if (producing) return state;  // A warning while it runs is no stop.
  if (alarm && state != MachineState::planned_stop) return MachineState::down;
  const auto by_mode = rules.mode.find(mode);
  if (by_mode != rules.mode.end() && (state == MachineState::idle || state == MachineState::producing)) {
    return by_mode->second;
  }
  return state;
}

}  // namespace hanse::apps::performance
