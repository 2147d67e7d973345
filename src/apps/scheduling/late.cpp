#include "apps/scheduling/late.hpp"

#include <algorithm>

#include "apps/scheduling/planner.hpp"

namespace hanse::apps::scheduling {
namespace {

constexpr std::size_t kLinksMax = 12;
constexpr Duration kTouch = 2s;  ///< The solver works in whole seconds.

/// Looks at a plan from behind: what stands before each operation.
class Chains {
 public:
  Chains(const ModelInput& input, std::span<const PlannedOperation> operations) : in_(input) {
    for (const auto& operation : operations) {
      at_[{operation.order, operation.step}] = &operation;
      on_[operation.machine].push_back(&operation);
      if (!operation.attended_by.empty()) attended_[operation.attended_by].push_back(&operation);
    }
  }

  std::vector<CauseLink> of(const ProductionOrder& order, const PlannedOperation* last) const {
    std::vector<CauseLink> chain;
    for (const auto* at = last; at && chain.size() < kLinksMax;) {
      CauseLink link{at->order, at->step, at->machine, at->start, at->end, Blocker::start, {}};
      at = blocker_of(order, *at, link);
      chain.push_back(std::move(link));
    }
    return chain;
  }

 private:
  const PlannedOperation* blocker_of(const ProductionOrder&, const PlannedOperation& at, CauseLink& link) const {
    if (at.running) {
      link.blocker = Blocker::running;
      return nullptr;
    }
    const auto setup = Duration{static_cast<std::int64_t>(at.setup_s * 1e9)};
    const auto* step = step_before(at);
    const auto* machine = machine_before(at);
    const bool step_holds = step && step->end + lag_of(*step) >= at.start - kTouch;
    if (step_holds) {
      link.blocker = Blocker::step;
      return step;
    }
    if (const auto pin = std::find_if(in_.pins.begin(), in_.pins.end(),
                                      [&](const Pinning& one) { return one.order == at.order && one.step == at.step; });
        pin != in_.pins.end() && pin->start >= at.start - kTouch) {
      link.blocker = Blocker::pin;
      return nullptr;
    }
    if (machine && machine->end + setup >= at.start - kTouch) {
      link.blocker = at.setup_s > 0 ? Blocker::change_over : Blocker::machine;
      return machine;
    }
    const auto order = in_.ledger.orders.find(at.order);
    if (order != in_.ledger.orders.end() && order->second.release && *order->second.release >= at.start - kTouch) {
      link.blocker = Blocker::release;
      return nullptr;
    }
    if (const auto* arrival = arrival_of(at)) {
      link.blocker = Blocker::material;
      link.detail = arrival->material.empty() ? arrival->reason : arrival->material;
      return nullptr;
    }
    if (closed_before(at, setup, link)) {
      link.blocker = Blocker::closed;
      // What kept the machine until it closed is part of the chain.
      return machine && machine->end + setup >= at.start - setup - Duration{12h} ? machine : nullptr;
    }
    if (const auto* other = latest_before(attended_, at.attended_by, at); other && other->end >= at.start - kTouch) {
      link.blocker = Blocker::person;
      link.detail = at.attended_by;
      return other;
    }
    if (step && !in_.ledger.transport.empty() && step->machine != at.machine) {
      link.blocker = Blocker::transport;
      return step;
    }
    if (!at.attended_by.empty() && at.start > in_.now + kTouch) {
      link.blocker = Blocker::person;
      link.detail = at.attended_by;
    }
    return nullptr;
  }

  const PlannedOperation* step_before(const PlannedOperation& at) const {
    const auto order = in_.ledger.orders.find(at.order);
    const auto* routing = order == in_.ledger.orders.end() ? nullptr : in_.ledger.routing_of(order->second);
    if (!routing) return nullptr;
    const PlannedOperation* latest = nullptr;
    for (std::size_t i = 0; i < routing->steps.size(); ++i) {
      if (routing->steps[i].id != at.step) continue;
      for (const auto before : steps_before(*routing, i)) {
        const auto found = at_.find({at.order, routing->steps[before].id});
        if (found != at_.end() && (!latest || found->second->end > latest->end)) latest = found->second;
      }
    }
    return latest;
  }

  Duration lag_of(const PlannedOperation& at) const {
    const auto order = in_.ledger.orders.find(at.order);
    const auto* routing = order == in_.ledger.orders.end() ? nullptr : in_.ledger.routing_of(order->second);
    if (!routing) return {};
    for (const auto& step : routing->steps) {
      if (step.id == at.step) return Duration{static_cast<std::int64_t>(step.lag_s * 1e9)};
    }
    return {};
  }

  const PlannedOperation* machine_before(const PlannedOperation& at) const {
    return latest_before(on_, at.machine, at);
  }

  /// What ends last before `at` starts, of those that share the machine or operator with it.
  template <class Key>
  static const PlannedOperation* latest_before(const std::map<Key, std::vector<const PlannedOperation*>>& by,
                                               const Key& key, const PlannedOperation& at) {
    const PlannedOperation* latest = nullptr;
    const auto found = by.find(key);
    if (found == by.end()) return nullptr;
    for (const auto* other : found->second) {
      if (other == &at || other->end > at.start + kTouch) continue;
      if (!latest || other->end > latest->end) latest = other;
    }
    return latest;
  }

  /// The material that comes just when the operation starts.
  const MaterialArrival* arrival_of(const PlannedOperation& at) const {
    for (const auto& [id, arrival] : in_.ledger.arrivals) {
      if (arrival.order != at.order || (!arrival.step.empty() && arrival.step != at.step)) continue;
      if (arrival.at >= at.start - kTouch && arrival.at <= at.start + kTouch) return &arrival;
    }
    return nullptr;
  }

  bool closed_before(const PlannedOperation& at, Duration setup, CauseLink& link) const {
    const Timestamp moment = at.start - setup - kTouch;
    if (moment < in_.now) return false;
    if (const auto down = in_.down.find(at.machine); down != in_.down.end() && moment <= down->second.until) {
      link.detail = down->second.reason;
      return true;
    }
    for (const auto& [id, window] : in_.ledger.maintenance) {
      if (window.asset == at.machine && window.begin <= moment && moment <= window.end + kTouch) {
        link.detail = window.reason;
        return true;
      }
    }
    return working_spans(in_.plant, at.machine, {moment, moment + 1s}).empty();
  }

  const ModelInput& in_;
  std::map<OperationKey, const PlannedOperation*> at_;
  std::map<AssetId, std::vector<const PlannedOperation*>> on_;
  std::map<std::string, std::vector<const PlannedOperation*>> attended_;
};

}  // namespace

std::vector<LateOrder> late_orders(const ModelInput& input, std::span<const PlannedOperation> operations) {
  const Chains chains{input, operations};
  std::map<std::string, const PlannedOperation*> last;
  for (const auto& operation : operations) {
    auto& known = last[operation.order];
    if (!known || operation.end > known->end) known = &operation;
  }
  std::vector<LateOrder> out;
  for (const auto& [id, operation] : last) {
    const auto found = input.ledger.orders.find(id);
    if (found == input.ledger.orders.end()) continue;
    const auto& order = found->second;
    if (!order.due || operation->end <= *order.due || order.status != OrderStatus::open) continue;
    out.push_back({.order = id,
                   .product = order.product,
                   .customer = order.customer,
                   .quantity = order.quantity,
                   .weight = order.weight,
                   .due = *order.due,
                   .end = operation->end,
                   .late_h = static_cast<double>((operation->end - *order.due).count()) / 3.6e12,
                   .chain = chains.of(order, operation)});
  }
  std::sort(out.begin(), out.end(), [](const LateOrder& a, const LateOrder& b) {
    return std::pair{-a.late_h * static_cast<double>(a.weight), a.order} <
           std::pair{-b.late_h * static_cast<double>(b.weight), b.order};
  });
  return out;
}

}  // namespace hanse::apps::scheduling
