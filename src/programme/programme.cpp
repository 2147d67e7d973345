#include "programme/programme.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <set>

namespace hanse::programme {
namespace {

constexpr Duration kWeek = std::chrono::hours{24 * 7};

template <class T>
Result<std::vector<T>> all_where(const store::Collection<T>& collection, std::vector<store::IndexField> equal) {
  std::vector<T> out;
  store::Query query{.kind = {}, .equal = std::move(equal), .limit = 1000};
  for (;;) {
    HANSE_TRY(auto page, collection.list(query));
    for (auto& item : page.items) out.push_back(std::move(item.record));
    if (!page.next) return out;
    query.cursor = std::move(page.next);
  }
}

bool is_open(OrderState state) {
  return state != OrderState::declined && state != OrderState::cancelled && state != OrderState::received;
}

}  // namespace

Programme::Programme(Token, store::Store& store, ecosystem::Ecosystem& ecosystem, const Clock& clock)
    : store_(store),
      ecosystem_(ecosystem),
      clock_(clock),
      collections_{store::Collection<Need>{store, std::string{KindOf<Need>::store}},
                   store::Collection<Design>{store, std::string{KindOf<Design>::store}},
                   store::Collection<Approval>{store, std::string{KindOf<Approval>::store}},
                   store::Collection<Agreement>{store, std::string{KindOf<Agreement>::store}},
                   store::Collection<BoardNote>{store, std::string{KindOf<BoardNote>::store}},
                   store::Collection<Order>{store, std::string{KindOf<Order>::store}},
                   store::Collection<PlanRecord>{store, std::string{KindOf<PlanRecord>::store}}} {}

Result<std::unique_ptr<Programme>> Programme::open(store::Store& store, ecosystem::Ecosystem& ecosystem,
                                                   const Clock& clock) {
  return std::make_unique<Programme>(Token{}, store, ecosystem, clock);
}

template <class T>
Result<std::int64_t> Programme::put(const store::Actor& actor, const T& record, std::optional<std::int64_t> expected) {
  std::vector<FieldError> errors;
  if constexpr (std::is_same_v<T, Need>) {
    for (std::size_t i = 0; i < record.designs.size(); ++i) {
      HANSE_TRY(const auto design, collection<Design>().find(record.designs[i]));
      if (!design) errors.push_back({fmt::format("designs[{}]", i), "there is no design '" + record.designs[i] + "'"});
    }
  } else if constexpr (std::is_same_v<T, Approval>) {
    HANSE_TRY(const auto design, collection<Design>().find(record.design));
    if (!design) errors.push_back({"design", "there is no design '" + record.design + "'"});
  } else if constexpr (std::is_same_v<T, Agreement>) {
    HANSE_TRY(const auto need, collection<Need>().find(record.need));
    if (!need) errors.push_back({"need", "there is no need '" + record.need + "'"});
    if (!ecosystem_.records()->organisations.find(record.organisation))
      errors.push_back({"organisation", "there is no organisation '" + record.organisation + "'"});
  }
  if (!errors.empty())
    return fail(ErrorCode::invalid, fmt::format("the {} '{}' is wrong", KindOf<T>::word, record.id), std::move(errors));
  return collection<T>().put(actor, record, expected);
}
template Result<std::int64_t> Programme::put(const store::Actor&, const Need&, std::optional<std::int64_t>);
template Result<std::int64_t> Programme::put(const store::Actor&, const Design&, std::optional<std::int64_t>);
template Result<std::int64_t> Programme::put(const store::Actor&, const Approval&, std::optional<std::int64_t>);
template Result<std::int64_t> Programme::put(const store::Actor&, const Agreement&, std::optional<std::int64_t>);
template Result<std::int64_t> Programme::put(const store::Actor&, const BoardNote&, std::optional<std::int64_t>);

/// Orders of other needs, with their weeks counted from this need's start.
Result<PlanningInput> Programme::input_of(const std::string& id) {
  HANSE_TRY(const auto need, collection<Need>().get(id));
  PlanningInput input{.need = need.record, .records = ecosystem_.records()};
  for (const auto& design : need.record.designs) {
    HANSE_TRY(auto stored, collection<Design>().get(design));
    HANSE_TRY(auto approvals, all_where(collection<Approval>(), {{"design", design}}));
    input.designs.push_back(std::move(stored.record));
    input.approvals.insert(input.approvals.end(), approvals.begin(), approvals.end());
  }
  HANSE_TRY(input.agreements, all_where(collection<Agreement>(), {{"need", id}}));
  HANSE_TRY(const auto needs, collection<Need>().all());
  for (const auto& other : needs) {
    if (other.record.id == id) continue;
    HANSE_TRY(auto orders, orders_of(other.record.id));
    const auto shift = (other.record.start - need.record.start).count() / kWeek.count();
    for (auto& order : orders) {
      for (auto& week : order.weeks) week.week += shift;
      input.committed.push_back(std::move(order));
    }
  }
  return input;
}

Result<std::vector<Order>> Programme::orders_of(const std::string& need) {
  return all_where(collection<Order>(), {{"need", need}});
}

Result<std::optional<PlanRecord>> Programme::published_plan(const std::string& need) {
  HANSE_TRY(auto found, all_where(collection<PlanRecord>(), {{"need", need}, {"state", "published"}}));
  if (found.empty()) return std::optional<PlanRecord>{};
  return std::optional<PlanRecord>{std::move(found.back())};
}

Result<PlanningModel> Programme::match(const std::string& need) {
  HANSE_TRY(const auto input, input_of(need));
  return model_of(input);
}

Result<std::vector<MatchedOffer>> Programme::match_part(const std::string& need, const std::string& part,
                                                        std::size_t limit) {
  HANSE_TRY(const auto input, input_of(need));
  for (const auto& design : input.designs) {
    for (const auto& candidate : design.parts) {
      if (candidate.id != part) continue;
      const Offers offers{input.records};
      const auto terms = terms_of(input.need, input.agreements);
      std::vector<MatchedOffer> out;
      for (const auto number : offers.match(candidate.requirement, terms).fits) {
        if (out.size() < limit) out.push_back(offers.explain(number, candidate.requirement, terms));
      }
      for (auto& near : offers.near_misses(candidate.requirement, terms, limit)) out.push_back(std::move(near));
      return out;
    }
  }
  return fail(ErrorCode::not_found, "no design of the need has a part '" + part + "'");
}

Result<PlanRecord> Programme::plan(const store::Actor& actor, const std::string& need, const PlanBudget& budget) {
  HANSE_TRY(const auto input, input_of(need));
  HANSE_TRY(auto model, model_of(input));
  PlanRecord record{.id = new_id(clock_), .need = need, .reason = "planned", .made = clock_.now()};
  record.matches = model.matches;
  record.blockers = model.blockers;
  if (model.items.empty()) {
    HANSE_CHECK(collection<PlanRecord>().put(actor, record, 0));
    return record;
  }
  namespace allocation = optimiser::allocation;
  allocation::SolveOptions options{.threads = budget.threads, .iterations_max = budget.iterations_max};
  options.elapsed_s = [this, begin = clock_.monotonic()] {
    return std::chrono::duration<double>(clock_.monotonic() - begin).count();
  };
  options.seconds_max = budget.seconds;
  HANSE_TRY(auto solution, allocation::solve(model.problem, options));
  if (const auto checked = allocation::check(model.problem, solution.plan); !checked.violations.empty()) {
    return fail(ErrorCode::corrupt, "the plan breaks a rule and was thrown away: " + checked.violations.front());
  }
  record.status = solution.status;
  record.bound = solution.bound;
  record.seconds = solution.seconds;
  write_plan(model, input.need, solution.plan, record);
  record.gap = solution.gap;
  record.chain = write_chain(model);
  options.iterations_max =
      std::min<std::uint64_t>(budget.iterations_max, std::max<std::uint64_t>(400, solution.iterations));
  const auto limiting = allocation::bottlenecks(
      model.problem, solution, static_cast<std::size_t>(std::max<std::int64_t>(0, budget.bottlenecks)), options);
  for (const auto& row : limiting) {
    Limiting line{.part = model.items[row.item],
                  .saving = row.saving,
                  .units_more = row.units_more,
                  .unit_weeks_earlier = row.unit_weeks_earlier,
                  .weeks = {row.weeks.begin(), row.weeks.end()}};
    line.text =
        fmt::format("a tenth more capacity at its makers: {:.0f} units more by the end, {:.0f} unit-weeks earlier",
                    std::max(0.0, row.units_more), std::max(0.0, row.unit_weeks_earlier));
    record.limits.push_back(std::move(line));
  }
  HANSE_CHECK(collection<PlanRecord>().put(actor, record, 0));
  auto kept = std::make_unique<Live>(Live{record.id, std::move(model), std::move(solution.prices), nullptr});
  kept->repairer = std::make_unique<allocation::Repairer>(kept->model.problem, solution.plan, kept->prices);
  const std::lock_guard lock{mutex_};
  live_[need + "/" + record.id] = std::move(kept);
  return record;
}

Result<void> Programme::check_hours(const PlanRecord& record, const Need& need) {
  HANSE_TRY(const auto input, input_of(need.id));
  std::map<std::pair<std::string, std::int64_t>, double> hours;
  for (const auto& line : record.lines) {
    if (!line.calendar.empty()) hours[{line.calendar, line.week}] += line.hours;
  }
  for (const auto& order : input.committed) {
    if (!is_open(order.state)) continue;
    for (const auto& week : order.weeks) {
      if (const auto found = hours.find({order.calendar, week.week}); found != hours.end()) found->second += week.hours;
    }
  }
  for (const auto& [where, used] : hours) {
    const auto* calendar = input.records->calendars.find(where.first);
    if (!calendar)
      return fail(ErrorCode::conflict, "the capacity calendar '" + where.first + "' is no longer there: plan again");
    double most = std::max(calendar->usual_hours, calendar->usual_maximum);
    const auto monday = to_string(need.start + where.second * kWeek).substr(0, 10);
    for (const auto& week : calendar->weeks) {
      if (week.monday == monday) most = week.maximum;
    }
    if (used <= most * (1 + 1e-6) + 1e-6) continue;
    return fail(
        ErrorCode::conflict,
        fmt::format("'{}' has {:.1f} hours in the week of {}, other needs and this plan would take {:.1f}: plan again",
                    where.first, most, monday, used));
  }
  return {};
}

std::vector<Order> Programme::orders_from(const PlanRecord& record, const std::vector<Order>& before) const {
  std::map<std::string, Order> orders;
  for (const auto& line : record.lines) {
    const auto id = fmt::format("{}.{}.{}", record.need, line.capability, line.part);
    auto& order = orders[id];
    order.id = id;
    order.need = record.need;
    order.plan = record.id;
    order.organisation = line.organisation;
    order.site = line.site;
    order.capability = line.capability;
    order.calendar = line.calendar;
    order.part = line.part;
    order.weeks.push_back({line.week, line.quantity, line.hours});
    order.quantity += line.quantity;
  }
  std::vector<Order> changed;
  for (const auto& old : before) {
    const auto found = orders.find(old.id);
    if (found == orders.end()) {
      if (!is_open(old.state) || old.state == OrderState::shipped) continue;
      auto gone = old;
      gone.state = OrderState::cancelled;
      gone.note = "no longer in the plan: " + record.reason;
      changed.push_back(std::move(gone));
      continue;
    }
    auto& order = found->second;
    order.produced = old.produced;
    order.scrapped = old.scrapped;
    order.shipped = old.shipped;
    order.received = old.received;
    if (order.weeks == old.weeks && is_open(old.state)) {
      orders.erase(found);  // Nothing changes for this member.
    } else if (old.state == OrderState::in_production) {
      order.state = OrderState::in_production;
      order.note = "changed: " + record.reason;
    } else {
      order.note = "changed: " + record.reason;
    }
  }
  for (auto& [id, order] : orders) changed.push_back(std::move(order));
  return changed;
}

/// Precondition: the lock is held.
Result<PlanRecord> Programme::store_published(const store::Actor& actor, PlanRecord record, const Need& need) {
  HANSE_CHECK(check_hours(record, need));
  HANSE_TRY(auto before, published_plan(record.need));
  HANSE_TRY(const auto old_orders, orders_of(record.need));
  const auto orders = orders_from(record, old_orders);
  record.published = true;
  if (before && before->id != record.id && record.replaces.empty()) record.replaces = before->id;
  HANSE_CHECK(store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    if (before && before->id != record.id) {
      before->published = false;
      HANSE_CHECK(collection<PlanRecord>().put(transaction, *before));
    }
    HANSE_CHECK(collection<PlanRecord>().put(transaction, record));
    for (const auto& order : orders) HANSE_CHECK(collection<Order>().put(transaction, order));
    return {};
  }));
  return record;
}

Result<PlanRecord> Programme::publish(const store::Actor& actor, const std::string& id) {
  HANSE_TRY(auto record, collection<PlanRecord>().get(id));
  HANSE_TRY(const auto need, collection<Need>().get(record.record.need));
  const std::lock_guard lock{mutex_};
  return store_published(actor, std::move(record.record), need.record);
}

/// The published plan in numbers; made anew from its record after a restart. Precondition: the lock is held.
Result<Programme::Live*> Programme::live(const std::string& need) {
  HANSE_TRY(const auto record, published_plan(need));
  if (!record) return fail(ErrorCode::conflict, "the need '" + need + "' has no published plan");
  const auto key = need + "/" + record->id;
  if (const auto found = live_.find(key); found != live_.end()) return found->second.get();
  HANSE_TRY(const auto input, input_of(need));
  HANSE_TRY(auto model, model_of(input));
  auto made = std::make_unique<Live>(Live{record->id, std::move(model), {}, nullptr});
  made->repairer = std::make_unique<optimiser::allocation::Repairer>(made->model.problem,
                                                                     read_plan(made->model, *record), made->prices);
  std::erase_if(live_, [&](const auto& entry) { return entry.first.starts_with(need + "/"); });
  return (live_[key] = std::move(made)).get();
}

Result<PlanRecord> Programme::disrupt(const store::Actor& actor, const DisruptionEvent& event) {
  HANSE_TRY(const auto need, collection<Need>().get(event.need));
  const std::lock_guard lock{mutex_};
  HANSE_TRY(auto* const now, live(event.need));
  HANSE_TRY(const auto disruption, read_event(now->model, event));
  HANSE_TRY(const auto before, published_plan(event.need));
  PlanRecord record{.id = new_id(clock_), .need = event.need, .replaces = before->id, .made = clock_.now()};
  const auto& subject = !event.organisation.empty() ? event.organisation
                        : !event.calendar.empty()   ? event.calendar
                        : !event.part.empty()       ? event.part
                                                    : event.from_zone;
  record.reason =
      fmt::format("{} {}{}{}", describe::enum_name(event.kind), subject, event.note.empty() ? "" : ": ", event.note);
  const auto begin = clock_.monotonic();
  // A dry run works on a copy; what is repaired for good is published or, when that fails, thrown away with its state.
  const auto repair = event.try_only ? now->repairer->try_out(disruption) : now->repairer->apply(disruption);
  record.repair_ms = std::chrono::duration<double, std::milli>(clock_.monotonic() - begin).count();
  record.changes = write_changes(now->model, repair);
  for (const auto supplier : repair.suppliers_to_call) record.call.push_back(now->model.suppliers[supplier]);
  record.status = optimiser::allocation::Status::feasible;
  record.bound = before->bound;
  record.matches = before->matches;
  record.chain = before->chain;
  if (event.try_only) {
    record.ramp = before->ramp;
    double sum = 0;
    for (std::size_t t = 0; t < record.ramp.size() && t < repair.delivered_after.size(); ++t)
      record.ramp[t].planned = sum += repair.delivered_after[t];
    record.measures.units_delivered = repair.units_after;
    return record;
  }
  write_plan(now->model, need.record, now->repairer->plan(), record);
  record.gap = record.value > 0 ? std::max(0.0, (record.value - record.bound) / record.value) : 0;
  auto stored = store_published(actor, std::move(record), need.record);
  if (!stored) {
    std::erase_if(live_, [&](const auto& entry) { return entry.second.get() == now; });
    return stored;
  }
  if (event.kind == DisruptionKind::member_out) HANSE_CHECK(end_agreements(actor, event));
  auto node = live_.extract(event.need + "/" + before->id);
  node.key() = event.need + "/" + stored->id;
  node.mapped()->plan = stored->id;
  live_.insert(std::move(node));
  return stored;
}

/// So that the next plan doesn't count on the member either.
Result<void> Programme::end_agreements(const store::Actor& actor, const DisruptionEvent& event) {
  HANSE_TRY(auto agreements, all_where(collection<Agreement>(), {{"need", event.need}}));
  for (auto& agreement : agreements) {
    if (agreement.organisation != event.organisation || !agreement.in_force) continue;
    agreement.in_force = false;
    HANSE_CHECK(collection<Agreement>().put(actor, agreement));
  }
  return {};
}

Result<PlanRecord> Programme::revert(const store::Actor& actor, const std::string& need) {
  HANSE_TRY(const auto stored_need, collection<Need>().get(need));
  const std::lock_guard lock{mutex_};
  HANSE_TRY(const auto now, published_plan(need));
  if (!now || now->replaces.empty())
    return fail(ErrorCode::conflict, "the need '" + need + "' has no plan before this one");
  HANSE_TRY(auto before, collection<PlanRecord>().get(now->replaces));
  return store_published(actor, std::move(before.record), stored_need.record);
}

Result<std::vector<StressLine>> Programme::stress(const std::string& need, std::size_t members) {
  const std::lock_guard lock{mutex_};
  HANSE_TRY(auto* const now, live(need));
  std::vector<StressLine> out;
  for (const auto& row :
       optimiser::allocation::stress(now->model.problem, *now->repairer, now->repairer->plan(), members)) {
    out.push_back({now->model.suppliers[row.supplier], row.volume, row.units_lost, row.share_replaced});
  }
  return out;
}

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
  return order;
}

Result<void> Programme::take_production(const store::Actor& actor, const std::string& organisation,
                                        std::span<const plant::ProductionEvent> events) {
  std::map<std::string, std::pair<double, double>> made;  // Good and scrap by product.
  for (const auto& event : events) {
    if (event.kind == plant::EventKind::good) made[event.product].first += event.quantity;
    if (event.kind == plant::EventKind::scrap) made[event.product].second += event.quantity;
  }
  made.erase("");
  if (made.empty()) return {};
  HANSE_TRY(auto orders, all_where(collection<Order>(), {{"organisation", organisation}}));
  std::vector<Order> changed;
  for (auto& order : orders) {
    const auto found = made.find(order.part);
    if (found == made.end() || (order.state != OrderState::accepted && order.state != OrderState::in_production))
      continue;
    auto& [good, scrap] = found->second;
    const double taken = std::min(good, std::max(0.0, order.quantity - order.produced));
    if (taken <= 0 && scrap <= 0) continue;
    order.produced += taken;
    order.scrapped += std::exchange(scrap, 0.0);
    good -= taken;
    order.state = OrderState::in_production;
    changed.push_back(order);
  }
  if (changed.empty()) return {};
  return store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    for (const auto& order : changed) HANSE_CHECK(collection<Order>().put(transaction, order));
    return {};
  });
}

Result<Tower> Programme::tower(const std::string& id) {
  HANSE_TRY(const auto need, collection<Need>().get(id));
  HANSE_TRY(const auto plan, published_plan(id));
  Tower tower{.need = id};
  if (!plan) return tower;
  HANSE_TRY(const auto orders, orders_of(id));
  tower.plan = plan->id;
  tower.ramp = plan->ramp;
  tower.week =
      std::clamp<std::int64_t>((clock_.now() - need.record.start).count() / kWeek.count(), 0, need.record.weeks - 1);
  if (!plan->ramp.empty()) {
    tower.due = plan->ramp[static_cast<std::size_t>(tower.week)].due;
    tower.planned = plan->ramp[static_cast<std::size_t>(tower.week)].planned;
    tower.due_total = plan->ramp.back().due;
    tower.planned_total = plan->ramp.back().planned;
  }
  std::map<std::string, Gating> parts;
  for (const auto& order : orders) {
    tower.orders_open += order.state == OrderState::offered || order.state == OrderState::countered;
    tower.orders_accepted += order.state == OrderState::accepted || order.state == OrderState::in_production;
    tower.orders_declined += order.state == OrderState::declined;
    if (order.state == OrderState::cancelled || order.state == OrderState::declined) continue;
    auto& part = parts[order.part];
    part.part = order.part;
    part.ordered += order.quantity;
    part.produced += order.produced;
    for (const auto& week : order.weeks) part.due_by_now += week.week < tower.week ? week.quantity : 0;
    if (order.part == id) tower.finished += order.produced;
  }
  for (auto& [name, part] : parts) {
    const double a_day = part.ordered / (7.0 * static_cast<double>(need.record.weeks));
    part.cover_days = a_day > 0 ? (part.produced - part.due_by_now) / a_day : 0;
    tower.gating.push_back(part);
  }
  std::stable_sort(tower.gating.begin(), tower.gating.end(),
                   [](const Gating& a, const Gating& b) { return a.cover_days < b.cover_days; });
  if (tower.gating.size() > 20) tower.gating.resize(20);
  return tower;
}

}  // namespace hanse::programme
