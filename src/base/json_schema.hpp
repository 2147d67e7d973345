#pragma once

#include <map>
#include <string>

#include "base/json.hpp"

namespace hanse {

/// The named schemas of one OpenAPI document. An input and an output of the same record differ in what is required: an
/// output has every field, an input only those whose note says so. Both come from the one description.
class SchemaBook {
 public:
  enum class Use { output, input };

  /// The schema of T as JSON text: inline for plain types, a `$ref` for records, which enter the book.
  /// Stops the process when two different records share a name: rename one (a bug, found at the first start).
  template <class T>
  std::string schema(Use use, const FieldNote& note = {}) {
    return schema(type_info<T>(), use, note);
  }
  std::string schema(const TypeInfo& type, Use use, const FieldNote& note = {});

  /// `{"Asset": {...}, "AssetInput": {...}}`
  std::string components() const;

 private:
  std::string record(const RecordInfo& record, Use use);
  void add(const std::string& name, std::string schema);
  /// The type's own name; with its room before it when another room's record has that name already.
  std::string name_of(std::string_view full_name);

  std::map<std::string, std::string> schemas_;
  std::map<std::string, std::string> owners_;  ///< By name: the full name of the type that has it.
};

}  // namespace hanse
