#include <gtest/gtest.h>

#include "optimiser/scheduling/random_problems.hpp"
#include "optimiser/scheduling/solve.hpp"

namespace hanse::optimiser::scheduling {
namespace {

Operation on(std::uint32_t machine, Seconds duration) { return {.modes = {{MachineIndex{machine}, duration}}}; }

Placement at(std::uint32_t machine, Seconds start, Seconds end) {
  return {.machine = MachineIndex{machine}, .start = start, .end = end, .attended_by = {}};
}

/// Two jobs of two operations on two machines.
struct ScheduleCheck : ::testing::Test {
  ScheduleCheck() {
    problem.machines = {{.name = "a"}, {.name = "b"}};
    problem.jobs = {{.name = "x", .operations = {on(0, 10), on(1, 5)}},
                    {.name = "y", .operations = {on(0, 4), on(1, 6)}}};
    schedule.operations = {at(0, 0, 10), at(1, 10, 15), at(0, 10, 14), at(1, 15, 21)};
  }
  /// The first violation, or nothing.
  std::string first() const {
    const auto violations = check(problem, schedule);
    return violations.empty() ? "" : violations[0].path + ": " + violations[0].message;
  }
  Problem problem;
  Schedule schedule;
};

TEST_F(ScheduleCheck, AcceptsWhatCanBeCarriedOut) { EXPECT_EQ(first(), ""); }

TEST_F(ScheduleCheck, SeesTwoOnOneMachine) {
  schedule.operations[2] = at(0, 9, 13);
  EXPECT_EQ(first(), "jobs[1].operations[0]: starts at 9, while jobs[0].operations[0] has machine 'a' until 10");
}

TEST_F(ScheduleCheck, SeesAStepBeforeTheOneBefore) {
  schedule.operations[1] = at(1, 9, 14);
  EXPECT_EQ(first(), "jobs[0].operations[1]: starts at 9, but its part is there at 10");
}

TEST_F(ScheduleCheck, SeesAWrongDurationMachineOrRelease) {
  schedule.operations[3] = at(1, 15, 20);
  EXPECT_EQ(first(), "jobs[1].operations[1]: works 5 s, but takes 6 s on machine 'b'");
  schedule.operations[3] = at(0, 15, 21);
  EXPECT_EQ(first(), "jobs[1].operations[1]: is on machine 0, which isn't among its modes");
  schedule.operations[3] = at(1, 15, 21);
  problem.jobs[1].release = 11;
  EXPECT_EQ(first(), "jobs[1].operations[0]: starts at 10, before its release at 11");
}

TEST_F(ScheduleCheck, SeesWorkInAClosure) {
  problem.machines[1].closures.push_back({12, 13, "service"});
  EXPECT_EQ(first(), "jobs[0].operations[1]: runs from 10 to 15, while its machine or operator doesn't work");
  problem.jobs[0].operations[1].resumable = true;
  EXPECT_EQ(first(), "jobs[0].operations[1]: works 4 s, but takes 5 s on machine 'b'");
  schedule.operations[1] = at(1, 10, 16);
  schedule.operations[3] = at(1, 16, 22);
  EXPECT_EQ(first(), "");
}

TEST_F(ScheduleCheck, SeesAMissingSetUp) {
  problem.setups.push_back({.seconds = {{0, 3}, {0, 0}}});
  problem.machines[0].setups = SetupIndex{0};
  problem.jobs[1].operations[0].family = FamilyIndex{1};
  EXPECT_EQ(first(), "jobs[1].operations[0]: starts at 10, but the set-up after 10 takes 3 s");
}

TEST_F(ScheduleCheck, SeesAMissingWayAndAVehicleInTwoPlaces) {
  problem.transport = Transport{.seconds = {{0, 2}, {2, 0}}, .vehicles = 0};
  EXPECT_EQ(first(), "jobs[0].operations[1]: starts at 10, but its part is there at 12");
  problem.transport->vehicles = 1;
  schedule.operations[1] = at(1, 12, 17);
  schedule.operations[3] = at(1, 17, 23);
  EXPECT_EQ(first(), "jobs[0].operations[1]: nobody carries its part to it");
  schedule.carriages = {{0, OperationIndex{0}, OperationIndex{1}, 10, 12},
                        {0, OperationIndex{2}, OperationIndex{3}, 14, 16}};
  EXPECT_EQ(first(), "");
  schedule.carriages[1] = {0, OperationIndex{2}, OperationIndex{3}, 15, 17};
  schedule.carriages[0] = {0, OperationIndex{0}, OperationIndex{1}, 10, 12};
  problem.transport->seconds[1][0] = 4;
  EXPECT_EQ(first(), "jobs[1].operations[1]: vehicle 0 can't be there at 15");
}

TEST_F(ScheduleCheck, SeesAnUnskilledOrBusyOperator) {
  problem.skills = {"weld"};
  problem.operators = {{.name = "Ada", .skills = {SkillIndex{0}}}, {.name = "Bo", .skills = {}}};
  problem.jobs[0].operations[1].skill = SkillIndex{0};
  EXPECT_EQ(first(), "jobs[0].operations[1]: has no operator");
  schedule.operations[1]->attended_by = OperatorIndex{1};
  EXPECT_EQ(first(), "jobs[0].operations[1]: its operator lacks the skill");
  schedule.operations[1]->attended_by = OperatorIndex{0};
  EXPECT_EQ(first(), "");
  problem.jobs[1].operations[0].skill = SkillIndex{0};
  schedule.operations[2]->attended_by = OperatorIndex{0};
  EXPECT_EQ(first(), "jobs[0].operations[1]: its operator is busy until 14");
}

TEST_F(ScheduleCheck, SeesAMissingOperationAndAPinThatMoved) {
  schedule.operations[3].reset();
  EXPECT_EQ(first(), "jobs[1].operations[1]: has no place, and its job isn't listed as unplaced");
  schedule.operations[2].reset();
  schedule.unplaced = {{JobIndex{1}, "no time"}};
  EXPECT_EQ(first(), "");
  problem.jobs[0].operations[0].pin = Pin{.machine = MachineIndex{0}, .start = 3, .end = {}};
  EXPECT_EQ(first(), "jobs[0].operations[0]: starts at 0, before its pin at 3");
}

TEST_F(ScheduleCheck, SeesAFullMachineAndAMixedBatch) {
  problem.machines[0].capacity = 2;
  schedule.operations[2] = at(0, 0, 4);
  EXPECT_EQ(first(), "");
  problem.jobs[1].operations[0].size = 2;
  EXPECT_EQ(first(), "jobs[0].operations[0]: starts at 0, when machine 'a' has no room left");
  problem.jobs[1].operations[0].size = 1;
  problem.machines[0].batch = true;
  EXPECT_NE(first().find("runs beside another batch"), std::string::npos);
}

TEST(ScheduleMeasure, CountsLatenessSetUpsAndEnergy) {
  Problem problem;
  problem.setups.push_back({.seconds = {{0, 3}, {2, 0}}});
  problem.machines = {{.name = "a", .setups = SetupIndex{0}, .family = FamilyIndex{1}, .power_w = 3'600'000}};
  problem.tariff = {{0, 100}, {10, 300}};
  problem.jobs = {{.due = 15, .weight = 2, .operations = {on(0, 10)}}};
  const Schedule schedule{.operations = {at(0, 5, 20)}, .carriages = {}, .unplaced = {}};

  const auto measures = measure(problem, schedule);

  EXPECT_EQ(measures.makespan, 20);
  EXPECT_EQ(measures.weighted_tardiness, 10);
  EXPECT_EQ(measures.late_jobs, 1);
  EXPECT_EQ(measures.setup_seconds, 2);
  EXPECT_EQ(measures.energy_cost, 4);  // 5 s and 10 s of 1 kWh a second at 0.1 and 0.3 a kWh: 0.5 + 3, rounded.
}

}  // namespace
}  // namespace hanse::optimiser::scheduling
