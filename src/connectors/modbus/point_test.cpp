#include "connectors/modbus/point.hpp"

#include <gtest/gtest.h>

#include "connectors/modbus/internal/fake_device.hpp"

namespace hanse::connectors::modbus {
namespace {

using internal::point;

std::string value_of(const RegisterPoint& point, std::vector<std::uint16_t> words, WordOrder order = WordOrder::abcd,
                     std::optional<std::uint16_t> exponent = {}) {
  EXPECT_EQ(words.size(), span_of(point).quantity);
  RecordingSink sink;
  const Declaration declaration = declaration_of(point, "");
  const auto signal = sink.declare({&declaration, 1}).front();
  signal::SampleBatch batch;
  PointReader{point, order}.append(batch, signal, {}, words, exponent);
  EXPECT_EQ(batch.samples.size(), 1u);
  if (batch.samples.front().type != signal::ValueType::null) {
    EXPECT_EQ(batch.samples.front().type, declaration.type);
  } else {
    EXPECT_EQ(batch.samples.front().quality, signal::Quality::bad);
  }
  sink.deliver(std::move(batch));
  return sink.last(point.name);
}

TEST(ModbusPoint, ReadsAllFourByteOrders) {
  // 123456.75 is 47 F1 20 60.
  const auto f32 = point("x", 0, PointType::f32);
  EXPECT_EQ(value_of(f32, {0x47F1, 0x2060}, WordOrder::abcd), "123456.75");
  EXPECT_EQ(value_of(f32, {0x2060, 0x47F1}, WordOrder::cdab), "123456.75");
  EXPECT_EQ(value_of(f32, {0xF147, 0x6020}, WordOrder::badc), "123456.75");
  EXPECT_EQ(value_of(f32, {0x6020, 0xF147}, WordOrder::dcba), "123456.75");
  const auto u64 = point("x", 0, PointType::u64);
  EXPECT_EQ(value_of(u64, {0x0011, 0x2233, 0x4455, 0x6677}, WordOrder::abcd), std::to_string(0x0011223344556677));
  EXPECT_EQ(value_of(u64, {0x6677, 0x4455, 0x2233, 0x0011}, WordOrder::cdab), std::to_string(0x0011223344556677));
  EXPECT_EQ(value_of(u64, {0x1100, 0x3322, 0x5544, 0x7766}, WordOrder::badc), std::to_string(0x0011223344556677));
  EXPECT_EQ(value_of(u64, {0x7766, 0x5544, 0x3322, 0x1100}, WordOrder::dcba), std::to_string(0x0011223344556677));
}

TEST(ModbusPoint, ReadsEveryType) {
  EXPECT_EQ(value_of(point("x", 0, PointType::i16), {0xFFFE}), "-2");
  EXPECT_EQ(value_of(point("x", 0, PointType::u16), {0xFFFE}), "65534");
  EXPECT_EQ(value_of(point("x", 0, PointType::i32), {0xFFFF, 0xFFFD}), "-3");
  EXPECT_EQ(value_of(point("x", 0, PointType::i64), {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFC}), "-4");
  EXPECT_EQ(value_of(point("x", 0, PointType::f64), {0x3FF8, 0, 0, 0}), "1.5");
  EXPECT_EQ(value_of(point("x", 0, PointType::bcd16), {0x1234}), "1234");
  EXPECT_EQ(value_of(point("x", 0, PointType::bcd32), {0x1234, 0x5678}), "12345678");
  EXPECT_EQ(value_of(point("x", 0, PointType::m10k32), {12, 345}), "120345");
  auto text = point("x", 0, PointType::text);
  text.length = 4;
  EXPECT_EQ(value_of(text, {0x4142, 0x4320, 0x0000, 0x5858}), "ABC");
}

TEST(ModbusPoint, ReadsBitsAndFieldsOfBits) {
  auto bit = point("x", 0, PointType::bit);
  bit.bit = 3;
  EXPECT_EQ(value_of(bit, {0x0008}), "true");
  EXPECT_EQ(value_of(bit, {0xFFF7}), "false");
  bit.width = 2;
  EXPECT_EQ(value_of(bit, {0x0010}), "2");
  auto coil = point("x", 0, PointType::bit);
  coil.table = Table::coil;
  EXPECT_EQ(value_of(coil, {1}), "true");
}

TEST(ModbusPoint, ScalesToTheNearestDecimalAndByTheDevicesOwnPowerOfTen) {
  auto scaled = point("x", 0, PointType::u16);
  scaled.scale = 0.1;
  EXPECT_EQ(value_of(scaled, {2305}), "230.5");  // 2305 * 0.1 is 230.50000000000003.
  auto sunspec = point("x", 0, PointType::i16);
  sunspec.scale_address = 9;
  EXPECT_EQ(value_of(sunspec, {2301}, WordOrder::abcd, 0xFFFF), "230.1");
  EXPECT_EQ(value_of(sunspec, {123}, WordOrder::abcd, 2), "12300");
  EXPECT_EQ(value_of(sunspec, {123}, WordOrder::abcd, 0x8000), "null");
  EXPECT_EQ(value_of(sunspec, {123}, WordOrder::abcd, std::nullopt), "null");
}

TEST(ModbusPoint, NotAvailableIsNullAndNotANumber) {
  auto missing = point("x", 0, PointType::i16);
  missing.missing = Missing::sunspec;
  EXPECT_EQ(value_of(missing, {0x8000}), "null");
  EXPECT_EQ(value_of(missing, {0xFFFF}), "-1");
  missing.type = PointType::u16;
  EXPECT_EQ(value_of(missing, {0xFFFF}), "null");
  missing.type = PointType::i32;
  missing.missing = Missing::all_ones;
  EXPECT_EQ(value_of(missing, {0x7FFF, 0xFFFF}), "null");
  missing.type = PointType::u64;
  EXPECT_EQ(value_of(missing, {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF}), "null");
  EXPECT_EQ(value_of(point("x", 0, PointType::f32), {0x7FC0, 0}), "null");
  EXPECT_EQ(value_of(point("x", 0, PointType::u64), {0xFFFF, 0, 0, 0}), "null");
  EXPECT_EQ(value_of(point("x", 0, PointType::bcd16), {0x12A4}), "null");
}

TEST(ModbusPoint, TurnsNumbersIntoTheirTexts) {
  auto state = point("x", 0, PointType::u16);
  state.texts = {{"4", "MPPT"}};
  EXPECT_EQ(value_of(state, {4}), "MPPT");
  EXPECT_EQ(value_of(state, {99}), "99");
}

TEST(ModbusPoint, ANumberFromADocumentIsOneBased) {
  EXPECT_EQ(*parse_number("40001"), (Read{Table::holding, 0, 1}));
  EXPECT_EQ(*parse_number("300012"), (Read{Table::input, 11, 1}));
  EXPECT_EQ(*parse_number("00001"), (Read{Table::coil, 0, 1}));
  EXPECT_FALSE(parse_number("40000"));
  EXPECT_FALSE(parse_number("20001"));
  EXPECT_FALSE(parse_number("4x001"));
}

TEST(ModbusPoint, WrongPointsAreRefusedWithTheField) {
  const auto error_of = [](std::string_view json) {
    const auto read = from_json<RegisterPoint>(json);
    return read ? "none" : read.error().fields.front().path + ": " + read.error().fields.front().message;
  };
  EXPECT_EQ(error_of(R"({"name":"a"})"), "address: give either address (0-based) or number (as 40001)");
  EXPECT_EQ(error_of(R"({"name":"a","address":65535,"type":"u32"})"), "address: the value reaches past address 65535");
  EXPECT_EQ(error_of(R"({"name":"a","address":1,"type":"text"})"), "length: a text needs its number of registers");
  EXPECT_EQ(error_of(R"({"name":"a","address":1,"table":"coil"})"), "type: of a coil or discrete input must be bit");
  EXPECT_EQ(error_of(R"({"name":"a","number":"50001"})"),
            "number: '50001' is no register number: write one like 40001 or 300012");
  EXPECT_EQ(error_of(R"({"name":"a","address":1,"type":"float"})").substr(0, 25), "type: must be one of i16,");
  EXPECT_EQ(error_of(R"({"name":"a","address":1,"scale":0})"), "scale: must be a number other than 0");
}

}  // namespace
}  // namespace hanse::connectors::modbus
