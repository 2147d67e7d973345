#include "connectors/sparkplug/internal/wire.hpp"
#include "connectors/sparkplug/payload.hpp"

namespace hanse::connectors::sparkplug {
namespace {

using internal::append_bytes;
using internal::append_fixed;
using internal::append_number;

/// Tags of a message's value `oneof`: `first` for int_value; strings and what follows differ by message.
void append_value(std::string& out, std::uint32_t first, const RawValue& value) {
  switch (value.field) {
    case ValueField::none:
      break;
    case ValueField::int_value:
      append_number(out, first, value.bits & 0xFFFF'FFFF);
      break;
    case ValueField::long_value:
      append_number(out, first + 1, value.bits);
      break;
    case ValueField::float_value:
      append_fixed(out, first + 2, static_cast<std::uint32_t>(value.bits));
      break;
    case ValueField::double_value:
      append_fixed(out, first + 3, value.bits);
      break;
    case ValueField::boolean_value:
      append_number(out, first + 4, value.bits ? 1 : 0);
      break;
    case ValueField::string_value:
      append_bytes(out, first + 5, value.bytes);
      break;
    case ValueField::bytes_value:
    case ValueField::property_set:
      append_bytes(out, first + 6, value.bytes);
      break;
    case ValueField::data_set:
    case ValueField::property_sets:
      append_bytes(out, first + 7, value.bytes);
      break;
    case ValueField::template_:
      append_bytes(out, first + 8, value.bytes);
      break;
    case ValueField::extension:
      break;
  }
}

void append_metric(std::string& out, const Metric& metric) {
  if (!metric.name.empty()) append_bytes(out, 1, metric.name);
  if (metric.alias) append_number(out, 2, *metric.alias);
  if (metric.timestamp_ms) append_number(out, 3, *metric.timestamp_ms);
  if (metric.datatype != DataType::unknown) append_number(out, 4, static_cast<std::uint32_t>(metric.datatype));
  if (metric.is_historical) append_number(out, 5, 1);
  if (metric.is_transient) append_number(out, 6, 1);
  if (metric.is_null) append_number(out, 7, 1);
  if (!metric.metadata.empty()) append_bytes(out, 8, metric.metadata);
  if (!metric.properties.empty()) append_bytes(out, 9, metric.properties);
  if (!metric.is_null) append_value(out, 10, metric.value);
}

}  // namespace

void encode(const Payload& payload, std::string& out) {
  out.clear();
  if (payload.timestamp_ms) append_number(out, 1, *payload.timestamp_ms);
  std::string inner;
  for (const auto& metric : payload.metrics) {
    inner.clear();
    append_metric(inner, metric);
    append_bytes(out, 2, inner);
  }
  if (payload.seq) append_number(out, 3, *payload.seq);
  if (!payload.uuid.empty()) append_bytes(out, 4, payload.uuid);
  if (!payload.body.empty()) append_bytes(out, 5, payload.body);
}

std::string encode(const Payload& payload) {
  std::string out;
  encode(payload, out);
  return out;
}

std::string encode_properties(const std::vector<Property>& properties) {
  std::string out, inner;
  for (const auto& property : properties) append_bytes(out, 1, property.key);
  for (const auto& property : properties) {
    inner.clear();
    append_number(inner, 1, static_cast<std::uint32_t>(property.type));
    if (property.is_null) append_number(inner, 2, 1);
    if (!property.is_null) append_value(inner, 3, property.value);
    append_bytes(out, 2, inner);
  }
  return out;
}

std::string encode_data_set(const DataSet& data_set) {
  std::string out, row, element;
  append_number(out, 1, data_set.columns.size());
  for (const auto column : data_set.columns) append_bytes(out, 2, column);
  for (const auto type : data_set.types) append_number(out, 3, static_cast<std::uint32_t>(type));
  for (const auto& values : data_set.rows) {
    row.clear();
    for (const auto& value : values) {
      element.clear();
      append_value(element, 1, value);
      append_bytes(row, 1, element);
    }
    append_bytes(out, 4, row);
  }
  return out;
}

std::string encode_template(const Template& instance) {
  std::string out, inner;
  if (!instance.version.empty()) append_bytes(out, 1, instance.version);
  for (const auto& metric : instance.metrics) {
    inner.clear();
    append_metric(inner, metric);
    append_bytes(out, 2, inner);
  }
  for (const auto& parameter : instance.parameters) {
    inner.clear();
    append_bytes(inner, 1, parameter.name);
    append_number(inner, 2, static_cast<std::uint32_t>(parameter.type));
    append_value(inner, 3, parameter.value);
    append_bytes(out, 3, inner);
  }
  if (!instance.reference.empty()) append_bytes(out, 4, instance.reference);
  append_number(out, 5, instance.is_definition ? 1 : 0);
  return out;
}

RawValue integer_value(DataType type, std::int64_t value) {
  const bool wide = type == DataType::int64 || type == DataType::uint64 || type == DataType::date_time;
  const auto bits = static_cast<std::uint64_t>(value);
  return {.field = wide ? ValueField::long_value : ValueField::int_value, .bits = wide ? bits : bits & 0xFFFF'FFFF};
}

RawValue real_value(DataType type, double value) {
  if (type == DataType::float32) {
    return {.field = ValueField::float_value, .bits = std::bit_cast<std::uint32_t>(static_cast<float>(value))};
  }
  return {.field = ValueField::double_value, .bits = std::bit_cast<std::uint64_t>(value)};
}

RawValue boolean_value(bool value) { return {.field = ValueField::boolean_value, .bits = value ? 1u : 0u}; }

RawValue text_value(std::string_view text) { return {.field = ValueField::string_value, .bytes = text}; }

}  // namespace hanse::connectors::sparkplug
