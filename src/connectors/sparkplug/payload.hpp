#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"
#include "base/result.hpp"

// The Sparkplug B payload (package org.eclipse.tahu.protobuf): Sparkplug 3.0.0, 6.4. Decoded structures are views into
// the bytes they came from.

namespace hanse::connectors::sparkplug {

/// Sparkplug 3.0.0, 6.4.16.
enum class DataType : std::uint32_t {
  unknown,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float32,
  float64,
  boolean,
  string,
  date_time,
  text,
  uuid,
  data_set,
  bytes,
  file,
  template_,
  property_set,
  property_set_list,
  int8_array,
  int16_array,
  int32_array,
  int64_array,
  uint8_array,
  uint16_array,
  uint32_array,
  uint64_array,
  float_array,
  double_array,
  boolean_array,
  string_array,
  date_time_array,
};
inline constexpr std::uint32_t kDataTypeMax = 34;
HANSE_DESCRIBE_ENUM(DataType, unknown, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64,
                    boolean, string, date_time, text, uuid, data_set, bytes, file, template_, property_set,
                    property_set_list, int8_array, int16_array, int32_array, int64_array, uint8_array, uint16_array,
                    uint32_array, uint64_array, float_array, double_array, boolean_array, string_array, date_time_array)

bool is_array(DataType type);

/// Which member of the value's `oneof` was on the wire.
enum class ValueField : std::uint8_t {
  none,
  int_value,
  long_value,
  float_value,
  double_value,
  boolean_value,
  string_value,
  bytes_value,
  data_set,
  template_,
  property_set,
  property_sets,
  extension,
};

/// A value as it was sent: what it means depends on the datatype, which may only be known from the birth.
struct RawValue {
  ValueField field = ValueField::none;
  std::uint64_t bits = 0;  ///< int, long, boolean; the bit pattern of float and double.
  std::string_view bytes;  ///< string, bytes, and the undecoded inner message of the rest.
};

struct Metric {
  std::string_view name;
  std::optional<std::uint64_t> alias;
  std::optional<std::uint64_t> timestamp_ms;
  DataType datatype = DataType::unknown;
  bool is_historical = false;
  bool is_transient = false;
  bool is_null = false;
  RawValue value;
  std::string_view properties;  ///< Undecoded PropertySet; `decode_properties` reads it.
  std::string_view metadata;    ///< Undecoded MetaData.
};

struct Payload {
  std::optional<std::uint64_t> timestamp_ms;
  std::optional<std::uint64_t> seq;
  std::string_view uuid;
  std::string_view body;
  std::vector<Metric> metrics;
};

struct Property {
  std::string_view key;
  DataType type = DataType::unknown;
  bool is_null = false;
  RawValue value;
};

struct DataSet {
  std::vector<std::string_view> columns;
  std::vector<DataType> types;
  std::vector<std::vector<RawValue>> rows;
};

struct TemplateParameter {
  std::string_view name;
  DataType type = DataType::unknown;
  RawValue value;
};

struct Template {
  std::string_view version;
  std::string_view reference;  ///< Of an instance: the definition's name.
  bool is_definition = false;
  std::vector<Metric> metrics;
  std::vector<TemplateParameter> parameters;
};

/// Reads a payload into `out`, whose memory is used again. Unknown fields are skipped; a metric with a datatype out of
/// range has `unknown`. Errors: `invalid`, when the bytes are no such message.
Result<void> decode(std::string_view bytes, Payload& out);
/// Errors of these: `invalid`; also for a data set whose rows and columns don't fit each other.
Result<std::vector<Property>> decode_properties(std::string_view bytes);
Result<DataSet> decode_data_set(std::string_view bytes);
Result<Template> decode_template(std::string_view bytes);

/// True when the payload only wraps a compressed one (a convention of the Tahu client libraries).
bool is_compressed(const Payload& payload);
/// The inner payload's bytes. Errors: `invalid` (damaged, or an algorithm that isn't DEFLATE or GZIP), `too_large` when
/// more than `bytes_max` would come out.
Result<std::string> decompress(const Payload& payload, std::size_t bytes_max);

// --- the other way: for edges
// -----------------------------------------------------------------------------------------

void encode(const Payload& payload, std::string& out);
std::string encode(const Payload& payload);
std::string encode_properties(const std::vector<Property>& properties);
std::string encode_data_set(const DataSet& data_set);
std::string encode_template(const Template& instance);
enum class Compression { deflate, gzip };
std::string compress(std::string_view payload, Compression algorithm);

/// Values in the field the standard's table wants for their type.
RawValue integer_value(DataType type, std::int64_t value);
RawValue real_value(DataType type, double value);
RawValue boolean_value(bool value);
/// `text` must outlive the encoding.
RawValue text_value(std::string_view text);

}  // namespace hanse::connectors::sparkplug
