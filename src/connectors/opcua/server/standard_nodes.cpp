#include "connectors/opcua/server/standard_nodes.hpp"

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/names.hpp"

namespace hanse::connectors::opcua {
namespace {

/// One node of namespace 0, after its parent. Source: the NodeSet2 file of OPC 10000-5.
struct Row {
  std::uint32_t id;
  NodeClass node_class;
  std::string_view name;
  std::uint32_t parent;
  std::uint32_t reference;
  std::uint32_t type = 0;       ///< Type definition of objects and variables.
  std::uint32_t data_type = 0;  ///< Of variables.
  std::int32_t rank = -1;
  bool is_abstract = false;
};

using enum NodeClass;
using namespace ids;

// What has a type definition comes after its type: the types stand first, below folders that get theirs later.
constexpr Row kRows[] = {
    {84, object, "Root", 0, 0},
    {85, object, "Objects", 84, 35},
    {86, object, "Types", 84, 35},
    {87, object, "Views", 84, 35},
    {88, object, "ObjectTypes", 86, 35},
    {89, object, "VariableTypes", 86, 35},
    {90, object, "DataTypes", 86, 35},
    {91, object, "ReferenceTypes", 86, 35},

    {31, reference_type, "References", 91, 35, 0, 0, -1, true},
    {32, reference_type, "NonHierarchicalReferences", 31, 45, 0, 0, -1, true},
    {33, reference_type, "HierarchicalReferences", 31, 45, 0, 0, -1, true},
    {34, reference_type, "HasChild", 33, 45, 0, 0, -1, true},
    {35, reference_type, "Organizes", 33, 45},
    {36, reference_type, "HasEventSource", 33, 45},
    {48, reference_type, "HasNotifier", 36, 45},
    {37, reference_type, "HasModellingRule", 32, 45},
    {40, reference_type, "HasTypeDefinition", 32, 45},
    {41, reference_type, "GeneratesEvent", 32, 45},
    {17603, reference_type, "HasInterface", 32, 45},
    {44, reference_type, "Aggregates", 34, 45, 0, 0, -1, true},
    {45, reference_type, "HasSubtype", 34, 45},
    {46, reference_type, "HasProperty", 44, 45},
    {47, reference_type, "HasComponent", 44, 45},
    {49, reference_type, "HasOrderedComponent", 47, 45},
    {17604, reference_type, "HasAddIn", 47, 45},

    {24, data_type, "BaseDataType", 90, 35, 0, 0, -1, true},
    {1, data_type, "Boolean", 24, 45},
    {26, data_type, "Number", 24, 45, 0, 0, -1, true},
    {27, data_type, "Integer", 26, 45, 0, 0, -1, true},
    {28, data_type, "UInteger", 26, 45, 0, 0, -1, true},
    {2, data_type, "SByte", 27, 45},
    {3, data_type, "Byte", 28, 45},
    {4, data_type, "Int16", 27, 45},
    {5, data_type, "UInt16", 28, 45},
    {6, data_type, "Int32", 27, 45},
    {7, data_type, "UInt32", 28, 45},
    {8, data_type, "Int64", 27, 45},
    {9, data_type, "UInt64", 28, 45},
    {10, data_type, "Float", 26, 45},
    {11, data_type, "Double", 26, 45},
    {290, data_type, "Duration", 11, 45},
    {12, data_type, "String", 24, 45},
    {295, data_type, "LocaleId", 12, 45},
    {13, data_type, "DateTime", 24, 45},
    {294, data_type, "UtcTime", 13, 45},
    {14, data_type, "Guid", 24, 45},
    {15, data_type, "ByteString", 24, 45},
    {16, data_type, "XmlElement", 24, 45},
    {17, data_type, "NodeId", 24, 45},
    {18, data_type, "ExpandedNodeId", 24, 45},
    {19, data_type, "StatusCode", 24, 45},
    {20, data_type, "QualifiedName", 24, 45},
    {21, data_type, "LocalizedText", 24, 45},
    {22, data_type, "Structure", 24, 45, 0, 0, -1, true},
    {23, data_type, "DataValue", 24, 45},
    {25, data_type, "DiagnosticInfo", 24, 45},
    {29, data_type, "Enumeration", 24, 45, 0, 0, -1, true},
    {851, data_type, "RedundancySupport", 29, 45},
    {852, data_type, "ServerState", 29, 45},
    {338, data_type, "BuildInfo", 22, 45},
    {862, data_type, "ServerStatusDataType", 22, 45},
    {884, data_type, "Range", 22, 45},
    {887, data_type, "EUInformation", 22, 45},

    {58, object_type, "BaseObjectType", 88, 35},
    {61, object_type, "FolderType", 58, 45},
    {2004, object_type, "ServerType", 58, 45},
    {2013, object_type, "ServerCapabilitiesType", 58, 45},
    {2034, object_type, "ServerRedundancyType", 58, 45},
    {11564, object_type, "OperationLimitsType", 61, 45},
    {2299, object_type, "StateMachineType", 58, 45},
    {2771, object_type, "FiniteStateMachineType", 2299, 45, 0, 0, -1, true},
    {2307, object_type, "StateType", 58, 45},

    {62, variable_type, "BaseVariableType", 89, 35, 0, 24, -2, true},
    {63, variable_type, "BaseDataVariableType", 62, 45, 0, 24, -2},
    {68, variable_type, "PropertyType", 62, 45, 0, 24, -2},
    {2138, variable_type, "ServerStatusType", 63, 45, 0, 862},
    {3051, variable_type, "BuildInfoType", 63, 45, 0, 338},
    {2755, variable_type, "StateVariableType", 63, 45, 0, 21},
    {2760, variable_type, "FiniteStateVariableType", 2755, 45, 0, 21},
    {2365, variable_type, "DataItemType", 63, 45, 0, 24, -2},
    {15318, variable_type, "BaseAnalogType", 2365, 45, 0, 26, -2},
    {2368, variable_type, "AnalogItemType", 15318, 45, 0, 26, -2},

    {2253, object, "Server", 85, 35, 2004},
    {2254, variable, "ServerArray", 2253, 46, 68, 12, 1},
    {2255, variable, "NamespaceArray", 2253, 46, 68, 12, 1},
    {2256, variable, "ServerStatus", 2253, 47, 2138, 862},
    {2257, variable, "StartTime", 2256, 47, 63, 294},
    {2258, variable, "CurrentTime", 2256, 47, 63, 294},
    {2259, variable, "State", 2256, 47, 63, 852},
    {2260, variable, "BuildInfo", 2256, 47, 3051, 338},
    {2261, variable, "ProductName", 2260, 47, 63, 12},
    {2262, variable, "ProductUri", 2260, 47, 63, 12},
    {2263, variable, "ManufacturerName", 2260, 47, 63, 12},
    {2264, variable, "SoftwareVersion", 2260, 47, 63, 12},
    {2265, variable, "BuildNumber", 2260, 47, 63, 12},
    {2266, variable, "BuildDate", 2260, 47, 63, 294},
    {2992, variable, "SecondsTillShutdown", 2256, 47, 63, 7},
    {2993, variable, "ShutdownReason", 2256, 47, 63, 21},
    {2267, variable, "ServiceLevel", 2253, 46, 68, 3},
    {2994, variable, "Auditing", 2253, 46, 68, 1},
    {2268, object, "ServerCapabilities", 2253, 47, 2013},
    {2269, variable, "ServerProfileArray", 2268, 46, 68, 12, 1},
    {2271, variable, "LocaleIdArray", 2268, 46, 68, 295, 1},
    {2272, variable, "MinSupportedSampleRate", 2268, 46, 68, 290},
    {2735, variable, "MaxBrowseContinuationPoints", 2268, 46, 68, 5},
    {2736, variable, "MaxQueryContinuationPoints", 2268, 46, 68, 5},
    {2737, variable, "MaxHistoryContinuationPoints", 2268, 46, 68, 5},
    {24095, variable, "MaxSessions", 2268, 46, 68, 7},
    {24096, variable, "MaxSubscriptions", 2268, 46, 68, 7},
    {24097, variable, "MaxMonitoredItems", 2268, 46, 68, 7},
    {24098, variable, "MaxSubscriptionsPerSession", 2268, 46, 68, 7},
    {11704, object, "OperationLimits", 2268, 47, 11564},
    {11705, variable, "MaxNodesPerRead", 11704, 46, 68, 7},
    {11710, variable, "MaxNodesPerBrowse", 11704, 46, 68, 7},
    {11711, variable, "MaxNodesPerRegisterNodes", 11704, 46, 68, 7},
    {11712, variable, "MaxNodesPerTranslateBrowsePathsToNodeIds", 11704, 46, 68, 7},
    {11714, variable, "MaxMonitoredItemsPerCall", 11704, 46, 68, 7},
    {2296, object, "ServerRedundancy", 2253, 47, 2034},
    {3709, variable, "RedundancySupport", 2296, 46, 68, 851},
};

// Source: OPC 10000-7, the profiles whose services are here.
constexpr std::string_view kProfile = "http://opcfoundation.org/UA-Profile/Server/EmbeddedUA2017";

Variant::Value text(std::string_view value) { return String{value}; }

void describe_build(AddressSpace& space, const ServerDescription& description) {
  space.set_value(2261, text(description.product_name));
  space.set_value(2262, text(kProductUri));
  space.set_value(2263, text("Hanse"));
  space.set_value(2264, text(description.software_version));
  space.set_value(2265, text(description.software_version));
  space.set_value(2266, DateTime{});
  BuildInfo build;
  build.product_uri = kProductUri;
  build.manufacturer_name = std::string_view{"Hanse"};
  build.product_name = description.product_name;
  build.software_version = description.software_version;
  build.build_number = description.software_version;
  space.set_value(2260, Box{wrap(build)});
}

void describe_server(AddressSpace& space, const ServerDescription& description) {
  Array<String> names;
  for (const auto& name : space.namespaces()) names.emplace_back(name);
  space.set_value(kNamespaceArray, std::move(names));
  space.set_value(kServerArray, Array<String>{String{description.application_uri}});
  space.set_value(kStartTime, DateTime::from(description.started));
  space.set_value(kState, std::int32_t{0});
  space.set_value(kSecondsTillShutdown, std::uint32_t{0});
  space.set_value(kShutdownReason, Box{LocalizedText{}});
  space.set_value(2267, std::uint8_t{255});
  space.set_value(2994, false);
  space.set_value(2269, Array<String>{String{kProfile}});
  space.set_value(2271, Array<String>{String{std::string_view{"en"}}});
  space.set_value(2272, 0.0);
  space.set_value(2735, description.continuation_points);
  space.set_value(2736, std::uint16_t{0});
  space.set_value(2737, std::uint16_t{0});
  space.set_value(24095, description.sessions_max);
  space.set_value(24096, description.subscriptions_max);
  space.set_value(24097, description.items_max);
  space.set_value(24098, description.subscriptions_per_session);
  space.set_value(11705, description.nodes_per_read);
  space.set_value(11710, description.nodes_per_browse);
  space.set_value(11711, description.nodes_per_register);
  space.set_value(11712, description.nodes_per_translate);
  space.set_value(11714, description.items_per_call);
  space.set_value(3709, std::int32_t{0});
  describe_build(space, description);
}

}  // namespace

AddressSpace standard_space(const ServerDescription& description, const std::vector<std::string>& namespaces) {
  std::vector<std::string> all{"http://opcfoundation.org/UA/", description.application_uri};
  all.insert(all.end(), namespaces.begin(), namespaces.end());
  AddressSpace space{std::move(all)};
  for (const auto& row : kRows) {
    SpaceNode node{.id = row.id, .node_class = row.node_class, .browse_name = {.space = 0, .name = row.name}};
    node.display_name = row.name;
    node.data_type = row.data_type;
    node.value_rank = row.rank;
    node.is_abstract = row.is_abstract;
    space.add(std::move(node), row.parent, row.reference, row.type);
  }
  for (const std::uint32_t folder : {84, 85, 86, 87, 88, 89, 90, 91}) space.define(folder, kFolderType);
  describe_server(space, description);
  return space;
}

}  // namespace hanse::connectors::opcua
