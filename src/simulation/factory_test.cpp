#include "simulation/factory.hpp"

#include <fstream>
#include <sstream>

#include "simulation/what_if.hpp"

namespace hanse::simulation {
namespace {

constexpr Timestamp kStart{1'772'323'200'000'000'000};  // 2026-03-01T00:00:00Z, a Sunday.

Scenario ventilator_plant() {
  std::ifstream file{HANSE_ROOM_DIR "/../../scenarios/ventilator-plant.json"};
  std::stringstream text;
  text << file.rdbuf();
  auto scenario = read_scenario(text.str());
  EXPECT_TRUE(scenario) << (scenario ? "" : to_string(scenario.error()));
  return scenario.value_or(Scenario{});
}

/// One machine that always has work, so that only failures stop it.
Scenario one_machine(double mean_hours, double repair_min, double shape) {
  MachineProfile profile{.kind = "cnc", .setup_min = 0, .scrap_rate = 0};
  profile.failures = {
      {.code = "stop", .mean_hours = mean_hours, .weibull_shape = shape, .repair_mean_min = repair_min}};
  LineSpec line{.id = "line", .products = {"part"}};
  line.stages = {{.id = "only", .cycle_s = {{"part", 60.0}}, .machines = {{.id = "m1", .profile = "p"}}}};
  return {.name = "one", .products = {{.id = "part"}}, .profiles = {{"p", profile}}, .lines = {line}};
}

/// Two machines in a row without anything that goes wrong by itself.
Scenario two_in_a_row(std::int64_t buffer_max) {
  MachineProfile profile{.kind = "cnc", .setup_min = 0, .scrap_rate = 0};
  LineSpec line{.id = "line", .products = {"part"}};
  line.stages = {{.id = "first", .cycle_s = {{"part", 60.0}}, .machines = {{.id = "m1", .profile = "p"}}},
                 {.id = "second",
                  .buffer_max = buffer_max,
                  .cycle_s = {{"part", 60.0}},
                  .machines = {{.id = "m2", .profile = "p"}}}};
  return {.name = "two", .products = {{.id = "part"}}, .profiles = {{"p", profile}}, .lines = {line}};
}

Condition condition_of(const Factory& factory, std::string_view id) {
  return factory.read(*factory.find_machine(id)).condition;
}

std::string told(std::uint64_t seed, Duration length, Duration look_every) {
  std::string story;
  const auto factory = std::make_unique<Factory>(ventilator_plant(), seed, kStart);
  factory->watch(
      [&](const Factory& f, const Happening& happening) { story += to_json(production_event(f, happening)); });
  for (Timestamp t = kStart; t < kStart + length; t += look_every) {
    factory->run_until(t);
    for (std::size_t i = 0; i < factory->machine_count(); ++i) (void)factory->read(i);
  }
  factory->run_until(kStart + length);
  return story;
}

TEST(Factory, TellsTheSameStoryForTheSameSeed) {
  const auto story = told(7, 12h, 1h);

  EXPECT_GT(story.size(), 100'000u);
  EXPECT_EQ(story, told(7, 12h, 1h));
  EXPECT_NE(story, told(8, 12h, 1h));
}

TEST(Factory, TellsTheSameStoryHoweverOftenSomebodyLooks) { EXPECT_EQ(told(7, 6h, 6h), told(7, 6h, 1s)); }

TEST(Factory, NeitherMakesNorLosesParts) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto factory = std::make_unique<Factory>(ventilator_plant(), seed, kStart);
    for (int hour = 1; hour <= 24 * 7; ++hour) {
      factory->run_until(kStart + std::chrono::hours{hour});
      for (std::size_t line = 0; line < factory->scenario().lines.size(); ++line) {
        const auto tally = factory->line_tally(line);
        ASSERT_EQ(tally.released, tally.good + tally.scrap + tally.in_work) << "seed " << seed << " hour " << hour;
        ASSERT_GE(tally.in_work, 0);
      }
    }
    const auto made = factory->line_tally(*factory->find_line("moulding")).good_by_product;
    const auto assembly = factory->line_tally(*factory->find_line("assembly"));
    const auto begun = factory->scenario().lines[1].store_max / 4 * 2;
    const auto housings = made.at("housing-a") + made.at("housing-b");
    EXPECT_EQ(housings + begun - 4 * assembly.released, factory->stored("housing-a") + factory->stored("housing-b"));
  }
}

TEST(Factory, EveryMachineOfTheDemoPlantWorksWell) {
  const auto outcome = run_what_if(ventilator_plant(), {.hours = 24 * 14, .start = kStart});
  ASSERT_TRUE(outcome);

  EXPECT_EQ(outcome->machines.size(), 20u);
  for (const auto& machine : outcome->machines) {
    EXPECT_GT(machine.oee.value_or(0), 0.45) << machine.machine << ' ' << to_json(machine);
    EXPECT_LT(machine.oee.value_or(1), 0.97) << machine.machine;
    EXPECT_LE(machine.effectiveness.value_or(2), 1.01) << machine.machine;
    EXPECT_GT(machine.scrap, 0) << machine.machine;
    EXPECT_GT(machine.failures, 0) << machine.machine;
  }
  for (const auto& line : outcome->lines) EXPECT_GT(line.good, 10'000) << to_json(line);
}

TEST(Factory, IsAvailableByMeanTimeBetweenFailuresAndMeanTimeToRepair) {
  for (const double shape : {1.0, 2.5}) {
    const auto outcome = run_what_if(one_machine(10, 60, shape), {.hours = 50'000, .seed = 3, .start = kStart});
    ASSERT_TRUE(outcome);

    const auto& machine = outcome->machines[0];
    EXPECT_NEAR(*machine.availability, 10.0 / 11.0, 0.006) << "shape " << shape;
    EXPECT_NEAR(static_cast<double>(machine.failures), 50'000 / 11.0, 200) << "shape " << shape;
  }
}

TEST(Factory, ShowsWearInVibrationBeforeItFails) {
  auto scenario = one_machine(50, 60, 3);
  scenario.profiles["p"].failures[0].wears = true;
  const auto factory = std::make_unique<Factory>(scenario, 5, kStart);
  double fresh = 0;
  double before_failure = 0;
  double last = 0;
  factory->watch([&](const Factory& f, const Happening& happening) {
    if (happening.kind == Happening::Kind::alarm && f.now() - kStart > 200h) before_failure = last;
    if (happening.kind == Happening::Kind::alarm_end) fresh = 0;
    if (happening.kind == Happening::Kind::good) {
      last = f.read(0).vibration_mm_s;
      if (fresh == 0) fresh = last;
    }
  });
  factory->run_until(kStart + 1000h);

  EXPECT_LT(fresh, 1.5);
  EXPECT_GT(before_failure, 7);
}

TEST(Factory, CountsTheEnergyOfEachState) {
  auto scenario = two_in_a_row(10);
  scenario.profiles["p"].power_kw = {.off = 0, .standby = 2, .setup = 3, .producing = 10};
  const auto factory = std::make_unique<Factory>(scenario, 1, kStart);
  factory->run_until(kStart + 100h);

  for (std::size_t i = 0; i < 2; ++i) {
    const auto tally = factory->tally(i);
    const auto hours_in = [&](Condition c) {
      return static_cast<double>(tally.time[static_cast<std::size_t>(c)].count()) / 3600e9;
    };
    const double waited = hours_in(Condition::starved) + hours_in(Condition::blocked);
    EXPECT_NEAR(factory->read(i).energy_kwh, hours_in(Condition::producing) * 10 + waited * 2, 1e-6);
  }
}

TEST(Factory, RestsOutsideShiftsAndInBreaks) {
  auto scenario = two_in_a_row(10);
  scenario.shifts = {{.name = "day",
                      .begins = "06:00",
                      .ends = "14:00",
                      .days = {1, 2, 3, 4, 5},
                      .breaks = {{.begins = "09:00", .minutes = 30}}}};
  const auto factory = std::make_unique<Factory>(scenario, 1, kStart);
  const auto monday = kStart + 24h;

  factory->run_until(kStart + 10h);
  EXPECT_EQ(condition_of(*factory, "m1"), Condition::no_shift) << "Sunday";
  factory->run_until(monday + 8h);
  EXPECT_EQ(condition_of(*factory, "m1"), Condition::producing);
  factory->run_until(monday + 9h + 10min);
  EXPECT_EQ(condition_of(*factory, "m1"), Condition::on_break);
  factory->run_until(monday + 10h);
  EXPECT_EQ(condition_of(*factory, "m1"), Condition::producing);
  factory->run_until(monday + 14h + 5min);
  EXPECT_EQ(condition_of(*factory, "m1"), Condition::no_shift);
}

TEST(Factory, ChangesOverByTheProductsThatFollowEachOther) {
  auto scenario = two_in_a_row(10);
  scenario.products.push_back({.id = "other"});
  scenario.profiles["p"].setup_min = 20;
  auto& line = scenario.lines[0];
  line.products.push_back("other");
  line.order_min = line.order_max = 10;
  line.setups = {{.from = "part", .to = "other", .minutes = 5}};
  for (auto& stage : line.stages) stage.cycle_s["other"] = 30;
  const auto factory = std::make_unique<Factory>(scenario, 1, kStart);
  std::vector<Duration> setups;
  Timestamp began;
  factory->watch([&](const Factory& f, const Happening& happening) {
    if (happening.kind != Happening::Kind::condition || happening.machine != 0) return;
    if (began.ns != 0) setups.push_back(f.now() - std::exchange(began, Timestamp{}));
    if (f.read(0).condition == Condition::setup) began = f.now();
  });
  factory->run_until(kStart + 2h);

  ASSERT_GE(setups.size(), 2u);
  EXPECT_EQ(setups[0], 5min) << "by the line's own table";
  EXPECT_EQ(setups[1], 20min) << "by the profile";
}

TEST(Trouble, DriftRaisesScrap) {
  auto scenario = two_in_a_row(10);
  scenario.profiles["p"].tool_life_parts = 200;
  scenario.profiles["p"].scrap_rate = 0.01;
  const auto calm = run_what_if(scenario, {.hours = 20, .start = kStart});
  const auto drifted = run_what_if(
      scenario,
      {.hours = 20, .start = kStart, .troubles = {{.kind = "drift", .asset = "m1", .after_h = 1, .hours = 19}}});
  ASSERT_TRUE(calm && drifted);

  EXPECT_GT(drifted->machines[0].scrap, 5 * std::max<std::int64_t>(1, calm->machines[0].scrap));
}

TEST(Trouble, JamStarvesDownstreamAndBlocksUpstream) {
  const auto factory = std::make_unique<Factory>(two_in_a_row(3), 1, kStart);
  factory->run_until(kStart + 1h);
  ASSERT_TRUE(factory->start_trouble(TroubleKind::jam, "line", 30min));
  factory->run_until(kStart + 1h + 20min);

  EXPECT_EQ(condition_of(*factory, "m1"), Condition::blocked);
  EXPECT_EQ(condition_of(*factory, "m2"), Condition::starved);
  factory->run_until(kStart + 1h + 31min);
  EXPECT_EQ(condition_of(*factory, "m1"), Condition::producing) << "the jam ended by itself";
  EXPECT_TRUE(factory->troubles().empty());
}

TEST(Trouble, BrokenMachineStandsUntilTheTroubleEnds) {
  const auto factory = std::make_unique<Factory>(one_machine(1000, 10, 1), 1, kStart);
  factory->run_until(kStart + 1h);
  const auto made = factory->tally(0).good;
  const auto trouble = factory->start_trouble(TroubleKind::breakdown, "m1", std::nullopt);
  ASSERT_TRUE(trouble);
  factory->run_until(kStart + 9h);

  EXPECT_EQ(condition_of(*factory, "m1"), Condition::down);
  EXPECT_EQ(factory->tally(0).good, made);
  EXPECT_EQ(factory->read(0).alarm, "stop");
  ASSERT_TRUE(factory->end_trouble(trouble->id));
  EXPECT_EQ(condition_of(*factory, "m1"), Condition::producing);
  EXPECT_EQ(factory->read(0).alarm, "");
  EXPECT_EQ(factory->end_trouble(trouble->id).error().code, ErrorCode::not_found);
}

TEST(Trouble, LoseNetworkChangesNothingButWhatIsHeard) {
  const auto factory = std::make_unique<Factory>(two_in_a_row(3), 1, kStart);
  ASSERT_TRUE(factory->start_trouble(TroubleKind::lose_network, "m2", 10min));

  EXPECT_TRUE(factory->network_lost(0));
  factory->run_until(kStart + 9min);
  EXPECT_EQ(condition_of(*factory, "m1"), Condition::producing);
  factory->run_until(kStart + 10min);
  EXPECT_FALSE(factory->network_lost(0));
}

TEST(Trouble, IsRefusedWithTheReason) {
  const auto factory = std::make_unique<Factory>(one_machine(1000, 10, 1), 1, kStart);

  EXPECT_EQ(factory->start_trouble(TroubleKind::breakdown, "m9", 1min).error().code, ErrorCode::not_found);
  EXPECT_EQ(factory->start_trouble(TroubleKind::breakdown, "line", 1min).error().fields.at(0).path, "asset");
  EXPECT_EQ(factory->start_trouble(TroubleKind::jam, "line", 1min).error().fields.at(0).message,
            "must have a conveyor to jam");
  ASSERT_TRUE(factory->start_trouble(TroubleKind::drift, "m1", 1min));
  EXPECT_EQ(factory->start_trouble(TroubleKind::drift, "m1", 1min).error().code, ErrorCode::conflict);
  EXPECT_EQ(parse_trouble_kind("fire").error().fields.at(0).message, "must be one of break, drift, lose_network, jam");
}

}  // namespace
}  // namespace hanse::simulation
