#include "apps/scheduling/progress.hpp"

#include <algorithm>

namespace hanse::apps::scheduling {
namespace {

using plant::EventKind;
using plant::ProductionEvent;

/// The order's first open step that may run on the machine: those before it are done.
const RoutingStep* open_step(const Progress& progress, const ProductionOrder& order, const Routing& routing,
                             const AssetId& machine) {
  for (std::size_t i = 0; i < routing.steps.size(); ++i) {
    const auto& step = routing.steps[i];
    if (progress.is_done(order, step.id)) continue;
    const bool here = std::any_of(step.machines.begin(), step.machines.end(),
                                  [&](const RoutingMachine& one) { return one.machine == machine; });
    if (here) return &step;
  }
  return nullptr;
}

bool is_ready(const Progress& progress, const ProductionOrder& order, const Routing& routing, const std::string& step) {
  for (std::size_t i = 0; i < routing.steps.size(); ++i) {
    if (routing.steps[i].id != step) continue;
    const auto before = steps_before(routing, i);
    return std::all_of(before.begin(), before.end(),
                       [&](std::uint32_t one) { return progress.is_done(order, routing.steps[one].id); });
  }
  return false;
}

double cycle_s(const ProgressContext& context, const OperationKey& key, const AssetId& machine) {
  const auto order = context.ledger.orders.find(key.order);
  if (order == context.ledger.orders.end()) return 0;
  const auto* routing = context.ledger.routing_of(order->second);
  if (!routing) return 0;
  for (const auto& step : routing->steps) {
    if (step.id != key.step) continue;
    for (const auto& one : step.machines) {
      if (one.machine == machine && one.cycle_s > 0) return one.cycle_s;
    }
  }
  return context.plant.ideal_cycle_s(order->second.product, machine);
}

}  // namespace

const OperationProgress* Progress::find(const OperationKey& key) const {
  const auto found = operations_.find(key);
  return found == operations_.end() ? nullptr : &found->second;
}

const MachineLife* Progress::machine(const AssetId& id) const {
  const auto found = machines_.find(id);
  return found == machines_.end() ? nullptr : &found->second;
}

bool Progress::is_done(const ProductionOrder& order, const std::string& step) const {
  const auto* entry = find({order.id, step});
  if (entry && entry->finished) return true;
  return std::find(order.completed_steps.begin(), order.completed_steps.end(), step) != order.completed_steps.end();
}

OperationProgress& Progress::entry_of(const OperationKey& key, const AssetId& machine) {
  auto& entry = operations_[key];
  entry.id = key.order + '/' + key.step;
  entry.order = key.order;
  entry.step = key.step;
  if (!machine.empty()) entry.machine = machine;
  changed_.insert(key);
  return entry;
}

std::optional<OperationKey> Progress::target_of(const ProductionEvent& event, const MachineLife& life,
                                                const ProgressContext& context) const {
  const auto& told = event.order.empty() ? life.order : event.order;
  if (const auto order = context.ledger.orders.find(told); order != context.ledger.orders.end()) {
    if (order->second.status != OrderStatus::open) return {};
    const auto* routing = context.ledger.routing_of(order->second);
    const auto* step = routing ? open_step(*this, order->second, *routing, event.asset) : nullptr;
    return step ? std::optional{OperationKey{told, step->id}} : std::nullopt;
  }
  const auto& product = event.product.empty() ? life.product : event.product;
  const auto fits = [&](const OperationKey& key) {
    const auto order = context.ledger.orders.find(key.order);
    if (order == context.ledger.orders.end() || order->second.status != OrderStatus::open) return false;
    if (!product.empty() && order->second.product != product) return false;
    return !is_done(order->second, key.step);
  };
  if (life.running && fits(*life.running)) return life.running;
  for (const auto& planned : context.planned) {
    const OperationKey key{planned.order, planned.step};
    if (planned.machine != event.asset || !fits(key)) continue;
    const auto& order = context.ledger.orders.at(key.order);
    const auto* routing = context.ledger.routing_of(order);
    if (routing && is_ready(*this, order, *routing, key.step)) return key;
  }
  return {};
}

void Progress::book_good(const ProductionEvent& event, MachineLife& life, const ProgressContext& context) {
  double left = event.quantity;
  while (left > 0) {
    const auto key = target_of(event, life, context);
    if (!key) {
      life.unassigned += left;
      life.running.reset();
      return;
    }
    life.unassigned = 0;  // It works for the plan again.
    auto& entry = entry_of(*key, event.asset);
    if (!entry.started) {
      // The first part was begun a cycle before it was finished; parts that came together were made one by one.
      const double made_s = cycle_s(context, *key, event.asset) * left;
      entry.started = event.time - Duration{static_cast<std::int64_t>(made_s * 1e9)};
    }
    const double wanted = static_cast<double>(context.ledger.orders.at(key->order).quantity);
    const double booked = std::min(left, std::max(0.0, wanted - entry.good));
    entry.good += booked;
    entry.last = event.time;
    left -= booked;
    life.running = key;
    if (entry.good >= wanted) {
      entry.finished = event.time;
      life.running.reset();
    }
  }
}

void Progress::apply(const ProductionEvent& event, const ProgressContext& context) {
  auto& life = machines_[event.asset];
  switch (event.kind) {
    case EventKind::state:
      if (!event.state) return;
      if (life.state != *event.state || !life.since) life.since = event.time;
      life.state = *event.state;
      life.reason = event.reason;
      return;
    case EventKind::reason:
      life.reason = event.reason;
      return;
    case EventKind::order:
      life.order = event.order;
      life.product = event.product;
      return;
    case EventKind::good:
      book_good(event, life, context);
      return;
    case EventKind::scrap:
      if (const auto key = target_of(event, life, context)) entry_of(*key, event.asset).scrap += event.quantity;
      return;
    case EventKind::rework:
    case EventKind::alarm:
    case EventKind::alarm_end:
    case EventKind::gap:
      return;
  }
}

void Progress::finish(const OperationKey& key, const AssetId& machine, Timestamp time) {
  auto& entry = entry_of(key, machine);
  if (!entry.started) entry.started = time;
  entry.finished = time;
  entry.last = time;
  for (auto& [id, life] : machines_) {
    if (life.running == key) life.running.reset();
  }
}

void Progress::reopen(const OperationKey& key) {
  auto& entry = entry_of(key, {});
  entry.finished.reset();
  entry.started.reset();
  entry.good = 0;
}

void Progress::load(OperationProgress entry) {
  const OperationKey key{entry.order, entry.step};
  if (entry.started && !entry.finished) {
    auto& life = machines_[entry.machine];
    const auto* other = life.running ? find(*life.running) : nullptr;
    if (!other || other->last < entry.last) life.running = key;
  }
  operations_[key] = std::move(entry);
}

std::vector<OperationProgress> Progress::take_changed() {
  std::vector<OperationProgress> out;
  for (const auto& key : changed_) {
    if (const auto* entry = find(key)) out.push_back(*entry);
  }
  changed_.clear();
  return out;
}

void Progress::forget(const std::string& order) {
  std::erase_if(operations_, [&](const auto& entry) { return entry.first.order == order; });
  std::erase_if(changed_, [&](const OperationKey& key) { return key.order == order; });
}

}  // namespace hanse::apps::scheduling
