#include "optimiser/allocation/repair.hpp"

#include <gtest/gtest.h>

#include "optimiser/allocation/synthetic.hpp"

namespace hanse::optimiser::allocation {
namespace {

/// The problem as it is after the event, for the checker: what is out makes nothing from that week on.
Problem after(Problem problem, const Disruption& event) {
  for (const auto lane : event.lanes_closed) problem.lanes[lane].lead = 520;
  for (auto& activity : problem.activities) {
    const auto supplier = problem.pools[activity.pool].supplier;
    if (std::find(event.suppliers_out.begin(), event.suppliers_out.end(), supplier) != event.suppliers_out.end())
      activity.until = event.from_week;
  }
  for (const auto& cut : event.capacity) {
    for (auto t = event.from_week; t < problem.weeks; ++t) problem.pools[cut.pool].hours[t] *= cut.part;
    for (auto t = event.from_week; t < problem.pools[cut.pool].overtime.size(); ++t)
      problem.pools[cut.pool].overtime[t] *= cut.part;
  }
  return problem;
}

class RepairTest : public testing::Test {
 protected:
  Problem problem = synthetic_problem({.weeks = 12,
                                       .zones = 3,
                                       .suppliers = 20,
                                       .pools = 200,
                                       .classes = 8,
                                       .tier_1 = 3,
                                       .tier_2 = 6,
                                       .tier_3 = 8,
                                       .units = 400},
                                      5);
  Solution solution = solve(problem, {.iterations_max = 600}).value();
  Repairer repairer{problem, solution.plan, solution.prices};
};

TEST_F(RepairTest, AMemberThatLeavesIsReplacedAndThePlanStillHolds) {
  for (std::uint32_t supplier = 0; supplier < 20; ++supplier) {
    Repairer fresh{problem, solution.plan, solution.prices};
    const Disruption event{.from_week = 2, .suppliers_out = {supplier}};
    const auto repair = fresh.apply(event);
    const auto checked = check(after(problem, event), fresh.plan());
    EXPECT_TRUE(checked.violations.empty()) << "supplier " << supplier << ": " << checked.violations.front();
    EXPECT_NEAR(checked.measures.units_delivered, repair.units_after, 0.01);
    for (const auto called : repair.suppliers_to_call) EXPECT_NE(called, supplier);
    for (const auto& change : repair.changes) {
      EXPECT_TRUE(change.reason != ChangeReason::lost || change.week >= 2) << "what was started stays";
    }
  }
}

TEST_F(RepairTest, TwoEventsBuildOnOneAnother) {
  const Disruption first{.from_week = 1, .suppliers_out = {3}}, second{.from_week = 3, .suppliers_out = {4, 3}};
  repairer.apply(first);
  repairer.apply(second);
  const auto checked = check(after(after(problem, {.from_week = 3, .suppliers_out = {4}}), first), repairer.plan());
  EXPECT_TRUE(checked.violations.empty()) << checked.violations.front();
}

TEST_F(RepairTest, ACutOfCapacityKeepsWhatIsLeft) {
  std::uint32_t busiest = problem.activities[solution.plan.placements.front().activity].pool;
  const Disruption event{.from_week = 0, .capacity = {{busiest, 0.4}}};
  repairer.apply(event);
  const auto checked = check(after(problem, event), repairer.plan());
  EXPECT_TRUE(checked.violations.empty()) << checked.violations.front();
}

TEST_F(RepairTest, ACutThatEndsTakesOnlyItsWeeks) {
  const auto& first = solution.plan.placements.front();
  const auto pool = problem.activities[first.activity].pool;
  const Disruption event{.from_week = first.week, .capacity = {{pool, 0, first.week + 1}}};
  const auto tried = repairer.propose(event);
  EXPECT_EQ(repairer.plan(), solution.plan) << "a proposal changes nothing";
  for (const auto& x : tried.plan.placements)
    EXPECT_FALSE(problem.activities[x.activity].pool == pool && x.week == first.week);
  bool lost = false;
  for (const auto& change : tried.repair.changes) {
    if (change.reason != ChangeReason::lost) continue;
    EXPECT_EQ(change.week, first.week) << "later weeks have their hours";
    lost = true;
  }
  EXPECT_TRUE(lost);
  auto cut = problem;
  cut.pools[pool].hours[first.week] = 0;
  if (!cut.pools[pool].overtime.empty()) cut.pools[pool].overtime[first.week] = 0;
  const auto checked = check(cut, tried.plan);
  EXPECT_TRUE(checked.violations.empty()) << checked.violations.front();
  repairer.apply(event);
  EXPECT_EQ(repairer.plan(), tried.plan) << "what was proposed is what is done";
}

TEST_F(RepairTest, TryingOutChangesNothing) {
  const auto before = repairer.plan();
  const auto tried = repairer.try_out({.from_week = 0, .suppliers_out = {1}});
  EXPECT_EQ(repairer.plan(), before);
  EXPECT_LE(tried.units_after, tried.units_before + 1e-6);
}

TEST_F(RepairTest, TheOnlySourceOfAnItemStopsEverything) {
  Problem p{.weeks = 5, .zones = 1, .suppliers = 2};
  p.items = {{"pump"}, {"chip"}};
  p.recipes = {{0, {{1, 1}}}, {1, {}}};
  p.pools = {{"line", 0, std::vector<double>(5, 40.0)}, {"fab", 1, std::vector<double>(5, 40.0)}};
  p.activities = {{.recipe = 0, .pool = 0, .cost = 1}, {.recipe = 1, .pool = 1, .lead = 1, .cost = 1}};
  p.demands = {{0, 0, 3, 60}};
  const auto plan = solve(p, {.iterations_max = 3000}).value();
  ASSERT_NEAR(plan.measures.units_delivered, 60, 0.1);
  Repairer one{p, plan.plan, plan.prices};
  const auto repair = one.apply({.from_week = 0, .suppliers_out = {1}});
  EXPECT_NEAR(repair.units_after, 0, 1e-3);
  EXPECT_EQ(repair.suppliers_to_call, std::vector<std::uint32_t>{0}) << "the line must know";
  EXPECT_EQ(stress(p, Repairer{p, plan.plan, plan.prices}, plan.plan, 5).front().units_lost > 59, true);
}

}  // namespace
}  // namespace hanse::optimiser::allocation
