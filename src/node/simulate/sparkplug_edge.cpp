#include "node/simulate/sparkplug_edge.hpp"

#include <algorithm>
#include <bit>

#include "base/assert.hpp"

namespace hanse::node::simulate {
namespace {

using signal::ValueType;

using connectors::sparkplug::DataType;
using connectors::sparkplug::Metric;
using connectors::sparkplug::Payload;
using connectors::sparkplug::RawValue;
using connectors::sparkplug::ValueField;

constexpr std::string_view kRebirth = "Node Control/Rebirth";
constexpr std::uint64_t kSentAlias = 1;
constexpr std::uint64_t kFirstDeviceAlias = 100;

DataType datatype(ValueType type) {
  if (type == ValueType::real) return DataType::float64;
  return type == ValueType::integer ? DataType::int64 : DataType::string;
}

RawValue whole_number(std::int64_t value) {
  return {.field = ValueField::long_value, .bits = static_cast<std::uint64_t>(value)};
}

RawValue raw_value(const simulation::Spoken& value) {
  switch (value.type) {
    case ValueType::real:
      return {.field = ValueField::double_value, .bits = std::bit_cast<std::uint64_t>(value.real)};
    case ValueType::integer:
      return whole_number(value.integer);
    default:
      return {.field = ValueField::string_value, .bytes = value.text};
  }
}

/// A birth tells the unit as the property `engUnit`.
std::string unit_properties(std::string_view unit) {
  return connectors::sparkplug::encode_properties(
      {{.key = "engUnit", .type = DataType::string, .value = {.field = ValueField::string_value, .bytes = unit}}});
}

std::uint64_t ms(Timestamp time) { return static_cast<std::uint64_t>(time.ms()); }

Metric bd_seq_metric(std::uint8_t bd_seq, Timestamp time) {
  return {.name = "bdSeq", .timestamp_ms = ms(time), .datatype = DataType::int64, .value = whole_number(bd_seq)};
}

}  // namespace

SparkplugEdge::SparkplugEdge(std::string group, std::string node, std::vector<std::string> devices)
    : group_(std::move(group)), node_(std::move(node)), devices_(std::move(devices)) {}

std::string SparkplugEdge::topic(std::string_view type, std::string_view device) const {
  return fmt::format("spBv1.0/{}/{}/{}{}{}", group_, type, node_, device.empty() ? "" : "/", device);
}

std::uint64_t SparkplugEdge::alias(std::size_t device, std::size_t word) const {
  return kFirstDeviceAlias * (device + 1) + word;
}

net::MqttMessage SparkplugEdge::message(std::string to, std::vector<Metric> metrics, Timestamp time) {
  const Payload payload{.timestamp_ms = ms(time), .seq = seq_++, .metrics = std::move(metrics)};
  ++sent_;
  return {.topic = std::move(to), .payload = connectors::sparkplug::encode(payload)};
}

net::MqttMessage SparkplugEdge::death(std::uint8_t bd_seq, Timestamp time) const {
  const Payload payload{.timestamp_ms = ms(time), .metrics = {bd_seq_metric(bd_seq, time)}};
  return {.topic = topic("NDEATH"), .payload = connectors::sparkplug::encode(payload), .qos = 1};
}

std::vector<std::string> SparkplugEdge::command_filters() const { return {topic("NCMD"), topic("DCMD", "#")}; }

net::MqttMessage SparkplugEdge::node_birth(std::uint8_t bd_seq, Timestamp time) {
  seq_ = 0;
  std::vector<Metric> metrics{bd_seq_metric(bd_seq, time),
                              {.name = kRebirth,
                               .timestamp_ms = ms(time),
                               .datatype = DataType::boolean,
                               .value = {.field = ValueField::boolean_value, .bits = 0}},
                              {.name = "messages_sent",
                               .alias = kSentAlias,
                               .timestamp_ms = ms(time),
                               .datatype = DataType::int64,
                               .value = whole_number(static_cast<std::int64_t>(sent_))}};
  return message(topic("NBIRTH"), std::move(metrics), time);
}

net::MqttMessage SparkplugEdge::device_birth(std::size_t device, const std::vector<simulation::Spoken>& values,
                                             Timestamp time) {
  HANSE_ASSERT(values.size() == simulation::vocabulary().size());
  std::vector<std::string> units(values.size());  // The metrics look into these.
  std::vector<Metric> metrics;
  for (std::size_t word = 0; word < values.size(); ++word) {
    const auto& known = simulation::vocabulary()[word];
    if (!known.unit.empty()) units[word] = unit_properties(known.unit);
    metrics.push_back({.name = known.name,
                       .alias = alias(device, word),
                       .timestamp_ms = ms(time),
                       .datatype = datatype(known.type),
                       .value = raw_value(values[word]),
                       .properties = units[word]});
  }
  return message(topic("DBIRTH", devices_[device]), std::move(metrics), time);
}

net::MqttMessage SparkplugEdge::device_data(std::size_t device, const std::vector<std::size_t>& words,
                                            const std::vector<simulation::Spoken>& values, Timestamp time) {
  std::vector<Metric> metrics;
  for (const auto word : words) {
    metrics.push_back({.alias = alias(device, word), .timestamp_ms = ms(time), .value = raw_value(values[word])});
  }
  return message(topic("DDATA", devices_[device]), std::move(metrics), time);
}

net::MqttMessage SparkplugEdge::node_data(Timestamp time) {
  return message(
      topic("NDATA"),
      {{.alias = kSentAlias, .timestamp_ms = ms(time), .value = whole_number(static_cast<std::int64_t>(sent_))}}, time);
}

bool SparkplugEdge::asks_for_rebirth(const net::MqttMessage& command) const {
  Payload payload;
  if (command.topic != topic("NCMD") || !connectors::sparkplug::decode(command.payload, payload)) return false;
  return std::any_of(payload.metrics.begin(), payload.metrics.end(), [](const Metric& metric) {
    return metric.name == kRebirth && metric.value.field == ValueField::boolean_value && metric.value.bits != 0;
  });
}

}  // namespace hanse::node::simulate
