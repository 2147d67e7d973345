#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "base/describe.hpp"
#include "base/id.hpp"
#include "base/time.hpp"

// What a described type looks like, as a table that ordinary code walks: JSON in and out, schemas and parameters are
// written once over it, not once more for every record. Per type, the compiler makes only the table and the few
// functions that reach into a container.

namespace hanse {

class JsonReader;

/// JSON passed through unread: settings of a plug-in, a standard's own document. Well-formed by construction when it
/// came in through `from_json`; an empty text is written as null.
struct RawJson {
  std::string text;
  friend bool operator==(const RawJson&, const RawJson&) = default;
};

/// A record may check what no single field's note can say: `void validate(JsonReader& reader) const`, which calls
/// `reader.error_at("end", "must be after start")`.
template <class T>
concept HasValidate = requires(const T& record, JsonReader& reader) { record.validate(reader); };

/// Set for a member type that is carried, and neither read nor written: a request's raw body.
template <class T>
inline constexpr bool kOpaque = false;

enum class TypeKind {
  boolean,
  integer,      ///< Signed, of `size` bytes.
  natural,      ///< Unsigned, of `size` bytes.
  real,         ///< Of `size` bytes.
  text,         ///< Whatever reads as a string_view; only std::string can be assigned.
  id,           ///< TextId
  timestamp,    ///< RFC 3339
  duration,     ///< `90s`
  raw_json,     ///< RawJson
  named_enum,   ///< A described enum, by its enumerators' names.
  number_enum,  ///< Another enum, by its number.
  optional,     ///< Of `element`.
  list,         ///< A vector of `element`.
  map,          ///< From string to `element`.
  record,       ///< A described struct.
  opaque
};

struct RecordInfo;
struct EnumEntry {
  std::string_view name;
  long long value = 0;
};

/// How to reach into one type of container; pointers are to the container and to its elements.
struct ContainerInfo {
  std::size_t (*size)(const void* container);
  const void* (*at)(const void* container, std::size_t index);  ///< Of a list; of an optional that has a value.
  void* (*add)(void* container, std::string_view key);          ///< A new element; a map's under `key`.
  void (*clear)(void* container);
  /// Each element with its key (maps) in the container's order.
  void (*each)(const void* container, void* context, void (*f)(void* context, std::string_view key, const void* value));
};

struct TypeInfo {
  TypeKind kind = TypeKind::opaque;
  std::size_t size = 0;
  const TypeInfo* element = nullptr;
  const ContainerInfo* container = nullptr;
  const RecordInfo* record = nullptr;
  std::span<const EnumEntry> names = {};
  bool is_signed = false;
  std::string_view (*text)(const void* value) = nullptr;         ///< Of texts and ids.
  void (*assign)(void* value, std::string_view text) = nullptr;  ///< Of those that can be read.
};

struct FieldInfo {
  std::string_view name;
  FieldNote note;
  const TypeInfo* type = nullptr;
  void* (*of)(void* record) = nullptr;  ///< The member's place in a record.
};

struct RecordInfo {
  std::string_view full_name;  ///< As the compiler writes it: `hanse::plant::Site`.
  std::span<const FieldInfo> fields;
  void (*validate)(const void* record, JsonReader& reader) = nullptr;  ///< Null when it has none.
};

namespace describe {

template <class T>
struct TypeInfoOf {
  static const TypeInfo value;
};
template <class T>
struct RecordInfoOf {
  static const RecordInfo value;
};

template <class T>
struct is_vector : std::false_type {};
template <class T, class A>
struct is_vector<std::vector<T, A>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_map : std::false_type {};
template <class T, class C, class A>
struct is_map<std::map<std::string, T, C, A>> : std::true_type {};
template <class T, class H, class E, class A>
struct is_map<std::unordered_map<std::string, T, H, E, A>> : std::true_type {};
template <class T>
struct is_text_id : std::false_type {};
template <class Tag>
struct is_text_id<TextId<Tag>> : std::true_type {};

template <class T>
struct ListOps {
  static_assert(!std::is_same_v<typename T::value_type, bool>, "vector<bool> has no elements to point at");
  static const T& of(const void* list) { return *static_cast<const T*>(list); }
  static constexpr ContainerInfo value{
      .size = [](const void* list) { return of(list).size(); },
      .at = [](const void* list, std::size_t index) -> const void* { return &of(list)[index]; },
      .add = [](void* list, std::string_view) -> void* { return &static_cast<T*>(list)->emplace_back(); },
      .clear = [](void* list) { static_cast<T*>(list)->clear(); },
      .each = nullptr};
};

template <class T>
struct OptionalOps {
  static const T& of(const void* optional) { return *static_cast<const T*>(optional); }
  static constexpr ContainerInfo value{
      .size = [](const void* optional) -> std::size_t { return of(optional) ? 1 : 0; },
      .at = [](const void* optional, std::size_t) -> const void* { return &*of(optional); },
      .add = [](void* optional, std::string_view) -> void* { return &static_cast<T*>(optional)->emplace(); },
      .clear = [](void* optional) { static_cast<T*>(optional)->reset(); },
      .each = nullptr};
};

template <class T>
struct MapOps {
  static const T& of(const void* map) { return *static_cast<const T*>(map); }
  static constexpr ContainerInfo value{
      .size = [](const void* map) { return of(map).size(); },
      .at = nullptr,
      .add = [](void* map, std::string_view key) -> void* { return &(*static_cast<T*>(map))[std::string{key}]; },
      .clear = [](void* map) { static_cast<T*>(map)->clear(); },
      .each =
          [](const void* map, void* context, void (*f)(void*, std::string_view, const void*)) {
            for (const auto& [key, element] : of(map)) f(context, key, &element);
          }};
};

/// The names of a described enum, in declared order.
template <DescribedEnum E>
struct EnumNames {
  using Enumerators = boost::describe::describe_enumerators<E>;
  static constexpr auto value = []<template <class...> class List, class... D>(List<D...>) {
    return std::array<EnumEntry, sizeof...(D)>{EnumEntry{D::name, static_cast<long long>(D::value)}...};
  }(Enumerators{});
};

/// The enumerator's name; a number as text for a value outside the enumeration.
std::string enum_name(std::span<const EnumEntry> names, long long value);
template <DescribedEnum E>
std::string enum_name(E value) {
  return enum_name(EnumNames<E>::value, static_cast<long long>(value));
}

/// Null when there is none of that name.
const EnumEntry* enum_entry(std::span<const EnumEntry> names, std::string_view name);
template <DescribedEnum E>
bool enum_value(std::string_view name, E& out) {
  const auto* entry = enum_entry(EnumNames<E>::value, name);
  if (entry) out = static_cast<E>(entry->value);
  return entry != nullptr;
}

/// `red, green, blue`: for messages.
std::string enum_names(std::span<const EnumEntry> names);
template <DescribedEnum E>
std::string enum_names() {
  return enum_names(EnumNames<E>::value);
}

template <class T, class Member>
struct MemberAccess {
  static void* of(void* record) { return &(static_cast<T*>(record)->*Member::pointer); }
};

template <class T, class Member>
constexpr FieldInfo field_info() {
  using Type = std::remove_cvref_t<decltype(std::declval<T&>().*Member::pointer)>;
  return {.name = Member::name,
          .note = note_of<T>(Member::name),
          .type = &TypeInfoOf<Type>::value,
          .of = &MemberAccess<T, Member>::of};
}

template <DescribedRecord T>
struct FieldTable {
  static constexpr auto value = []<template <class...> class List, class... D>(List<D...>) {
    return std::array<FieldInfo, sizeof...(D)>{field_info<T, D>()...};
  }(Members<T>{});
};

template <class T>
std::string_view text_of(const void* value) {
  if constexpr (is_text_id<T>::value) {
    return static_cast<const T*>(value)->value;
  } else {
    return *static_cast<const T*>(value);
  }
}
template <class T>
void assign_text(void* value, std::string_view text) {
  if constexpr (is_text_id<T>::value) {
    static_cast<T*>(value)->value = text;
  } else {
    *static_cast<T*>(value) = text;
  }
}

template <class T>
constexpr TypeInfo make_type_info() {
  if constexpr (kOpaque<T>) {
    return {.kind = TypeKind::opaque};
  } else if constexpr (std::is_same_v<T, bool>) {
    return {.kind = TypeKind::boolean, .size = sizeof(T)};
  } else if constexpr (DescribedEnum<T>) {
    return {.kind = TypeKind::named_enum,
            .size = sizeof(T),
            .names = EnumNames<T>::value,
            .is_signed = std::is_signed_v<std::underlying_type_t<T>>};
  } else if constexpr (std::is_enum_v<T>) {
    return {.kind = TypeKind::number_enum, .size = sizeof(T), .is_signed = std::is_signed_v<std::underlying_type_t<T>>};
  } else if constexpr (std::is_integral_v<T>) {
    return {.kind = std::is_signed_v<T> ? TypeKind::integer : TypeKind::natural,
            .size = sizeof(T),
            .is_signed = std::is_signed_v<T>};
  } else if constexpr (std::is_floating_point_v<T>) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8);
    return {.kind = TypeKind::real, .size = sizeof(T)};
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return {.kind = TypeKind::timestamp};
  } else if constexpr (std::is_same_v<T, Duration>) {
    return {.kind = TypeKind::duration};
  } else if constexpr (std::is_same_v<T, RawJson>) {
    return {.kind = TypeKind::raw_json};
  } else if constexpr (is_text_id<T>::value) {
    return {.kind = TypeKind::id, .text = &text_of<T>, .assign = &assign_text<T>};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return {.kind = TypeKind::text, .text = &text_of<T>, .assign = &assign_text<T>};
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return {.kind = TypeKind::text, .text = &text_of<T>};
  } else if constexpr (is_optional<T>::value) {
    return {.kind = TypeKind::optional,
            .element = &TypeInfoOf<typename T::value_type>::value,
            .container = &OptionalOps<T>::value};
  } else if constexpr (is_vector<T>::value) {
    return {
        .kind = TypeKind::list, .element = &TypeInfoOf<typename T::value_type>::value, .container = &ListOps<T>::value};
  } else if constexpr (is_map<T>::value) {
    return {
        .kind = TypeKind::map, .element = &TypeInfoOf<typename T::mapped_type>::value, .container = &MapOps<T>::value};
  } else {
    static_assert(DescribedRecord<T>, "describe this type with HANSE_DESCRIBE");
    return {.kind = TypeKind::record, .record = &RecordInfoOf<T>::value};
  }
}

template <class T>
constexpr RecordInfo make_record_info() {
  RecordInfo info{.full_name = full_name<T>(), .fields = FieldTable<T>::value};
  if constexpr (HasValidate<T>) {
    info.validate = [](const void* record, JsonReader& reader) { static_cast<const T*>(record)->validate(reader); };
  }
  return info;
}

template <class T>
constinit const TypeInfo TypeInfoOf<T>::value = make_type_info<T>();
template <class T>
constinit const RecordInfo RecordInfoOf<T>::value = make_record_info<T>();

}  // namespace describe

/// What a whole number or an enum of `type` holds, and to set it. Precondition: the kind fits, the number too.
long long load_integer(const TypeInfo& type, const void* value);
void store_integer(const TypeInfo& type, void* value, long long number);

/// The table of T.
template <class T>
const TypeInfo& type_info() {
  return describe::TypeInfoOf<T>::value;
}

}  // namespace hanse
