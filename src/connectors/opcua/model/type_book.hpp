#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "connectors/opcua/codec/binary.hpp"
#include "connectors/opcua/codec/structures.hpp"
#include "connectors/opcua/session/points.hpp"

namespace hanse::connectors::opcua {

/// How a server's own structures lie on the wire, by its DataTypeDefinition attributes (OPC 10000-3, 8.48) or its type
/// dictionaries; takes values apart into fields with paths, and puts them together. What isn't known stays whole: a
/// value is never guessed at.
class TypeBook {
 public:
  /// Adds what the attribute of `data_type` said. An enumeration is added as none.
  void add(const NodeId& data_type, const StructureDefinition& definition);
  /// Values in this encoding are of `data_type`; one that isn't known changes nothing.
  void add_encoding(const NodeId& encoding, const NodeId& data_type);
  void add_enumeration(const NodeId& data_type) { enumerations_.insert(data_type); }
  /// Types that known structures hold and that aren't known themselves.
  std::vector<NodeId> missing() const;
  bool knows(const NodeId& data_type) const;
  bool knows_encoding(const NodeId& encoding) const { return by_encoding_.contains(encoding); }

  /// Namespace indices of a new session: `now` in place of `before`.
  void renumber(std::span<const std::string> before, std::span<const std::string> now);

  /// In which encoding values of a structure go out; null for what isn't known.
  NodeId encoding_of(const NodeId& data_type) const;
  /// A structure that a person wrote as JSON: an object with a member for each field, lists for arrays. Optional
  /// fields may be left out, a union has one member. Errors: `invalid`, with the field's path.
  Result<ExtensionObject> compose(const NodeId& encoding, JsonRef value) const;

  /// Each field as `name`, `name/inner` or `name[2]`; none when the type isn't known or the bytes don't fit it.
  std::vector<FlatField> flatten(const ExtensionObject& object) const;

 private:
  /// One value being taken apart. Structures without fields within structures without end would cost time and no bytes:
  /// the steps are counted.
  struct Unfolding {
    BinaryReader reader;
    std::vector<FlatField> fields;
    std::size_t steps_left;
  };
  bool read_structure(Unfolding& value, const StructureDefinition& type, const std::string& prefix, int depth) const;
  bool read_field(Unfolding& value, const StructureField& field, const std::string& name, int depth) const;
  bool read_element(Unfolding& value, const NodeId& type, const std::string& name, int depth) const;

  Result<void> write_structure(BinaryWriter& out, const StructureDefinition& type, JsonRef value, int depth) const;
  Result<void> write_field(BinaryWriter& out, const StructureField& field, JsonRef value, int depth) const;
  Result<void> write_list(BinaryWriter& out, const StructureField& field, JsonRef value, int depth) const;
  Result<void> write_element(BinaryWriter& out, const NodeId& type, JsonRef value, int depth) const;

  std::map<NodeId, StructureDefinition> structures_;
  std::map<NodeId, NodeId> by_encoding_;
  std::set<NodeId> enumerations_;
};

/// The built-in type that a data type of namespace 0 is written as; `null` for structures and unknown ones.
Builtin builtin_of(const NodeId& data_type);

}  // namespace hanse::connectors::opcua
