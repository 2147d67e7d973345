#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "optimiser/scheduling/problem.hpp"

namespace hanse::optimiser::scheduling {

/// Where and when one operation is done.
struct Placement {
  MachineIndex machine{};
  Seconds start = 0;
  Seconds end = 0;  ///< Later than start + duration when it pauses.
  std::optional<OperatorIndex> attended_by;
  friend bool operator==(const Placement&, const Placement&) = default;
};
HANSE_DESCRIBE(Placement, (machine, start, end, attended_by))

/// A vehicle carries what `before` made to the machine of `after`. Only when the fleet is limited.
struct Carriage {
  std::uint32_t vehicle = 0;
  OperationIndex before{};
  OperationIndex after{};
  Seconds start = 0;  ///< Leaves the machine of `before`, loaded.
  Seconds end = 0;    ///< Is at the machine of `after`.
  friend bool operator==(const Carriage&, const Carriage&) = default;
};
HANSE_DESCRIBE(Carriage, (vehicle, before, after, start, end))

/// A job that has no place, and why (cancelled jobs too); none of its operations is placed but those that had started.
struct Unplaced {
  JobIndex job{};
  std::string reason;
  friend bool operator==(const Unplaced&, const Unplaced&) = default;
};
HANSE_DESCRIBE(Unplaced, (job, reason))

struct Schedule {
  std::vector<std::optional<Placement>> operations;  ///< By OperationIndex; empty: its job is in `unplaced`.
  std::vector<Carriage> carriages;
  std::vector<Unplaced> unplaced;
  friend bool operator==(const Schedule&, const Schedule&) = default;
};
HANSE_DESCRIBE(Schedule, (operations, carriages, unplaced))

/// What a schedule costs, each in its own unit.
struct Measures {
  std::int64_t makespan = 0;            ///< Seconds from the origin to the last end.
  std::int64_t weighted_tardiness = 0;  ///< Sum over jobs of weight times seconds late.
  std::int64_t late_jobs = 0;
  std::int64_t setup_seconds = 0;
  std::int64_t energy_cost = 0;    ///< Minor units of currency.
  std::int64_t change = 0;         ///< Against the published plan, see `StabilityTax`; 0 without one.
  std::int64_t unplaced_jobs = 0;  ///< Without those that were cancelled.
  friend bool operator==(const Measures&, const Measures&) = default;
};
HANSE_DESCRIBE(Measures, (makespan, weighted_tardiness, late_jobs, setup_seconds, energy_cost, change, unplaced_jobs))

/// Weights of the measures in the one number that is made small.
struct Objective {
  std::int64_t makespan = 1;
  std::int64_t weighted_tardiness = 0;
  std::int64_t setup_seconds = 0;
  std::int64_t energy_cost = 0;
  std::int64_t change = 0;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "makespan", .summary = "Weight.", .min = 0, .max = 1e6},
                      FieldNote{.field = "weighted_tardiness", .summary = "Weight.", .min = 0, .max = 1e6},
                      FieldNote{.field = "setup_seconds", .summary = "Weight.", .min = 0, .max = 1e6},
                      FieldNote{.field = "energy_cost", .summary = "Weight.", .min = 0, .max = 1e6},
                      FieldNote{.field = "change", .summary = "Weight.", .min = 0, .max = 1e6}};
  }
  friend bool operator==(const Objective&, const Objective&) = default;
};
HANSE_DESCRIBE(Objective, (makespan, weighted_tardiness, setup_seconds, energy_cost, change))

/// The weighted sum; each unplaced job counts more than all else.
std::int64_t value_of(const Measures& measures, const Objective& objective);

/// Measures of a schedule that passes `check`; `change` stays 0.
Measures measure(const Problem& problem, const Schedule& schedule);

/// One broken rule: what, where, by how much.
struct Violation {
  std::string path;     ///< As in `jobs[3].operations[1]`.
  std::string message;  ///< As in `starts at 40, but its predecessor ends at 55`.
  friend bool operator==(const Violation&, const Violation&) = default;
};
HANSE_DESCRIBE(Violation, (path, message))

/// Recomputes everything from the raw problem and shares no code with the solver. Empty: the schedule can be carried
/// out. A pin is broken when its operation is elsewhere or starts earlier; later is allowed only to keep the other
/// rules.
std::vector<Violation> check(const Problem& problem, const Schedule& schedule);

}  // namespace hanse::optimiser::scheduling
