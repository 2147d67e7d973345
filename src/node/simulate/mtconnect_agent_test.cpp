#include "node/simulate/mtconnect_agent.hpp"

#include <gtest/gtest.h>

namespace hanse::node::simulate {
namespace {

constexpr Timestamp kAgentNow{1'772'323'200'000'000'000};

MtconnectAgent small_agent(std::size_t buffer_max = 8) {
  AgentDevice lathe{.id = "lathe", .uuid = "u-lathe", .name = "lathe"};
  lathe.items = {{"lathe_avail", "avail", Category::event, "AVAILABILITY", "", "", "Device"},
                 {"lathe_system", "system", Category::condition, "SYSTEM", "", "", "Device"},
                 {"lathe_wear", "tool_wear", Category::sample, "x:TOOL_WEAR", "", "PERCENT", "Rotary"}};
  AgentDevice mill = lathe;
  mill.id = mill.name = "mill";
  mill.uuid = "u-mill";
  for (auto& item : mill.items) item.id.replace(0, 5, "mill");
  return MtconnectAgent{{lathe, mill}, 42, buffer_max};
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(MtconnectAgent, DescribesItsDevicesInTheProbe) {
  const auto probe = small_agent().answer("/probe", kAgentNow).document;

  EXPECT_TRUE(probe.contains("<MTConnectDevices xmlns=\"urn:mtconnect.org:MTConnectDevices:2.0\"")) << probe;
  EXPECT_TRUE(probe.contains("instanceId=\"42\""));
  EXPECT_TRUE(probe.contains("<Axes id=\"lathe_Axes\"><Components><Rotary id=\"lathe_Rotary\"")) << probe;
  EXPECT_TRUE(probe.contains(
      "<DataItem category=\"SAMPLE\" id=\"mill_wear\" name=\"tool_wear\" type=\"x:TOOL_WEAR\" units=\"PERCENT\"/>"));
  EXPECT_EQ(count_of(small_agent().answer("/mill/probe", kAgentNow).document, "<Device "), 1u);
}

TEST(MtconnectAgent, TellsTheNewestOfEachItemInCurrent) {
  auto agent = small_agent();
  agent.observe(0, 0, kAgentNow, "AVAILABLE");
  agent.observe(0, 2, kAgentNow, "1");
  agent.observe(0, 2, kAgentNow, "2");
  agent.observe_condition(0, 1, kAgentNow, "Fault", "spindle", "hot & loud");
  const auto current = agent.answer("/current", kAgentNow).document;

  EXPECT_TRUE(current.contains("firstSequence=\"1\" lastSequence=\"4\" nextSequence=\"5\"")) << current;
  EXPECT_TRUE(current.contains("<x:ToolWear dataItemId=\"lathe_wear\" name=\"tool_wear\" sequence=\"3\""));
  EXPECT_FALSE(current.contains("sequence=\"2\""));
  EXPECT_TRUE(current.contains("<Fault dataItemId=\"lathe_system\" name=\"system\" sequence=\"4\""));
  EXPECT_TRUE(current.contains("nativeCode=\"spindle\">hot &amp; loud</Fault>"));
}

TEST(MtconnectAgent, ContinuesWhereTheLastSampleEnded) {
  auto agent = small_agent();
  for (int i = 0; i < 5; ++i) agent.observe(0, 2, kAgentNow, std::to_string(i));
  const auto first = agent.answer("/sample?from=1&count=3", kAgentNow).document;
  const auto rest = agent.answer("/sample?from=4&count=3", kAgentNow).document;

  EXPECT_TRUE(first.contains("nextSequence=\"4\""));
  EXPECT_EQ(count_of(first, "<x:ToolWear"), 3u);
  EXPECT_TRUE(rest.contains("nextSequence=\"6\""));
  EXPECT_EQ(count_of(rest, "<x:ToolWear"), 2u);
  EXPECT_TRUE(agent.answer("/sample?from=6", kAgentNow).document.contains("<Streams></Streams>")) << "next is allowed";
}

TEST(MtconnectAgent, MovesPastWhatADeviceFilterSkips) {
  auto agent = small_agent();
  agent.observe(0, 2, kAgentNow, "1");
  agent.observe(1, 2, kAgentNow, "1");
  const auto mill = agent.part({.from = 1, .count = 10, .device = "mill"}, kAgentNow);

  EXPECT_EQ(mill.next, 3u);
  EXPECT_EQ(count_of(mill.document, "<x:ToolWear"), 1u);
}

TEST(MtconnectAgent, SaysWhenTheBufferHasMovedOn) {
  auto agent = small_agent(4);
  for (int i = 0; i < 10; ++i) agent.observe(0, 2, kAgentNow, std::to_string(i));

  EXPECT_EQ(agent.first_sequence(), 7u);
  EXPECT_TRUE(agent.answer("/sample?from=6", kAgentNow).document.contains("errorCode=\"OUT_OF_RANGE\""));
  EXPECT_TRUE(agent.answer("/sample?from=12", kAgentNow).document.contains("errorCode=\"OUT_OF_RANGE\""));
  EXPECT_FALSE(agent.has(6));
}

TEST(MtconnectAgent, RefusesWhatItDoesNotKnow) {
  const auto agent = small_agent();

  EXPECT_TRUE(agent.answer("/drill/current", kAgentNow).document.contains("errorCode=\"NO_DEVICE\""));
  EXPECT_TRUE(agent.answer("/a/b/c", kAgentNow).document.contains("errorCode=\"INVALID_URI\""));
  EXPECT_TRUE(agent.answer("/sample?count=many", kAgentNow).document.contains("errorCode=\"QUERY_ERROR\""));
  EXPECT_TRUE(agent.answer("/sample?count=0", kAgentNow).document.contains("errorCode=\"OUT_OF_RANGE\""));
  EXPECT_TRUE(agent.answer("/current?path=//Axes", kAgentNow).document.contains("errorCode=\"UNSUPPORTED\""));
}

TEST(MtconnectAgent, StreamsWhenAnIntervalIsGiven) {
  const auto agent = small_agent();
  const auto sample = agent.answer("/lathe/sample?from=1&interval=500&heartbeat=2000&count=7", kAgentNow);
  ASSERT_TRUE(sample.streaming);

  EXPECT_EQ(sample.streaming->interval, 500ms);
  EXPECT_EQ(sample.streaming->heartbeat, 2s);
  EXPECT_EQ(sample.streaming->count, 7u);
  EXPECT_EQ(sample.streaming->device, "lathe");
  EXPECT_TRUE(agent.answer("/current?interval=1000", kAgentNow).streaming->current);
}

}  // namespace
}  // namespace hanse::node::simulate
