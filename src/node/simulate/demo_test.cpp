#include "node/simulate/demo.hpp"

#include <gtest/gtest.h>

#include "node/simulate/demo_files.hpp"
#include "simulation/speech.hpp"
#include "store/store.hpp"

namespace hanse::node::simulate {
namespace {

const store::Actor kActor{"test"};

struct DemoTest : testing::Test {
  SimulatedClock clock{Timestamp{1'772'323'200'000'000'000}};
  std::unique_ptr<store::Store> store = *store::open_store("sqlite::memory:", clock);
  signal::Directory directory;
  std::unique_ptr<plant::Plant> plant = *plant::Plant::open(*store, clock, directory);
  simulation::Scenario scenario = *simulation::read_scenario(demo_file("ventilator-plant.json"));
};

TEST_F(DemoTest, EveryMachineAndProductOfTheScenarioIsKnownToTheNode) {
  const auto seeded = seed_demo(*plant, kActor);
  ASSERT_TRUE(seeded) << to_string(seeded.error());
  const auto records = plant->records();

  for (const auto& line : scenario.lines) {
    const auto* asset = records->asset(plant::AssetId{line.id});
    ASSERT_TRUE(asset) << line.id;
    EXPECT_EQ(asset->level, plant::Level::line);
    for (const auto& stage : line.stages) {
      for (const auto& machine : stage.machines) {
        const auto* made = records->asset(plant::AssetId{machine.id});
        ASSERT_TRUE(made) << machine.id;
        EXPECT_EQ(made->parent, asset->id);
        EXPECT_EQ(made->kind, scenario.profiles.at(machine.profile).kind);
        for (const auto& product : line.products) {
          EXPECT_DOUBLE_EQ(records->ideal_cycle_s(product, made->id), stage.cycle_s.at(product)) << machine.id;
        }
      }
    }
    EXPECT_TRUE(records->asset(plant::AssetId{"meter-" + line.id}));
  }
}

TEST_F(DemoTest, EveryReasonOfTheScenarioHasACode) {
  ASSERT_TRUE(seed_demo(*plant, kActor));
  const auto records = plant->records();

  for (const auto& [name, profile] : scenario.profiles) {
    for (const auto& mode : profile.failures) EXPECT_TRUE(records->reasons.contains(mode.code)) << mode.code;
    for (const auto& cause : profile.micro_stops.causes)
      EXPECT_TRUE(records->reasons.contains(cause.code)) << cause.code;
    for (const auto& cause : profile.scrap_causes) EXPECT_TRUE(records->reasons.contains(cause.code)) << cause.code;
    EXPECT_TRUE(records->reasons.contains(profile.worn_scrap_cause)) << name;
  }
}

TEST_F(DemoTest, SeedsOnlyAnEmptyPlant) {
  const plant::Asset own{.id = plant::AssetId{"own"}, .name = "Own", .level = plant::Level::site};
  ASSERT_TRUE(plant->put<plant::Asset>(kActor, own));
  ASSERT_TRUE(seed_demo(*plant, kActor));

  EXPECT_EQ(plant->records()->assets.size(), 1u);
}

TEST_F(DemoTest, TheTemplateKnowsEveryWordInBothProtocols) {
  const auto* machine = plant->templates().find("simulated-machine");
  ASSERT_TRUE(machine);

  for (const auto& word : simulation::vocabulary()) {
    const auto* by_name =
        plant::match(*machine, "sparkplug", "plant-moulding/moulding/press-01/" + std::string{word.name});
    const auto* by_item = plant::match(*machine, "mtconnect", "cnc-01_" + std::string{word.name});
    ASSERT_TRUE(by_name && by_item) << word.name;
    EXPECT_EQ(by_name->meaning, word.meaning) << word.name;
    EXPECT_EQ(by_item->meaning, word.meaning) << word.name;
    EXPECT_TRUE(by_name->unit.empty() || by_name->unit == word.unit) << word.name;
  }
}

TEST(DemoConnections, ReachEveryLineAndItsMeter) {
  SimulationFacts facts{.mqtt_port = 1, .mtconnect_port = 2, .modbus_port = 3};
  facts.lines = {{"machining", "Machining", simulation::Speaks::mtconnect, "", 1},
                 {"moulding", "Moulding", simulation::Speaks::sparkplug, "plant-moulding", 2}};
  const auto connections = demo_connections(facts);

  ASSERT_EQ(connections.size(), 4u);
  EXPECT_EQ(connections[0].settings.text, R"({"url":"http://127.0.0.1:2"})");
  EXPECT_EQ(connections[1].settings.text,
            R"({"host":"127.0.0.1","port":1,"role":"active","groups":["plant-moulding"]})");
  EXPECT_EQ(connections[3].settings.text, R"({"host":"127.0.0.1","port":3,"unit":2})");
  EXPECT_EQ(connections[3].asset, "meter-moulding");
}

}  // namespace
}  // namespace hanse::node::simulate
