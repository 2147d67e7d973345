#include "node/simulate/sparkplug_edge.hpp"

#include <gtest/gtest.h>

namespace hanse::node::simulate {
namespace {

constexpr Timestamp kEdgeNow{1'772'323'200'000'000'000};

std::vector<simulation::Spoken> values() {
  return simulation::speak({.condition = simulation::Condition::producing, .part_count = 300});
}

TEST(SparkplugEdge, NumbersMessagesOverNodeAndDevicesFromTheBirthOn) {
  SparkplugEdge edge{"plant", "line", {"a", "b"}};
  const auto seq = [](const net::MqttMessage& message) { return static_cast<std::uint8_t>(message.payload.back()); };

  EXPECT_EQ(seq(edge.node_birth(3, kEdgeNow)), 0);
  EXPECT_EQ(seq(edge.device_birth(0, values(), kEdgeNow)), 1);
  EXPECT_EQ(seq(edge.device_birth(1, values(), kEdgeNow)), 2);
  EXPECT_EQ(seq(edge.device_data(0, {0}, values(), kEdgeNow)), 3);
  EXPECT_EQ(seq(edge.node_birth(3, kEdgeNow)), 0) << "a birth begins anew";
}

TEST(SparkplugEdge, SpeaksOnTheStandardsTopics) {
  SparkplugEdge edge{"plant", "line", {"a"}};

  EXPECT_EQ(edge.death(0, kEdgeNow).topic, "spBv1.0/plant/NDEATH/line");
  EXPECT_EQ(edge.death(0, kEdgeNow).qos, 1);
  EXPECT_EQ(edge.node_birth(0, kEdgeNow).topic, "spBv1.0/plant/NBIRTH/line");
  EXPECT_EQ(edge.device_birth(0, values(), kEdgeNow).topic, "spBv1.0/plant/DBIRTH/line/a");
  EXPECT_EQ(edge.device_data(0, {0}, values(), kEdgeNow).topic, "spBv1.0/plant/DDATA/line/a");
  EXPECT_EQ(edge.command_filters(), (std::vector<std::string>{"spBv1.0/plant/NCMD/line", "spBv1.0/plant/DCMD/line/#"}));
}

TEST(SparkplugEdge, SendsNamesInTheBirthAndOnlyAliasesAfterIt) {
  SparkplugEdge edge{"plant", "line", {"a"}};
  const auto birth = edge.device_birth(0, values(), kEdgeNow).payload;
  const auto data = edge.device_data(0, {3}, values(), kEdgeNow).payload;

  EXPECT_TRUE(birth.contains("part_count"));
  EXPECT_TRUE(birth.contains("engUnit"));
  EXPECT_FALSE(data.contains("part_count"));
  // Metric 103: alias, timestamp (ms), 300 as an integer.
  EXPECT_TRUE(data.contains(std::string{"\x10\x67\x18", 3}));
  EXPECT_TRUE(data.contains(std::string{"\x58\xAC\x02", 3}));
}

TEST(SparkplugEdge, IsBornAgainWhenToldSo) {
  const SparkplugEdge edge{"plant", "line", {"a"}};
  const std::string yes = "\x12\x18\x0A\x14Node Control/Rebirth\x70\x01";
  const std::string no{"\x12\x18\x0A\x14Node Control/Rebirth\x70\x00", 26};

  EXPECT_TRUE(edge.asks_for_rebirth({.topic = "spBv1.0/plant/NCMD/line", .payload = yes}));
  EXPECT_FALSE(edge.asks_for_rebirth({.topic = "spBv1.0/plant/NCMD/line", .payload = no}));
  EXPECT_FALSE(edge.asks_for_rebirth({.topic = "spBv1.0/plant/DCMD/line/a", .payload = yes}));
  EXPECT_FALSE(edge.asks_for_rebirth({.topic = "spBv1.0/plant/NCMD/line", .payload = yes.substr(0, 9)}));
}

}  // namespace
}  // namespace hanse::node::simulate
