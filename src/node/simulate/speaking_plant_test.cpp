#include "node/simulate/speaking_plant.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "node/simulate/demo_files.hpp"
#include "node/simulate/mtconnect_voice.hpp"

namespace hanse::node::simulate {
namespace {

constexpr Timestamp kPlantNow{1'772'323'200'000'000'000};

struct Listener final : Voice {
  struct Heard {
    std::size_t machine;
    std::vector<std::size_t> words;
    Timestamp time;
  };
  std::vector<Heard> heard;
  void said(std::size_t machine, const std::vector<std::size_t>& words, Timestamp time) override {
    heard.push_back({machine, words, time});
  }
};

TEST(SpeakingPlant, TellsEachChangeAtItsOwnTimeOnTheWall) {
  simulation::Factory factory{*simulation::read_scenario(demo_file("ventilator-plant.json")), 1, kPlantNow - 8h};
  SpeakingPlant plant{factory, {.wall_begin = kPlantNow, .simulated_begin = kPlantNow, .factor = 60}};
  Listener listener;
  plant.add(1, listener);
  const auto before = plant.latest(8)[3].integer;
  plant.advance(kPlantNow + 10s);

  ASSERT_FALSE(listener.heard.empty());
  Timestamp last = kPlantNow;
  bool between_ticks = false;
  for (const auto& heard : listener.heard) {
    EXPECT_GE(heard.time, last);
    EXPECT_LE(heard.time, kPlantNow + 10s);
    EXPECT_EQ(factory.machine(heard.machine).line, 1u);
    between_ticks = between_ticks || (heard.time > kPlantNow && heard.time < kPlantNow + 10s);
    last = heard.time;
  }
  EXPECT_TRUE(between_ticks);
  EXPECT_EQ(simulation::vocabulary()[3].name, "part_count");
  EXPECT_GT(plant.latest(8)[3].integer, before) << "ten minutes of production";
}

TEST(SpeakingPlant, SaysNothingTwice) {
  simulation::Factory factory{*simulation::read_scenario(demo_file("ventilator-plant.json")), 1, kPlantNow - 8h};
  SpeakingPlant plant{factory, {.wall_begin = kPlantNow, .simulated_begin = kPlantNow, .factor = 1}};
  Listener listener;
  plant.add(0, listener);
  plant.advance(kPlantNow + 1ms);
  const auto count = listener.heard.size();
  plant.advance(kPlantNow + 1ms);

  EXPECT_EQ(listener.heard.size(), count);
}

/// An hour of production within a minute must not be dated with cycles of the hour: speed would look like 60 times the
/// possible, and energy like 60 times what the power can give.
TEST(SpeakingPlant, CyclesAndEnergyFitTheTimeTheyAreDatedWith) {
  const auto word = [](std::string_view name) {
    const auto& words = simulation::vocabulary();
    return static_cast<std::size_t>(std::ranges::find(words, name, &simulation::Word::name) - words.begin());
  };
  const auto run = [&](double factor) {
    simulation::Factory factory{*simulation::read_scenario(demo_file("ventilator-plant.json")), 1, kPlantNow - 8h};
    SpeakingPlant plant{factory, {.wall_begin = kPlantNow, .simulated_begin = kPlantNow, .factor = factor}};
    plant.advance(kPlantNow + Duration{static_cast<std::int64_t>(3.6e12 / factor)});
    return std::vector{plant.latest(0)[word("ideal_cycle_time")].real, plant.latest(0)[word("energy")].real,
                       plant.latest(0)[word("power")].real};
  };
  const auto life = run(1), fast = run(10);
  ASSERT_GT(life[0], 0);
  EXPECT_NEAR(fast[0], life[0] / 10, 0.01);
  EXPECT_NEAR(fast[1], life[1] / 10, 0.02);
  EXPECT_NEAR(fast[2], life[2], 0.11) << "power is of the moment";
}

TEST(MtconnectVoice, ShowsAnAlarmAsAFaultAndTakesItBack) {
  SimulatedClock clock{kPlantNow};
  simulation::Factory factory{*simulation::read_scenario(demo_file("ventilator-plant.json")), 1, kPlantNow - 8h};
  SpeakingPlant plant{factory, {.wall_begin = kPlantNow, .simulated_begin = kPlantNow, .factor = 1}};
  MtconnectVoice voice{plant, 0, clock};
  plant.add(0, voice);
  const auto system_of = [&](std::string_view machine) {
    const auto current = voice.agent().answer("/" + std::string{machine} + "/current", clock.now()).document;
    const auto at = current.find("dataItemId=\"" + std::string{machine} + "_system\"");
    return current.substr(current.rfind('<', at) + 1, 5);
  };
  EXPECT_EQ(system_of("cnc-08"), "Norma");

  const auto trouble = factory.start_trouble(simulation::TroubleKind::breakdown, "cnc-08", std::nullopt);
  ASSERT_TRUE(trouble);
  plant.advance(kPlantNow + 1s);
  EXPECT_EQ(system_of("cnc-08"), "Fault");
  ASSERT_TRUE(factory.end_trouble(trouble->id));
  plant.advance(kPlantNow + 2s);
  EXPECT_EQ(system_of("cnc-08"), "Norma");
}

}  // namespace
}  // namespace hanse::node::simulate
