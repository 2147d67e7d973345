#pragma once

#include "connectors/opcua/server/address_space.hpp"

namespace hanse::connectors::opcua {

/// Numeric ids of namespace 0 that the server side names. Source: OPC 10000-6, A.
namespace ids {
inline constexpr std::uint32_t kHierarchicalReferences = 33, kOrganizes = 35, kHasTypeDefinition = 40, kHasSubtype = 45,
                               kHasProperty = 46, kHasComponent = 47, kHasAddIn = 17604;
inline constexpr std::uint32_t kBoolean = 1, kInt64 = 8, kDouble = 11, kString = 12, kLocalizedText = 21,
                               kBaseDataType = 24, kUInt32 = 7, kNodeId = 17, kRangeType = 884,
                               kEuInformationType = 887;
inline constexpr std::uint32_t kBaseObjectType = 58, kFolderType = 61, kBaseDataVariableType = 63, kPropertyType = 68,
                               kBaseAnalogType = 15318, kAnalogItemType = 2368, kStateType = 2307,
                               kFiniteStateMachineType = 2771, kFiniteStateVariableType = 2760;
inline constexpr std::uint32_t kRoot = 84, kObjects = 85, kServer = 2253, kServerArray = 2254, kNamespaceArray = 2255,
                               kServerStatus = 2256, kStartTime = 2257, kCurrentTime = 2258, kState = 2259,
                               kSecondsTillShutdown = 2992, kShutdownReason = 2993;
}  // namespace ids

/// What the standard's own variables say about this server.
struct ServerDescription {
  std::string application_uri, product_name, software_version;
  Timestamp started;
  std::uint32_t sessions_max = 0, subscriptions_max = 0, subscriptions_per_session = 0, items_max = 0;
  std::uint32_t nodes_per_read = 0, nodes_per_browse = 0, nodes_per_translate = 0, items_per_call = 0,
                nodes_per_register = 0;
  std::uint16_t continuation_points = 0;
};

/// A space with the part of the standard's own tree that clients look for: the types in use, the Server object with
/// its capabilities and limits. `namespaces` follow the two that every server has (the standard's and its own).
AddressSpace standard_space(const ServerDescription& description, const std::vector<std::string>& namespaces);

}  // namespace hanse::connectors::opcua
