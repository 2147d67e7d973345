#include "programme/line_watch.hpp"

#include <gtest/gtest.h>

namespace hanse::programme {
namespace {

using plant::EventKind;
using plant::MachineState;
using plant::ProductionEvent;

class LineWatchTest : public testing::Test {
 protected:
  void state(const std::string& asset, MachineState to, Duration at) {
    watch.take({.time = start + at, .asset = plant::AssetId{asset}, .kind = EventKind::state, .state = to});
  }
  void parts(const std::string& asset, EventKind kind, double quantity, const std::string& product = "block") {
    watch.take(
        {.time = start + 1s, .asset = plant::AssetId{asset}, .kind = kind, .quantity = quantity, .product = product});
  }
  const Timestamp start = parse_timestamp("2026-03-02T06:00:00Z").value();
  LineWatch watch{{.id = "line",
                   .organisation = "acme",
                   .calendar = "hours",
                   .part = "valve",
                   .products = {"block"},
                   .counts_at = {"finish"},
                   .stages = {{{"a", "b"}}, {{"finish"}}},
                   .alarm_after_s = 60}};
};

TEST_F(LineWatchTest, OnlyTheLastMachinesCountAndOnlyTheirProducts) {
  parts("a", EventKind::good, 5);
  parts("finish", EventKind::good, 3);
  parts("finish", EventKind::good, 4, "other");
  parts("finish", EventKind::scrap, 1);
  parts("elsewhere", EventKind::good, 9);
  const auto made = watch.made();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->good, 3);
  EXPECT_EQ(made->scrap, 1);
  EXPECT_FALSE(watch.made()) << "asked again, nothing is counted twice";
  watch.give_back(*made);
  EXPECT_EQ(watch.made()->good, 3);
}

TEST_F(LineWatchTest, AStopIsToldAfterItsTimeAndEndsWithTheMachine) {
  watch.take({.time = start, .asset = plant::AssetId{"a"}, .kind = EventKind::alarm, .reason = "spindle"});
  state("a", MachineState::down, 1s);
  EXPECT_TRUE(watch.stops(start + 30s).empty());
  const auto stops = watch.stops(start + 61s);
  ASSERT_EQ(stops.size(), 1u);
  EXPECT_EQ(stops[0].reason, "spindle");
  EXPECT_EQ(watch.part_left(stops), 0.5);
  state("a", MachineState::offline, 70s);
  EXPECT_EQ(watch.stops(start + 80s).size(), 1u) << "silence is not work";
  state("a", MachineState::producing, 90s);
  EXPECT_TRUE(watch.stops(start + 1h).empty());
}

TEST_F(LineWatchTest, TheWeakestStageSaysWhatIsLeft) {
  state("a", MachineState::down, 0s);
  state("finish", MachineState::down, 0s);
  EXPECT_EQ(watch.part_left(watch.stops(start + 2min)), 0);
  EXPECT_EQ(watch.part_left({}), 1);
}

}  // namespace
}  // namespace hanse::programme
