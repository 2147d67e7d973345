#include "node/simulate/demo_orders.hpp"

#include <gtest/gtest.h>

#include "apps/scheduling/scheduling.hpp"
#include "node/simulate/demo.hpp"

namespace hanse::node::simulate {
namespace {

TEST(DemoOrders, MakeAScheduleInWhichEveryMachineHasWorkWithinTheShift) {
  SimulatedClock clock{Timestamp{1'772'323'200'000'000'000}};
  const auto store = *store::open_store("sqlite::memory:", clock);
  signal::Directory directory;
  const auto plant = *plant::Plant::open(*store, clock, directory);
  const store::Actor actor{"test"};
  ASSERT_TRUE(seed_demo(*plant, actor));
  const auto app = *apps::scheduling::Scheduling::open({.store = *store, .plant = *plant, .clock = clock}, {});
  const auto seeded = seed_demo_orders(app->book(), clock.now(), actor);
  ASSERT_TRUE(seeded) << to_string(seeded.error());
  const auto orders = app->book().ledger()->orders.size();
  ASSERT_TRUE(seed_demo_orders(app->book(), clock.now(), actor));
  EXPECT_EQ(app->book().ledger()->orders.size(), orders) << "once is enough";

  clock.advance(10s);
  app->tick(clock.now());

  const auto version = app->current();
  ASSERT_EQ(version->version, 1);
  EXPECT_TRUE(version->unplaced.empty());
  std::map<plant::AssetId, Timestamp> first;
  for (const auto& one : version->operations) first.try_emplace(one.machine, one.start);
  const auto records = plant->records();
  for (const auto& [id, asset] : records->assets) {
    if (asset.level != plant::Level::asset || asset.kind == "meter") continue;
    ASSERT_TRUE(first.contains(id)) << id.value;
    // The last stations of a line wait for the first parts to reach them: within the shift.
    EXPECT_LT(first[id] - clock.now(), 8h) << id.value;
  }
}

}  // namespace
}  // namespace hanse::node::simulate
