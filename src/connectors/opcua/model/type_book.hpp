#pragma once

#include <map>
#include <vector>

#include "connectors/opcua/codec/binary.hpp"
#include "connectors/opcua/codec/structures.hpp"
#include "connectors/opcua/session/points.hpp"

namespace hanse::connectors::opcua {

/// How a server's own structures lie on the wire, by its DataTypeDefinition attributes (OPC 10000-3, 8.48); takes
/// values apart into fields with paths. What isn't known stays whole: a value is never guessed at.
class TypeBook {
 public:
  /// Adds what the attribute of `data_type` said. An enumeration is added as none.
  void add(const NodeId& data_type, const StructureDefinition& definition);
  void add_enumeration(const NodeId& data_type) { enumerations_.push_back(data_type); }
  /// Types that known structures hold and that aren't known themselves.
  std::vector<NodeId> missing() const;
  bool knows(const NodeId& data_type) const;

  /// Each field as `name`, `name/inner` or `name[2]`; none when the type isn't known or the bytes don't fit it.
  std::vector<FlatField> flatten(const ExtensionObject& object) const;

 private:
  bool read_structure(BinaryReader& reader, const StructureDefinition& type, const std::string& prefix, int depth,
                      std::vector<FlatField>& out) const;
  bool read_field(BinaryReader& reader, const StructureField& field, const std::string& name, int depth,
                  std::vector<FlatField>& out) const;
  bool read_element(BinaryReader& reader, const NodeId& type, const std::string& name, int depth,
                    std::vector<FlatField>& out) const;

  std::map<NodeId, StructureDefinition> structures_;
  std::map<NodeId, NodeId> by_encoding_;
  std::vector<NodeId> enumerations_;
};

/// The built-in type that a data type of namespace 0 is written as; `null` for structures and unknown ones.
Builtin builtin_of(const NodeId& data_type);

}  // namespace hanse::connectors::opcua
