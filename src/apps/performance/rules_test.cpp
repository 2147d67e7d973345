#include <gtest/gtest.h>

#include "apps/performance/counter.hpp"
#include "apps/performance/state_rules.hpp"

namespace hanse::apps::performance {
namespace {

std::optional<MachineState> state(std::string_view rules, std::string execution, std::string mode = "",
                                  std::string alarm = "", std::string availability = "") {
  return decide(*built_in_rules(rules),
                {std::move(execution), std::move(mode), std::move(availability), std::move(alarm), true});
}

TEST(StateRules, ReadMtconnect) {
  EXPECT_EQ(state("mtconnect", "ACTIVE", "AUTOMATIC"), MachineState::producing);
  EXPECT_EQ(state("mtconnect", "ACTIVE", "SETUP"), MachineState::setup);
  EXPECT_EQ(state("mtconnect", "READY", "AUTOMATIC"), MachineState::idle);
  EXPECT_EQ(state("mtconnect", "READY", "MANUAL"), MachineState::setup);
  EXPECT_EQ(state("mtconnect", "FEED_HOLD"), MachineState::down);
  EXPECT_EQ(state("mtconnect", "STOPPED", "", "TRIGGERED"), MachineState::down);
  EXPECT_EQ(state("mtconnect", "STOPPED", "", "ARMED"), MachineState::idle);
  EXPECT_EQ(state("mtconnect", "ACTIVE", "", "", "UNAVAILABLE"), MachineState::offline);
  EXPECT_EQ(state("mtconnect", "UNAVAILABLE"), MachineState::offline);
}

TEST(StateRules, ReadPackmlCodesAndNames) {
  EXPECT_EQ(state("packml", "6"), MachineState::producing);
  EXPECT_EQ(state("packml", "Execute"), MachineState::producing);
  EXPECT_EQ(state("packml", "9"), MachineState::down);
  EXPECT_EQ(state("packml", "5"), MachineState::idle);
  EXPECT_EQ(state("packml", "6", "2"), MachineState::planned_stop);
}

TEST(StateRules, ReadOurOwnNamesAndCodes) {
  for (const auto* name : {"producing", "idle", "setup", "down", "planned_stop", "offline"}) {
    MachineState expected{};
    ASSERT_TRUE(describe::enum_value(name, expected));
    EXPECT_EQ(state("plain", name), expected) << name;
  }
  EXPECT_EQ(state("plain", "1"), MachineState::producing);
}

TEST(StateRules, LeaveTheStateAsItWasForAWordNobodyKnows) {
  EXPECT_EQ(state("plain", "warp"), std::nullopt);
  EXPECT_EQ(state("mtconnect", ""), std::nullopt);
}

TEST(StateRules, AnAlarmWhileItRunsIsNoStop) {
  EXPECT_EQ(state("plain", "running", "", "filter soon full"), MachineState::producing);
  EXPECT_EQ(state("plain", "idle", "", "door open"), MachineState::down);
}

/// Parts counted over readings one second apart.
double parts_of(std::initializer_list<double> readings) {
  Counter counter;
  double sum = 0;
  std::int64_t second = 0;
  for (const double value : readings) sum += counter.read(Timestamp{++second * 1'000'000'000}, value);
  return sum;
}

TEST(Counter, CountsDifferencesAndNotTheFirstReading) { EXPECT_EQ(parts_of({1000, 1001, 1005}), 5); }
TEST(Counter, StartsAgainAtZeroAfterAReset) { EXPECT_EQ(parts_of({1000, 1004, 0, 3}), 7); }
TEST(Counter, RollsOverAtSixteenBits) { EXPECT_EQ(parts_of({65'530, 65'535, 4}), 10); }
TEST(Counter, RollsOverAtThirtyTwoBits) { EXPECT_EQ(parts_of({4'294'967'290.0, 5}), 11); }
TEST(Counter, IgnoresAZeroThatIsTakenBackAfterReconnecting) { EXPECT_EQ(parts_of({1000, 0, 1002}), 2); }
TEST(Counter, IgnoresNegativeAndNotFiniteReadings) { EXPECT_EQ(parts_of({10, -5, NAN, 12}), 2); }

TEST(Counter, IgnoresReadingsThatArentNewer) {
  Counter counter;
  counter.read(Timestamp{5}, 10);
  EXPECT_EQ(counter.read(Timestamp{5}, 20), 0);
  EXPECT_EQ(counter.read(Timestamp{4}, 5), 0);
  EXPECT_EQ(counter.read(Timestamp{6}, 11), 1);
}

}  // namespace
}  // namespace hanse::apps::performance
