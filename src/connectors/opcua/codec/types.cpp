#include "connectors/opcua/codec/types.hpp"

template class std::vector<hanse::connectors::opcua::String>;
template class std::vector<hanse::connectors::opcua::ByteString>;
template class std::vector<hanse::connectors::opcua::XmlElement>;
template class std::vector<hanse::connectors::opcua::NodeId>;
template class std::vector<hanse::connectors::opcua::ExpandedNodeId>;
template class std::vector<hanse::connectors::opcua::QualifiedName>;
template class std::vector<hanse::connectors::opcua::LocalizedText>;
template class std::vector<hanse::connectors::opcua::ExtensionObject>;
template class std::vector<hanse::connectors::opcua::DataValue>;
template class std::vector<hanse::connectors::opcua::Variant>;
template class std::vector<hanse::connectors::opcua::DiagnosticInfo>;

namespace hanse::connectors::opcua {

NodeId::NodeId() = default;
NodeId::NodeId(const NodeId& other) = default;
NodeId::NodeId(NodeId&& other) noexcept = default;
NodeId& NodeId::operator=(const NodeId& other) = default;
NodeId& NodeId::operator=(NodeId&& other) noexcept = default;
NodeId::~NodeId() = default;

bool operator==(const NodeId& a, const NodeId& b) { return a.space == b.space && a.id == b.id; }
bool operator<(const NodeId& a, const NodeId& b) { return a.space != b.space ? a.space < b.space : a.id < b.id; }

Variant::Variant() = default;
Variant::Variant(const Variant& other) = default;
Variant::Variant(Variant&& other) noexcept = default;
Variant& Variant::operator=(const Variant& other) = default;
Variant& Variant::operator=(Variant&& other) noexcept = default;
Variant::~Variant() = default;

bool operator==(const Variant& a, const Variant& b) { return a.value == b.value && a.dimensions == b.dimensions; }

}  // namespace hanse::connectors::opcua
