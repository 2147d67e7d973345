#include "connectors/sparkplug/convert.hpp"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/json.hpp"
#include "base/text.hpp"

namespace hanse::connectors::sparkplug {
namespace {

constexpr std::uint64_t kTimeMsMax = 9'214'646'400'000;  // 2262-01-01: what nanoseconds in 64 bits can hold

bool is_integer(DataType type) {
  return (type >= DataType::int8 && type <= DataType::uint64) || type == DataType::date_time;
}

bool has_number(const RawValue& value) {
  return value.field == ValueField::int_value || value.field == ValueField::long_value ||
         value.field == ValueField::boolean_value;
}

std::optional<double> real_of(const RawValue& value) {
  if (value.field == ValueField::float_value) return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits));
  if (value.field == ValueField::double_value) return std::bit_cast<double>(value.bits);
  if (value.field == ValueField::int_value || value.field == ValueField::long_value) {
    return static_cast<double>(static_cast<std::int64_t>(value.bits));
  }
  return {};
}

std::size_t element_bytes(DataType type) {
  switch (type) {
    case DataType::int8_array:
    case DataType::uint8_array:
      return 1;
    case DataType::int16_array:
    case DataType::uint16_array:
      return 2;
    case DataType::int32_array:
    case DataType::uint32_array:
    case DataType::float_array:
      return 4;
    default:
      return 8;
  }
}

DataType element_type(DataType type) {
  if (type == DataType::date_time_array) return DataType::date_time;
  if (type == DataType::string_array) return DataType::string;
  // int8_array to boolean_array stand in the order of int8 to boolean
  return static_cast<DataType>(static_cast<std::uint32_t>(type) - static_cast<std::uint32_t>(DataType::int8_array) + 1);
}

void append_value_json(std::string& out, DataType type, const RawValue& value) {
  if (value.field == ValueField::none) {
    out += "null";
  } else if (is_integer(type)) {
    const auto number = integer_of(type, value.bits);
    if (type == DataType::uint64) {
      json::append_unsigned(out, static_cast<std::uint64_t>(number));
    } else {
      json::append_integer(out, number);
    }
  } else if (type == DataType::boolean) {
    out += value.bits ? "true" : "false";
  } else if (const auto real = real_of(value)) {
    // A float's shortest decimal form, not that of the double it becomes.
    if (value.field == ValueField::float_value && std::isfinite(*real)) {
      out += fmt::format("{}", static_cast<float>(*real));
    } else {
      json::append_real(out, *real);
    }
  } else {
    json::append_string(out, is_utf8(value.bytes) ? value.bytes : std::string_view{"?"});
  }
}

Result<std::string> booleans_json(std::string_view bytes) {
  std::uint32_t count = 0;
  if (bytes.size() < sizeof count) return fail(ErrorCode::invalid, "a BooleanArray begins with its count");
  std::memcpy(&count, bytes.data(), sizeof count);
  if ((static_cast<std::uint64_t>(count) + 7) / 8 > bytes.size() - sizeof count) {
    return fail(ErrorCode::invalid, "a BooleanArray has fewer bits than it says");
  }
  std::string out = "[";
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[sizeof count + i / 8]);
    out += i ? "," : "";
    out += (byte >> (7 - i % 8)) & 1 ? "true" : "false";
  }
  return out + ']';
}

Result<std::string> strings_json(std::string_view bytes) {
  if (!bytes.empty() && bytes.back() != '\0') return fail(ErrorCode::invalid, "a StringArray ends with a zero byte");
  std::string out = "[";
  while (!bytes.empty()) {
    const auto end = bytes.find('\0');
    const auto text = bytes.substr(0, end);
    if (!is_utf8(text)) return fail(ErrorCode::invalid, "a StringArray has an element that isn't UTF-8");
    out += out.size() > 1 ? "," : "";
    json::append_string(out, text);
    bytes.remove_prefix(end + 1);
  }
  return out + ']';
}

}  // namespace

std::optional<signal::ValueType> value_type(DataType type) {
  using signal::ValueType;
  if (is_integer(type)) return ValueType::integer;
  if (is_array(type)) return ValueType::text;
  switch (type) {
    case DataType::float32:
    case DataType::float64:
      return ValueType::real;
    case DataType::boolean:
      return ValueType::boolean;
    case DataType::string:
    case DataType::text:
    case DataType::uuid:
    case DataType::data_set:
      return ValueType::text;
    default:
      return {};
  }
}

std::int64_t integer_of(DataType type, std::uint64_t bits) {
  switch (type) {
    case DataType::int8:
      return static_cast<std::int8_t>(bits);
    case DataType::int16:
      return static_cast<std::int16_t>(bits);
    case DataType::int32:
      return static_cast<std::int32_t>(bits);
    case DataType::uint8:
      return static_cast<std::uint8_t>(bits);
    case DataType::uint16:
      return static_cast<std::uint16_t>(bits);
    case DataType::uint32:
      return static_cast<std::uint32_t>(bits);
    default:
      return static_cast<std::int64_t>(bits);
  }
}

bool append_sample(signal::SampleBatch& batch, const SampleHead& head, DataType type, const RawValue& value) {
  if (is_integer(type)) {
    if (!has_number(value)) return false;
    const auto number = integer_of(type, value.bits);
    if (type == DataType::uint64 && number < 0) {  // over 2^63: nearly right beats wrong
      batch.add_real(head.signal, head.time, static_cast<double>(value.bits), head.quality);
    } else {
      batch.add_integer(head.signal, head.time, number, head.quality);
    }
    return true;
  }
  switch (type) {
    case DataType::float32:
    case DataType::float64: {
      const auto real = real_of(value);
      if (!real) return false;
      // NaN is how many PLCs say "no value", and no average survives an infinity.
      if (!std::isfinite(*real))
        batch.add_null(head.signal, head.time);
      else
        batch.add_real(head.signal, head.time, *real, head.quality);
      return true;
    }
    case DataType::boolean:
      if (!has_number(value)) return false;
      batch.add_boolean(head.signal, head.time, value.bits != 0, head.quality);
      return true;
    case DataType::string:
    case DataType::text:
    case DataType::uuid:
      if (value.field != ValueField::string_value || !is_utf8(value.bytes)) return false;
      batch.add_text(head.signal, head.time, std::string{value.bytes}, head.quality);
      return true;
    default:
      break;
  }
  if (type == DataType::data_set && value.field == ValueField::data_set) {
    const auto data_set = decode_data_set(value.bytes);
    if (data_set) batch.add_text(head.signal, head.time, data_set_json(*data_set), head.quality);
    return data_set.has_value();
  }
  if (is_array(type) && value.field == ValueField::bytes_value) {
    auto text = array_json(type, value.bytes);
    if (text) batch.add_text(head.signal, head.time, *std::move(text), head.quality);
    return text.has_value();
  }
  return false;
}

std::string data_set_json(const DataSet& data_set) {
  std::string out = R"({"columns":[)";
  for (std::size_t i = 0; i < data_set.columns.size(); ++i) {
    out += i ? "," : "";
    json::append_string(out, is_utf8(data_set.columns[i]) ? data_set.columns[i] : std::string_view{"?"});
  }
  out += R"(],"rows":[)";
  for (std::size_t row = 0; row < data_set.rows.size(); ++row) {
    out += row ? ",[" : "[";
    for (std::size_t i = 0; i < data_set.rows[row].size(); ++i) {
      out += i ? "," : "";
      append_value_json(out, data_set.types[i], data_set.rows[row][i]);
    }
    out += ']';
  }
  return out + "]}";
}

Result<std::string> array_json(DataType type, std::string_view bytes) {
  if (type == DataType::boolean_array) return booleans_json(bytes);
  if (type == DataType::string_array) return strings_json(bytes);
  const std::size_t size = element_bytes(type);
  if (bytes.size() % size != 0) return fail(ErrorCode::invalid, "an array has a part of an element at its end");
  const auto element = element_type(type);
  std::string out = "[";
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    RawValue value{.field = ValueField::long_value};
    std::memcpy(&value.bits, bytes.data() + at, size);  // little-endian, 6.4.17
    if (element == DataType::float32) value.field = ValueField::float_value;
    if (element == DataType::float64) value.field = ValueField::double_value;
    out += at ? "," : "";
    append_value_json(out, element, value);
  }
  return out + ']';
}

std::string value_text(DataType type, const RawValue& value) {
  signal::SampleBatch batch;
  if (!append_sample(batch, {}, type, value)) return {};
  if (batch.samples[0].type == signal::ValueType::text) return batch.texts[0];
  std::string out;
  append_value_json(out, type, value);
  return out;
}

signal::Quality quality_of(std::int64_t code) {
  if (code >= 192 && code <= 255) return signal::Quality::good;
  return code >= 64 && code <= 191 ? signal::Quality::uncertain : signal::Quality::bad;
}

std::optional<Timestamp> time_of(std::optional<std::uint64_t> ms) {
  if (!ms || *ms == 0 || *ms > kTimeMsMax) return {};
  return Timestamp::from_ms(static_cast<std::int64_t>(*ms));
}

}  // namespace hanse::connectors::sparkplug
