#pragma once

#include "connectors/sparkplug/payload.hpp"
#include "signal/sample.hpp"

namespace hanse::connectors::sparkplug {

/// How values of `type` are kept: arrays and data sets as JSON text. Nothing for what isn't kept as samples: bytes,
/// files, templates (whose members are) and property sets.
std::optional<signal::ValueType> value_type(DataType type);

/// The whole number in `bits` as `type` means it: its low 8, 16, 32 or 64 bits, with their sign. Libraries differ in
/// how wide they write small negative numbers, and some write UInt32 as a long (Sparkplug 3.0.0, 6.4.16).
std::int64_t integer_of(DataType type, std::uint64_t bits);

struct SampleHead {
  signal::SignalId signal{};
  Timestamp time;
  signal::Quality quality = signal::Quality::good;
};

/// Appends one sample. False when the value doesn't fit the type; then nothing was appended.
bool append_sample(signal::SampleBatch& batch, const SampleHead& head, DataType type, const RawValue& value);

/// `{"columns":["a"],"rows":[[1],[2]]}`
std::string data_set_json(const DataSet& data_set);
/// `[1,2]`. Errors: `invalid`, when the bytes are not whole elements of the type.
Result<std::string> array_json(DataType type, std::string_view bytes);
/// For a person: the value as text, empty for what has none.
std::string value_text(DataType type, const RawValue& value);

/// Quality code of the metric property `Quality`: 192 and above up to 255 good, 64 to 191 uncertain, all else (0 bad,
/// 500 stale) bad. Source: Sparkplug 3.0.0, 6.4.11.
signal::Quality quality_of(std::int64_t code);
/// Milliseconds since 1970 as a time; nothing when out of range or zero.
std::optional<Timestamp> time_of(std::optional<std::uint64_t> ms);

}  // namespace hanse::connectors::sparkplug
