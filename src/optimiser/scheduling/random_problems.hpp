#pragma once

#include <fmt/format.h>

#include "base/random.hpp"
#include "optimiser/scheduling/problem.hpp"

// Random problems for tests: small, and with everything that breaks shortcuts. Only tests include this.

namespace hanse::optimiser::scheduling::testing {

struct Shape {
  int jobs_max = 5;
  int operations_max = 4;
  int machines_max = 4;
  bool flexible = true;
  bool extras = true;  ///< Calendars, set-ups, skills, fleets, batches, lags, routings with assembly.
};

inline Seconds duration_of(Random& random) {
  return random.chance(0.15) ? 0 : static_cast<Seconds>(random.integer(1, 30));
}

inline void add_resources(Problem& problem, Random& random) {
  problem.calendars.push_back({.name = "shifts", .working = {{0, 40}, {50, 90}}, .repeat_every = 100});
  auto& matrix = problem.setups.emplace_back();  // No triangle inequality: 0 to 2 by way of 1 may be shorter.
  matrix.seconds.assign(3, std::vector<Seconds>(3, 0));
  for (auto& row : matrix.seconds) {
    for (auto& seconds : row) seconds = static_cast<Seconds>(random.integer(0, 15));
  }
  problem.skills = {"welding", "testing"};
  problem.operators = {{.name = "Ada", .skills = {SkillIndex{0}}},
                       {.name = "Bo",
                        .skills = {SkillIndex{0}, SkillIndex{1}},
                        .calendar = CalendarIndex{0},
                        .absences = {{60, 120, "away"}}}};
  for (auto& machine : problem.machines) {
    if (random.chance(0.3)) machine.calendar = CalendarIndex{0};
    if (random.chance(0.2))
      machine.closures.push_back(
          {static_cast<Seconds>(random.integer(0, 50)), static_cast<Seconds>(random.integer(51, 200)), "service"});
    const auto kind = random.integer(0, 5);
    if (kind == 0) machine.capacity = static_cast<std::int32_t>(random.integer(2, 4));
    if (kind == 1) {
      machine.capacity = 3;
      machine.batch = true;
    }
    if (kind == 2 || kind == 3) machine.setups = SetupIndex{0};
    if (kind == 3) machine.family = FamilyIndex{1};
    machine.power_w = static_cast<std::int32_t>(random.integer(0, 20'000));
    machine.available_from = static_cast<Seconds>(random.integer(0, 20));
  }
  if (random.chance(0.5)) {
    auto& transport = problem.transport.emplace();
    transport.vehicles = static_cast<std::int32_t>(random.integer(0, 2));
    transport.seconds.assign(problem.machines.size(), std::vector<Seconds>(problem.machines.size(), 0));
    for (std::size_t a = 0; a < problem.machines.size(); ++a) {
      for (std::size_t b = 0; b < problem.machines.size(); ++b) {
        if (a != b) transport.seconds[a][b] = static_cast<Seconds>(random.integer(0, 12));
      }
    }
  }
  problem.tariff = {{0, 20'000}, {100, 5'000}, {200, 40'000}};
}

inline void add_extras(Job& job, Random& random) {
  job.release = static_cast<Seconds>(random.integer(0, 30));
  if (random.chance(0.7)) job.due = job.release + static_cast<Seconds>(random.integer(0, 150));
  job.weight = static_cast<std::int32_t>(random.integer(0, 5));
  for (std::uint32_t i = 0; i < job.operations.size(); ++i) {
    auto& operation = job.operations[i];
    operation.family = FamilyIndex{static_cast<std::uint32_t>(random.integer(0, 2))};
    operation.resumable = random.chance(0.4);
    if (random.chance(0.2)) operation.lag = static_cast<Seconds>(random.integer(0, 10));
    if (random.chance(0.2)) operation.release = static_cast<Seconds>(random.integer(0, 80));
    if (random.chance(0.25)) operation.skill = SkillIndex{static_cast<std::uint32_t>(random.integer(0, 1))};
    if (i < 2 || !random.chance(0.4)) continue;
    operation.after = std::vector<std::uint32_t>{i - 1, i - 2};  // Assembly: two parts come together.
    job.operations[i - 1].after = std::vector<std::uint32_t>{};
  }
}

inline Problem random_problem(Random& random, const Shape& shape) {
  Problem problem;
  problem.machines.resize(
      static_cast<std::size_t>(random.integer(1, shape.machines_max)));  // Some of them without work.
  for (std::size_t m = 0; m < problem.machines.size(); ++m) problem.machines[m].name = fmt::format("M{}", m);
  if (shape.extras) add_resources(problem, random);
  problem.jobs.resize(static_cast<std::size_t>(random.integer(1, shape.jobs_max)));
  for (std::size_t j = 0; j < problem.jobs.size(); ++j) {
    auto& job = problem.jobs[j];
    job.name = fmt::format("J{}", j);
    job.operations.resize(static_cast<std::size_t>(random.integer(1, shape.operations_max)));
    for (auto& operation : job.operations) {
      for (std::uint32_t m = 0; m < problem.machines.size(); ++m) {
        if (shape.flexible && random.chance(0.5)) operation.modes.push_back({MachineIndex{m}, duration_of(random)});
      }
      if (operation.modes.empty()) {
        operation.modes.push_back({MachineIndex{static_cast<std::uint32_t>(
                                       random.integer(0, static_cast<std::int64_t>(problem.machines.size()) - 1))},
                                   duration_of(random)});
      }
    }
    if (shape.extras) add_extras(job, random);
  }
  return problem;
}

}  // namespace hanse::optimiser::scheduling::testing
