#include "node/opcua/plant_space.hpp"

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/model/units.hpp"

namespace hanse::node {
namespace {

namespace ua = connectors::opcua;
namespace ids = connectors::opcua::ids;
using plant::Asset;
using ua::NodeClass;
using ua::NodeId;
using ua::QualifiedName;
using ua::SpaceNode;
using ua::String;

constexpr std::uint16_t kPlantSpace = 2, kDeviceSpace = 3;
const std::string kPlantFolder = "#Plant";

// Ids in the namespaces of OPC 10000-100 and OPC 40001-1, from their NodeSets.
constexpr std::uint32_t kFunctionalGroupType = 1005, kItemIdentificationType = 1004, kMachineIdentificationType = 1012,
                        kItemStateType = 1002, kMachines = 1001;

QualifiedName name_in(std::uint16_t space, std::string_view name) { return {.space = space, .name = name}; }
NodeId own(std::string text) { return NodeId{kPlantSpace, std::move(text)}; }

SpaceNode object(NodeId id, QualifiedName name, std::string_view display = {}) {
  SpaceNode node{.id = std::move(id), .node_class = NodeClass::object, .browse_name = std::move(name)};
  node.display_name = display.empty() ? std::string_view{node.browse_name.name} : display;
  return node;
}

SpaceNode variable(NodeId id, QualifiedName name, std::uint32_t type, ua::LiveKey key) {
  auto node = object(std::move(id), std::move(name));
  node.node_class = NodeClass::variable;
  node.data_type = type;
  node.live = key;
  return node;
}

void add_type(ua::AddressSpace& space, std::uint16_t index, std::uint32_t id, std::string_view name,
              const NodeId& supertype) {
  auto node = object(NodeId{index, id}, name_in(index, name));
  node.node_class = NodeClass::object_type;
  space.add(std::move(node), supertype, ids::kHasSubtype);
}

void add_machinery(ua::AddressSpace& space) {
  add_type(space, kDeviceSpace, kFunctionalGroupType, "FunctionalGroupType", ids::kFolderType);
  add_type(space, kMachinerySpace, kItemIdentificationType, "MachineryItemIdentificationType",
           NodeId{kDeviceSpace, kFunctionalGroupType});
  add_type(space, kMachinerySpace, kMachineIdentificationType, "MachineIdentificationType",
           NodeId{kMachinerySpace, kItemIdentificationType});
  add_type(space, kMachinerySpace, kItemStateType, "MachineryItemState_StateMachineType", ids::kFiniteStateMachineType);
  for (const auto& state : machinery_states()) {
    space.add(object(NodeId{kMachinerySpace, state.node}, name_in(kMachinerySpace, state.name)),
              NodeId{kMachinerySpace, kItemStateType}, ids::kHasComponent, ids::kStateType);
  }
  space.add(object(NodeId{kMachinerySpace, kMachines}, name_in(kMachinerySpace, "Machines")), ids::kObjects,
            ids::kOrganizes, ids::kFolderType);
}

std::uint32_t data_type_of(signal::ValueType type) {
  switch (type) {
    case signal::ValueType::real:
      return ids::kDouble;
    case signal::ValueType::integer:
      return ids::kInt64;
    case signal::ValueType::boolean:
      return ids::kBoolean;
    case signal::ValueType::text:
      return ids::kString;
    case signal::ValueType::null:
      break;
  }
  return ids::kBaseDataType;
}

void add_signal(ua::AddressSpace& space, const signal::Signal& signal) {
  const std::string id = signal.asset.value + "/" + signal.name;
  // A name that another signal's or part's id already has can't be told apart: the first one stays.
  if (space.find(own(id))) return;
  auto node = variable(own(id), name_in(kPlantSpace, signal.name), data_type_of(signal.type),
                       static_cast<ua::LiveKey>(signal.number));
  node.description = signal.description;
  const bool number = signal.type == signal::ValueType::real || signal.type == signal::ValueType::integer;
  const bool range = number && signal.low && signal.high && *signal.low < *signal.high;
  const bool unit = number && !signal.unit.empty();
  const std::uint32_t type = range ? ids::kAnalogItemType : unit ? ids::kBaseAnalogType : ids::kBaseDataVariableType;
  space.add(std::move(node), own(signal.asset.value), ids::kHasComponent, type);
  if (range) {
    ua::add_property(space, own(id), own(id + "#EURange"), name_in(0, "EURange"), ids::kRangeType,
                     ua::Box{ua::wrap(ua::Range{.low = *signal.low, .high = *signal.high})});
  }
  if (unit) {
    ua::add_property(space, own(id), own(id + "#EngineeringUnits"), name_in(0, "EngineeringUnits"),
                     ids::kEuInformationType, ua::Box{ua::wrap(ua::engineering_units(signal.unit))});
  }
}

ua::LocalizedText localized(const std::string& text) { return {.locale = {}, .text = text}; }

/// The nameplate. What the plant doesn't know is empty: the standard wants these three at least.
void add_identification(ua::AddressSpace& space, const Asset& asset) {
  const auto identification = own(asset.id.value + "#Identification");
  space.add(object(identification, name_in(kDeviceSpace, "Identification")), own(asset.id.value), ids::kHasAddIn,
            NodeId{kMachinerySpace, kMachineIdentificationType});
  const auto property = [&](std::string_view name, std::uint32_t type, ua::Variant::Value value) {
    ua::add_property(space, identification, own(asset.id.value + "#Identification." + std::string{name}),
                     name_in(kDeviceSpace, name), type, std::move(value));
  };
  property("Manufacturer", ids::kLocalizedText, ua::Box{localized(asset.manufacturer)});
  property("SerialNumber", ids::kString, String{asset.serial});
  property("ProductInstanceUri", ids::kString, String{"urn:hanse:asset:" + asset.id.value});
  if (!asset.model.empty()) property("Model", ids::kLocalizedText, ua::Box{localized(asset.model)});
  property("AssetId", ids::kString, String{asset.id.value});
  property("ComponentName", ids::kLocalizedText, ua::Box{localized(asset.name)});
}

void add_state(ua::AddressSpace& space, const Asset& asset, ua::LiveKey first) {
  const std::string id = asset.id.value + "#MachineryItemState";
  space.add(object(own(id), name_in(kMachinerySpace, "MachineryItemState")), own(asset.id.value), ids::kHasAddIn,
            NodeId{kMachinerySpace, kItemStateType});
  space.add(variable(own(id + ".CurrentState"), name_in(0, "CurrentState"), ids::kLocalizedText, first), own(id),
            ids::kHasComponent, ids::kFiniteStateVariableType);
  space.add(variable(own(id + ".CurrentState.Id"), name_in(0, "Id"), ids::kNodeId, first + 1),
            own(id + ".CurrentState"), ids::kHasProperty, ids::kPropertyType);
  space.add(variable(own(id + ".CurrentState.Number"), name_in(0, "Number"), ids::kUInt32, first + 2),
            own(id + ".CurrentState"), ids::kHasProperty, ids::kPropertyType);
}

void add_assets(ua::AddressSpace& space, const plant::Records& records, const plant::AssetId& parent,
                const NodeId& parent_node, StateKeys& keys, int depth) {
  constexpr int kDepthMax = 100;  // A tree that is none doesn't end here.
  if (depth > kDepthMax) return;
  for (const auto* asset : records.children(parent)) {
    if (space.find(own(asset->id.value))) continue;
    auto node = object(own(asset->id.value), name_in(kPlantSpace, asset->id.value), asset->name);
    node.description = asset->description;
    const auto at = space.add(std::move(node), parent_node, ids::kOrganizes, ids::kBaseObjectType);
    if (asset->level == plant::Level::asset) {
      space.refer(*space.position(NodeId{kMachinerySpace, kMachines}), ids::kOrganizes, at);
      add_identification(space, *asset);
      add_state(space, *asset, keys.of(asset->id));
    }
    add_assets(space, records, asset->id, own(asset->id.value), keys, depth + 1);
  }
}

}  // namespace

std::shared_ptr<const ua::AddressSpace> plant_space(const ua::ServerDescription& description,
                                                    const plant::Records& records, const signal::Signals& signals,
                                                    StateKeys& keys) {
  auto space = std::make_shared<ua::AddressSpace>(ua::standard_space(
      description, {std::string{kPlantNamespace}, std::string{kDeviceNamespace}, std::string{kMachineryNamespace}}));
  add_machinery(*space);
  space->add(object(own(kPlantFolder), name_in(kPlantSpace, "Plant")), ids::kObjects, ids::kOrganizes,
             ids::kFolderType);
  add_assets(*space, records, {}, own(kPlantFolder), keys, 0);
  for (const auto& [number, signal] : signals) {
    if (space->find(own(signal->asset.value))) add_signal(*space, *signal);
  }
  return space;
}

}  // namespace hanse::node
