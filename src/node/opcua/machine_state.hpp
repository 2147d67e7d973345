#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "connectors/opcua/server/address_space.hpp"
#include "plant/equipment.hpp"

namespace hanse::node {

/// The states of a machinery item. Source: OPC 40001-1, 12; numbers and ids from its NodeSet.
struct MachineryState {
  std::string_view name;
  std::uint32_t number;
  std::uint32_t node;  ///< Of the state's object, in the namespace of OPC 40001-1.
};
/// A machine that waits executes nothing; one that is broken or kept from work is out of service.
const MachineryState& machinery_state(plant::MachineState state);
std::span<const MachineryState> machinery_states();

/// Keys of what isn't a signal's value: for each machine its state as text, node id and number. Once given, a machine
/// keeps its keys. Safe from many threads.
class StateKeys {
 public:
  using LiveKey = connectors::opcua::LiveKey;
  static constexpr LiveKey kFirst = 0x8000'0000;  ///< Below are the numbers of signals.
  /// The first of three keys.
  LiveKey of(const plant::AssetId& asset);

 private:
  std::mutex mutex_;
  std::map<plant::AssetId, LiveKey> keys_;
};

/// What the three keys of a machine hold from `time` on. `machinery_space` is the index of OPC 40001-1's namespace.
std::vector<std::pair<connectors::opcua::LiveKey, connectors::opcua::DataValue>> state_values(
    connectors::opcua::LiveKey first, plant::MachineState state, Timestamp time, std::uint16_t machinery_space);

}  // namespace hanse::node
