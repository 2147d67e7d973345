#include "optimiser/scheduling/reschedule.hpp"

#include <gtest/gtest.h>

#include "optimiser/scheduling/random_problems.hpp"

namespace hanse::optimiser::scheduling {
namespace {

std::string violations_of(const Problem& problem, const Schedule& schedule) {
  std::string text;
  for (const auto& violation : check(problem, schedule)) text += violation.path + ": " + violation.message + "\n";
  return text;
}

/// Two machines that can do the same; four orders of one step each; at 10, all but the first two are still open.
Plan two_machines() {
  Plan plan;
  plan.problem.machines = {{.name = "a"}, {.name = "b"}};
  for (int j = 0; j < 4; ++j) {
    plan.problem.jobs.push_back({.name = "o" + std::to_string(j),
                                 .due = 400,
                                 .operations = {{.modes = {{MachineIndex{0}, 100}, {MachineIndex{1}, 110}}}}});
  }
  const auto at = [](std::uint32_t m, Seconds start, Seconds end) {
    return Placement{MachineIndex{m}, start, end, {}};
  };
  plan.schedule.operations = {at(0, 0, 100), at(1, 0, 110), at(0, 100, 200), at(1, 110, 220)};
  assume_started(plan, 10);
  return plan;
}

TEST(RightShift, PushesWhatWaitsAndLeavesTheRest) {
  auto plan = two_machines();
  ASSERT_TRUE(apply(plan, {.kind = EventKind::machine_down, .at = 100, .until = 150, .machine = MachineIndex{0}}));

  const auto shifted = right_shift(plan, 10);

  ASSERT_TRUE(shifted);
  EXPECT_EQ(violations_of(plan.problem, *shifted), "");
  EXPECT_EQ(shifted->operations[2]->start, 150);
  EXPECT_EQ(shifted->operations[3], plan.schedule.operations[3]);
}

TEST(RightShift, PreparedOnceAnswersAsTheFullOne) {
  auto plan = two_machines();
  auto prepared = RightShift::prepare(plan);
  ASSERT_TRUE(prepared);
  prepared->close(MachineIndex{0}, {100, 150});
  prepared->not_before(OperationIndex{3}, 300);

  const auto shifted = prepared->run(10);

  EXPECT_EQ(shifted.operations[2]->start, 150);
  EXPECT_EQ(shifted.operations[3]->start, 190);
}

TEST(Reschedule, MovesWorkAwayFromABrokenMachineAndSaysWhy) {
  auto plan = two_machines();
  const Event down{.kind = EventKind::machine_down,
                   .at = 100,
                   .until = 5'000,
                   .machine = MachineIndex{0},
                   .text = "spindle of a broke"};
  ASSERT_TRUE(apply(plan, down));

  const auto result = reschedule(plan, {.now = 100, .iterations_max = 500, .events = {down}});

  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(violations_of(plan.problem, result->schedule), "");
  EXPECT_EQ(result->schedule.operations[2]->machine, MachineIndex{1});
  ASSERT_FALSE(result->changes.empty());
  EXPECT_EQ(result->changes[0].operation, OperationIndex{2});
  EXPECT_EQ(result->changes[0].reason, Reason::machine_down);
  EXPECT_EQ(result->changes[0].text, "spindle of a broke");
  EXPECT_GT(result->changes[0].avoided, 4'000);
  EXPECT_EQ(result->rungs.front().rung, Rung::right_shift);
}

TEST(Reschedule, NewOrdersStandInLineByTheirDueDateBehindWhatWasPublished) {
  auto plan = two_machines();
  const auto before = plan.schedule.operations;
  for (const Seconds due : {2'000, 600}) {
    const Job job{.name = std::to_string(due), .due = due, .operations = {{.modes = {{MachineIndex{0}, 100}}}}};
    ASSERT_TRUE(apply(plan, {.kind = EventKind::rush_order, .at = 10, .job = job}));
  }

  const auto result = reschedule(plan, {.now = 10, .highest = Rung::right_shift});

  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(violations_of(plan.problem, result->schedule), "");
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(result->schedule.operations[i], before[i]) << i;
  EXPECT_EQ(result->schedule.operations[5]->start, 200) << "due first";
  EXPECT_EQ(result->schedule.operations[4]->start, 300);
}

TEST(Reschedule, ChangesNothingWithoutNeed) {
  const auto plan = two_machines();

  const auto result = reschedule(plan, {.now = 10, .iterations_max = 300});

  ASSERT_TRUE(result);
  EXPECT_EQ(result->rung, Rung::none);
  EXPECT_EQ(result->schedule.operations, plan.schedule.operations);
  EXPECT_EQ(result->nervousness, 0);
}

TEST(Reschedule, LetsARushOrderPassAndCancelsWithoutMovingWhatHasStarted) {
  auto plan = two_machines();
  const Event rush{
      .kind = EventKind::rush_order,
      .at = 10,
      .job = Job{.name = "rush", .due = 210, .weight = 50, .operations = {{.modes = {{MachineIndex{0}, 100}}}}}};
  const Event cancel{.kind = EventKind::cancellation, .at = 10, .job_index = JobIndex{1}};
  ASSERT_TRUE(apply(plan, rush));
  ASSERT_TRUE(apply(plan, cancel));

  const auto result = reschedule(plan, {.now = 10, .iterations_max = 800, .events = {rush, cancel}});

  ASSERT_TRUE(result);
  EXPECT_EQ(violations_of(plan.problem, result->schedule), "");
  EXPECT_EQ(result->schedule.operations[4]->start, 100);
  EXPECT_EQ(result->schedule.operations[1], plan.schedule.operations[1]);  // It runs; so it runs to its end.
  ASSERT_EQ(result->schedule.unplaced.size(), 1U);
  EXPECT_EQ(result->schedule.unplaced[0].reason, "cancelled");
  const auto of_rush = std::find_if(result->changes.begin(), result->changes.end(),
                                    [](const Change& c) { return c.operation == OperationIndex{4}; });
  ASSERT_NE(of_rush, result->changes.end());
  EXPECT_EQ(of_rush->reason, Reason::rush);
}

TEST(Reschedule, LeavesTheFrozenZoneAlone) {
  auto plan = two_machines();
  const Event rush{
      .kind = EventKind::rush_order,
      .at = 10,
      .job = Job{.name = "rush", .due = 210, .weight = 50, .operations = {{.modes = {{MachineIndex{0}, 100}}}}}};
  ASSERT_TRUE(apply(plan, rush));

  const auto result = reschedule(plan, {.now = 10, .frozen = 500, .iterations_max = 800, .events = {rush}});

  ASSERT_TRUE(result);
  EXPECT_EQ(result->schedule.operations[2], plan.schedule.operations[2]);
  EXPECT_EQ(result->schedule.operations[4]->start, 200);
}

TEST(Reschedule, RefusesEventsThatLackWhatTheyNeed) {
  auto plan = two_machines();

  EXPECT_EQ(to_string(apply(plan, {.kind = EventKind::machine_down, .at = 5}).error()),
            "the event machine_down needs a machine");
  EXPECT_EQ(apply(plan, {.kind = EventKind::cancellation, .job_index = JobIndex{9}}).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(apply(plan, {.kind = EventKind::vehicle_lost}).error().code, ErrorCode::invalid);
}

TEST(Reschedule, KeepsEveryRuleThroughALongDay) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    Random random{seed};
    Plan plan{.problem = testing::random_problem(random, {.jobs_max = 8, .operations_max = 5}), .schedule = {}};
    const auto first = solve(plan.problem, {.seed = seed, .iterations_max = 200});
    ASSERT_TRUE(first);
    plan.schedule = first->schedule;
    for (Seconds now = 10; now <= 100; now += 30) {
      assume_started(plan, now);
      std::vector<Event> events;
      events.push_back({.kind = EventKind::machine_down,
                        .at = now,
                        .until = now + 25,
                        .machine = MachineIndex{static_cast<std::uint32_t>(
                            random.integer(0, static_cast<std::int64_t>(plan.problem.machines.size()) - 1))}});
      const auto operation =
          static_cast<std::uint32_t>(random.integer(0, static_cast<std::int64_t>(plan.schedule.operations.size()) - 1));
      const auto& chosen = plan.schedule.operations[operation];  // One that has ended can't be late any more.
      if (!chosen || chosen->end > now) {
        events.push_back(
            {.kind = EventKind::operation_late, .at = now, .until = now + 40, .operation = OperationIndex{operation}});
      }
      if (seed % 3 == 0)
        events.push_back(
            {.kind = EventKind::operator_absent, .at = now, .until = now + 20, .person = OperatorIndex{0}});
      if (seed % 4 == 0) events.push_back({.kind = EventKind::cancellation, .at = now, .job_index = JobIndex{0}});
      for (const auto& event : events) {
        const auto applied = apply(plan, event);
        ASSERT_TRUE(applied) << to_string(applied.error());
      }

      const auto result =
          reschedule(plan, {.now = now, .frozen = 5, .firm = 40, .iterations_max = 60, .seed = seed, .events = events});

      ASSERT_TRUE(result);
      EXPECT_LE(result->nervousness, 1);
      for (const auto& change : result->changes) EXPECT_FALSE(change.text.empty());
      for (const auto& [path, message] : check(plan.problem, result->schedule)) {
        // Started operations are facts: what life makes them do to one another is no plan's fault.
        ADD_FAILURE() << "seed " << seed << " at " << now << ": " << path << ": " << message;
      }
      plan.schedule = result->schedule;
    }
  }
}

}  // namespace
}  // namespace hanse::optimiser::scheduling
