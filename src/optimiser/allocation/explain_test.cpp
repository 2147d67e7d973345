#include "optimiser/allocation/explain.hpp"

#include <gtest/gtest.h>

namespace hanse::optimiser::allocation {
namespace {

/// A pump of a chip with a long lead and a case; the case's maker is the tight one.
Problem chip_and_case() {
  Problem p{.weeks = 12, .zones = 1, .suppliers = 4};
  p.items = {{"pump"}, {"chip"}, {"case"}};
  p.recipes = {{0, {{1, 1}, {2, 1}}}, {1, {}}, {2, {}}};
  for (std::uint32_t s = 0; s < 4; ++s)
    p.pools.push_back({"pool", s, std::vector<double>(12, s == 2 ? 4.0 : 40.0), {}, 0});
  p.activities = {{.recipe = 0, .pool = 0, .lead = 1, .cost = 1},
                  {.recipe = 1, .pool = 1, .lead = 5, .cost = 1, .qualification = 1},
                  {.recipe = 2, .pool = 2, .lead = 1, .cost = 1},
                  {.recipe = 2, .pool = 3, .lead = 1, .cost = 90}};
  p.demands = {{0, 0, 8, 60}};
  p.penalties = {.late = 1, .shortage = 80};
  return p;
}

TEST(Explain, TheCriticalChainGoesThroughTheLongestLead) {
  const auto chain = critical_chain(chip_and_case(), 0);
  ASSERT_EQ(chain.size(), 2u);
  EXPECT_EQ(chain[0].item, 0u);
  EXPECT_EQ(chain[0].ready_week, 7u);
  EXPECT_EQ(chain[1].item, 1u);
  EXPECT_EQ(chain[1].start_week, 1u);
  EXPECT_EQ(chain[1].qualification, 1u);
  auto nobody = chip_and_case();
  nobody.activities[1].pool = 0;
  nobody.activities[1].until = 0;
  EXPECT_TRUE(critical_chain(nobody, 0).empty());
}

TEST(Explain, TheBottleneckIsVerifiedBySolvingAgain) {
  const auto p = chip_and_case();
  const auto solution = solve(p, {.iterations_max = 6000}).value();
  const auto rows = bottlenecks(p, solution, 3, {.iterations_max = 6000});
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows.front().item, 2u) << "cases";
  EXPECT_TRUE(rows.front().verified);
  EXPECT_NEAR(rows.front().units_more, solution.measures.units_delivered * 0.1, 0.5);
}

TEST(Explain, SaysWhyAMemberAndAtWhichCostAnother) {
  const auto p = chip_and_case();
  const auto solution = solve(p, {.iterations_max = 6000}).value();
  const auto used = std::find_if(solution.plan.placements.begin(), solution.plan.placements.end(),
                                 [](const auto& x) { return x.activity == 2; });
  ASSERT_NE(used, solution.plan.placements.end());
  const auto reasons = why(p, solution, *used);
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_EQ(reasons[0].activity, 2u);
  EXPECT_LT(reasons[0].total(), reasons[1].total() + 1e-3);
  const auto cost = used_at_unit_cost(p, solution, 3);
  EXPECT_GT(cost, 50);
  EXPECT_LT(cost, 90) << "at its own cost of 90 it isn't used";
}

}  // namespace
}  // namespace hanse::optimiser::allocation
