#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/scheduling/late.hpp"
#include "apps/scheduling/model.hpp"

namespace hanse::apps::scheduling {

/// Everything that decides, at one moment; what the pages are made from.
struct Situation {
  Timestamp now;
  SchedulingSettings settings;
  std::shared_ptr<const plant::Records> plant;
  std::shared_ptr<const Ledger> ledger;
  std::shared_ptr<const ScheduleVersion> current;
  Progress progress;
  std::map<AssetId, Downtime> down;

  ModelInput input() const { return {*plant, *ledger, progress, current->pins, down, settings, now}; }
};

/// A stretch in which a machine doesn't work.
struct ClosedSpan {
  Timestamp begin, end;
  std::string kind;  ///< `shift`, `maintenance`, `down`
  std::string reason;
};
HANSE_DESCRIBE(ClosedSpan, (begin, end, kind, reason))

struct GanttMachine {
  AssetId asset;
  std::string name;
  std::string line;  ///< Name of the node above.
  std::string kind;
  plant::MachineState state = plant::MachineState::offline;
  std::optional<Timestamp> since;
  std::string reason;
  std::string order, step;  ///< What its parts are booked to.
  double unassigned = 0;    ///< Good parts that fit no open operation.
  std::vector<ClosedSpan> closed;
};
HANSE_DESCRIBE(GanttMachine, (asset, name, line, kind, state, since, reason, order, step, unassigned, closed))

enum class OperationState {
  planned,
  running,
  interrupted,  ///< Begun, but its machine makes something else now.
  finished,
};
HANSE_DESCRIBE_ENUM(OperationState, planned, running, interrupted, finished)

struct GanttOperation {
  std::string order;
  std::string step;
  AssetId machine;
  Timestamp start, end;  ///< As planned.
  double setup_s = 0;
  OperationState state = OperationState::planned;
  bool pinned = false, locked = false;
  std::string attended_by;  ///< Operator, as the plan has it; empty: nobody needs to.
  double good = 0;
  std::optional<Timestamp> started, finished;  ///< As it was; absent: not yet.
  std::optional<Timestamp> expected;           ///< Of a running one: its end at the present pace.
};
HANSE_DESCRIBE(GanttOperation, (order, step, machine, start, end, setup_s, state, pinned, locked, attended_by, good,
                                started, finished, expected))

struct GanttOrder {
  std::string id;
  std::string product, product_name;
  std::int64_t quantity = 0;
  std::int64_t weight = 1;
  std::optional<Timestamp> due, end;
  double late_h = 0;
};
HANSE_DESCRIBE(GanttOrder, (id, product, product_name, quantity, weight, due, end, late_h))

struct Gantt {
  Timestamp now, from, to;
  Timestamp frozen_until, firm_until;
  std::int64_t version = 0;
  std::optional<Timestamp> published_at;
  std::string by, why;
  double nervousness = 0;
  ScheduleFigures figures;
  std::vector<GanttMachine> machines;
  std::vector<GanttOrder> orders;
  std::vector<GanttOperation> operations;
};
HANSE_DESCRIBE(Gantt, (now, from, to, frozen_until, firm_until, version, published_at, by, why, nervousness, figures,
                       machines, orders, operations))

/// The board: machines by line, what is planned on them and what was done in the last hours.
Gantt gantt_of(const Situation& situation, std::optional<Timestamp> from, std::optional<Timestamp> to);

/// A row of a machine's list for the people at it.
struct DispatchRow {
  std::string order;
  std::string step, step_name;
  std::string product, product_name;
  std::int64_t quantity = 0;
  double good = 0;
  Timestamp start, end;
  double setup_s = 0;
  OperationState state = OperationState::planned;
  std::optional<Timestamp> due;
  bool locked = false;
  std::string attended_by;
  std::string customer, note;
  bool ready = true;  ///< What comes before is done.
};
HANSE_DESCRIBE(DispatchRow, (order, step, step_name, product, product_name, quantity, good, start, end, setup_s, state,
                             due, locked, attended_by, customer, note, ready))

std::vector<DispatchRow> dispatch_list(const Situation& situation, const AssetId& machine);

enum class ExceptionKind {
  late,         ///< An order is late by the plan.
  unplaced,     ///< An order has no place.
  down,         ///< A machine is down and had work.
  interrupted,  ///< An operation was begun and left.
  pin,          ///< A pin can't be kept.
  unassigned,   ///< A machine makes parts that no order asked for.
};
HANSE_DESCRIBE_ENUM(ExceptionKind, late, unplaced, down, interrupted, pin, unassigned)

struct SchedulingException {
  ExceptionKind kind{};
  std::string order;
  std::string step;
  AssetId machine;
  double amount = 0;  ///< Hours late, operations that wait, or parts, as the kind goes.
  std::optional<Timestamp> until;
  std::string detail;
};
HANSE_DESCRIBE(SchedulingException, (kind, order, step, machine, amount, until, detail))

std::vector<SchedulingException> exceptions_of(const Situation& situation);

/// Why each operation that both name is elsewhere now: what `mover` moved, and what makes way for it.
std::vector<PlannedChange> moves_between(std::span<const PlannedOperation> before,
                                         std::span<const PlannedOperation> after, Duration tolerance,
                                         const OperationKey& moved, const std::string& mover);

}  // namespace hanse::apps::scheduling
