#include "apps/scheduling/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "apps/scheduling/capacity.hpp"
#include "apps/scheduling/planner.hpp"

namespace hanse::apps::scheduling {
namespace {

constexpr Duration kPastShown = 12h;
constexpr Duration kFutureMin = 24h, kFutureMax = 21 * 24h;

OperationState state_of(const Situation& situation, const OperationKey& key) {
  const auto* entry = situation.progress.find(key);
  if (!entry || (!entry->started && !entry->finished)) return OperationState::planned;
  if (entry->finished) return OperationState::finished;
  const auto* life = situation.progress.machine(entry->machine);
  return life && life->running == key ? OperationState::running : OperationState::interrupted;
}

std::string product_name(const plant::Records& plant, const std::string& id) {
  const auto found = plant.products.find(id);
  return found == plant.products.end() ? id : found->second.name;
}

/// What the calendar leaves out, and what closes it besides.
std::vector<ClosedSpan> closed_of(const Situation& situation, const AssetId& machine, plant::Span range) {
  std::vector<ClosedSpan> out;
  Timestamp from = range.begin;
  for (const auto& span : working_spans(*situation.plant, machine, range)) {
    if (span.begin > from) out.push_back({from, span.begin, "shift", {}});
    from = span.end;
  }
  if (from < range.end) out.push_back({from, range.end, "shift", {}});
  for (const auto& [id, window] : situation.ledger->maintenance) {
    const auto nodes = situation.plant->subtree(window.asset);
    const bool mine = std::any_of(nodes.begin(), nodes.end(), [&](const auto* node) { return node->id == machine; });
    if (mine && window.end > range.begin && window.begin < range.end)
      out.push_back({window.begin, window.end, "maintenance", window.reason});
  }
  if (const auto down = situation.down.find(machine); down != situation.down.end())
    out.push_back({down->second.since, down->second.until, "down", down->second.reason});
  return out;
}

GanttMachine machine_row(const Situation& situation, const AssetId& id, plant::Span range) {
  GanttMachine row{.asset = id, .name = id.value};
  if (const auto* asset = situation.plant->asset(id)) {
    row.name = asset->name;
    row.kind = asset->kind;
    if (const auto* above = situation.plant->asset(asset->parent)) row.line = above->name;
    row.closed = closed_of(situation, id, range);
  }
  if (const auto* life = situation.progress.machine(id)) {
    row.state = life->state;
    row.since = life->since;
    row.reason = life->reason;
    row.unassigned = life->unassigned;
    if (life->running) {
      row.order = life->running->order;
      row.step = life->running->step;
    }
  }
  return row;
}

GanttOperation operation_row(const Situation& situation, const PlannedOperation& planned,
                             const std::map<OperationKey, const Pinning*>& pins) {
  const OperationKey key{planned.order, planned.step};
  GanttOperation row{.order = planned.order,
                     .step = planned.step,
                     .machine = planned.machine,
                     .start = planned.start,
                     .end = planned.end,
                     .setup_s = planned.setup_s,
                     .state = state_of(situation, key),
                     .attended_by = planned.attended_by};
  if (const auto pin = pins.find(key); pin != pins.end()) {
    row.pinned = true;
    row.locked = pin->second->locked;
  }
  if (const auto* entry = situation.progress.find(key)) {
    row.good = entry->good;
    row.started = entry->started;
    row.finished = entry->finished;
    if (entry->started) row.machine = entry->machine;
  }
  return row;
}

/// Machines in the order of the tree: by line, then as the line has them.
void sort_machines(const plant::Records& plant, std::vector<AssetId>& machines) {
  const auto rank = [&](const AssetId& id) {
    const auto* asset = plant.asset(id);
    const auto* above = asset ? plant.asset(asset->parent) : nullptr;
    return std::tuple{above ? above->position : 0, above ? above->id.value : "", asset ? asset->position : 0, id.value};
  };
  std::sort(machines.begin(), machines.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

void add_expected_ends(const Situation& situation, Gantt& gantt) {
  const auto model = build_model(situation.input());
  const auto places = model.places();
  std::size_t index = 0;
  std::map<OperationKey, Timestamp> ends;
  for (const auto& job : model.problem.jobs) {
    for (const auto& operation : job.operations) {
      if (model.running[index] && operation.pin && operation.pin->end)
        ends[model.keys[index]] = model.time(*operation.pin->end);
      ++index;
    }
  }
  for (auto& row : gantt.operations) {
    if (const auto end = ends.find({row.order, row.step}); end != ends.end()) row.expected = end->second;
  }
}

}  // namespace

Gantt gantt_of(const Situation& situation, std::optional<Timestamp> from, std::optional<Timestamp> to) {
  const auto& current = *situation.current;
  Gantt out{.now = situation.now, .from = from.value_or(situation.now - kPastShown), .to = {}};
  out.to = situation.now + kFutureMin;
  if (current.figures.end) out.to = std::clamp(*current.figures.end + 2h, out.to, situation.now + kFutureMax);
  if (to) out.to = *to;
  out.frozen_until = situation.now + situation.settings.frozen;
  out.firm_until = situation.now + situation.settings.firm;
  out.version = current.version;
  if (current.version > 0) out.published_at = current.at;
  out.by = current.by;
  out.why = current.why;
  out.nervousness = current.figures.nervousness;
  out.figures = current.figures;
  std::map<OperationKey, const Pinning*> pins;
  for (const auto& pin : current.pins) pins[{pin.order, pin.step}] = &pin;
  auto machines = scheduled_machines(*situation.ledger);
  sort_machines(*situation.plant, machines);
  for (const auto& id : machines) out.machines.push_back(machine_row(situation, id, {out.from, out.to}));
  std::set<OperationKey> shown;
  for (const auto& planned : current.operations) {
    auto row = operation_row(situation, planned, pins);
    const Timestamp end =
        row.finished.value_or(std::max(row.end, row.state == OperationState::running ? out.now : row.end));
    if (end < out.from || std::min(row.start, row.started.value_or(row.start)) > out.to) continue;
    shown.insert({row.order, row.step});
    out.operations.push_back(std::move(row));
  }
  // What was finished is no longer in the plan; the board shows it as it was.
  for (const auto& [key, entry] : situation.progress.operations()) {
    if (shown.contains(key) || !entry.started || entry.finished.value_or(out.now) < out.from) continue;
    if (entry.machine.empty()) continue;
    const auto end = entry.finished.value_or(entry.last);
    out.operations.push_back({.order = entry.order,
                              .step = entry.step,
                              .machine = entry.machine,
                              .start = *entry.started,
                              .end = end,
                              .state = state_of(situation, key),
                              .good = entry.good,
                              .started = entry.started,
                              .finished = entry.finished});
  }
  add_expected_ends(situation, out);
  std::set<std::string> orders;
  for (const auto& row : out.operations) orders.insert(row.order);
  const auto ends = order_ends(current.operations);
  for (const auto& id : orders) {
    const auto found = situation.ledger->orders.find(id);
    if (found == situation.ledger->orders.end()) continue;
    const auto& order = found->second;
    GanttOrder row{.id = id,
                   .product = order.product,
                   .product_name = product_name(*situation.plant, order.product),
                   .quantity = order.quantity,
                   .weight = order.weight,
                   .due = order.due,
                   .end = {}};
    if (const auto end = ends.find(id); end != ends.end() && order.status == OrderStatus::open) {
      row.end = end->second;
      if (order.due && end->second > *order.due)
        row.late_h = static_cast<double>((end->second - *order.due).count()) / 3.6e12;
    }
    out.orders.push_back(std::move(row));
  }
  return out;
}

std::vector<DispatchRow> dispatch_list(const Situation& situation, const AssetId& machine) {
  std::vector<DispatchRow> out;
  std::set<OperationKey> locks;
  for (const auto& pin : situation.current->pins) {
    if (pin.locked) locks.insert({pin.order, pin.step});
  }
  for (const auto& planned : situation.current->operations) {
    const OperationKey key{planned.order, planned.step};
    const auto* entry = situation.progress.find(key);
    const auto& at = entry && entry->started ? entry->machine : planned.machine;
    if (at != machine) continue;
    const auto found = situation.ledger->orders.find(planned.order);
    if (found == situation.ledger->orders.end() || found->second.status != OrderStatus::open) continue;
    const auto& order = found->second;
    if (situation.progress.is_done(order, planned.step)) continue;
    DispatchRow row{.order = order.id,
                    .step = planned.step,
                    .step_name = planned.step,
                    .product = order.product,
                    .product_name = product_name(*situation.plant, order.product),
                    .quantity = order.quantity,
                    .good = entry ? entry->good : 0,
                    .start = planned.start,
                    .end = planned.end,
                    .setup_s = planned.setup_s,
                    .state = state_of(situation, key),
                    .due = order.due,
                    .locked = locks.contains(key),
                    .attended_by = planned.attended_by,
                    .customer = order.customer,
                    .note = order.note};
    if (const auto* routing = situation.ledger->routing_of(order)) {
      for (std::size_t i = 0; i < routing->steps.size(); ++i) {
        if (routing->steps[i].id != planned.step) continue;
        if (!routing->steps[i].name.empty()) row.step_name = routing->steps[i].name;
        const auto before = steps_before(*routing, i);
        row.ready = std::all_of(before.begin(), before.end(), [&](std::uint32_t one) {
          return situation.progress.is_done(order, routing->steps[one].id);
        });
      }
    }
    out.push_back(std::move(row));
  }
  std::stable_sort(out.begin(), out.end(), [](const DispatchRow& a, const DispatchRow& b) {
    const auto rank = [](const DispatchRow& row) { return row.state == OperationState::running ? 0 : 1; };
    return std::pair{rank(a), a.start} < std::pair{rank(b), b.start};
  });
  return out;
}

std::vector<SchedulingException> exceptions_of(const Situation& situation) {
  std::vector<SchedulingException> out;
  for (const auto& [order, reason] : situation.current->unplaced)
    out.push_back({ExceptionKind::unplaced, order, {}, {}, 0, {}, reason});
  for (const auto& late : late_orders(situation.input(), situation.current->operations))
    out.push_back({ExceptionKind::late, late.order, {}, {}, late.late_h, late.end, late.product});
  for (const auto& [machine, down] : situation.down) {
    double waiting = 0;
    for (const auto& planned : situation.current->operations)
      waiting += planned.machine == machine && planned.end > situation.now ? 1 : 0;
    out.push_back({ExceptionKind::down, {}, {}, machine, waiting, down.until, down.reason});
  }
  for (const auto& [key, entry] : situation.progress.operations()) {
    const auto order = situation.ledger->orders.find(key.order);
    if (order == situation.ledger->orders.end() || order->second.status != OrderStatus::open) continue;
    if (state_of(situation, key) == OperationState::interrupted)
      out.push_back({ExceptionKind::interrupted, key.order, key.step, entry.machine, entry.good, {}, {}});
  }
  for (const auto& [order, reason] : build_model(situation.input()).remarks)
    out.push_back({ExceptionKind::pin, order, {}, {}, 0, {}, reason});
  for (const auto& [machine, life] : situation.progress.machines()) {
    if (life.unassigned > 0 && !life.running)
      out.push_back({ExceptionKind::unassigned, life.order, {}, machine, life.unassigned, {}, life.product});
  }
  return out;
}

std::vector<PlannedChange> moves_between(std::span<const PlannedOperation> before,
                                         std::span<const PlannedOperation> after, Duration tolerance,
                                         const OperationKey& moved, const std::string& mover) {
  std::map<OperationKey, const PlannedOperation*> was;
  for (const auto& one : before) was[{one.order, one.step}] = &one;
  std::vector<PlannedChange> out;
  for (const auto& one : after) {
    const OperationKey key{one.order, one.step};
    const auto old = was.find(key);
    if (old == was.end() || one.running) continue;
    const auto shift = one.start > old->second->start ? one.start - old->second->start : old->second->start - one.start;
    const bool by_hand = key == moved;
    if (old->second->machine == one.machine && (by_hand ? shift < 1s : shift <= tolerance)) continue;
    out.push_back({.order = one.order,
                   .step = one.step,
                   .machine_before = old->second->machine,
                   .machine = one.machine,
                   .start_before = old->second->start,
                   .start = one.start,
                   .reason = by_hand ? ChangeReason::planner : ChangeReason::follows,
                   .text = by_hand ? fmt::format("moved by {}", mover)
                                   : fmt::format("makes way for order '{}' step '{}'", moved.order, moved.step)});
  }
  return out;
}

}  // namespace hanse::apps::scheduling
