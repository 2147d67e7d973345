#include "connectors/simulated/session.hpp"

#include <gtest/gtest.h>

#include "connectors/recording_sink.hpp"
#include "connectors/simulated/protocol.hpp"

namespace hanse::connectors::simulated {
namespace {

constexpr Timestamp kNow{1'780'000'000'000'000'000};

struct Run {
  RecordingSink sink;
  std::unique_ptr<Session> session;
};

/// Lets `duration` of the factory's time pass at `factor`.
std::unique_ptr<Run> run(SimulatedSettings settings, Duration duration, double factor, Duration turn = 1s) {
  settings.factor = factor;
  auto out = std::make_unique<Run>();
  out->session = *Session::make(settings, out->sink);
  out->session->begin(kNow);
  const Duration wall{static_cast<std::int64_t>(static_cast<double>(duration.count()) / factor)};
  for (Duration at = turn; at <= wall; at += turn) out->session->step(kNow + at);
  return out;
}

TEST(SimulatedSession, ALatheMakesPartsAndTellsItsState) {
  const auto hour = run({}, 4h, 60);
  EXPECT_GT(hour->sink.of("part_count").size(), 100u);
  EXPECT_GT(hour->sink.of("execution").size(), 3u);
  EXPECT_GT(hour->sink.of("power").size(), 10u);
  EXPECT_EQ(hour->sink.declared.at("power").unit, "kW");
  EXPECT_EQ(hour->sink.declared.at("execution").meaning, signal::Meaning::execution);
  Timestamp before{};
  for (const auto& value : hour->sink.of("part_count")) {
    EXPECT_GE(value.time, before) << "in order of time";
    before = value.time;
  }
}

TEST(SimulatedSession, TheSameSeedGivesTheSameAtAnyFactorAndPace) {
  const auto slow = run({.plant = SimulatedPlant::cell}, 2h, 60),
             fast = run({.plant = SimulatedPlant::cell}, 2h, 720, 500ms);
  ASSERT_EQ(slow->sink.values.size(), fast->sink.values.size());
  for (std::size_t i = 0; i < slow->sink.values.size(); ++i) {
    const auto &a = slow->sink.values[i], &b = fast->sink.values[i];
    ASSERT_EQ(a.address, b.address) << i;
    const bool of_time = a.address.ends_with("cycle_time") || a.address.ends_with("energy");
    if (of_time)
      ASSERT_NEAR(std::stod(a.text) * 60, std::stod(b.text) * 720, 1e-6) << a.address;
    else
      ASSERT_EQ(a.text, b.text) << a.address;
    // The same moment of the factory, at its own distance on the wall.
    ASSERT_NEAR(static_cast<double>((a.time - kNow).count()) * 60, static_cast<double>((b.time - kNow).count()) * 720,
                2000);
  }
}

TEST(SimulatedSession, CyclesFitTheCountsAtAnyFactor) {
  const auto fast = run({}, 4h, 600, 500ms);
  const auto& counts = fast->sink.of("part_count");
  const double span_s = std::chrono::duration<double>(counts.back().time - counts.front().time).count();
  const double cycle_s = std::stod(fast->sink.last("ideal_cycle_time"));
  const double most = span_s / (0.7 * cycle_s);
  EXPECT_LE(static_cast<double>(counts.size()), most) << "not more parts than their ideal cycles have room for";
}

TEST(SimulatedSession, AnotherSeedGivesAnotherDay) {
  const auto one = run({.seed = 1}, 4h, 60), two = run({.seed = 2}, 4h, 60);
  EXPECT_NE(one->sink.of("execution").size(), two->sink.of("execution").size());
}

TEST(SimulatedSession, ACellHasAnAssetForEachMachine) {
  const auto cell = run({.plant = SimulatedPlant::cell}, 10min, 60);
  EXPECT_EQ(cell->sink.declared.at("robot/execution").device, "robot");
  EXPECT_TRUE(cell->sink.declared.contains("tester/good_count"));
}

TEST(SimulatedSession, APauseTurnsValuesBadAndTheFactoryStandsMeanwhile) {
  const auto some = run({}, 1h, 60);
  const auto count = some->sink.last("part_count");
  some->session->on_lost(kNow + 1min);
  EXPECT_EQ(some->sink.last("part_count"), "null");
  some->session->begin(kNow + 24h);
  EXPECT_EQ(some->sink.last("part_count"), count);
}

TEST(SimulatedSettingsTest, AnOwnScenarioIsCheckedWithItsPaths) {
  const auto check = [](std::string_view text) {
    const auto document = JsonDocument::parse(text);
    const auto checked = protocol().check(document->root());
    return checked ? std::string{"right"}
                   : checked.error().fields.front().path + ": " + checked.error().fields.front().message;
  };
  EXPECT_EQ(check("{}"), "right");
  EXPECT_EQ(check(R"({"plant":"cell","factor":60,"seed":7})"), "right");
  EXPECT_EQ(check(R"({"plant":"own","scenario":"{\"name\":\"x\",\"products\":[{\"id\":\"p\"}]}"})"),
            "scenario: lines: is required");
  EXPECT_EQ(check(R"({"scenario":"{}"})"), "scenario: goes with plant own only");
  EXPECT_EQ(check(R"({"factor":0})"), "factor: must be at least 0.01");
}

}  // namespace
}  // namespace hanse::connectors::simulated
