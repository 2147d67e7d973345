#include "node/simulate/modbus_meter.hpp"

#include <gtest/gtest.h>

namespace hanse::node::simulate {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// The answer's PDU to a read of `quantity` registers.
Bytes read(const ModbusMeters& meters, std::uint8_t unit, std::uint16_t address, std::uint16_t quantity) {
  Bytes request{0,
                7,
                0,
                0,
                0,
                6,
                unit,
                3,
                static_cast<std::uint8_t>(address >> 8),
                static_cast<std::uint8_t>(address & 0xFF),
                static_cast<std::uint8_t>(quantity >> 8),
                static_cast<std::uint8_t>(quantity & 0xFF)};
  bool closed = false;
  const auto answer = meters.answer(request, closed);
  EXPECT_TRUE(answer && request.empty() && !closed);
  return answer ? Bytes{answer->begin() + 7, answer->end()} : Bytes{};
}

int word(const Bytes& pdu, std::size_t index) { return pdu[2 + 2 * index] << 8 | pdu[3 + 2 * index]; }

TEST(ModbusMeters, CanBeFoundAsASunSpecMeter) {
  const ModbusMeters meters{{"meter-a"}};
  const auto begin = read(meters, 1, 40000, 4);

  EXPECT_EQ(word(begin, 0), 0x5375);
  EXPECT_EQ(word(begin, 1), 0x6E53);
  EXPECT_EQ(word(begin, 2), 1);
  EXPECT_EQ(word(begin, 3), 66);
  const auto model = read(meters, 1, 40070, 2);
  EXPECT_EQ(word(model, 0), 203);
  EXPECT_EQ(word(model, 1), 105);
  EXPECT_EQ(word(read(meters, 1, 40177, 1), 0), 0xFFFF);
}

TEST(ModbusMeters, MeasuresPowerAndEnergyWithScaleFactors) {
  ModbusMeters meters{{"a", "b"}};
  meters.update(1, {.power_kw = 12.34, .energy_kwh = 1234.5});
  const auto model = read(meters, 2, 40070, 107);

  EXPECT_EQ(word(model, 18), 1234) << "10 W";
  EXPECT_EQ(word(model, 22), 1);
  EXPECT_EQ(word(model, 46) << 16 | word(model, 47), 123450) << "10 Wh";
  EXPECT_EQ(word(model, 54), 1);
  EXPECT_EQ(word(read(meters, 1, 40088, 1), 0), 0) << "the other meter measures its own line";
}

TEST(ModbusMeters, RefusesByTheStandardsCodes) {
  ModbusMeters meters{{"a"}};

  EXPECT_EQ(read(meters, 1, 39999, 1), (Bytes{0x83, 2}));
  EXPECT_EQ(read(meters, 1, 40170, 20), (Bytes{0x83, 2}));
  EXPECT_EQ(read(meters, 1, 40000, 126), (Bytes{0x83, 3}));
  EXPECT_EQ(read(meters, 9, 40000, 1), (Bytes{0x83, 11}));
  meters.silence(0, true);
  EXPECT_EQ(read(meters, 1, 40000, 1), (Bytes{0x83, 11}));
}

TEST(ModbusMeters, WaitsForTheWholeFrameAndClosesOnNonsense) {
  const ModbusMeters meters{{"a"}};
  Bytes half{0, 1, 0, 0, 0, 6, 1, 3, 0x9C};
  Bytes nonsense{'G', 'E', 'T', ' ', '/', ' ', 'H', 'T'};
  bool closed = false;

  EXPECT_FALSE(meters.answer(half, closed));
  EXPECT_FALSE(closed);
  EXPECT_FALSE(meters.answer(nonsense, closed));
  EXPECT_TRUE(closed);
}

}  // namespace
}  // namespace hanse::node::simulate
