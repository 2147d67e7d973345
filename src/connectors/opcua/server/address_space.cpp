#include "connectors/opcua/server/address_space.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "connectors/opcua/server/standard_nodes.hpp"

namespace hanse::connectors::opcua {

std::uint32_t AddressSpace::add(SpaceNode node, const NodeId& parent, std::uint32_t reference, const NodeId& type) {
  const auto at = static_cast<std::uint32_t>(nodes_.size());
  const bool is_new = index_.emplace(node.id, at).second;
  HANSE_ASSERT(is_new);
  const bool is_reference_type = node.node_class == NodeClass::reference_type;
  const auto number = is_reference_type && node.id.space == 0 ? std::get<std::uint32_t>(node.id.id) : 0;
  nodes_.push_back(std::move(node));
  if (!parent.is_null()) {
    const auto above = position(parent);
    HANSE_ASSERT(above);
    refer(*above, reference, at);
    if (number != 0 && reference == ids::kHasSubtype) {
      reference_supertypes_[number] = std::get<std::uint32_t>(parent.id);
    }
  }
  if (!type.is_null()) define(nodes_[at].id, type);
  return at;
}

void AddressSpace::define(const NodeId& id, const NodeId& type) {
  const auto at = position(id);
  const auto definition = position(type);
  HANSE_ASSERT(at && definition);
  nodes_[*at].type_definition = *definition;
  // One way only: a type with a hundred thousand instances needn't list them.
  nodes_[*at].references.push_back({.type = ids::kHasTypeDefinition, .forward = true, .node = *definition});
}

void AddressSpace::refer(std::uint32_t from, std::uint32_t type, std::uint32_t to) {
  nodes_[from].references.push_back({.type = type, .forward = true, .node = to});
  nodes_[to].references.push_back({.type = type, .forward = false, .node = from});
}

void AddressSpace::set_value(const NodeId& id, Variant::Value value) {
  const auto at = position(id);
  HANSE_ASSERT(at);
  nodes_[*at].value.value = std::move(value);
}

std::optional<std::uint32_t> AddressSpace::position(const NodeId& id) const {
  const auto found = index_.find(id);
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

const SpaceNode* AddressSpace::find(const NodeId& id) const {
  const auto at = position(id);
  return at ? &nodes_[*at] : nullptr;
}

std::uint16_t AddressSpace::space_of(std::string_view uri) const {
  const auto found = std::ranges::find(namespaces_, uri);
  HANSE_ASSERT(found != namespaces_.end());
  return static_cast<std::uint16_t>(found - namespaces_.begin());
}

bool AddressSpace::is_reference_type(std::uint32_t type, const NodeId& wanted, bool subtypes) const {
  if (wanted.is_null() || wanted.is(type)) return true;
  if (!subtypes) return false;
  for (auto above = reference_supertypes_.find(type); above != reference_supertypes_.end();
       above = reference_supertypes_.find(above->second)) {
    if (wanted.is(above->second)) return true;
  }
  return false;
}

std::uint32_t add_property(AddressSpace& space, const NodeId& owner, NodeId id, QualifiedName name, NodeId data_type,
                           Variant::Value value) {
  SpaceNode node{.id = std::move(id), .node_class = NodeClass::variable, .browse_name = std::move(name)};
  node.display_name = node.browse_name.name;
  node.data_type = std::move(data_type);
  node.value.value = std::move(value);
  node.value_rank = node.value.is_array() ? 1 : -1;
  return space.add(std::move(node), owner, ids::kHasProperty, ids::kPropertyType);
}

}  // namespace hanse::connectors::opcua
