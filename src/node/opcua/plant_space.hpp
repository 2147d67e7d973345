#pragma once

#include <memory>

#include "connectors/opcua/server/standard_nodes.hpp"
#include "node/opcua/machine_state.hpp"
#include "plant/records.hpp"
#include "signal/directory.hpp"

namespace hanse::node {

inline constexpr std::string_view kPlantNamespace = "urn:hanse:plant";
inline constexpr std::string_view kDeviceNamespace = "http://opcfoundation.org/UA/DI/";
inline constexpr std::string_view kMachineryNamespace = "http://opcfoundation.org/UA/Machinery/";
/// Index of `kMachineryNamespace` in every space made here.
inline constexpr std::uint16_t kMachinerySpace = 4;

/// The plant as OPC UA clients see it:
///   Objects/Plant      the equipment tree; below each node its signals and figures
///   Objects/Machines   the assets, with Identification and MachineryItemState (OPC 40001-1)
/// Node ids are texts that stay: an asset's id, a signal's as `asset/name`, parts of a machine as `asset#Part`.
std::shared_ptr<const connectors::opcua::AddressSpace> plant_space(
    const connectors::opcua::ServerDescription& description, const plant::Records& records,
    const signal::Signals& signals, StateKeys& keys);

}  // namespace hanse::node
