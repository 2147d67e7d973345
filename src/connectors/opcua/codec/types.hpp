#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/describe.hpp"
#include "base/time.hpp"

// What copies and destroys these types is compiled once, in types.cpp: inlined, it was most of what every other file of
// the room compiled.

namespace hanse::connectors::opcua {

/// Bytes with a length before them. An empty one is written as null unless it is marked: what came as an empty text
/// goes back as one.
template <int Tag>
struct Octets : std::string {
  using std::string::string;
  Octets() = default;
  Octets(std::string text) : std::string(std::move(text)) {}  // NOLINT(google-explicit-constructor)
  Octets(std::string_view text) : std::string(text) {}        // NOLINT(google-explicit-constructor)
  bool empty_not_null = false;
};
using String = Octets<0>;  ///< UTF-8.
using ByteString = Octets<1>;
using XmlElement = Octets<2>;

/// As `Octets` for lists: an empty one is null unless it is marked.
template <class T>
struct Array : std::vector<T> {
  using std::vector<T>::vector;
  Array() = default;
  Array(std::vector<T> items) : std::vector<T>(std::move(items)) {}  // NOLINT(google-explicit-constructor)
  bool empty_not_null = false;
};

/// A value on the heap that copies and compares like the value itself: lets a type hold one of its own kind.
template <class T>
class Box {
 public:
  Box() = default;
  Box(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT(google-explicit-constructor)
  Box(const Box& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Box(Box&&) noexcept = default;
  Box& operator=(const Box& other) { return *this = Box{other}; }
  Box& operator=(Box&&) noexcept = default;
  ~Box() = default;
  explicit operator bool() const { return value_ != nullptr; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  friend bool operator==(const Box& a, const Box& b) {
    return a.value_ && b.value_ ? *a.value_ == *b.value_ : !a.value_ && !b.value_;
  }

 private:
  std::unique_ptr<T> value_;
};

/// 100 ns since 1601-01-01 UTC; 0: not set. Source: OPC 10000-6, 5.2.2.5.
struct DateTime {
  std::int64_t ticks = 0;
  friend auto operator<=>(const DateTime&, const DateTime&) = default;
  static DateTime from(Timestamp time);
  /// Clamped to what a Timestamp can hold.
  Timestamp time() const;
  bool is_set() const { return ticks > 0; }
};

struct Guid {
  std::uint32_t data1 = 0;
  std::uint16_t data2 = 0, data3 = 0;
  std::array<std::uint8_t, 8> data4{};
  friend auto operator<=>(const Guid&, const Guid&) = default;
};

struct StatusCode {
  std::uint32_t code = 0;
  bool is_good() const { return (code >> 30) == 0; }
  bool is_uncertain() const { return (code >> 30) == 1; }
  bool is_bad() const { return (code >> 30) >= 2; }
  /// Without the info bits below: what is compared. Source: OPC 10000-4, 7.39.
  std::uint32_t kind() const { return code & 0xFFFF0000; }
  friend bool operator==(const StatusCode&, const StatusCode&) = default;
};

struct NodeId {
  std::uint16_t space = 0;  ///< Namespace index: this session's, never to be stored.
  std::variant<std::uint32_t, String, Guid, ByteString> id = std::uint32_t{0};
  NodeId();
  NodeId(const NodeId& other);
  NodeId(NodeId&& other) noexcept;
  NodeId& operator=(const NodeId& other);
  NodeId& operator=(NodeId&& other) noexcept;
  ~NodeId();
  NodeId(std::uint32_t number) : id(number) {}  // NOLINT(google-explicit-constructor)
  NodeId(std::uint16_t space_index, std::uint32_t number) : space(space_index), id(number) {}
  NodeId(std::uint16_t space_index, std::string text) : space(space_index), id(String{std::move(text)}) {}
  bool is_null() const { return space == 0 && std::holds_alternative<std::uint32_t>(id) && std::get<0>(id) == 0; }
  /// True for `ns=0;i=number`.
  bool is(std::uint32_t number) const { return space == 0 && id.index() == 0 && std::get<0>(id) == number; }
  friend bool operator==(const NodeId& a, const NodeId& b);
  friend bool operator<(const NodeId& a, const NodeId& b);
};

struct ExpandedNodeId {
  NodeId node;
  String namespace_uri;
  std::uint32_t server_index = 0;
  friend bool operator==(const ExpandedNodeId&, const ExpandedNodeId&) = default;
};

struct QualifiedName {
  std::uint16_t space = 0;
  String name;
  friend bool operator==(const QualifiedName&, const QualifiedName&) = default;
};
HANSE_DESCRIBE(QualifiedName, (space, name))

struct LocalizedText {
  String locale, text;
  friend bool operator==(const LocalizedText&, const LocalizedText&) = default;
};

/// A structure of any type: known by its encoding's id, kept as bytes until somebody needs it.
struct ExtensionObject {
  enum class Encoding : std::uint8_t { none, binary, xml };
  NodeId type_id;
  Encoding encoding = Encoding::none;
  ByteString body;
  friend bool operator==(const ExtensionObject&, const ExtensionObject&) = default;
};

struct DiagnosticInfo {
  std::optional<std::int32_t> symbolic_id, namespace_uri, locale, localized_text;
  std::optional<String> additional_info;
  std::optional<StatusCode> inner_status;
  Box<DiagnosticInfo> inner;
  friend bool operator==(const DiagnosticInfo&, const DiagnosticInfo&) = default;
};

struct Variant;
struct DataValue;

/// Stands where the standard forbids a value: a Variant directly in a Variant.
struct Nothing {
  friend bool operator==(const Nothing&, const Nothing&) = default;
};

/// Ids of the built-in types, which are also positions in `Variant::value`. Source: OPC 10000-6, 5.1.2.
enum class Builtin : std::uint8_t {
  null,
  boolean,
  sbyte,
  byte,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
  float_,
  double_,
  string,
  date_time,
  guid,
  byte_string,
  xml_element,
  node_id,
  expanded_node_id,
  status_code,
  qualified_name,
  localized_text,
  extension_object,
  data_value,
  variant,
  diagnostic_info
};
inline constexpr std::size_t kBuiltins = 25;

/// Any built-in value, or an array or matrix of one kind.
struct Variant {
  /// Position 0 to 25: a scalar of that built-in type; 26 to 50: an array of type position - 25.
  using Value =
      std::variant<std::monostate, bool, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                   std::uint32_t, std::int64_t, std::uint64_t, float, double, String, DateTime, Guid, ByteString,
                   XmlElement, NodeId, Box<ExpandedNodeId>, StatusCode, Box<QualifiedName>, Box<LocalizedText>,
                   Box<ExtensionObject>, Box<DataValue>, Nothing, Box<DiagnosticInfo>,  //
                   Array<bool>, Array<std::int8_t>, Array<std::uint8_t>, Array<std::int16_t>, Array<std::uint16_t>,
                   Array<std::int32_t>, Array<std::uint32_t>, Array<std::int64_t>, Array<std::uint64_t>, Array<float>,
                   Array<double>, Array<String>, Array<DateTime>, Array<Guid>, Array<ByteString>, Array<XmlElement>,
                   Array<NodeId>, Array<ExpandedNodeId>, Array<StatusCode>, Array<QualifiedName>, Array<LocalizedText>,
                   Array<ExtensionObject>, Array<DataValue>, Array<Variant>, Array<DiagnosticInfo>>;
  Value value;
  std::vector<std::int32_t> dimensions;  ///< Of a matrix, the slowest first; empty for arrays of one dimension.

  Variant();
  Variant(const Variant& other);
  Variant(Variant&& other) noexcept;
  Variant& operator=(const Variant& other);
  Variant& operator=(Variant&& other) noexcept;
  ~Variant();
  bool is_null() const { return value.index() == 0; }
  bool is_array() const { return value.index() > kBuiltins; }
  Builtin type() const { return static_cast<Builtin>(is_array() ? value.index() - kBuiltins : value.index()); }
  friend bool operator==(const Variant& a, const Variant& b);
};

struct DataValue {
  Variant value;
  std::optional<StatusCode> status;
  std::optional<DateTime> source_time, server_time;
  std::optional<std::uint16_t> source_picoseconds, server_picoseconds;
  bool has_value = false;  ///< False: the source sent none, which is not a null value.
  StatusCode status_or_good() const { return status.value_or(StatusCode{}); }
  friend bool operator==(const DataValue&, const DataValue&) = default;
};

/// A DataValue that holds `value` and nothing else, as servers want it in a write.
inline DataValue data_value(Variant::Value value) {
  DataValue out;
  out.value.value = std::move(value);
  out.has_value = true;
  return out;
}

}  // namespace hanse::connectors::opcua

extern template class std::vector<hanse::connectors::opcua::String>;
extern template class std::vector<hanse::connectors::opcua::ByteString>;
extern template class std::vector<hanse::connectors::opcua::XmlElement>;
extern template class std::vector<hanse::connectors::opcua::NodeId>;
extern template class std::vector<hanse::connectors::opcua::ExpandedNodeId>;
extern template class std::vector<hanse::connectors::opcua::QualifiedName>;
extern template class std::vector<hanse::connectors::opcua::LocalizedText>;
extern template class std::vector<hanse::connectors::opcua::ExtensionObject>;
extern template class std::vector<hanse::connectors::opcua::DataValue>;
extern template class std::vector<hanse::connectors::opcua::Variant>;
extern template class std::vector<hanse::connectors::opcua::DiagnosticInfo>;
