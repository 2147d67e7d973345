#include "connectors/modbus/register_map.hpp"

#include <gtest/gtest.h>

#include "base/json_schema.hpp"
#include "connectors/modbus/internal/built_in_maps.hpp"
#include "connectors/modbus/plan.hpp"
#include "connectors/modbus/protocol.hpp"

namespace hanse::connectors::modbus {
namespace {

TEST(ModbusMaps, AllBuiltInMapsAreRight) {
  const auto book = MapBook::parse(internal::built_in_maps());
  ASSERT_TRUE(book) << (book ? "" : to_string(book.error()));
  EXPECT_GE(book->ids().size(), 8u);
  EXPECT_TRUE(book->find_model(203));
  EXPECT_FALSE(book->find_model(9999));
}

TEST(ModbusMaps, EveryMeterTellsPowerAndEnergyInTheSameUnits) {
  for (const auto id : MapBook::built_in().ids()) {
    const auto* map = MapBook::built_in().find(id);
    std::size_t power = 0, energy = 0;
    for (const auto& point : map->points) {
      if (point.name == "power") power += point.unit == "kW" && point.meaning == signal::Meaning::power ? 1u : 0u;
      if (point.name == "energy_import")
        energy += point.unit == "kW.h" && point.meaning == signal::Meaning::energy ? 1u : 0u;
    }
    EXPECT_EQ(power, 1u) << id;
    EXPECT_EQ(energy, 1u) << id;
  }
}

TEST(ModbusMaps, AWrongFileIsToldByPath) {
  const auto error =
      parse_map(R"({"id":"x","title":"X","points":[{"name":"a","address":1},{"name":"b","address":-1}]})").error();
  EXPECT_EQ(error.fields.front().path, "points[1].address");
  const auto twice =
      parse_map(R"({"id":"x","title":"X","points":[{"name":"a","address":1},{"name":"a","address":2}]})").error();
  EXPECT_EQ(twice.fields.front().message, "the name 'a' occurs twice");
}

TEST(ModbusPlan, NeverCutsAValueAndKeepsToItsLimits) {
  const std::vector<Read> spans{{Table::holding, 0, 4}, {Table::holding, 8, 4}, {Table::holding, 4, 4},
                                {Table::input, 0, 1},   {Table::coil, 5, 1},    {Table::coil, 60, 1},
                                {Table::coil, 500, 1}};
  const auto blocks = plan_blocks(spans, {0, 1, 2, 3, 4, 5, 6}, {.registers_max = 10});
  std::vector<Read> reads;
  for (const auto& block : blocks) reads.push_back(block.read);
  EXPECT_EQ(reads, (std::vector<Read>{{Table::coil, 5, 56},
                                      {Table::coil, 500, 1},
                                      {Table::input, 0, 1},
                                      {Table::holding, 0, 8},
                                      {Table::holding, 8, 4}}));
}

TEST(ModbusPlan, CutsAtTheWidestGap) {
  const std::vector<Read> spans{
      {Table::holding, 0, 2}, {Table::holding, 2, 2}, {Table::holding, 10, 2}, {Table::holding, 14, 1}};
  const auto whole = plan_blocks(spans, {0, 1, 2, 3}, {}).front();
  const auto halves = split_block(whole, spans);
  ASSERT_TRUE(halves);
  EXPECT_EQ(halves->first.read, (Read{Table::holding, 0, 4}));
  EXPECT_EQ(halves->second.read, (Read{Table::holding, 10, 5}));
  const auto alone = plan_blocks(spans, {0}, {}).front();
  EXPECT_FALSE(split_block(alone, spans));
}

TEST(ModbusSettingsTest, TheReadmesSamplesAndTheDemosAreRight) {
  for (const auto* sample :
       {R"({"host":"10.0.0.7"})", R"({"host":"10.0.0.7","unit":2,"map":"eastron-sdm630"})",
        R"({"host":"10.0.0.8","map":"","points":[{"name":"parts","number":"40001","type":"u32","order":"cdab"}]})",
        R"({"host":"127.0.0.1","port":1502,"unit":3})"}) {
    const auto document = JsonDocument::parse(sample);
    const auto checked = protocol().check(document->root());
    EXPECT_TRUE(checked) << sample << (checked ? "" : to_string(checked.error()));
  }
}

TEST(ModbusSettingsTest, AnUnknownMapIsRefusedWithTheNearest) {
  const auto document = JsonDocument::parse(R"({"host":"h","map":"eastron-sdm63"})");
  const auto error = protocol().check(document->root()).error();
  EXPECT_EQ(error.fields.front().path, "map");
  EXPECT_NE(error.fields.front().message.find("did you mean 'eastron-sdm630'?"), std::string::npos);
  const auto units = JsonDocument::parse(R"({"host":"h","more_units":[{"unit":1,"name":"a"}]})");
  EXPECT_EQ(protocol().check(units->root()).error().fields.front().message, "unit 1 occurs twice");
}

}  // namespace
}  // namespace hanse::connectors::modbus
