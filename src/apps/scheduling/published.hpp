#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "apps/scheduling/records.hpp"
#include "optimiser/scheduling/reschedule.hpp"

namespace hanse::apps::scheduling {

/// One step of one order: what is scheduled.
struct OperationKey {
  std::string order;
  std::string step;
  friend auto operator<=>(const OperationKey&, const OperationKey&) = default;
};
HANSE_DESCRIBE(OperationKey, (order, step))

/// A planner's word: this machine, and not before this time. Kept until it is taken back or the operation is done.
struct Pinning {
  std::string order;
  std::string step;
  AssetId machine;
  Timestamp start;
  bool locked = false;  ///< Shown as a lock: stays exactly as published; else a pin that was set by moving.
  friend bool operator==(const Pinning&, const Pinning&) = default;
};
HANSE_DESCRIBE(Pinning, (order, step, machine, start, locked))

struct PlannedOperation {
  std::string order;
  std::string step;
  AssetId machine;
  Timestamp start, end;
  double setup_s = 0;       ///< Just before its start.
  bool running = false;     ///< It had begun when this was published.
  std::string attended_by;  ///< Id of an operator, with a number where there are several; empty: nobody needs to.
  friend bool operator==(const PlannedOperation&, const PlannedOperation&) = default;
};
HANSE_DESCRIBE(PlannedOperation, (order, step, machine, start, end, setup_s, running, attended_by))

/// Why an operation is elsewhere: the solver's reasons, and those that only people have.
enum class ChangeReason {
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
  gain,
  planner,  ///< Somebody moved it.
  follows,  ///< It makes way for what somebody moved.
};
HANSE_DESCRIBE_ENUM(ChangeReason, machine_down, operator_absent, material_late, upstream_late, rush, new_order,
                    cancelled, rework, fleet, price, gain, planner, follows)

/// One operation that a new schedule puts elsewhere, and why.
struct PlannedChange {
  std::string order;
  std::string step;
  std::optional<AssetId> machine_before, machine;
  std::optional<Timestamp> start_before, start;
  ChangeReason reason{};
  std::string text;
  double avoided_h = 0;  ///< Weighted hours of tardiness and makespan that doing nothing would have cost.
};
HANSE_DESCRIBE(PlannedChange, (order, step, machine_before, machine, start_before, start, reason, text, avoided_h))

struct UnplacedOrder {
  std::string order;
  std::string reason;
  friend bool operator==(const UnplacedOrder&, const UnplacedOrder&) = default;
};
HANSE_DESCRIBE(UnplacedOrder, (order, reason))

/// What made a new schedule.
enum class Cause { first, orders, records, machine, material, people, fleet, price, progress, manual, asked, undo };
HANSE_DESCRIBE_ENUM(Cause, first, orders, records, machine, material, people, fleet, price, progress, manual, asked,
                    undo)

struct ScheduleFigures {
  std::int64_t operations = 0;
  std::int64_t late_orders = 0;
  std::int64_t unplaced_orders = 0;
  double tardiness_h = 0;  ///< Sum of weight times hours late.
  double setup_h = 0;
  double energy_cost = 0;        ///< In the tariff's currency.
  std::optional<Timestamp> end;  ///< Of the last operation.
  double nervousness = 0;        ///< Share of what starts in the frozen and firm zone that moved.
  double avoided_h = 0;          ///< Right-shift's value minus this one's, in weighted hours.
  double solve_ms = 0;
};
HANSE_DESCRIBE(ScheduleFigures, (operations, late_orders, unplaced_orders, tardiness_h, setup_h, energy_cost, end,
                                 nervousness, avoided_h, solve_ms))

/// A published schedule. Versions count up; the highest is in force.
struct ScheduleVersion {
  std::string id;  ///< The version with leading zeros, so that ids sort.
  std::int64_t version = 0;
  Timestamp at;
  std::string by;  ///< As the journal names it: `user:anna`, `system:scheduling`.
  Cause cause = Cause::first;
  std::string why;          ///< A sentence.
  std::int64_t undoes = 0;  ///< The version that it takes back; 0 for none.
  optimiser::scheduling::Rung rung{};
  std::vector<optimiser::scheduling::RungReport> rungs;
  ScheduleFigures figures;
  std::vector<PlannedChange> changes;
  std::vector<UnplacedOrder> unplaced;
  std::vector<Pinning> pins;
  bool complete = true;  ///< False for old ones whose operations are no longer kept.
  std::vector<PlannedOperation> operations;
};
HANSE_DESCRIBE(ScheduleVersion, (id, version, at, by, cause, why, undoes, rung, rungs, figures, changes, unplaced, pins,
                                 complete, operations))

}  // namespace hanse::apps::scheduling
