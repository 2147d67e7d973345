#include "connectors/modbus/sunspec.hpp"

#include <gtest/gtest.h>

#include "connectors/modbus/internal/fake_device.hpp"

namespace hanse::connectors::modbus {
namespace {

using internal::TestBench;

ModbusSettings sunspec() {
  ModbusSettings settings;
  settings.host = "meter";
  return settings;
}

/// A chain at `base`: common, an unknown model, a meter 203, the end.
void put_meter(internal::FakeDevice& device, std::uint32_t base) {
  device.put(base, {0x5375, 0x6E53});
  const auto model = [&](std::uint32_t at, std::uint16_t id, std::uint16_t length) {
    device.put(at, {id, length});
    for (std::uint32_t i = 0; i < length; ++i) device.put(at + 2 + i, {0});
  };
  const auto common = base + 2, unknown = common + 68, meter = unknown + 7, end = meter + 107;
  model(common, 1, 66);
  device.put(common + 2, {0x4163, 0x6D65});  // `Acme`
  model(unknown, 64001, 5);
  model(meter, 203, 105);
  device.put(meter + 2, {153});
  device.put(meter + 6, {0xFFFF});  // A_SF -1
  device.put(meter + 8, {2301, 0x8000, 2299});
  device.put(meter + 15, {0xFFFF});
  device.put(meter + 18, {1234});
  device.put(meter + 22, {1});               // W_SF: 10 W
  device.put(meter + 46, {0x0001, 0x86A0});  // 100000
  device.put(meter + 54, {1});
  device.put(end, {0xFFFF, 0});
}

TEST(ModbusSunSpec, FindsTheChainAtEachBaseAndReadsItsModels) {
  for (const std::uint32_t base : {0u, 40000u, 50000u}) {
    TestBench bench{sunspec()};
    put_meter(bench.device, base);
    bench.run(100ms);
    EXPECT_EQ(bench.sink.last("manufacturer"), "Acme") << base;
    EXPECT_EQ(bench.sink.last("current"), "15.3");
    EXPECT_EQ(bench.sink.last("voltage_l1"), "230.1");
    EXPECT_EQ(bench.sink.last("voltage_l2"), "null") << "not implemented";
    EXPECT_EQ(bench.sink.last("power"), "12.34");
    EXPECT_EQ(bench.sink.last("energy_import"), "1000");
    EXPECT_EQ(bench.sink.last("energy_export"), "null") << "a counter at 0 isn't implemented";
    EXPECT_EQ(bench.sink.declared.at("power").unit, "kW");
  }
}

TEST(ModbusSunSpec, NamesAreReadOncePerConnection) {
  TestBench bench{sunspec()};
  put_meter(bench.device, 40000);
  bench.run(5s);
  EXPECT_EQ(bench.sink.of("manufacturer").size(), 1u);
  EXPECT_GE(bench.sink.of("power").size(), 5u);
  bench.session.on_lost(bench.now);
  bench.session.begin(bench.now);
  bench.run(1s);
  EXPECT_EQ(bench.sink.last("manufacturer"), "Acme");
}

TEST(ModbusSunSpec, ADeviceWithoutTheMarkIsToldAndAskedAgain) {
  TestBench bench{sunspec()};
  bench.run(100ms);
  EXPECT_EQ(bench.session.trouble(), "unit 1: no SunSpec mark at 40000, 50000 or 0: choose the device's map instead");
  put_meter(bench.device, 40000);
  bench.run(2s);
  EXPECT_EQ(bench.sink.last("power"), "12.34");
}

TEST(ModbusSunSpec, AChainThatNeverEndsIsLeft) {
  SunSpecWalk walk;
  walk.on_words({0x5375, 0x6E53});
  int steps = 0;
  while (walk.next() && steps < 1000) {
    walk.on_words({7, 0});
    ++steps;
  }
  EXPECT_EQ(steps, 64);
  EXPECT_EQ(walk.points(MapBook::built_in()).error().code, ErrorCode::not_found);
}

TEST(ModbusSunSpec, AModelShorterThanItsEditionGivesWhatItHas) {
  SunSpecWalk walk;
  walk.on_words({0x5375, 0x6E53});
  walk.on_words({203, 30});
  walk.on_refused();
  const auto points = walk.points(MapBook::built_in());
  ASSERT_TRUE(points);
  for (const auto& point : *points)
    EXPECT_LE(span_of(point).address + span_of(point).quantity, 40002u + 32) << point.name;
  EXPECT_TRUE(std::any_of(points->begin(), points->end(), [](const auto& point) { return point.name == "power"; }));
}

TEST(ModbusSunSpec, TwoMetersInOneDeviceKeepTheirNamesApart) {
  SunSpecWalk walk;
  walk.on_words({0x5375, 0x6E53});
  walk.on_words({203, 105});
  walk.on_words({203, 105});
  walk.on_words({0xFFFF, 0});
  const auto points = walk.points(MapBook::built_in());
  ASSERT_TRUE(points);
  EXPECT_EQ(double_name(*points), "");
  EXPECT_TRUE(std::any_of(points->begin(), points->end(), [](const auto& point) { return point.name == "power_2"; }));
}

}  // namespace
}  // namespace hanse::connectors::modbus
