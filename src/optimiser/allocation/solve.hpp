#pragma once

#include <functional>
#include <string>
#include <vector>

#include "optimiser/allocation/check.hpp"
#include "optimiser/allocation/problem.hpp"

namespace hanse::optimiser::allocation {

enum class Status {
  optimal,   ///< The bound is met within a ten-thousandth.
  feasible,  ///< Value and bound differ by the gap.
  no_solution_yet,
};
HANSE_DESCRIBE_ENUM(Status, optimal, feasible, no_solution_yet)

/// What an hour, a unit or a limit is worth at the best bound: where to look for what limits the plan. Never shown as
/// the value of one more unit: on degenerate plans only a second solve says that (`limits_of`).
struct PriceList {
  std::vector<float> items;        ///< By item, zone and week.
  std::vector<float> rents;        ///< By pool and week, per hour.
  std::vector<float> over, under;  ///< By limit.
};

struct Solution {
  Plan plan;
  Measures measures;
  Status status = Status::no_solution_yet;
  double value = 0;
  double bound = 0;  ///< No plan, with lots and activations or without, costs less.
  double gap = 1;    ///< (value - bound) / value.
  double first_s = 0, seconds = 0;
  std::uint64_t iterations = 0;
  PriceList prices;
};

struct Progress {
  double seconds = 0, value = 0, bound = 0, gap = 1;
  std::uint64_t iterations = 0;
};

struct SolveOptions {
  std::size_t threads = 1;                ///< The answer is the same for the same number of threads.
  std::uint64_t iterations_max = 20'000;  ///< The budget that tests use.
  std::function<double()> elapsed_s;      ///< Seconds since some start; without it no budget of time.
  double seconds_max = 1e9;
  std::function<bool()> stopped;  ///< Asked now and then; true ends the search with what there is.
  double gap_target = 1e-4;
  bool whole = true;                        ///< Keep to lots and weigh activations; false: the linear level.
  const PriceList* start_prices = nullptr;  ///< Of a plan before: a warm start.
  const Plan* start = nullptr;              ///< Never returns a worse one.
  std::function<void(const Progress&)> progress;
};

/// A plan with a valid bound, at any time. Errors: `invalid` as from `validate`.
Result<Solution> solve(const Problem& problem, const SolveOptions& options);

}  // namespace hanse::optimiser::allocation
