#include "node/simulate/sparkplug_edge.hpp"

#include <bit>

#include "base/assert.hpp"

namespace hanse::node::simulate {
namespace {

using signal::ValueType;

// Field numbers of org.eclipse.tahu.protobuf.Payload and its parts.
constexpr unsigned kPayloadTimestamp = 1, kPayloadMetrics = 2, kPayloadSeq = 3;
constexpr unsigned kMetricName = 1, kMetricAlias = 2, kMetricTimestamp = 3, kMetricDatatype = 4, kMetricProperties = 9,
                   kMetricLong = 11, kMetricDouble = 13, kMetricBoolean = 14, kMetricString = 15;
constexpr unsigned kKeys = 1, kValues = 2, kPropertyType = 1, kPropertyString = 8;
constexpr std::uint64_t kInt64 = 4, kDouble = 10, kBoolean = 11, kString = 12;

constexpr std::string_view kRebirth = "Node Control/Rebirth";
constexpr std::uint64_t kSentAlias = 1;
constexpr std::uint64_t kFirstDeviceAlias = 100;

void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>((value & 0x7F) | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}
void put_number(std::string& out, unsigned field, std::uint64_t value) {
  put_varint(out, field << 3);
  put_varint(out, value);
}
void put_bytes(std::string& out, unsigned field, std::string_view bytes) {
  put_varint(out, field << 3 | 2);
  put_varint(out, bytes.size());
  out += bytes;
}
void put_double(std::string& out, unsigned field, double value) {
  put_varint(out, field << 3 | 1);
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(bits >> shift & 0xFF);
}

std::uint64_t datatype(ValueType type) {
  if (type == ValueType::real) return kDouble;
  return type == ValueType::integer ? kInt64 : kString;
}

void put_value(std::string& metric, const Spoken& value) {
  switch (value.type) {
    case ValueType::real: put_double(metric, kMetricDouble, value.real); break;
    case ValueType::integer: put_number(metric, kMetricLong, static_cast<std::uint64_t>(value.integer)); break;
    default: put_bytes(metric, kMetricString, value.text); break;
  }
}

void put_metric(std::string& metrics, const std::string& metric) { put_bytes(metrics, kPayloadMetrics, metric); }

/// A birth tells the unit as the property `engUnit`.
std::string unit_properties(std::string_view unit) {
  std::string value;
  put_number(value, kPropertyType, kString);
  put_bytes(value, kPropertyString, unit);
  std::string set;
  put_bytes(set, kKeys, "engUnit");
  put_bytes(set, kValues, value);
  return set;
}

std::uint64_t ms(Timestamp time) { return static_cast<std::uint64_t>(time.ms()); }

/// Reads just enough of a protobuf message to find what a command says.
class Fields {
 public:
  explicit Fields(std::string_view message) : bytes_(message) {}
  bool next() {
    std::uint64_t tag = 0;
    if (bytes_.empty() || !varint(tag)) return false;
    field = static_cast<unsigned>(tag >> 3);
    switch (tag & 7) {
      case 0: return varint(number);
      case 1: return skip(8);
      case 2: {
        std::uint64_t length = 0;
        if (!varint(length) || length > bytes_.size()) return false;
        bytes = bytes_.substr(0, length);
        return skip(length);
      }
      case 5: return skip(4);
      default: return false;
    }
  }
  unsigned field = 0;
  std::uint64_t number = 0;
  std::string_view bytes;

 private:
  bool skip(std::size_t count) {
    if (count > bytes_.size()) return false;
    bytes_.remove_prefix(count);
    return true;
  }
  bool varint(std::uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) return false;
      const auto byte = static_cast<std::uint8_t>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  std::string_view bytes_;
};

}  // namespace

SparkplugEdge::SparkplugEdge(std::string group, std::string node, std::vector<std::string> devices)
    : group_(std::move(group)), node_(std::move(node)), devices_(std::move(devices)) {}

std::string SparkplugEdge::topic(std::string_view type, std::string_view device) const {
  return fmt::format("spBv1.0/{}/{}/{}{}{}", group_, type, node_, device.empty() ? "" : "/", device);
}

std::uint64_t SparkplugEdge::alias(std::size_t device, std::size_t word) const {
  return kFirstDeviceAlias * (device + 1) + word;
}

net::MqttMessage SparkplugEdge::message(std::string to, std::string metrics, Timestamp time) {
  std::string payload;
  put_number(payload, kPayloadTimestamp, ms(time));
  payload += metrics;
  put_number(payload, kPayloadSeq, seq_++);
  ++sent_;
  return {.topic = std::move(to), .payload = std::move(payload)};
}

namespace {

std::string bd_seq_metric(std::uint8_t bd_seq, Timestamp time) {
  std::string metric;
  put_bytes(metric, kMetricName, "bdSeq");
  put_number(metric, kMetricTimestamp, ms(time));
  put_number(metric, kMetricDatatype, kInt64);
  put_number(metric, kMetricLong, bd_seq);
  return metric;
}

}  // namespace

net::MqttMessage SparkplugEdge::death(std::uint8_t bd_seq, Timestamp time) const {
  std::string payload;
  put_number(payload, kPayloadTimestamp, ms(time));
  put_metric(payload, bd_seq_metric(bd_seq, time));
  return {.topic = topic("NDEATH"), .payload = std::move(payload), .qos = 1};
}

std::vector<std::string> SparkplugEdge::command_filters() const { return {topic("NCMD"), topic("DCMD", "#")}; }

net::MqttMessage SparkplugEdge::node_birth(std::uint8_t bd_seq, Timestamp time) {
  seq_ = 0;
  std::string metrics;
  put_metric(metrics, bd_seq_metric(bd_seq, time));
  std::string rebirth;
  put_bytes(rebirth, kMetricName, kRebirth);
  put_number(rebirth, kMetricTimestamp, ms(time));
  put_number(rebirth, kMetricDatatype, kBoolean);
  put_number(rebirth, kMetricBoolean, 0);
  put_metric(metrics, rebirth);
  std::string sent;
  put_bytes(sent, kMetricName, "messages_sent");
  put_number(sent, kMetricAlias, kSentAlias);
  put_number(sent, kMetricTimestamp, ms(time));
  put_number(sent, kMetricDatatype, kInt64);
  put_number(sent, kMetricLong, sent_);
  put_metric(metrics, sent);
  return message(topic("NBIRTH"), std::move(metrics), time);
}

net::MqttMessage SparkplugEdge::device_birth(std::size_t device, const std::vector<Spoken>& values, Timestamp time) {
  HANSE_ASSERT(values.size() == vocabulary().size());
  std::string metrics;
  for (std::size_t word = 0; word < values.size(); ++word) {
    std::string metric;
    put_bytes(metric, kMetricName, vocabulary()[word].name);
    put_number(metric, kMetricAlias, alias(device, word));
    put_number(metric, kMetricTimestamp, ms(time));
    put_number(metric, kMetricDatatype, datatype(vocabulary()[word].type));
    if (!vocabulary()[word].unit.empty()) put_bytes(metric, kMetricProperties, unit_properties(vocabulary()[word].unit));
    put_value(metric, values[word]);
    put_metric(metrics, metric);
  }
  return message(topic("DBIRTH", devices_[device]), std::move(metrics), time);
}

net::MqttMessage SparkplugEdge::device_data(std::size_t device, const std::vector<std::size_t>& words,
                                            const std::vector<Spoken>& values, Timestamp time) {
  std::string metrics;
  for (const auto word : words) {
    std::string metric;
    put_number(metric, kMetricAlias, alias(device, word));
    put_number(metric, kMetricTimestamp, ms(time));
    put_value(metric, values[word]);
    put_metric(metrics, metric);
  }
  return message(topic("DDATA", devices_[device]), std::move(metrics), time);
}

net::MqttMessage SparkplugEdge::node_data(Timestamp time) {
  std::string metric;
  put_number(metric, kMetricAlias, kSentAlias);
  put_number(metric, kMetricTimestamp, ms(time));
  put_number(metric, kMetricLong, sent_);
  std::string metrics;
  put_metric(metrics, metric);
  return message(topic("NDATA"), std::move(metrics), time);
}

bool SparkplugEdge::asks_for_rebirth(const net::MqttMessage& command) const {
  if (command.topic != topic("NCMD")) return false;
  for (Fields payload{command.payload}; payload.next();) {
    if (payload.field != kPayloadMetrics) continue;
    bool named = false;
    bool wanted = false;
    for (Fields metric{payload.bytes}; metric.next();) {
      if (metric.field == kMetricName) named = metric.bytes == kRebirth;
      if (metric.field == kMetricBoolean) wanted = metric.number != 0;
    }
    if (named && wanted) return true;
  }
  return false;
}

}  // namespace hanse::node::simulate
