#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

// A *described record* is a plain struct with one line under it:
//
//   struct Site {
//     std::string name;
//     std::int64_t capacity = 0;
//     static constexpr auto notes() {
//       return std::array{FieldNote{.field = "capacity", .summary = "Parts a day.", .min = 0}};
//     }
//   };
//   HANSE_DESCRIBE(Site, (name, capacity))
//
// From it come JSON in and out (json.hpp), the JSON Schema (json_schema.hpp), settings, query parameters, CSV columns
// and the pages' types. No field list is written twice. Enums: HANSE_DESCRIBE_ENUM(Colour, red, green).

#define HANSE_DESCRIBE(Type, Members) BOOST_DESCRIBE_STRUCT(Type, (), Members)
#define HANSE_DESCRIBE_ENUM(Type, ...) BOOST_DESCRIBE_ENUM(Type, __VA_ARGS__)

namespace hanse {

/// What a name and a type don't say about a field. All optional.
struct FieldNote {
  std::string_view field;         ///< The member's name; a typing error here doesn't compile.
  std::string_view summary = "";  ///< One sentence with the unit: shown in OpenAPI, settings reference and forms.
  double min = -std::numeric_limits<double>::infinity();             ///< Inclusive, for numbers.
  double max = std::numeric_limits<double>::infinity();              ///< Inclusive, for numbers.
  std::size_t length_max = std::numeric_limits<std::size_t>::max();  ///< Characters of a text, elements of a list.
  bool required = false;  ///< Missing in an input is an error (and for texts: empty, too); else the default stands.
  bool secret = false;    ///< Never shown, logged or exported.
};

namespace describe {

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

}  // namespace describe

template <class T>
concept DescribedRecord = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept HasNotes = requires { T::notes(); };

namespace describe {

template <DescribedRecord T>
constexpr bool has_member(std::string_view name) {
  bool found = false;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) { found = found || name == member.name; });
  return found;
}

/// The note of field `name`, or an empty one.
template <DescribedRecord T>
constexpr FieldNote note_of(std::string_view name) {
  if constexpr (HasNotes<T>) {
    constexpr bool all_known = [] {
      for (const auto& note : T::notes()) {
        if (!has_member<T>(note.field)) return false;
      }
      return true;
    }();
    static_assert(all_known, "notes() names a field that the record doesn't have");
    for (const auto& note : T::notes()) {
      if (note.field == name) return note;
    }
  }
  return FieldNote{.field = name};
}

/// Calls `f(name, value)` for each member in declared order.
template <class T, class F>
void for_each_member(T&& record, F&& f) {
  boost::mp11::mp_for_each<Members<std::remove_cvref_t<T>>>(
      [&](auto member) { f(std::string_view{member.name}, record.*member.pointer); });
}

/// The type's name as the compiler writes it: tells types of one name apart.
template <class T>
constexpr std::string_view full_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text = text.substr(text.find("T = ") + 4);
  return text.substr(0, text.find_first_of(";]"));
}

/// The type's own name without its namespaces; a template's arguments are appended: `Page_Asset`.
std::string short_name(std::string_view full_name);

}  // namespace describe
}  // namespace hanse
