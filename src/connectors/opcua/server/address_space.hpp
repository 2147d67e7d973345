#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/opcua/codec/structures.hpp"

namespace hanse::connectors::opcua {

/// What a variable's value is asked for by: whoever builds the space chooses the numbers, and says by them what
/// changed.
using LiveKey = std::uint32_t;

/// A reference to another node of the same space, in both directions kept at both ends.
struct SpaceReference {
  std::uint32_t type = 0;  ///< Reference type, of namespace 0.
  bool forward = true;
  std::uint32_t node = 0;  ///< Position in the space.
};

/// One node. What isn't live doesn't change while the space lives.
struct SpaceNode {
  NodeId id;
  NodeClass node_class = NodeClass::object;
  QualifiedName browse_name;
  String display_name, description;
  NodeId data_type;              ///< Of variables, and variable types.
  std::int32_t value_rank = -1;  ///< -1 scalar, 1 array.
  Variant value;                 ///< Of a variable that isn't live.
  std::optional<LiveKey> live;
  bool is_abstract = false;           ///< Of types.
  std::uint32_t type_definition = 0;  ///< Position of the type of an object or variable.
  std::vector<SpaceReference> references;
};

/// What a server offers to browse and read, unchanging: made anew when the plant changes. Node ids stay the same for
/// the same things, positions don't.
class AddressSpace {
 public:
  explicit AddressSpace(std::vector<std::string> namespaces) : namespaces_(std::move(namespaces)) {}

  /// Adds a node and its references to what is there already: from `parent` (none for the root) by `reference`, and to
  /// its type definition. Precondition: the id is new, parent and type are there. Returns the position.
  std::uint32_t add(SpaceNode node, const NodeId& parent, std::uint32_t reference, const NodeId& type = {});
  /// Says of which type a node is that came before its type. Precondition: both are there.
  void define(const NodeId& id, const NodeId& type);
  /// One more reference between two nodes that are there.
  void refer(std::uint32_t from, std::uint32_t type, std::uint32_t to);
  /// Gives a variable of the standard's tree its value. Precondition: it is there.
  void set_value(const NodeId& id, Variant::Value value);

  const SpaceNode* find(const NodeId& id) const;
  std::optional<std::uint32_t> position(const NodeId& id) const;
  const SpaceNode& at(std::uint32_t position) const { return nodes_[position]; }
  std::size_t size() const { return nodes_.size(); }
  const std::vector<std::string>& namespaces() const { return namespaces_; }
  /// The index of a namespace. Precondition: it is one of these.
  std::uint16_t space_of(std::string_view uri) const;
  /// True when `type` is `wanted`, or below it and `subtypes`; a null `wanted` is every type.
  bool is_reference_type(std::uint32_t type, const NodeId& wanted, bool subtypes) const;

 private:
  std::vector<std::string> namespaces_;
  std::vector<SpaceNode> nodes_;
  std::map<NodeId, std::uint32_t> index_;
  std::map<std::uint32_t, std::uint32_t> reference_supertypes_;
};

/// A property of `owner`: a variable that doesn't change and has nothing below it.
std::uint32_t add_property(AddressSpace& space, const NodeId& owner, NodeId id, QualifiedName name, NodeId data_type,
                           Variant::Value value);

}  // namespace hanse::connectors::opcua
