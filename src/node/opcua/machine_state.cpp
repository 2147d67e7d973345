#include "node/opcua/machine_state.hpp"

#include <array>

namespace hanse::node {
namespace {

namespace ua = connectors::opcua;

constexpr std::array kStates = {MachineryState{"NotAvailable", 0, 5005}, MachineryState{"OutOfService", 1, 5004},
                                MachineryState{"NotExecuting", 2, 5007}, MachineryState{"Executing", 3, 5006}};
constexpr ua::LiveKey kKeysOfMachine = 3;

}  // namespace

std::span<const MachineryState> machinery_states() { return kStates; }

const MachineryState& machinery_state(plant::MachineState state) {
  switch (state) {
    case plant::MachineState::producing:
      return kStates[3];
    case plant::MachineState::idle:
    case plant::MachineState::setup:
      return kStates[2];
    case plant::MachineState::down:
    case plant::MachineState::planned_stop:
      return kStates[1];
    case plant::MachineState::offline:
      break;
  }
  return kStates[0];
}

StateKeys::LiveKey StateKeys::of(const plant::AssetId& asset) {
  const std::lock_guard lock{mutex_};
  const auto next = kFirst + static_cast<LiveKey>(keys_.size()) * kKeysOfMachine;
  return keys_.try_emplace(asset, next).first->second;
}

std::vector<std::pair<ua::LiveKey, ua::DataValue>> state_values(ua::LiveKey first, plant::MachineState state,
                                                                Timestamp time, std::uint16_t machinery_space) {
  const auto& found = machinery_state(state);
  const auto timed = [time](ua::Variant::Value value) {
    auto out = ua::data_value(std::move(value));
    out.source_time = ua::DateTime::from(time);
    return out;
  };
  const ua::LocalizedText name{.locale = std::string_view{"en"}, .text = found.name};
  return {{first, timed(ua::Box{name})},
          {first + 1, timed(ua::NodeId{machinery_space, found.node})},
          {first + 2, timed(found.number)}};
}

}  // namespace hanse::node
