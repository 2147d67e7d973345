#pragma once

#include <map>
#include <set>
#include <vector>

#include "connectors/opcua/codec/binary.hpp"
#include "connectors/opcua/codec/structures.hpp"
#include "connectors/opcua/session/points.hpp"

namespace hanse::connectors::opcua {

/// How a server's own structures lie on the wire, by its DataTypeDefinition attributes (OPC 10000-3, 8.48) or its type
/// dictionaries; takes values apart into fields with paths. What isn't known stays whole: a value is never guessed at.
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

  std::map<NodeId, StructureDefinition> structures_;
  std::map<NodeId, NodeId> by_encoding_;
  std::set<NodeId> enumerations_;
};

/// The built-in type that a data type of namespace 0 is written as; `null` for structures and unknown ones.
Builtin builtin_of(const NodeId& data_type);

}  // namespace hanse::connectors::opcua
