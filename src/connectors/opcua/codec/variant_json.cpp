#include "connectors/opcua/codec/variant_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

namespace hanse::connectors::opcua {
namespace {

using Kind = JsonRef::Kind;

constexpr std::size_t kRankMax = 8;

constexpr std::string_view kNames[] = {
    "Null",          "Boolean",         "SByte",      "Byte",    "Int16",          "UInt16",     "Int32",
    "UInt32",        "Int64",           "UInt64",     "Float",   "Double",         "String",     "DateTime",
    "Guid",          "ByteString",      "XmlElement", "NodeId",  "ExpandedNodeId", "StatusCode", "QualifiedName",
    "LocalizedText", "ExtensionObject", "DataValue",  "Variant", "DiagnosticInfo"};

Error unfit(Builtin type, std::string_view wanted) {
  return fail(ErrorCode::invalid,
              fmt::format("the value must be {}, as the server's type is {}", wanted, builtin_name(type)));
}

Result<ByteString> read_bytes(Builtin type, std::string_view hex) {
  ByteString bytes;
  bytes.empty_not_null = true;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned char byte = 0;
    const auto pair = hex.substr(i, 2);
    const auto [end, error] = std::from_chars(pair.data(), pair.data() + pair.size(), byte, 16);
    if (pair.size() != 2 || error != std::errc{} || end != pair.data() + 2)
      return unfit(type, "bytes in hexadecimal, as \"0a1f\"");
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
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
    } else if constexpr (std::is_same_v<T, ByteString>) {
      return read_bytes(type, value.string());
    } else {
      return T{std::string{value.string()}};
    }
  }
}

/// Reads lists within lists, row by row, and how long those of each level are.
template <class T>
struct ListReader {
  Builtin type;
  std::vector<std::int32_t> lengths;
  Array<T> items;

  Result<void> read_level(JsonRef value, std::size_t level) {
    if (value.kind() != Kind::array)
      return unfit(type, lengths.size() == 1 ? "a list of values" : "a matrix: a list of its rows");
    const auto length = static_cast<std::int32_t>(std::min(value.size(), kWrittenElementsMax + 1));
    if (lengths[level] >= 0 && lengths[level] != length) return unfit(type, "a matrix whose rows are equally long");
    lengths[level] = length;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (level + 1 < lengths.size()) {
        HANSE_CHECK(read_level(value.element(i), level + 1));
        continue;
      }
      if (items.size() >= kWrittenElementsMax)
        return fail(ErrorCode::invalid, fmt::format("at most {} values can be written at once", kWrittenElementsMax));
      HANSE_TRY(auto item, read<T>(type, value.element(i)));
      items.push_back(std::move(item));
    }
    return {};
  }
};

template <class T>
Result<Variant> make(Builtin type, std::size_t rank, JsonRef value) {
  Variant out;
  if (rank == 0) {
    HANSE_TRY(auto scalar, read<T>(type, value));
    if constexpr (std::is_same_v<T, LocalizedText>)
      out.value = Box<T>{std::move(scalar)};
    else
      out.value = std::move(scalar);
    return out;
  }
  ListReader<T> list{.type = type, .lengths = std::vector<std::int32_t>(rank, -1), .items = {}};
  HANSE_CHECK(list.read_level(value, 0));
  list.items.empty_not_null = true;
  out.value = std::move(list.items);
  if (rank == 1) return out;
  for (const auto length : list.lengths) out.dimensions.push_back(std::max(length, 0));
  return out;
}

}  // namespace

std::string_view builtin_name(Builtin type) {
  const auto position = static_cast<std::size_t>(type);
  return position < std::size(kNames) ? kNames[position] : std::string_view{"an unknown type"};
}

Result<Variant> variant_from_json(Builtin type, std::size_t rank, JsonRef value) {
  if (rank > kRankMax) return fail(ErrorCode::invalid, fmt::format("at most {} dimensions can be written", kRankMax));
  switch (type) {
    case Builtin::boolean:
      return make<bool>(type, rank, value);
    case Builtin::sbyte:
      return make<std::int8_t>(type, rank, value);
    case Builtin::byte:
      return make<std::uint8_t>(type, rank, value);
    case Builtin::int16:
      return make<std::int16_t>(type, rank, value);
    case Builtin::uint16:
      return make<std::uint16_t>(type, rank, value);
    case Builtin::int32:
      return make<std::int32_t>(type, rank, value);
    case Builtin::uint32:
      return make<std::uint32_t>(type, rank, value);
    case Builtin::int64:
      return make<std::int64_t>(type, rank, value);
    case Builtin::uint64:
      return make<std::uint64_t>(type, rank, value);
    case Builtin::float_:
      return make<float>(type, rank, value);
    case Builtin::double_:
      return make<double>(type, rank, value);
    case Builtin::string:
      return make<String>(type, rank, value);
    case Builtin::date_time:
      return make<DateTime>(type, rank, value);
    case Builtin::byte_string:
      return make<ByteString>(type, rank, value);
    case Builtin::localized_text:
      return make<LocalizedText>(type, rank, value);
    default:
      return fail(ErrorCode::invalid, fmt::format("values of type {} can't be written from here", builtin_name(type)));
  }
}

}  // namespace hanse::connectors::opcua
