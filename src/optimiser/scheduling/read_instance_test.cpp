#include "optimiser/scheduling/read_instance.hpp"

#include <gtest/gtest.h>

namespace hanse::optimiser::scheduling {
namespace {

std::string error_of(const Result<Problem>& problem) { return problem ? "" : to_string(problem.error()); }

TEST(ReadJobShop, TakesTheStandardLayoutWithCommentsAndAnyLineBreaks) {
  const auto problem = read_job_shop("# an instance\n2 2\n0 3 1\n2\n1\t4  0 0 # the end\n\n");

  ASSERT_TRUE(problem) << error_of(problem);
  ASSERT_EQ(problem->jobs.size(), 2U);
  EXPECT_EQ(problem->jobs[0].operations[1].modes[0], (Mode{MachineIndex{1}, 2}));
  EXPECT_EQ(problem->jobs[1].operations[1].modes[0], (Mode{MachineIndex{0}, 0}));
}

TEST(ReadJobShop, TakesTaillardsLayout) {
  const auto problem = read_job_shop("2 2 840612802 398197754 10 8\nTimes\n3 2\n4 5\nMachines\n1 2\n2 1\n");

  ASSERT_TRUE(problem) << error_of(problem);
  EXPECT_EQ(problem->jobs[1].operations[0].modes[0], (Mode{MachineIndex{1}, 4}));
}

TEST(ReadJobShop, TakesReentrantJobs) {
  const auto problem = read_job_shop("2 2\n0 3 1 2 0 4 -1 -1\n1 1 -1 -1\n");

  ASSERT_TRUE(problem) << error_of(problem);
  EXPECT_EQ(problem->jobs[0].operations.size(), 3U);
  EXPECT_EQ(problem->jobs[1].operations.size(), 1U);
}

TEST(ReadJobShop, NamesTheLineOfWhatIsWrong) {
  EXPECT_EQ(error_of(read_job_shop("")), "line 1: the file ends where the number of jobs should be");
  EXPECT_EQ(error_of(read_job_shop("2 2\n0 3 1 2\n0 1 2 4\n")),
            "line 3: the machine of operation 2 of job 2 is 2, but must be 0 to 1");
  EXPECT_EQ(error_of(read_job_shop("2 2\n0 3 1 -2\n")),
            "line 2: the duration of operation 2 of job 1 is -2, but must be 0 to 1000000000");
  EXPECT_EQ(error_of(read_job_shop("2 2\n0 3 1 2\n0 1\n")),
            "line 4: the file ends where the machine of operation 2 of job 2 should be");
  EXPECT_EQ(error_of(read_job_shop("1 1\n0 3\n0 3\n")), "line 3: there are more than 1 jobs of 1 operations");
  EXPECT_EQ(error_of(read_job_shop("1 1\n0 3.5\n")),
            "line 2: '3.5' should be the duration of operation 1 of job 1, a whole number");
  EXPECT_EQ(error_of(read_job_shop("5000000 100000\n")), "line 1: over 5000000 operations");
}

TEST(ReadFlexibleJobShop, TellsMachinesFromOneAndFromZero) {
  const auto from_one = read_flexible_job_shop("1 2 1.5\n2 2 1 5 2 4 1 2 3\n");
  const auto from_zero = read_flexible_job_shop("1 2\n2 2 0 5 1 4 1 1 3 \n");

  ASSERT_TRUE(from_one && from_zero) << error_of(from_one) << error_of(from_zero);
  EXPECT_EQ(*from_one, *from_zero);
  EXPECT_EQ(from_one->jobs[0].operations[0].modes.size(), 2U);
}

TEST(ReadFlexibleJobShop, TakesSetUps) {
  const auto problem = read_flexible_job_shop("1 1\n2 1 1 5 1 1 4\nSETUP 2\n0 7\n3 0\n0 1\n");

  ASSERT_TRUE(problem) << error_of(problem);
  EXPECT_EQ(problem->setups[0].seconds[0][1], 7);
  EXPECT_EQ(problem->jobs[0].operations[1].family, FamilyIndex{1});
}

TEST(ReadFlexibleJobShop, NamesTheLineOfWhatIsWrong) {
  EXPECT_EQ(error_of(read_flexible_job_shop("2 2\n1 1 1 5\n2 1 1 5\n")),
            "line 3: job 2 says it has 2 operations, but the file ends after 1");
  EXPECT_EQ(error_of(read_flexible_job_shop("1 2\n1 3 1 5 2 5 1 4\n")),
            "line 2: the number of alternatives is 3, but must be 1 to 2");
  EXPECT_EQ(error_of(read_flexible_job_shop("1 2\n2 1 0 5\n1 2 5\n")),
            "line 3: machine 2 doesn't exist: the file counts from 0 and has 2");
  EXPECT_EQ(error_of(read_flexible_job_shop("1 1\n1 1 1 5 9\n")), "line 2: there is more after the last of 1 jobs");
}

TEST(ReadProblemJson, NamesThePathOfWhatIsWrong) {
  const auto errors = [](std::string_view text) { return error_of(read_problem_json(text)); };

  EXPECT_NE(errors(R"({"machines":[{}],"jobs":[{"operations":[{"modes":[{"machine":4,"duration":1}]}]}]})")
                .find("jobs[0].operations[0].modes[0].machine: there is no machine 4: they are numbered 0 to 0"),
            std::string::npos);
  EXPECT_NE(errors(R"({"machines":[{}],"jobs":[{"operations":[{"modes":[{"machine":0,"duration":-1}]}]}]})")
                .find("jobs[0].operations[0].modes[0].duration"),
            std::string::npos);
  EXPECT_NE(errors(R"({"machines":[{}],"jobs":[{"release":9,"due":3,"operations":[]}]})")
                .find("jobs[0].due: is 3, before its release at 9"),
            std::string::npos);
  EXPECT_NE(errors(R"({"machines":[{"calendar":0}],"jobs":[],"calendars":[{"working":[]}]})")
                .find("calendars[0].working: has no working time"),
            std::string::npos);
  EXPECT_NE(
      errors(
          R"({"machines":[{}],"jobs":[{"operations":[{"modes":[{"machine":0,"duration":1}],"after":[1]},{"modes":[{"machine":0,"duration":1}]}]}]})")
          .find("jobs[0].operations: the routing has a cycle"),
      std::string::npos);
  EXPECT_NE(errors(R"({"machines":[],"jobs":[]})").find("machines: must have at least one"), std::string::npos);
  EXPECT_NE(
      errors(
          R"({"machines":[{}],"skills":["weld"],"jobs":[{"operations":[{"skill":0,"modes":[{"machine":0,"duration":1}]}]}]})")
          .find("no operator has the skill 'weld'"),
      std::string::npos);
}

TEST(ReadProblemJson, ReadsWhatItWrites) {
  Problem problem;
  problem.machines = {{.name = "a", .closures = {{5, 9, "service"}}}, {.name = "b", .capacity = 3, .batch = true}};
  problem.jobs.push_back({.name = "j",
                          .release = 3,
                          .due = 90,
                          .weight = 4,
                          .operations = {{.name = "cut",
                                          .modes = {{MachineIndex{1}, 7}},
                                          .after = std::vector<std::uint32_t>{},
                                          .pin = Pin{MachineIndex{1}, 4, 9}}}});

  const auto again = read_problem_json(to_json(problem));

  ASSERT_TRUE(again) << error_of(again);
  EXPECT_EQ(*again, problem);
}

TEST(ReadInstance, TellsTheFormatByItsLook) {
  EXPECT_EQ(read_instance("1 2\n0 3 1 2\n")->jobs[0].operations.size(), 2U);
  EXPECT_EQ(read_instance("1 2\n1 2 1 3 2 2\n")->jobs[0].operations[0].modes.size(), 2U);
  EXPECT_EQ(read_instance(R"( {"machines":[{}],"jobs":[]})")->machines.size(), 1U);
  EXPECT_EQ(error_of(read_instance(" \n")), "line 1: the file is empty");
  EXPECT_NE(error_of(read_instance("2 2\n0 3 1 2\n0 1 7 4\n")).find("line 3: the machine of operation 2 of job 2"),
            std::string::npos);
}

}  // namespace
}  // namespace hanse::optimiser::scheduling
