#include <fmt/format.h>
#include <gtest/gtest.h>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/random.hpp"
#include "optimiser/allocation/mps.hpp"
#include "optimiser/allocation/solve.hpp"
#include "optimiser/allocation/synthetic.hpp"

namespace hanse::optimiser::allocation {
namespace {

/// One product of two parts; one maker of each; six weeks.
Problem two_parts() {
  Problem p{.weeks = 6, .zones = 1, .suppliers = 3};
  p.items = {{"pump"}, {"motor"}, {"case"}};
  p.recipes = {{0, {{1, 1}, {2, 2}}}, {1, {}}, {2, {}}};
  for (std::uint32_t s = 0; s < 3; ++s)
    p.pools.push_back({fmt::format("pool-{}", s), s, std::vector<double>(6, 40.0), {}, 0});
  p.activities = {{.recipe = 0, .pool = 0, .lead = 0, .cost = 10},
                  {.recipe = 1, .pool = 1, .lead = 1, .cost = 5},
                  {.recipe = 2, .pool = 2, .lead = 1, .hours = 0.5, .cost = 1}};
  p.demands = {{0, 0, 3, 60}};
  p.penalties = {.late = 2, .shortage = 50};
  return p;
}

Solution solved(const Problem& problem, std::uint64_t iterations = 6000) {
  auto solution = solve(problem, {.iterations_max = iterations, .gap_target = 1e-6});
  EXPECT_TRUE(solution) << to_string(solution.error());
  const auto checked = check(problem, solution->plan);
  EXPECT_TRUE(checked.violations.empty()) << checked.violations.front();
  EXPECT_GE(solution->value, solution->bound * (1 - 1e-6));
  return *std::move(solution);
}

TEST(Allocation, FindsTheOnlySensiblePlan) {
  const auto solution = solved(two_parts());
  EXPECT_NEAR(solution.value, 60 * (10 + 5 + 2), 0.5);
  EXPECT_NEAR(solution.measures.units_delivered, 60, 1e-3);
  EXPECT_LT(solution.gap, 1e-3);
}

TEST(Allocation, DeliversLateWhatHoursDoNotAllowInTime) {
  auto p = two_parts();
  p.pools[1].hours.assign(6, 10.0);  // Motors: 10 a week from week 1, so 30 by week 3 and 50 by week 5.
  const auto solution = solved(p);
  EXPECT_NEAR(solution.measures.units_delivered, 50, 0.1);
  EXPECT_NEAR(solution.measures.unit_weeks_late, 30 + 20 + 10, 0.5);
}

TEST(Allocation, TheFirstPlanBuysWhatNobodyMakesInTime) {
  auto p = two_parts();
  p.activities[1].lead = 5;          // Motors come too late for all but the last week ...
  p.purchases = {{1, 0, 1, 8, 15}};  // ... but the market has fifteen a week.
  const auto solution = solve(p, {.iterations_max = 0});
  ASSERT_TRUE(solution);
  EXPECT_TRUE(check(p, solution->plan).violations.empty());
  EXPECT_GT(solution->measures.units_delivered, 40) << "without any time to search";
}

TEST(Allocation, RampAndQualificationDelayTheFirstUnit) {
  auto p = two_parts();
  p.activities[1].qualification = 2;
  p.activities[1].ramp = 1;
  p.activities[1].rate_max = 40;
  const auto solution = solved(p);
  for (const auto& x : solution.plan.placements) {
    if (x.activity != 1) continue;
    EXPECT_GE(x.week, 2u);
    EXPECT_LE(x.quantity, (x.week == 2 ? 20 : 40) + 1e-6);
  }
}

TEST(Allocation, WorksOvertimeWhereThatCostsLessThanBeingLate) {
  auto p = two_parts();
  p.pools[1].hours.assign(6, 15.0);
  p.pools[1].overtime.assign(6, 10.0);
  p.pools[1].overtime_cost = 1;
  const auto solution = solved(p);
  EXPECT_NEAR(solution.measures.overtime, 15, 0.1) << "60 motors by week 2 are 15 more than three weeks give";
  EXPECT_NEAR(solution.measures.unit_weeks_late, 0, 0.1);
}

TEST(Allocation, KeepsLotsAndAgreements) {
  auto p = two_parts();
  p.activities[2].lot = 25;
  p.limits = {{"motors of one member", {{1, 1.0}}, 55}};
  const auto solution = solved(p);
  EXPECT_LE(solution.measures.units_delivered, 55 + 1e-6);
  EXPECT_GE(solution.measures.units_delivered, 50 - 1e-3) << "four lots of cases are enough for fifty";
}

TEST(Allocation, PaysForAnAgreementThatItDoesNotFill) {
  auto p = two_parts();
  p.limits = {{"at least", {{1, 1.0}}, kUnlimited, 100, 3}};
  const auto solution = solved(p);
  EXPECT_NEAR(solution.measures.agreements, 40 * 3, 5) << "forty motors more would cost 5 each";
}

TEST(Allocation, BuysFromTheMarketWhereNobodyMakes) {
  auto p = two_parts();
  p.activities.erase(p.activities.begin() + 2);
  p.purchases = {{.item = 2, .zone = 0, .lead = 2, .cost = 4, .weekly_max = 100}};
  const auto solution = solved(p);
  EXPECT_NEAR(solution.measures.units_delivered, 60, 0.1);
  EXPECT_NEAR(solution.measures.market, 60 * 2 * 4, 2);
}

TEST(Allocation, NamesWhatIsWrongWithAProblem) {
  auto p = two_parts();
  p.recipes[1].inputs = {{0, 1}};
  const auto cycle = validate(p);
  ASSERT_FALSE(cycle);
  EXPECT_NE(cycle.error().fields.at(0).message.find("pump -> motor -> pump"), std::string::npos)
      << cycle.error().fields.at(0).message;
  p = two_parts();
  p.recipes[0].inputs[0].item = 9;
  p.demands[0].quantity = -1;
  p.activities[0].hours = 0;
  EXPECT_EQ(validate(p).error().fields.size(), 3u);
}

TEST(Check, FindsWhatIsWrongWithAPlan) {
  const auto p = two_parts();
  const auto good = solved(p).plan;
  const auto broken = [&](auto change) {
    auto plan = good;
    change(plan);
    return check(p, plan).violations.size();
  };
  EXPECT_EQ(broken([](Plan&) {}), 0u);
  EXPECT_GT(broken([](Plan& plan) {
              plan.placements.erase(std::remove_if(plan.placements.begin(), plan.placements.end(),
                                                   [](const auto& x) { return x.activity == 1; }),
                                    plan.placements.end());
            }),
            0u)
      << "parts that nobody makes";
  EXPECT_GT(broken([](Plan& plan) { plan.placements.front().quantity += 1000; }), 0u) << "hours";
  EXPECT_GT(broken([](Plan& plan) { plan.deliveries.front().week = 0; }), 0u) << "before it is due";
  EXPECT_GT(broken([](Plan& plan) { plan.placements.push_back({99, 0, 1}); }), 0u) << "an activity that isn't there";
}

TEST(Allocation, EveryPlanOfManySmallNetworksPassesTheCheck) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SyntheticSize size{.weeks = 10 + static_cast<std::uint32_t>(seed % 5),
                       .zones = 1 + static_cast<std::uint32_t>(seed % 4),
                       .suppliers = 10,
                       .pools = 80,
                       .classes = 8,
                       .tier_1 = 3,
                       .tier_2 = 6,
                       .tier_3 = 8,
                       .units = 300,
                       .capacity = seed % 2 ? 3.0 : 1.2};
    size.activation_cost = seed % 3 == 0 ? 1 : 0;
    size.lot_weeks = seed % 4 == 0 ? 0.5 : 0;
    const auto problem = synthetic_problem(size, seed);
    const auto solution = solve(problem, {.iterations_max = 800}).value();
    const auto checked = check(problem, solution.plan);
    EXPECT_TRUE(checked.violations.empty()) << "seed " << seed << ": " << checked.violations.front();
    EXPECT_GT(solution.bound, 0) << "seed " << seed;
    EXPECT_LE(solution.bound, solution.value) << "seed " << seed;
  }
}

TEST(Allocation, GivesTheSameAnswerAgain) {
  const auto problem = synthetic_problem({.pools = 60, .classes = 6, .tier_1 = 2, .tier_2 = 4, .tier_3 = 5}, 3);
  const auto once = solve(problem, {.threads = 2, .iterations_max = 500}).value(),
             again = solve(problem, {.threads = 2, .iterations_max = 500}).value();
  EXPECT_EQ(once.plan, again.plan);
  EXPECT_EQ(once.bound, again.bound);
}

/// The linear optimum by CLP or GLPK on a file written from the raw problem; nothing when neither is installed.
std::optional<double> by_general_solver(const Problem& problem) {
  const auto folder = std::string{"/tmp/hanse-allocation-test"};
  const auto make = "mkdir -p " + folder;
  if (std::system(make.c_str()) != 0) return {};
  const auto file = folder + "/model.mps", answer = folder + "/answer.txt";
  std::ofstream{file} << to_mps(problem);
  if (std::system(("glpsol --freemps " + file + " -o " + answer + " >/dev/null 2>&1").c_str()) != 0) return {};
  std::ifstream in{answer};
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("Objective:")) continue;
    std::istringstream words{line.substr(line.find('=') + 1)};
    double value = 0;
    if (words >> value) return value;
  }
  return {};
}

TEST(Allocation, AgreesWithAGeneralSolver) {
  int skipped = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const auto problem = synthetic_problem({.weeks = 8,
                                            .zones = 2,
                                            .suppliers = 6,
                                            .pools = 24,
                                            .classes = 5,
                                            .tier_1 = 2,
                                            .tier_2 = 3,
                                            .tier_3 = 4,
                                            .units = 200,
                                            .capacity = seed % 2 ? 3.0 : 1.5},
                                           seed);
    const auto exact = by_general_solver(problem);
    if (!exact) {
      ++skipped;
      continue;
    }
    const auto solution = solve(problem, {.iterations_max = 60'000, .gap_target = 1e-7}).value();
    EXPECT_LE(solution.bound, *exact * (1 + 1e-6)) << "seed " << seed << ": a bound over the optimum is none";
    EXPECT_GE(solution.value, *exact * (1 - 1e-6)) << "seed " << seed << ": a plan under the optimum breaks something";
    EXPECT_NEAR(solution.bound, *exact, *exact * 1e-4) << "seed " << seed;
    EXPECT_NEAR(solution.value, *exact, *exact * 1e-4) << "seed " << seed;
    std::printf("seed %d: optimum %.6g, bound -%.3g %%, plan +%.3g %%\n", static_cast<int>(seed), *exact,
                100 * (1 - solution.bound / *exact), 100 * (solution.value / *exact - 1));
  }
  if (skipped > 0) GTEST_SKIP() << skipped << " comparisons: glpsol isn't installed";
}

}  // namespace
}  // namespace hanse::optimiser::allocation
