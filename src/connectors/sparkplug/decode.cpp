#include "connectors/sparkplug/internal/wire.hpp"
#include "connectors/sparkplug/payload.hpp"

namespace hanse::connectors::sparkplug {
namespace {

using internal::FieldReader;
using internal::WireType;

DataType datatype(std::uint64_t number) {
  return number <= kDataTypeMax ? static_cast<DataType>(number) : DataType::unknown;
}

/// True when the field has the kind its number asks for: a wrong kind is a field that isn't known.
bool is(const FieldReader& field, WireType type) { return field.type() == type; }

/// Tag of the first member of a message's value `oneof`, and what its members are, in order of their tags.
struct ValueLayout {
  std::uint32_t first = 0;
  std::span<const ValueField> fields;
};
constexpr std::array kMetricFields = {ValueField::int_value,    ValueField::long_value,    ValueField::float_value,
                                      ValueField::double_value, ValueField::boolean_value, ValueField::string_value,
                                      ValueField::bytes_value,  ValueField::data_set,      ValueField::template_,
                                      ValueField::extension};
constexpr std::array kPropertyFields = {ValueField::int_value,    ValueField::long_value,    ValueField::float_value,
                                        ValueField::double_value, ValueField::boolean_value, ValueField::string_value,
                                        ValueField::property_set, ValueField::property_sets, ValueField::extension};
constexpr std::array kPlainFields = {ValueField::int_value,    ValueField::long_value,    ValueField::float_value,
                                     ValueField::double_value, ValueField::boolean_value, ValueField::string_value,
                                     ValueField::extension};
constexpr ValueLayout kMetricLayout{10, kMetricFields};
constexpr ValueLayout kPropertyLayout{3, kPropertyFields};
constexpr ValueLayout kParameterLayout{3, kPlainFields};
constexpr ValueLayout kDataSetLayout{1, kPlainFields};

WireType wire_type(ValueField field) {
  switch (field) {
    case ValueField::int_value:
    case ValueField::long_value:
    case ValueField::boolean_value:
      return WireType::varint;
    case ValueField::float_value:
      return WireType::fixed32;
    case ValueField::double_value:
      return WireType::fixed64;
    default:
      return WireType::bytes;
  }
}

void read_value(const FieldReader& field, const ValueLayout& layout, RawValue& out) {
  const std::size_t index = field.number() - layout.first;
  if (field.number() < layout.first || index >= layout.fields.size()) return;
  const auto kind = layout.fields[index];
  if (!is(field, wire_type(kind))) return;
  out.field = kind;
  if (field.type() == WireType::bytes) {
    out.bytes = field.bytes();
  } else {
    out.bits = field.value();
  }
}

bool read_metric(std::string_view bytes, Metric& out) {
  FieldReader field{bytes};
  while (field.next()) {
    if (is(field, WireType::varint)) {
      switch (field.number()) {
        case 2:
          out.alias = field.value();
          continue;
        case 3:
          out.timestamp_ms = field.value();
          continue;
        case 4:
          out.datatype = datatype(field.value());
          continue;
        case 5:
          out.is_historical = field.value() != 0;
          continue;
        case 6:
          out.is_transient = field.value() != 0;
          continue;
        case 7:
          out.is_null = field.value() != 0;
          continue;
        default:
          break;
      }
    } else if (is(field, WireType::bytes)) {
      switch (field.number()) {
        case 1:
          out.name = field.bytes();
          continue;
        case 8:
          out.metadata = field.bytes();
          continue;
        case 9:
          out.properties = field.bytes();
          continue;
        default:
          break;
      }
    }
    read_value(field, kMetricLayout, out.value);
  }
  return field.ok();
}

template <class T>
bool read_typed(std::string_view bytes, std::uint32_t type_tag, const ValueLayout& layout, T& out) {
  FieldReader field{bytes};
  while (field.next()) {
    if (field.number() == type_tag && is(field, WireType::varint)) {
      out.type = datatype(field.value());
      continue;
    }
    if constexpr (requires { out.is_null; }) {
      if (field.number() == 2 && is(field, WireType::varint)) {
        out.is_null = field.value() != 0;
        continue;
      }
    }
    if constexpr (requires { out.name; }) {
      if (field.number() == 1 && is(field, WireType::bytes)) {
        out.name = field.bytes();
        continue;
      }
    }
    read_value(field, layout, out.value);
  }
  return field.ok();
}

bool read_row(std::string_view bytes, std::vector<RawValue>& out) {
  FieldReader field{bytes};
  while (field.next()) {
    if (field.number() != 1 || !is(field, WireType::bytes)) continue;
    RawValue value;
    FieldReader element{field.bytes()};
    while (element.next()) read_value(element, kDataSetLayout, value);
    if (!element.ok()) return false;
    out.push_back(value);
  }
  return field.ok();
}

/// Repeated numbers come one by one (proto2) or packed (some encoders).
bool read_types(const FieldReader& field, std::vector<DataType>& out) {
  if (is(field, WireType::varint)) {
    out.push_back(datatype(field.value()));
    return true;
  }
  if (!is(field, WireType::bytes)) return true;
  std::uint64_t value = 0;
  unsigned shift = 0;
  for (const char c : field.bytes()) {
    const auto byte = static_cast<std::uint8_t>(c);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    shift += 7;
    if (byte < 0x80) {
      out.push_back(datatype(value));
      value = 0;
      shift = 0;
    } else if (shift > 56) {
      return false;
    }
  }
  return shift == 0;
}

Error damaged(std::string_view what) {
  return fail(ErrorCode::invalid, "the bytes are no Sparkplug " + std::string{what});
}

}  // namespace

bool is_array(DataType type) { return type >= DataType::int8_array && type <= DataType::date_time_array; }

Result<void> decode(std::string_view bytes, Payload& out) {
  out.timestamp_ms.reset();
  out.seq.reset();
  out.uuid = out.body = {};
  out.metrics.clear();
  FieldReader field{bytes};
  while (field.next()) {
    switch (field.number()) {
      case 1:
        if (is(field, WireType::varint)) out.timestamp_ms = field.value();
        break;
      case 2:
        if (is(field, WireType::bytes) && !read_metric(field.bytes(), out.metrics.emplace_back())) {
          return damaged("payload: metric " + std::to_string(out.metrics.size()) + " is cut or damaged");
        }
        break;
      case 3:
        if (is(field, WireType::varint)) out.seq = field.value();
        break;
      case 4:
        if (is(field, WireType::bytes)) out.uuid = field.bytes();
        break;
      case 5:
        if (is(field, WireType::bytes)) out.body = field.bytes();
        break;
      default:
        break;
    }
  }
  if (!field.ok()) return damaged("payload");
  return {};
}

Result<std::vector<Property>> decode_properties(std::string_view bytes) {
  std::vector<Property> out;
  std::size_t keys = 0, values = 0;
  FieldReader field{bytes};
  while (field.next()) {
    if (!is(field, WireType::bytes)) continue;
    if (field.number() == 1) {
      if (keys == out.size()) out.emplace_back();
      out[keys++].key = field.bytes();
    } else if (field.number() == 2) {
      if (values == out.size()) out.emplace_back();
      if (!read_typed(field.bytes(), 1, kPropertyLayout, out[values++])) return damaged("property");
    }
  }
  if (!field.ok()) return damaged("property set");
  if (keys != values) return fail(ErrorCode::invalid, "a property set has more keys than values, or fewer");
  return out;
}

Result<DataSet> decode_data_set(std::string_view bytes) {
  DataSet out;
  std::optional<std::uint64_t> columns;
  FieldReader field{bytes};
  while (field.next()) {
    if (field.number() == 1 && is(field, WireType::varint)) columns = field.value();
    if (field.number() == 2 && is(field, WireType::bytes)) out.columns.push_back(field.bytes());
    if (field.number() == 3 && !read_types(field, out.types)) return damaged("data set");
    if (field.number() == 4 && is(field, WireType::bytes) && !read_row(field.bytes(), out.rows.emplace_back())) {
      return damaged("data set");
    }
  }
  if (!field.ok()) return damaged("data set");
  if (out.columns.size() != out.types.size() || (columns && *columns != out.columns.size())) {
    return fail(ErrorCode::invalid, "a data set's columns, types and number of columns differ");
  }
  for (const auto& row : out.rows) {
    if (row.size() != out.columns.size()) return fail(ErrorCode::invalid, "a data set's row is as wide as its columns");
  }
  return out;
}

Result<Template> decode_template(std::string_view bytes) {
  Template out;
  FieldReader field{bytes};
  while (field.next()) {
    if (field.number() == 5 && is(field, WireType::varint)) out.is_definition = field.value() != 0;
    if (!is(field, WireType::bytes)) continue;
    switch (field.number()) {
      case 1:
        out.version = field.bytes();
        break;
      case 2:
        if (!read_metric(field.bytes(), out.metrics.emplace_back())) return damaged("template");
        break;
      case 3:
        if (!read_typed(field.bytes(), 2, kParameterLayout, out.parameters.emplace_back())) return damaged("template");
        break;
      case 4:
        out.reference = field.bytes();
        break;
      default:
        break;
    }
  }
  if (!field.ok()) return damaged("template");
  return out;
}

}  // namespace hanse::connectors::sparkplug
