#include "connectors/modbus/session.hpp"

#include <gtest/gtest.h>

#include "connectors/modbus/internal/fake_device.hpp"

namespace hanse::connectors::modbus {
namespace {

using internal::FakeDevice;
using internal::point;
using internal::settings_with;
using internal::TestBench;

TEST(ModbusSession, ReadsNeighboursTogetherAndFarOnesApart) {
  TestBench bench{settings_with({point("a", 10), point("b", 12, PointType::f32), point("far", 400)})};
  bench.device.put(10, {1, 0, 0x3FC0, 0});
  bench.device.put(400, {7});
  bench.run(10ms);
  EXPECT_EQ(bench.device.asked, (std::vector<Read>{{Table::holding, 10, 4}, {Table::holding, 400, 1}}));
  EXPECT_EQ(bench.sink.last("a"), "1");
  EXPECT_EQ(bench.sink.last("b"), "1.5");
  EXPECT_EQ(bench.sink.last("far"), "7");
}

TEST(ModbusSession, PollsAtItsIntervalAndSkipsMissedTicks) {
  TestBench bench{settings_with({point("a", 0)})};
  bench.device.put(0, {1});
  bench.run(10500ms);
  EXPECT_EQ(bench.sink.of("a").size(), 11u);
  bench.pass(1h);  // A suspended computer.
  bench.run(2s);
  EXPECT_LE(bench.sink.of("a").size(), 14u);
}

// telegraf #14671, #13630; ioBroker.modbus #581; modbus4mqtt #28
TEST(ModbusBug, OneIllegalAddressStopsAllOthers) {
  TestBench bench{settings_with({point("a", 0), point("b", 1), point("hole", 2), point("c", 3), point("d", 4)})};
  bench.device.put(0, {10, 11});
  bench.device.put(3, {13, 14});
  bench.run(2500ms);
  for (const auto* name : {"a", "b", "c", "d"}) EXPECT_EQ(bench.sink.of(name).size(), 3u) << name;
  EXPECT_EQ(bench.sink.last("d"), "14");
  ASSERT_EQ(bench.sink.of("hole").size(), 1u);
  EXPECT_EQ(bench.sink.last("hole"), "null");
  ASSERT_EQ(bench.sink.notices_of(NoticeKind::rejected), 1u);
  EXPECT_EQ(bench.sink.notices.front().message,
            "'hole' (holding register 2 of unit 1) can't be read: illegal data address; the other values go on");
}

TEST(ModbusSession, AnAddressThatAppearsLaterIsFound) {
  TestBench bench{settings_with({point("a", 0), point("late", 1)})};
  bench.device.put(0, {10});
  bench.run(2s);
  const auto asked = bench.device.asked.size();
  bench.run(10s);
  EXPECT_EQ(bench.device.asked.size(), asked + 10) << "what can't be read is not asked for in every round";
  bench.device.put(1, {5});
  bench.run(5min);
  EXPECT_EQ(bench.sink.last("late"), "5");
}

// telegraf #16873
TEST(ModbusBug, ADeviceWithABatchLimitBelowTheStandardIsNeverRead) {
  std::vector<RegisterPoint> points;
  for (int i = 0; i < 100; ++i) points.push_back(point("p" + std::to_string(i), i));
  TestBench bench{settings_with(points)};
  for (std::uint32_t i = 0; i < 100; ++i) bench.device.put(i, {static_cast<std::uint16_t>(i)});
  bench.device.quantity_max = 32;
  bench.run(900ms);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(bench.sink.last("p" + std::to_string(i)), std::to_string(i));
  EXPECT_EQ(bench.sink.notices_of(NoticeKind::rejected), 0u);

  bench.device.asked.clear();
  bench.run(1s);
  EXPECT_EQ(bench.device.asked.size(), 4u) << "the limit was learned";
  bench.session.on_lost(bench.now);
  bench.session.begin(bench.now);
  bench.device.asked.clear();
  bench.run(500ms);
  EXPECT_EQ(bench.device.asked.size(), 4u) << "and outlives the connection";
}

// jsmodbus 5.0.0 as a server
TEST(ModbusBug, AnAnswerThatEndsWithTheDevicesRegistersIsTakenForAFault) {
  TestBench bench{settings_with({point("a", 0), point("b", 1), point("past", 9)})};
  bench.device.put(0, {10, 11});
  bench.device.short_answers = true;
  bench.run(2s);
  EXPECT_EQ(bench.sink.last("a"), "10");
  EXPECT_EQ(bench.sink.last("b"), "11");
  EXPECT_EQ(bench.sink.last("past"), "null");
  EXPECT_FALSE(bench.failure);
}

// digitalpetri/modbus #118; jsmodbus answers three pipelined requests in the order 3, 2, 1
TEST(ModbusBug, PipelinedRequestsAreAnsweredWithTheWrongValues) {
  TestBench bench{settings_with({point("a", 0), point("b", 500), point("c", 1000)})};
  for (const std::uint32_t at : {0u, 500u, 1000u}) bench.device.put(at, {static_cast<std::uint16_t>(at)});
  const auto first = bench.session.step(bench.now);
  ASSERT_FALSE(first.send.empty());
  EXPECT_TRUE(bench.session.step(bench.now).send.empty()) << "nothing else is asked before the answer";
  bench.session.on_bytes(bench.device.answer(first.send), bench.now);
  bench.run(100ms);
  EXPECT_EQ(bench.sink.last("a"), "0");
  EXPECT_EQ(bench.sink.last("b"), "500");
  EXPECT_EQ(bench.sink.last("c"), "1000");
}

TEST(ModbusBug, ALateAnswerPassesForTheNextQuestions) {
  TestBench bench{settings_with({point("a", 0)})};
  bench.device.put(0, {1});
  const auto first = bench.session.step(bench.now);
  const auto late = bench.device.answer(first.send);
  bench.pass(first.wait);
  const auto again = bench.session.step(bench.now);
  ASSERT_FALSE(again.send.empty());
  bench.session.on_bytes(late, bench.now);
  EXPECT_TRUE(bench.sink.values.empty()) << "the answer to the first try isn't the second's";
  EXPECT_EQ(bench.sink.notices_of(NoticeKind::rejected), 1u);
  bench.device.put(0, {2});
  bench.session.on_bytes(bench.device.answer(again.send), bench.now);
  EXPECT_EQ(bench.sink.last("a"), "2");
}

TEST(ModbusBug, AnAnswerOfAnotherUnitOrFunctionIsTaken) {
  TestBench bench{settings_with({point("a", 0)})};
  bench.device.put(0, {1});
  const auto first = bench.session.step(bench.now);
  auto foreign = bench.device.answer(first.send);
  foreign[6] = 9;
  bench.session.on_bytes(foreign, bench.now);
  const auto second = bench.session.step(bench.now);
  ASSERT_FALSE(second.send.empty()) << "asked again at once";
  auto wrong = bench.device.answer(second.send);
  wrong[7] = 4;
  bench.session.on_bytes(wrong, bench.now);
  EXPECT_TRUE(bench.sink.values.empty());
  EXPECT_EQ(bench.sink.notices_of(NoticeKind::rejected), 2u);
  bench.run(100ms);
  EXPECT_EQ(bench.sink.last("a"), "1");
}

TEST(ModbusSession, ABusyDeviceIsAskedAgainAfterAPause) {
  TestBench bench{settings_with({point("a", 0)})};
  bench.device.put(0, {1});
  bench.device.busy = 3;
  bench.run(50ms);
  EXPECT_EQ(bench.device.asked.size(), 1u);
  bench.run(1s);
  EXPECT_EQ(bench.sink.last("a"), "1");
  EXPECT_TRUE(bench.sink.notices.empty());
}

TEST(ModbusSession, ADeviceThatStaysBusyIsToldOnThePointAndReadWhenItCan) {
  TestBench bench{settings_with({point("a", 0)})};
  bench.device.put(0, {1});
  bench.device.busy = 8;
  bench.run(4s);
  EXPECT_EQ(bench.sink.last("a"), "1") << "the next round goes on";
}

ModbusSettings gateway(std::vector<RegisterPoint> points, int units) {
  auto settings = settings_with(points);
  for (int unit = 2; unit <= units; ++unit) {
    settings.more_units.push_back({.unit = unit, .name = "meter-" + std::to_string(unit), .map = {}, .points = points});
  }
  return settings;
}

// node-red-contrib-modbus #409, #536, #226
TEST(ModbusBug, ADeadUnitBehindAGatewayResetsEveryoneElsesQueue) {
  for (const bool silent : {false, true}) {
    TestBench bench{gateway({point("a", 0)}, 3)};
    bench.device.put(0, {1});
    bench.run(3500ms);
    if (silent)
      bench.device.silent_units = {2};
    else
      bench.device.exception_of_unit = {{2, 11}};
    const auto before = bench.sink.of("a").size(), before_dead = bench.sink.of("meter-2/a").size();
    bench.run(24h);
    EXPECT_FALSE(bench.failure) << "the connection stays";
    EXPECT_GE(bench.sink.of("a").size(), before + 81'600) << "a day of seconds, less the dead unit's time-outs";
    EXPECT_GE(bench.sink.of("meter-3/a").size(), before + 81'600);
    EXPECT_EQ(bench.sink.of("meter-2/a").size(), before_dead + 1) << "bad, once per outage";
    EXPECT_EQ(bench.sink.notices_of(NoticeKind::device_offline), 1u);

    bench.device.silent_units.clear();
    bench.device.exception_of_unit.clear();
    bench.run(70s);
    EXPECT_EQ(bench.sink.last("meter-2/a"), "1");
    EXPECT_EQ(bench.sink.notices_of(NoticeKind::device_online), 1u);
    EXPECT_EQ(bench.sink.notices_of(NoticeKind::gap), 1u);
  }
}

// node-red-contrib-modbus #74: poll queue grows
TEST(ModbusBug, TheQueueGrowsWithASlowDeviceUntilNothingWorks) {
  TestBench bench{settings_with({point("a", 0)})};
  bench.device.put(0, {1});
  for (int i = 0; i < 100; ++i) {  // Every answer takes 900 of 1000 ms, then some take three rounds.
    const auto step = bench.session.step(bench.now);
    if (step.send.empty()) {
      bench.pass(step.wait);
      continue;
    }
    bench.pass(900ms);
    bench.session.on_bytes(bench.device.answer(step.send), bench.now);
    if (i % 10 == 0) bench.pass(3s);
  }
  const auto asked = bench.device.asked.size();
  bench.run(5s);
  EXPECT_LE(bench.device.asked.size(), asked + 6) << "one request a second again, no backlog";
}

TEST(ModbusSession, ASilentDeviceIsGivenUpAfterItsRetriesAndItsValuesTurnBadOnce) {
  TestBench bench{settings_with({point("a", 0)})};
  bench.device.put(0, {1});
  bench.run(1s);
  bench.device.silent_units = {1};
  bench.run(1min);
  ASSERT_TRUE(bench.failure);
  EXPECT_EQ(bench.failure->message, "the device gives no answer within 1s, 3 times");
  bench.session.on_lost(bench.now);
  EXPECT_EQ(bench.sink.last("a"), "null");
  const auto count = bench.sink.of("a").size();
  bench.session.on_lost(bench.now);
  EXPECT_EQ(bench.sink.of("a").size(), count) << "once per outage";

  bench.device.silent_units.clear();
  bench.pass(10s);
  bench.session.begin(bench.now);
  bench.run(1s);
  EXPECT_EQ(bench.sink.last("a"), "1");
  EXPECT_EQ(bench.sink.notices_of(NoticeKind::gap), 1u);
}

TEST(ModbusSession, BytesThatAreNotModbusEndTheConnectionAndAreShown) {
  TestBench bench{settings_with({point("a", 0)})};
  static_cast<void>(bench.session.step(bench.now));
  bench.session.on_bytes(std::string_view{"HTTP/1.1 400 Bad Request\r\n"}, bench.now);
  EXPECT_TRUE(bench.session.step(bench.now).failure);
  ASSERT_EQ(bench.sink.notices_of(NoticeKind::rejected), 1u);
  EXPECT_EQ(bench.sink.notices.back().sample.substr(0, 8), "48545450");
}

TEST(ModbusSession, ADeviceThatRefusesEverythingIsOfflineAndItsPlanStaysWhole) {
  TestBench bench{settings_with({point("a", 0), point("b", 1)})};
  bench.device.put(0, {1, 2});
  bench.device.exception_of_unit = {{1, 4}};
  bench.run(5s);
  EXPECT_EQ(bench.sink.notices_of(NoticeKind::device_offline), 1u);
  bench.device.exception_of_unit.clear();
  bench.run(2min);
  bench.device.asked.clear();
  bench.run(1s);
  EXPECT_EQ(bench.device.asked.back(), (Read{Table::holding, 0, 2})) << "still read at once";
  EXPECT_EQ(bench.sink.last("b"), "2");
}

TEST(ModbusSession, RequestPausesAreKept) {
  auto settings = settings_with({point("a", 0), point("b", 500)});
  settings.request_pause = 50ms;
  TestBench bench{settings};
  bench.device.put(0, {1});
  bench.device.put(500, {1});
  bench.run(40ms);
  EXPECT_EQ(bench.device.asked.size(), 1u);
  bench.run(20ms);
  EXPECT_EQ(bench.device.asked.size(), 2u);
}

}  // namespace
}  // namespace hanse::connectors::modbus
