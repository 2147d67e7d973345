#include "optimiser/scheduling/solve.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "optimiser/scheduling/random_problems.hpp"
#include "optimiser/scheduling/read_instance.hpp"
#include "optimiser/scheduling/taillard.hpp"

namespace hanse::optimiser::scheduling {
namespace {

constexpr std::string_view kFt06 =
    "6 6\n2 1 0 3 1 6 3 7 5 3 4 6\n1 8 2 5 4 10 5 10 0 10 3 4\n2 5 3 4 5 8 0 9 1 1 4 7\n"
    "1 5 0 5 2 5 3 3 4 8 5 9\n2 9 1 3 4 5 5 4 0 3 3 1\n1 3 3 3 5 9 0 10 4 4 2 1\n";
constexpr std::string_view kLa01 =
    "10 5\n1 21 0 53 4 95 3 55 2 34\n0 21 3 52 4 16 2 26 1 71\n3 39 4 98 1 42 2 31 0 12\n1 77 0 55 4 79 2 66 3 77\n"
    "0 83 3 34 2 64 1 19 4 37\n1 54 2 43 4 79 0 92 3 62\n3 69 4 77 1 87 2 87 0 93\n2 38 0 60 1 41 3 24 4 83\n"
    "3 17 1 49 4 25 0 44 2 98\n4 77 3 79 2 43 1 75 0 96\n";

std::string violations_in(const Problem& problem, const Schedule& schedule) {
  std::string text;
  for (const auto& violation : check(problem, schedule)) text += violation.path + ": " + violation.message + "\n";
  return text;
}

Solution solved(const Problem& problem, const SolveOptions& options) {
  auto solution = solve(problem, options);
  EXPECT_TRUE(solution) << to_string(solution.error());
  EXPECT_EQ(violations_in(problem, solution->schedule), "");
  EXPECT_GE(solution->value, solution->bound.value);
  return *std::move(solution);
}

/// The least makespan of a plain problem over all orders, by trying all: each step takes any job's next operation on
/// any of its machines. Semi-active schedules of all sequences contain an optimal one.
class BruteForce {
 public:
  explicit BruteForce(const Problem& problem)
      : problem_(problem),
        next_(problem.jobs.size(), 0),
        job_free_(problem.jobs.size(), 0),
        machine_free_(problem.machines.size(), 0) {}
  Seconds run() {
    step(0);
    return best_;
  }

 private:
  void step(Seconds makespan) {
    if (makespan >= best_) return;
    bool any = false;
    for (std::size_t j = 0; j < problem_.jobs.size(); ++j) {
      if (next_[j] == problem_.jobs[j].operations.size()) continue;
      any = true;
      const auto& operation = problem_.jobs[j].operations[next_[j]];
      for (const auto& mode : operation.modes) {
        auto& machine = machine_free_[position(mode.machine)];
        const Seconds before_machine = machine, before_job = job_free_[j];
        job_free_[j] = machine = std::max(machine, job_free_[j]) + mode.duration;
        ++next_[j];
        step(std::max(makespan, machine));
        --next_[j];
        machine = before_machine;
        job_free_[j] = before_job;
      }
    }
    if (!any) best_ = makespan;
  }

  const Problem& problem_;
  std::vector<std::size_t> next_;
  std::vector<Seconds> job_free_, machine_free_;
  Seconds best_ = std::numeric_limits<Seconds>::max();
};

TEST(ScheduleSolve, ReachesTheOptimaOfSmallClassics) {
  const auto ft06 = solved(*read_job_shop(kFt06), {.iterations_max = 20'000});
  const auto la01 = solved(*read_job_shop(kLa01), {.iterations_max = 20'000});

  EXPECT_EQ(ft06.value, 55);
  EXPECT_EQ(la01.value, 666);
  EXPECT_EQ(la01.status, SolveStatus::optimal);
  EXPECT_EQ(la01.bound.name, "machine 'M5'");
}

TEST(ScheduleSolve, FindsTheOptimumOfTinyShops) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random{seed};
    const auto problem = testing::random_problem(
        random, {.jobs_max = 3, .operations_max = 3, .machines_max = 3, .flexible = seed % 2 == 0, .extras = false});

    const auto solution = solved(problem, {.seed = seed, .iterations_max = 3'000});

    EXPECT_EQ(solution.value, BruteForce{problem}.run()) << "seed " << seed;
    EXPECT_LE(makespan_bound(problem).value, solution.value) << "seed " << seed;
  }
}

TEST(ScheduleSolve, TheGeneralSearchFindsTheOptimumOfTinyShopsToo) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random{seed};
    const auto problem =
        testing::random_problem(random, {.jobs_max = 3, .operations_max = 3, .machines_max = 3, .extras = false});
    // A second objective that is always zero keeps the special searches away.
    const auto solution =
        solved(problem, {.objective = {.makespan = 1, .weighted_tardiness = 1}, .seed = seed, .iterations_max = 6'000});

    EXPECT_EQ(solution.value, BruteForce{problem}.run()) << "seed " << seed;
  }
}

TEST(ScheduleSolve, KeepsEveryRuleOfRichProblems) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random{seed};
    const auto problem = testing::random_problem(random, {});
    const auto valid = validate(problem);
    ASSERT_TRUE(valid) << "seed " << seed << ": " << to_string(valid.error());
    const Objective objective{
        .makespan = 1, .weighted_tardiness = 2, .setup_seconds = 1, .energy_cost = static_cast<std::int64_t>(seed % 2)};

    const auto first = dispatch(problem, objective);
    const auto solution = solve(problem, {.objective = objective, .seed = seed, .iterations_max = 300});

    ASSERT_TRUE(first && solution);
    EXPECT_EQ(violations_in(problem, first->schedule), "") << "dispatch, seed " << seed;
    EXPECT_EQ(violations_in(problem, solution->schedule), "") << "seed " << seed;
    EXPECT_LE(solution->value, first->value) << "seed " << seed;
    EXPECT_GE(solution->value, solution->bound.value) << "seed " << seed;
  }
}

TEST(ScheduleSolve, IsTheSameEachTimeWithAnIterationBudget) {
  Random random{7};
  const auto rich = testing::random_problem(random, {.jobs_max = 8, .operations_max = 5});
  const auto plain = taillard_shop(10, 10, {.times = 11, .machines = 12});
  auto flexible = plain;
  for (auto& job : flexible.jobs) {
    for (auto& operation : job.operations) {
      operation.modes.push_back(
          {MachineIndex{(static_cast<std::uint32_t>(position(operation.modes[0].machine)) + 1) % 10},
           operation.modes[0].duration + 3});
    }
  }
  for (const Problem* problem : std::initializer_list<const Problem*>{&rich, &plain, &flexible}) {
    for (const unsigned threads : {1U, 2U}) {
      const SolveOptions options{.seed = 3, .iterations_max = 20'000, .threads = threads};

      const auto a = solved(*problem, options);
      const auto b = solved(*problem, options);

      EXPECT_EQ(a.schedule, b.schedule) << threads;
    }
  }
}

TEST(ScheduleSolve, NeverReturnsWorseThanItsStart) {
  const auto problem = taillard_shop(12, 8, {.times = 5, .machines = 6});
  const auto good = solved(problem, {.seed = 1, .iterations_max = 50'000});

  const auto again = solved(problem, {.seed = 99, .iterations_max = 1, .start = good.schedule});

  EXPECT_LE(again.value, good.value);
}

TEST(ScheduleSolve, StopsWhenToldAndTellsOfImprovements) {
  const auto problem = taillard_shop(20, 15, {.times = 5, .machines = 6});
  std::vector<std::int64_t> told;
  int asked = 0;
  SolveOptions options;
  options.expired = [&] { return ++asked > 200; };
  options.on_improvement = [&](const Progress& progress) { told.push_back(progress.value); };

  const auto solution = solved(problem, options);

  ASSERT_FALSE(told.empty());
  EXPECT_TRUE(std::is_sorted(told.rbegin(), told.rend()));
  EXPECT_EQ(told.back(), solution.value);
  EXPECT_LE(asked, 210);
}

TEST(ScheduleSolve, ListsAJobThatHasNoPlaceAndSchedulesTheRest) {
  Problem problem;
  problem.calendars.push_back({.name = "one day", .working = {{0, 100}}, .repeat_every = 0});
  problem.machines = {{.name = "press", .calendar = CalendarIndex{0}}, {.name = "lathe"}};
  problem.jobs.resize(2);
  problem.jobs[0].name = "long";
  problem.jobs[0].operations = {{.modes = {{MachineIndex{0}, 101}}}};
  problem.jobs[1].name = "short";
  problem.jobs[1].operations = {{.modes = {{MachineIndex{0}, 60}}}, {.modes = {{MachineIndex{1}, 500}}}};

  const auto solution = solved(problem, {.iterations_max = 100});

  EXPECT_EQ(solution.status, SolveStatus::partial);
  ASSERT_EQ(solution.schedule.unplaced.size(), 1U);
  EXPECT_EQ(solution.schedule.unplaced[0].job, JobIndex{0});
  EXPECT_NE(solution.schedule.unplaced[0].reason.find("press"), std::string::npos);
  EXPECT_EQ(solution.measures.makespan, 560);
}

TEST(ScheduleSolve, OfNothingIsNothing) {
  Problem problem;
  problem.machines.resize(1);

  const auto solution = solved(problem, {});

  EXPECT_EQ(solution.status, SolveStatus::optimal);
  EXPECT_EQ(solution.value, 0);
}

TEST(ScheduleSolve, ImprovesLargeShopsInWindows) {
  const auto problem = taillard_shop(500, 45, {.times = 3, .machines = 4});
  const auto first = dispatch(problem);

  const auto solution = solved(problem, {.iterations_max = 400'000});

  ASSERT_TRUE(first);
  EXPECT_EQ(violations_in(problem, first->schedule), "");
  EXPECT_LT(solution.value, first->value);
}

TEST(ScheduleSolve, KeepsAPinAndWorksAroundIt) {
  Problem problem;
  problem.machines.resize(1);
  problem.jobs.resize(3);
  for (auto& job : problem.jobs) job.operations = {{.modes = {{MachineIndex{0}, 10}}}};
  problem.jobs[0].operations[0].pin = Pin{.machine = MachineIndex{0}, .start = 12, .end = {}};

  const auto solution = solved(problem, {.iterations_max = 200});

  EXPECT_EQ(solution.schedule.operations[0]->start, 12);
  EXPECT_EQ(solution.measures.makespan, 32);
}

TEST(Taillard, MakesThePublishedInstances) {
  const auto ta01 = taillard_shop(15, 15, {.times = 840612802, .machines = 398197754});
  const std::vector<Seconds> times{94, 66, 10, 53, 26, 15, 65, 82, 10, 27, 93, 92, 96, 70, 83};
  const std::vector<std::uint32_t> machines{6, 12, 4, 7, 3, 2, 10, 11, 8, 14, 9, 13, 5, 0, 1};
  for (std::size_t i = 0; i < 15; ++i) {
    EXPECT_EQ(ta01.jobs[0].operations[i].modes[0].duration, times[i]);
    EXPECT_EQ(position(ta01.jobs[0].operations[i].modes[0].machine), machines[i]);
  }
}

}  // namespace
}  // namespace hanse::optimiser::scheduling
