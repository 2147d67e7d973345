#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/sparkplug/payload.hpp"
#include "net/mqtt_client.hpp"
#include "simulation/speech.hpp"

namespace hanse::node::simulate {

/// A Sparkplug B 3.0 edge node with its devices, without sockets: what it sends when. Aliases from birth on, one
/// sequence over node and devices. Source: Sparkplug 3.0.0, chapters 4 to 6; the fact sheet.
class SparkplugEdge {
 public:
  /// `devices` are the machines' ids; each offers the whole vocabulary.
  SparkplugEdge(std::string group, std::string node, std::vector<std::string> devices);

  /// The death certificate of the connection that begins now; its number goes into the births.
  net::MqttMessage death(std::uint8_t bd_seq, Timestamp time) const;
  /// What to subscribe to: commands to the node and its devices.
  std::vector<std::string> command_filters() const;
  net::MqttMessage node_birth(std::uint8_t bd_seq, Timestamp time);
  net::MqttMessage device_birth(std::size_t device, const std::vector<simulation::Spoken>& values, Timestamp time);
  /// `words` of the vocabulary that changed.
  net::MqttMessage device_data(std::size_t device, const std::vector<std::size_t>& words,
                               const std::vector<simulation::Spoken>& values, Timestamp time);
  /// The node's own metric: how many messages it sent.
  net::MqttMessage node_data(Timestamp time);
  /// True when the message tells the node to be born again.
  bool asks_for_rebirth(const net::MqttMessage& message) const;

 private:
  std::string topic(std::string_view type, std::string_view device = "") const;
  std::uint64_t alias(std::size_t device, std::size_t word) const;
  net::MqttMessage message(std::string topic, std::vector<connectors::sparkplug::Metric> metrics, Timestamp time);

  std::string group_, node_;
  std::vector<std::string> devices_;
  std::uint8_t seq_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace hanse::node::simulate
