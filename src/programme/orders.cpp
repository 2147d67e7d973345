#include <fmt/format.h>
#include <algorithm>
#include <utility>

#include "programme/internal/query.hpp"
#include "programme/programme.hpp"

namespace hanse::programme {

using internal::all_where;

namespace {

struct Step {
  OrderAction action;
  std::vector<OrderState> from;
  OrderState to;
};
const std::vector<Step>& steps() {
  using S = OrderState;
  static const std::vector<Step> all{
      {OrderAction::accept, {S::offered, S::countered}, S::accepted},
      {OrderAction::decline, {S::offered, S::countered}, S::declined},
      {OrderAction::counter, {S::offered, S::countered}, S::countered},
      {OrderAction::start, {S::accepted}, S::in_production},
      {OrderAction::ship, {S::accepted, S::in_production}, S::shipped},
      {OrderAction::receive, {S::shipped}, S::received},
      {OrderAction::hold, {S::accepted, S::in_production, S::shipped}, S::on_hold},
      {OrderAction::release, {S::on_hold}, S::in_production},
      {OrderAction::cancel, {S::offered, S::countered, S::accepted, S::on_hold}, S::cancelled}};
  return all;
}

}  // namespace

Result<Order> Programme::act(const store::Actor& actor, const std::string& id, OrderAction action, double quantity,
                             const std::string& note) {
  std::unique_lock lock{mutex_};
  HANSE_TRY(auto stored, collection<Order>().get(id));
  auto& order = stored.record;
  const auto step = std::find_if(steps().begin(), steps().end(), [&](const Step& s) { return s.action == action; });
  if (std::find(step->from.begin(), step->from.end(), order.state) == step->from.end()) {
    std::string possible;
    for (const auto state : step->from) possible += (possible.empty() ? "" : ", ") + describe::enum_name(state);
    return fail(ErrorCode::conflict,
                fmt::format("an order that is {} can't be changed by '{}', only one that is {}",
                            describe::enum_name(order.state), describe::enum_name(action), possible));
  }
  if (quantity < 0)
    return fail(ErrorCode::invalid, "the order's action is wrong", {{"quantity", "must be at least 0"}});
  order.state = step->to;
  if (!note.empty()) order.note = note;
  if (action == OrderAction::ship) {
    order.shipped += quantity > 0 ? quantity : order.quantity - order.shipped;
    if (order.shipped < order.quantity - 1e-9) order.state = OrderState::in_production;
  }
  if (action == OrderAction::receive) order.received = order.shipped;
  HANSE_CHECK(collection<Order>().put(actor, order, stored.version));
  lock.unlock();
  if (action == OrderAction::decline) HANSE_CHECK(alarm_declined(order));
  return order;
}

namespace {

void add_made(Order& order, std::int64_t week, double good, double scrap) {
  const auto at = std::find_if(order.made.begin(), order.made.end(), [&](const MadeWeek& m) { return m.week >= week; });
  if (at != order.made.end() && at->week == week) {
    at->good += good;
    at->scrap += scrap;
  } else {
    order.made.insert(at, {week, good, scrap});
  }
  order.produced += good;
  order.scrapped += scrap;
}

}  // namespace

Result<void> Programme::book(const store::Actor& actor, const std::string& organisation,
                             std::map<std::string, Booking> made,
                             const std::function<Result<void>(store::Transaction&)>& also) {
  const std::lock_guard lock{mutex_};
  HANSE_TRY(auto orders, all_where(collection<Order>(), {{"organisation", organisation}}));
  std::map<std::string, Need> needs;
  std::vector<Order> changed;
  for (auto& order : orders) {
    const auto found = made.find(order.part);
    if (found == made.end() || (order.state != OrderState::accepted && order.state != OrderState::in_production))
      continue;
    auto& part = found->second;
    const double taken = std::min(part.good, std::max(0.0, order.quantity - order.produced));
    if (taken <= 0 && part.scrap <= 0) continue;
    if (!needs.contains(order.need)) {
      HANSE_TRY(auto need, collection<Need>().get(order.need));
      needs.emplace(order.need, std::move(need.record));
    }
    const auto time = part.time.ns > 0 ? part.time : clock_.now();
    add_made(order, internal::week_of(needs.at(order.need), time), taken, std::exchange(part.scrap, 0.0));
    part.good -= taken;
    order.state = OrderState::in_production;
    changed.push_back(order);
  }
  if (changed.empty() && !also) return {};
  return store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    for (const auto& order : changed) HANSE_CHECK(collection<Order>().put(transaction, order));
    return also ? also(transaction) : Result<void>{};
  });
}

Result<void> Programme::take_production(const store::Actor& actor, const std::string& organisation,
                                        std::span<const plant::ProductionEvent> events) {
  std::map<std::string, Booking> made;  // By product.
  for (const auto& event : events) {
    if (event.product.empty()) continue;
    auto& part = made[event.product];
    if (event.kind == plant::EventKind::good) part.good += event.quantity;
    if (event.kind == plant::EventKind::scrap) part.scrap += event.quantity;
    part.time = std::max(part.time, event.time);
  }
  return made.empty() ? Result<void>{} : book(actor, organisation, std::move(made), {});
}

}  // namespace hanse::programme
