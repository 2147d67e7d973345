#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "optimiser/scheduling/problem.hpp"
#include "optimiser/scheduling/schedule.hpp"
#include "optimiser/scheduling/solve.hpp"

// Rescheduling from life. A plan is a problem and its published schedule; an event changes both; `reschedule` climbs
// the ladder right-shift, repair, match-up, taxed search and says of every changed operation why.

namespace hanse::optimiser::scheduling {

enum class EventKind {
  machine_down,        ///< `machine`, from `at` until `until`.
  machine_up,          ///< `machine` works again from `at`: closures that `machine_down` made are cut.
  operation_started,   ///< `operation` on `machine`, at `at`; `until`: its expected end, if known.
  operation_late,      ///< `operation` is expected to end at `until`.
  operation_finished,  ///< `operation` ended at `at`.
  rush_order,          ///< `job` comes in; its weight says how it rushes.
  cancellation,        ///< `job_index` is not wanted any more; what it has started goes on.
  material_late,       ///< `operation` can't start before `until`.
  rework,              ///< `operation` must be done again: its pin goes, its end was worthless.
  operator_absent,     ///< `person`, from `at` until `until`.
  vehicle_lost,        ///< One vehicle less.
  price_change,        ///< `tariff` is the new one.
};
HANSE_DESCRIBE_ENUM(EventKind, machine_down, machine_up, operation_started, operation_late, operation_finished,
                    rush_order, cancellation, material_late, rework, operator_absent, vehicle_lost, price_change)

struct Event {
  EventKind kind{};
  Seconds at = 0;
  std::optional<Seconds> until;
  std::optional<MachineIndex> machine;
  std::optional<OperationIndex> operation;
  std::optional<JobIndex> job_index;
  std::optional<OperatorIndex> person;
  std::optional<Job> job;
  std::vector<TariffStep> tariff;
  std::string text;  ///< As a person would say it: goes into the reasons.
};
HANSE_DESCRIBE(Event, (kind, at, until, machine, operation, job_index, person, job, tariff, text))

/// A problem with the plan that was published for it.
struct Plan {
  Problem problem;
  Schedule schedule;
};

/// What the event does to the plan. A rush order's job is appended, a cancelled job keeps its position with what had
/// started and loses the rest (its operations stay, in `unplaced` as cancelled), so that indices stay what they were.
/// The schedule is left as it is: `reschedule` makes it fit.
/// Errors: `invalid` when the event lacks what its kind needs, `not_found` when it names what isn't there.
Result<void> apply(Plan& plan, const Event& event);

/// Takes everything that was to start before `now` as started as planned: for a plant that doesn't report.
void assume_started(Plan& plan, Seconds now);

enum class Rung { none, right_shift, repair, match_up, search };
HANSE_DESCRIBE_ENUM(Rung, none, right_shift, repair, match_up, search)

enum class Reason {
  machine_down,
  operator_absent,
  material_late,
  upstream_late,
  rush,
  new_order,
  cancelled,
  rework,
  fleet,
  price,
  gain
};
HANSE_DESCRIBE_ENUM(Reason, machine_down, operator_absent, material_late, upstream_late, rush, new_order, cancelled,
                    rework, fleet, price, gain)

/// One operation that the new plan puts elsewhere.
struct Change {
  OperationIndex operation{};
  std::optional<Placement> before;
  std::optional<Placement> after;
  Reason reason{};
  std::string text;  ///< As in `machine M3 is down until 5400`.
  std::int64_t avoided =
      0;  ///< What the whole plan would lose if this job stayed as right-shift leaves it, in the objective's unit.
};
HANSE_DESCRIBE(Change, (operation, before, after, reason, text, avoided))

struct RescheduleOptions {
  Objective objective{.makespan = 1, .weighted_tardiness = 1};
  Seconds now = 0;
  Seconds frozen = 0;                     ///< What was to start before now + frozen moves only by physical necessity.
  Seconds firm = 0;                       ///< What was to start before now + firm is taxed heavily.
  std::int32_t change_percent = 20;       ///< Of an objective's unit: what a second of taxed shift costs.
  Seconds shift_tolerance = 60;           ///< A smaller shift is no change.
  Rung highest = Rung::search;            ///< Don't climb further.
  std::uint64_t iterations_max = 20'000;  ///< Of the taxed search.
  std::function<bool()> expired;
  std::stop_token stop;
  std::uint64_t seed = 1;
  std::vector<Event> events;  ///< For the reasons.
};

struct RungReport {
  Rung rung{};
  std::int64_t value = 0;   ///< Objective without tax.
  std::int64_t change = 0;  ///< Tax.
  std::size_t moved = 0;    ///< Operations that changed machine or moved more than the tolerance.
};
HANSE_DESCRIBE(RungReport, (rung, value, change, moved))

struct Rescheduled {
  Schedule schedule;
  Measures measures;
  Rung rung = Rung::none;         ///< Which one's plan this is.
  std::vector<RungReport> rungs;  ///< Each one climbed.
  std::vector<Change> changes;
  double nervousness = 0;  ///< Share of the operations of the frozen and firm zones that changed.
  std::vector<Violation> missed_pins;
};
HANSE_DESCRIBE(Rescheduled, (schedule, measures, rung, rungs, changes, nervousness, missed_pins))

/// Errors: `invalid` when the problem doesn't pass `validate` or the schedule isn't of it.
Result<Rescheduled> reschedule(const Plan& plan, const RescheduleOptions& options);

/// The ladder's first rung alone: same machines, same orders, everything as early as it can be but not before its
/// published start. One pass; new operations come last. Nothing that isn't reported as started starts before `now`.
Result<Schedule> right_shift(const Plan& plan, Seconds now);

/// `right_shift` for a plan that changes often: prepared once, then a pass costs nanoseconds per operation.
class RightShift {
 public:
  static Result<RightShift> prepare(const Plan& plan);
  RightShift(RightShift&&) noexcept;
  RightShift& operator=(RightShift&&) noexcept;
  ~RightShift();
  /// Something happens: the machine isn't there in this time.
  void close(MachineIndex machine, Interval interval);
  /// Something is known: the operation won't end before.
  void not_before(OperationIndex operation, Seconds end);
  Schedule run(Seconds now) const;

 private:
  struct State;
  explicit RightShift(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hanse::optimiser::scheduling
