#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "optimiser/scheduling/problem.hpp"
#include "optimiser/scheduling/schedule.hpp"

namespace hanse::optimiser::scheduling {

/// How much a difference from the published plan costs: the measure `change`.
struct StabilityTax {
  std::vector<std::optional<Placement>> published;  ///< By OperationIndex; empty: new, costs nothing.
  Seconds now = 0;
  Seconds firm_until = 0;  ///< What was to start before this costs `firm_factor` times as much.
  std::int32_t firm_factor = 3;
  std::int32_t machine_change = 3600;  ///< Seconds of shift that a change of machine is worth.
  Seconds decay = 86'400;              ///< A shift this far after now counts half.
  Seconds tolerance = 0;               ///< A shift of no more than this disturbs nobody.
  std::int32_t disturbance = 1'200;    ///< Seconds of shift that disturbing what starts before `firm_until` is worth.
};

/// What the schedule's differences from the published plan cost.
std::int64_t change_of(const StabilityTax& tax, const Schedule& schedule);

struct Bound {
  std::int64_t value = 0;
  std::string name = "none";  ///< What forces it: `machine M3`, `job J7`, `machines M1, M2 together`; `none`.
  friend bool operator==(const Bound&, const Bound&) = default;
};
HANSE_DESCRIBE(Bound, (value, name))

enum class SolveStatus {
  optimal,   ///< Proven: the value equals the bound.
  feasible,  ///< Can be carried out; gap known when there is a bound.
  partial,   ///< Some jobs have no place; the rest can be carried out.
};
HANSE_DESCRIBE_ENUM(SolveStatus, optimal, feasible, partial)

struct Progress {
  std::int64_t value = 0;  ///< Of the best schedule so far.
  std::int64_t bound = 0;
  std::uint64_t iterations = 0;
};

struct SolveOptions {
  Objective objective;
  std::uint64_t seed = 1;
  /// Stops after about this many search steps over all threads; 0: no limit. With a limit and no `expired`, the same
  /// problem, options and threads give the same schedule, bit for bit.
  std::uint64_t iterations_max = 0;
  std::function<bool()> expired;  ///< True: stop now. Called from any search thread, every ms or so.
  std::stop_token stop;           ///< Likewise.
  std::function<void(const Progress&)> on_improvement;  ///< Called from any search thread, one at a time.
  unsigned threads = 1;
  std::optional<Schedule> start;    ///< Never returns worse than this one, when it passes `check`.
  std::optional<StabilityTax> tax;  ///< For the objective's `change`.
};

struct Solution {
  Schedule schedule;
  Measures measures;
  std::int64_t value = 0;
  Bound bound;     ///< Of `value`.
  double gap = 0;  ///< (value - bound) / value; 0 when proven; 1 without a bound.
  SolveStatus status = SolveStatus::feasible;
  std::uint64_t iterations = 0;
};
HANSE_DESCRIBE(Solution, (schedule, measures, value, bound, gap, status, iterations))

/// Anytime: the best schedule found until it is stopped, by budget, deadline, stop token or proof. Without any of them
/// it stops after a budget of its own that grows with the problem.
/// Errors: `invalid` when the problem doesn't pass `validate`.
Result<Solution> solve(const Problem& problem, const SolveOptions& options);

/// A first schedule in O(n log n): non-delay dispatching, for a million operations in under a second.
Result<Solution> dispatch(const Problem& problem, const Objective& objective = {});

/// The best lower bound on the makespan that is quick to have, with its name.
Bound makespan_bound(const Problem& problem);

}  // namespace hanse::optimiser::scheduling
