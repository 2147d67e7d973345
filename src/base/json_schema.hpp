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
  std::string schema(Use use, const FieldNote& note = {});

  /// `{"Asset": {...}, "AssetInput": {...}}`
  std::string components() const;

 private:
  template <class T>
  std::string record(Use use);
  void add(const std::string& name, std::string schema);
  /// The type's own name; with its room before it when another room's record has that name already.
  std::string name_of(std::string name, std::string_view full_name);

  std::map<std::string, std::string> schemas_;
  std::map<std::string, std::string> owners_;  ///< By name: the full name of the type that has it.
};

namespace json {

std::string with_note(std::string schema, const FieldNote& note);

template <class T>
struct element_of;
template <class T>
struct element_of<std::optional<T>> {
  using type = T;
};
template <class T, class A>
struct element_of<std::vector<T, A>> {
  using type = T;
};

}  // namespace json

template <class T>
std::string SchemaBook::schema(Use use, const FieldNote& note) {
  if constexpr (std::is_same_v<T, bool>) {
    return json::with_note(R"({"type":"boolean"})", note);
  } else if constexpr (DescribedEnum<T>) {
    std::string names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto enumerator) {
      names += names.empty() ? "" : ",";
      json::append_string(names, enumerator.name);
    });
    return json::with_note(R"({"type":"string","enum":[)" + names + "]}", note);
  } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    return json::with_note(R"({"type":"integer","format":"int64"})", note);
  } else if constexpr (std::is_floating_point_v<T>) {
    return json::with_note(use == Use::output ? R"({"type":["number","null"]})" : R"({"type":"number"})", note);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return json::with_note(R"({"type":"string","format":"date-time"})", note);
  } else if constexpr (std::is_same_v<T, Duration> || std::is_convertible_v<const T&, std::string_view> ||
                       json::is_text_id<T>::value) {
    return json::with_note(R"({"type":"string"})", note);
  } else if constexpr (std::is_same_v<T, RawJson>) {
    return json::with_note("{}", note);
  } else if constexpr (json::is_optional<T>::value) {
    return R"({"oneOf":[)" + schema<typename json::element_of<T>::type>(use, note) + R"(,{"type":"null"}]})";
  } else if constexpr (json::is_vector<T>::value) {
    return json::with_note(R"({"type":"array","items":)" + schema<typename T::value_type>(use) + "}", note);
  } else if constexpr (json::is_map<T>::value) {
    return json::with_note(R"({"type":"object","additionalProperties":)" + schema<typename T::mapped_type>(use) + "}",
                           note);
  } else {
    return record<T>(use);
  }
}

template <class T>
std::string SchemaBook::record(Use use) {
  static_assert(DescribedRecord<T>, "describe this type with HANSE_DESCRIBE");
  const std::string name =
      name_of(describe::type_name<T>(), describe::full_name<T>()) + (use == Use::input ? "Input" : "");
  const std::string reference = R"({"$ref":"#/components/schemas/)" + name + "\"}";
  const auto known = schemas_.find(name);
  if (known != schemas_.end() && known->second.empty()) return reference;  // a record that contains itself
  const std::string before = known == schemas_.end() ? std::string{} : known->second;
  schemas_[name].clear();
  std::string properties, required;
  boost::mp11::mp_for_each<describe::Members<T>>([&](auto member) {
    using Member = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
    const auto note = describe::note_of<T>(member.name);
    properties += properties.empty() ? "" : ",";
    properties += '"' + std::string{member.name} + "\":" + schema<Member>(use, note);
    if (use == Use::output || note.required) {
      required += required.empty() ? "" : ",";
      required += '"' + std::string{member.name} + '"';
    }
  });
  schemas_[name] = before;
  add(name, R"({"type":"object","properties":{)" + properties + "}" +
                (required.empty() ? "" : R"(,"required":[)" + required + "]") + R"(,"additionalProperties":false})");
  return reference;
}

}  // namespace hanse
