#pragma once

#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "connectors/opcua/model/type_book.hpp"

namespace hanse::connectors::opcua {

/// The structures of one type dictionary, the XML in which servers before 1.04 describe how their own types lie on the
/// wire (OPC Binary: OPC 10000-3, Annex C). Shapes that OPC UA's encoding doesn't have, such as lone bits or lengths
/// that stand elsewhere, are left out: a value of such a type stays whole.
class TypeDictionary {
 public:
  static constexpr std::size_t kBytesMax = 4U << 20, kTypesMax = 5000, kFieldsMax = 500;

  /// Errors: `invalid`, saying what is wrong or too much.
  static Result<TypeDictionary> parse(std::string_view xml);

  /// Its namespace.
  const std::string& space() const { return space_; }
  /// Adds the structure or enumeration called `name` and what it holds to `book`, under ids that no server has. Gives
  /// its id; null when the dictionary has no such type that can be read. What it holds of other dictionaries is
  /// `missing` from the book then.
  NodeId add_to(TypeBook& book, std::string_view name) const;

 private:
  std::string space_;  ///< Its TargetNamespace.
  std::map<std::string, StructureDefinition, std::less<>> structures_;
  std::set<std::string, std::less<>> enumerations_;
};

/// A type of a dictionary, as its id in a `TypeBook` says.
struct DictionaryType {
  std::string_view space, name;
};
/// Nothing for ids that a server gave.
std::optional<DictionaryType> dictionary_type(const NodeId& id);

}  // namespace hanse::connectors::opcua
