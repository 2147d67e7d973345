#include "programme/programme.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <set>

#include "programme/internal/query.hpp"

namespace hanse::programme {
using internal::all_where;
using internal::is_open;
using internal::kWeek;

Programme::Programme(Token, store::Store& store, ecosystem::Ecosystem& ecosystem, const Clock& clock)
    : store_(store),
      ecosystem_(ecosystem),
      clock_(clock),
      collections_{store::Collection<Need>{store, std::string{KindOf<Need>::store}},
                   store::Collection<Design>{store, std::string{KindOf<Design>::store}},
                   store::Collection<Approval>{store, std::string{KindOf<Approval>::store}},
                   store::Collection<Agreement>{store, std::string{KindOf<Agreement>::store}},
                   store::Collection<ChangeRequest>{store, std::string{KindOf<ChangeRequest>::store}},
                   store::Collection<Decision>{store, std::string{KindOf<Decision>::store}},
                   store::Collection<Milestone>{store, std::string{KindOf<Milestone>::store}},
                   store::Collection<Responsibility>{store, std::string{KindOf<Responsibility>::store}},
                   store::Collection<Investment>{store, std::string{KindOf<Investment>::store}},
                   store::Collection<BoardProblem>{store, std::string{KindOf<BoardProblem>::store}},
                   store::Collection<Order>{store, std::string{KindOf<Order>::store}},
                   store::Collection<PlanRecord>{store, std::string{KindOf<PlanRecord>::store}},
                   store::Collection<LiveLine>{store, std::string{KindOf<LiveLine>::store}},
                   store::Collection<Alarm>{store, std::string{KindOf<Alarm>::store}}} {}

Result<std::unique_ptr<Programme>> Programme::open(store::Store& store, ecosystem::Ecosystem& ecosystem,
                                                   const Clock& clock) {
  return std::make_unique<Programme>(Token{}, store, ecosystem, clock);
}

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
  HANSE_TRY(auto input, input_of(need));
  input.aim = budget.aim;
  HANSE_TRY(auto model, model_of(input));
  PlanRecord record{.id = new_id(clock_), .need = need, .reason = "planned", .made = clock_.now(), .aim = budget.aim};
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
  options.stopped = budget.stopped;
  const auto check_stopped = [&]() -> Result<void> {
    if (budget.stopped && budget.stopped()) return fail(ErrorCode::unavailable, "planning was stopped");
    return {};
  };
  HANSE_TRY(auto solution, allocation::solve(model.problem, options));
  HANSE_CHECK(check_stopped());
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
  HANSE_CHECK(check_stopped());
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
    // The finished good of two designs is one order: its weeks come twice.
    const auto at = std::find_if(order.weeks.begin(), order.weeks.end(),
                                 [&](const OrderWeek& week) { return week.week >= line.week; });
    if (at != order.weeks.end() && at->week == line.week) {
      at->quantity += line.quantity;
      at->hours += line.hours;
    } else {
      order.weeks.insert(at, {line.week, line.quantity, line.hours});
    }
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
    order.made = old.made;
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
  record.published = record.was_published = true;
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
  const auto event = record.record.event;
  if (event && !record.record.was_published) return publish_proposal(actor, std::move(record.record), need.record);
  HANSE_TRY(auto stored, store_published(actor, std::move(record.record), need.record));
  if (event && event->kind == DisruptionKind::member_out) HANSE_CHECK(set_agreements(actor, *event, false));
  HANSE_CHECK(move_alarms(actor, stored, AlarmState::open, AlarmState::published));
  return stored;
}

/// What events took before stays taken, also from a plan that is read back. Oldest first.
Result<std::vector<DisruptionEvent>> Programme::events_behind(const PlanRecord& record) {
  std::vector<DisruptionEvent> events;
  auto at = record;
  while (at.event) {
    events.push_back(*at.event);
    HANSE_TRY(auto before, collection<PlanRecord>().find(at.replaces));
    if (!before) break;
    at = std::move(before->record);
  }
  std::reverse(events.begin(), events.end());
  return events;
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
  HANSE_TRY(const auto events, events_behind(*record));
  for (const auto& event : events) {
    // A member that is out may no longer be in the model at all: then there is nothing to take.
    if (const auto disruption = read_event(made->model, event)) made->repairer->apply(*disruption);
  }
  std::erase_if(live_, [&](const auto& entry) { return entry.first.starts_with(need + "/"); });
  return (live_[key] = std::move(made)).get();
}

namespace {

/// Whose calendar or capability it is; empty when it isn't one's.
std::string owner_of(const ecosystem::Records& records, const DisruptionEvent& event) {
  if (const auto* calendar = records.calendars.find(event.calendar)) return calendar->organisation;
  if (const auto* capability = records.capabilities.find(event.capability)) return capability->organisation;
  return "";
}

std::string subject_of(const DisruptionEvent& event) {
  for (const auto* name : {&event.organisation, &event.calendar, &event.capability, &event.part, &event.from_zone}) {
    if (!name->empty()) return *name;
  }
  return "";
}

}  // namespace

/// A repaired plan without its repair yet.
PlanRecord Programme::repaired_from(const PlanRecord& before, DisruptionEvent event) const {
  PlanRecord record{.id = new_id(clock_), .need = event.need, .replaces = before.id, .made = clock_.now()};
  record.aim = before.aim;
  if (event.organisation.empty()) event.organisation = owner_of(*ecosystem_.records(), event);
  record.event = event;
  record.event->try_only = false;
  record.reason = fmt::format("{} {}{}{}", describe::enum_name(event.kind), subject_of(event),
                              event.note.empty() ? "" : ": ", event.note);
  record.status = optimiser::allocation::Status::feasible;
  record.bound = before.bound;
  record.matches = before.matches;
  record.chain = before.chain;
  return record;
}

void Programme::write_repair(const Live& now, const Need& need, const optimiser::allocation::Repair& repair,
                             const optimiser::allocation::Plan& plan, PlanRecord& record) const {
  record.changes = write_changes(now.model, repair);
  // Less than half a piece is rounding, and no reason to call anybody.
  std::erase_if(record.changes, [](const ChangeLine& change) { return std::abs(change.after - change.before) < 0.5; });
  std::set<std::string> touched;
  for (const auto& change : record.changes) touched.insert(change.organisation);
  record.call.clear();
  for (const auto supplier : repair.suppliers_to_call) {
    if (touched.contains(now.model.suppliers[supplier])) record.call.push_back(now.model.suppliers[supplier]);
  }
  write_plan(now.model, need, plan, record);
  record.gap = record.value > 0 ? std::max(0.0, (record.value - record.bound) / record.value) : 0;
}

Result<PlanRecord> Programme::propose(const store::Actor& actor, const DisruptionEvent& event) {
  HANSE_TRY(const auto need, collection<Need>().get(event.need));
  const std::lock_guard lock{mutex_};
  HANSE_TRY(const auto* const now, live(event.need));
  HANSE_TRY(const auto disruption, read_event(now->model, event));
  HANSE_TRY(const auto before, published_plan(event.need));
  auto record = repaired_from(*before, event);
  const auto begin = clock_.monotonic();
  const auto tried = now->repairer->propose(disruption);
  record.repair_ms = std::chrono::duration<double, std::milli>(clock_.monotonic() - begin).count();
  write_repair(*now, need.record, tried.repair, tried.plan, record);
  if (!event.try_only) HANSE_CHECK(collection<PlanRecord>().put(actor, record, 0));
  return record;
}

/// Precondition: the lock is held.
Result<PlanRecord> Programme::publish_proposal(const store::Actor& actor, PlanRecord record, const Need& need) {
  HANSE_TRY(const auto before, published_plan(need.id));
  if (!before || before->id != record.replaces)
    return fail(ErrorCode::conflict, "the plan that this one repairs is no longer the published one: propose again");
  HANSE_TRY(auto* const now, live(need.id));
  HANSE_TRY(const auto disruption, read_event(now->model, *record.event));
  const auto repair = now->repairer->apply(disruption);
  write_repair(*now, need, repair, now->repairer->plan(), record);
  const auto event = *record.event;
  auto stored = store_published(actor, std::move(record), need);
  if (!stored) {
    // What is repaired for good is published or, when that fails, thrown away with its state.
    std::erase_if(live_, [&](const auto& entry) { return entry.second.get() == now; });
    return stored;
  }
  if (event.kind == DisruptionKind::member_out) HANSE_CHECK(set_agreements(actor, event, false));
  HANSE_CHECK(move_alarms(actor, *stored, AlarmState::open, AlarmState::published));
  auto node = live_.extract(need.id + "/" + before->id);
  node.key() = need.id + "/" + stored->id;
  node.mapped()->plan = stored->id;
  live_.insert(std::move(node));
  return stored;
}

Result<PlanRecord> Programme::disrupt(const store::Actor& actor, const DisruptionEvent& event) {
  if (event.try_only) return propose(actor, event);
  HANSE_TRY(const auto need, collection<Need>().get(event.need));
  const std::lock_guard lock{mutex_};
  HANSE_TRY(const auto before, published_plan(event.need));
  if (!before) return fail(ErrorCode::conflict, "the need '" + event.need + "' has no published plan");
  return publish_proposal(actor, repaired_from(*before, event), need.record);
}

/// An alarm is decided with its plan's publication, and open again when that is taken back.
Result<void> Programme::move_alarms(const store::Actor& actor, const PlanRecord& plan, AlarmState from, AlarmState to) {
  HANSE_TRY(auto alarms, all_where(collection<Alarm>(), {{"need", plan.need}, {"state", describe::enum_name(from)}}));
  for (auto& alarm : alarms) {
    if (alarm.proposal != plan.id) continue;
    alarm.state = to;
    HANSE_CHECK(collection<Alarm>().put(actor, alarm));
  }
  return {};
}

/// So that the next plan doesn't count on a member that left, and does when that was taken back.
Result<void> Programme::set_agreements(const store::Actor& actor, const DisruptionEvent& event, bool in_force) {
  HANSE_TRY(auto agreements, all_where(collection<Agreement>(), {{"need", event.need}}));
  for (auto& agreement : agreements) {
    if (agreement.organisation != event.organisation || agreement.in_force == in_force) continue;
    agreement.in_force = in_force;
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
  HANSE_TRY(auto stored, store_published(actor, std::move(before.record), stored_need.record));
  if (now->event && now->event->kind == DisruptionKind::member_out)
    HANSE_CHECK(set_agreements(actor, *now->event, true));
  HANSE_CHECK(move_alarms(actor, *now, AlarmState::published, AlarmState::open));
  return stored;
}

Result<Rehearsal> Programme::rehearse(const std::string& need, const RehearsalOptions& options) {
  HANSE_TRY(const auto plan, published_plan(need));
  if (!plan) return fail(ErrorCode::conflict, "the need '" + need + "' has no published plan");
  HANSE_TRY(const auto input, input_of(need));
  HANSE_TRY(const auto model, model_of(input));
  optimiser::allocation::Repairer repairer{model.problem, read_plan(model, *plan), {}};
  const auto now = [this] { return std::chrono::duration<double, std::milli>(clock_.monotonic()).count(); };
  return Rehearsal{need, plan->id, programme::rehearse(model, *plan, repairer, options, now)};
}

Result<std::vector<PlanHead>> Programme::plans(const std::string& need) {
  HANSE_TRY(const auto records, all_where(collection<PlanRecord>(), {{"need", need}}));
  std::vector<PlanHead> heads;
  for (auto record = records.rbegin(); record != records.rend(); ++record) heads.push_back(head_of(*record));
  return heads;
}

Result<Names> Programme::names(const std::string& id) {
  HANSE_TRY(const auto need, collection<Need>().get(id));
  const auto records = ecosystem_.records();
  Names names;
  for (const auto& organisation : records->organisations)
    names.organisations.emplace(organisation->id, organisation->name);
  for (const auto& design : need.record.designs) {
    HANSE_TRY(const auto stored, collection<Design>().find(design));
    if (!stored) continue;
    for (const auto& part : stored->record.parts)
      names.parts.emplace(part.id == stored->record.finished ? id : part.id, part.name);
    // Several designs make one good: it goes by the need's name.
    if (need.record.designs.size() > 1) names.parts[id] = need.record.name;
  }
  return names;
}

Result<PlanPicture> Programme::picture(const std::string& id) {
  HANSE_TRY(const auto plan, collection<PlanRecord>().get(id));
  HANSE_TRY(const auto need, collection<Need>().get(plan.record.need));
  std::vector<Design> designs;
  for (const auto& design : need.record.designs) {
    HANSE_TRY(auto stored, collection<Design>().find(design));
    if (stored) designs.push_back(std::move(stored->record));
  }
  return picture_of(plan.record, designs);
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

}  // namespace hanse::programme
