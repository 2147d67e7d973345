#include "connectors/opcua/codec/variant_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace hanse::connectors::opcua {
namespace {

using Kind = JsonRef::Kind;

constexpr std::string_view kNames[] = {
    "Null",          "Boolean",         "SByte",      "Byte",    "Int16",          "UInt16",     "Int32",
    "UInt32",        "Int64",           "UInt64",     "Float",   "Double",         "String",     "DateTime",
    "Guid",          "ByteString",      "XmlElement", "NodeId",  "ExpandedNodeId", "StatusCode", "QualifiedName",
    "LocalizedText", "ExtensionObject", "DataValue",  "Variant", "DiagnosticInfo"};

Error unfit(Builtin type, std::string_view wanted) {
  return fail(ErrorCode::invalid,
              fmt::format("the value must be {}, as the server's type is {}", wanted, builtin_name(type)));
}

template <class T>
Result<T> read(Builtin type, JsonRef value);

template <class T>
  requires std::is_integral_v<T> && (!std::is_same_v<T, bool>)
Result<T> read_integer(Builtin type, JsonRef value) {
  const auto wanted = [] {
    return fmt::format("a whole number from {} to {}", std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  };
  if (value.kind() != Kind::integer || !std::in_range<T>(value.integer())) return unfit(type, wanted());
  return static_cast<T>(value.integer());
}

template <class T>
  requires std::is_floating_point_v<T>
Result<T> read_real(Builtin type, JsonRef value) {
  if (value.kind() != Kind::integer && value.kind() != Kind::real) return unfit(type, "a number");
  const double number = value.real();
  if (!std::isfinite(number) || std::abs(number) > static_cast<double>(std::numeric_limits<T>::max()))
    return unfit(type, "a number that the type can hold");
  return static_cast<T>(number);
}

template <class T>
Result<T> read(Builtin type, JsonRef value) {
  if constexpr (std::is_same_v<T, bool>) {
    if (value.kind() != Kind::boolean) return unfit(type, "true or false");
    return value.boolean();
  } else if constexpr (std::is_integral_v<T>) {
    return read_integer<T>(type, value);
  } else if constexpr (std::is_floating_point_v<T>) {
    return read_real<T>(type, value);
  } else {
    if (value.kind() != Kind::string) return unfit(type, "a text");
    if constexpr (std::is_same_v<T, DateTime>) {
      HANSE_TRY(const auto time, parse_timestamp(value.string()));
      return DateTime::from(time);
    } else if constexpr (std::is_same_v<T, LocalizedText>) {
      return LocalizedText{.locale = {}, .text = String{std::string{value.string()}}};
    } else {
      return T{std::string{value.string()}};
    }
  }
}

template <class T>
Result<Variant> make(Builtin type, bool array, JsonRef value) {
  Variant out;
  if (!array) {
    HANSE_TRY(auto scalar, read<T>(type, value));
    if constexpr (std::is_same_v<T, LocalizedText>)
      out.value = Box<T>{std::move(scalar)};
    else
      out.value = std::move(scalar);
    return out;
  }
  if (value.kind() != Kind::array) return unfit(type, "a list of values");
  Array<T> items;
  items.empty_not_null = true;
  for (std::size_t i = 0; i < value.size(); ++i) {
    HANSE_TRY(auto item, read<T>(type, value.element(i)));
    items.push_back(std::move(item));
  }
  out.value = std::move(items);
  return out;
}

}  // namespace

std::string_view builtin_name(Builtin type) {
  const auto position = static_cast<std::size_t>(type);
  return position < std::size(kNames) ? kNames[position] : std::string_view{"an unknown type"};
}

Result<Variant> variant_from_json(Builtin type, bool array, JsonRef value) {
  switch (type) {
    case Builtin::boolean:
      return make<bool>(type, array, value);
    case Builtin::sbyte:
      return make<std::int8_t>(type, array, value);
    case Builtin::byte:
      return make<std::uint8_t>(type, array, value);
    case Builtin::int16:
      return make<std::int16_t>(type, array, value);
    case Builtin::uint16:
      return make<std::uint16_t>(type, array, value);
    case Builtin::int32:
      return make<std::int32_t>(type, array, value);
    case Builtin::uint32:
      return make<std::uint32_t>(type, array, value);
    case Builtin::int64:
      return make<std::int64_t>(type, array, value);
    case Builtin::uint64:
      return make<std::uint64_t>(type, array, value);
    case Builtin::float_:
      return make<float>(type, array, value);
    case Builtin::double_:
      return make<double>(type, array, value);
    case Builtin::string:
      return make<String>(type, array, value);
    case Builtin::date_time:
      return make<DateTime>(type, array, value);
    case Builtin::localized_text:
      return make<LocalizedText>(type, array, value);
    default:
      return fail(ErrorCode::invalid, fmt::format("values of type {} can't be written from here", builtin_name(type)));
  }
}

}  // namespace hanse::connectors::opcua
