#include "apps/scheduling/scheduling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/scheduling/capacity.hpp"
#include "apps/scheduling/life_events.hpp"

namespace hanse::apps::scheduling {
namespace {

constexpr std::string_view kActor = "system:scheduling";
constexpr std::string_view kMarkKind = "schedule_mark";
constexpr Duration kDriftCheck = 10s, kProgressKept = 30s, kFindingsEvery = 30s;
constexpr Duration kHistory = 30 * 24h;  ///< That a machine's repairs are learned from.
constexpr Duration kEventsPast = 24h;    ///< Read at the first start.
constexpr std::int64_t kRepairsMin = 3;  ///< Fewer say nothing.
constexpr std::size_t kEventsMax = 200'000;
constexpr std::size_t kFindingsMax = 50;

/// Until when production events are booked.
struct ScheduleMark {
  std::string id = "progress";
  Timestamp booked_until;
};
HANSE_DESCRIBE(ScheduleMark, (id, booked_until))

std::string version_id(std::int64_t version) { return fmt::format("{:010}", version); }

double minutes(Duration duration) { return static_cast<double>(duration.count()) / 6e10; }

}  // namespace

Scheduling::Scheduling(SchedulingContext context, SchedulingSettings settings, std::unique_ptr<Book> book)
    : context_(std::move(context)),
      settings_(std::move(settings)),
      book_(std::move(book)),
      versions_(context_.store, "schedule"),
      progress_store_(context_.store, "operation_progress") {}

Scheduling::~Scheduling() = default;

Result<std::unique_ptr<Scheduling>> Scheduling::open(SchedulingContext context, SchedulingSettings settings) {
  HANSE_TRY(auto book, Book::open(context.store, context.plant));
  auto made = std::make_unique<Scheduling>(std::move(context), std::move(settings), std::move(book));
  HANSE_CHECK(made->load());
  auto* self = made.get();
  made->book_->listen([self](const std::string& what, Cause cause) {
    const auto now = self->context_.clock.now();
    const std::lock_guard lock{self->mutex_};
    self->trigger(cause, what, now + self->settings_.coalesce);
  });
  made->context_.plant.events().listen([self](std::span<const plant::ProductionEvent> events) {
    const std::lock_guard lock{self->inbox_mutex_};
    self->inbox_.insert(self->inbox_.end(), events.begin(), events.end());
  });
  HANSE_CHECK(made->catch_up(made->context_.clock.now()));
  return made;
}

Result<void> Scheduling::load() {
  store::Query newest{.kind = {}, .equal = {}, .descending = true, .limit = 1};
  HANSE_TRY(auto page, versions_.list(std::move(newest)));
  if (!page.items.empty()) current_ = std::make_shared<const ScheduleVersion>(std::move(page.items.front().record));
  HANSE_TRY(auto entries, progress_store_.all());
  for (auto& entry : entries) progress_.load(std::move(entry.record));
  const store::Collection<ScheduleMark> marks{context_.store, std::string{kMarkKind}};
  HANSE_TRY(const auto mark, marks.find("progress"));
  if (mark) booked_until_ = mark->record.booked_until;
  return {};
}

/// What happened while nobody looked: the machines' last states, and events since the last booking.
Result<void> Scheduling::catch_up(Timestamp now) {
  auto& log = context_.plant.events();
  const auto ledger = book_->ledger();
  const auto plant = context_.plant.records();
  const auto begin = std::max(booked_until_ + 1ns, now - (booked_until_ == Timestamp::min() ? kEventsPast : 7 * 24h));
  std::vector<plant::ProductionEvent> events;
  for (const auto& machine : scheduled_machines(*ledger)) {
    for (const auto kind : {plant::EventKind::order, plant::EventKind::state}) {
      HANSE_TRY(auto last, log.last(machine, kind, begin - 1ns));
      if (last) events.push_back(*std::move(last));
    }
    HANSE_TRY(auto since, log.all(machine, {begin, now + 1s}, kEventsMax));
    std::move(since.begin(), since.end(), std::back_inserter(events));
  }
  const std::lock_guard lock{inbox_mutex_};
  inbox_.insert(inbox_.begin(), events.begin(), events.end());
  return {};
}

std::shared_ptr<const ScheduleVersion> Scheduling::current() const {
  const std::lock_guard lock{mutex_};
  return current_;
}

std::shared_ptr<const Situation> Scheduling::situation_locked(Timestamp now) const {
  return std::make_shared<const Situation>(Situation{.now = now,
                                                     .settings = settings_,
                                                     .plant = context_.plant.records(),
                                                     .ledger = book_->ledger(),
                                                     .current = current_,
                                                     .progress = progress_,
                                                     .down = down_});
}

std::shared_ptr<const Situation> Scheduling::situation() const {
  const auto now = context_.clock.now();
  const std::lock_guard lock{mutex_};
  return situation_locked(now);
}

/// Precondition: `mutex_` is held.
void Scheduling::trigger(Cause cause, std::string text, Timestamp due) {
  for (auto& known : triggers_) {
    if (known.cause == cause && known.text == text) {
      known.due = std::min(known.due, due);
      return;
    }
  }
  triggers_.push_back({cause, std::move(text), due});
}

void Scheduling::tick(Timestamp now) {
  take_events(now);
  {
    const std::lock_guard lock{mutex_};
    watch_machines(now);
    watch_drift(now);
    const auto plant = context_.plant.records();
    if (plant_seen_ && plant_seen_ != plant) trigger(Cause::records, "equipment, products or calendars changed", now);
    plant_seen_ = plant;
  }
  finish_orders();
  keep_progress(now);
  replan_if_due(now);
  std::shared_ptr<const Situation> seen;
  {
    const std::lock_guard lock{mutex_};
    if (now - kFindingsEvery >= findings_at_ || findings_at_ == Timestamp::min()) {
      findings_at_ = now;
      seen = situation_locked(now);
    }
  }
  if (seen) report_findings(*seen);
}

void Scheduling::take_events(Timestamp) {
  std::vector<plant::ProductionEvent> events;
  {
    const std::lock_guard lock{inbox_mutex_};
    events.swap(inbox_);
  }
  if (events.empty()) return;
  std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  const auto plant = context_.plant.records();
  const auto ledger = book_->ledger();
  const std::lock_guard lock{mutex_};
  for (const auto& event : events) {
    progress_.apply(event, {*plant, *ledger, current_->operations});
    booked_until_ = std::max(booked_until_, event.time);
  }
}

Duration Scheduling::expected_repair(const AssetId& machine, Timestamp now) const {
  const auto events = context_.plant.events().all(machine, {now - kHistory, now}, kEventsMax);
  if (!events) return settings_.repair;
  const auto known = reliability_of(machine, *events, {now - kHistory, now}, settings_.down_after);
  if (known.failures < kRepairsMin) return settings_.repair;
  return Duration{static_cast<std::int64_t>(known.mttr_h * 3.6e12)};
}

/// Precondition: `mutex_` is held.
void Scheduling::watch_machines(Timestamp now) {
  for (const auto& [id, life] : progress_.machines()) {
    const auto known = down_.find(id);
    const bool down =
        life.state == plant::MachineState::down && life.since && now - *life.since >= settings_.down_after;
    const auto* asset = context_.plant.records()->asset(id);
    const auto name = asset ? asset->name : id.value;
    if (!down) {
      if (known == down_.end()) continue;
      down_.erase(known);
      trigger(Cause::machine, fmt::format("{} works again", name), now + settings_.coalesce);
      continue;
    }
    if (known == down_.end()) {
      const auto until = std::max(*life.since + expected_repair(id, now), now + 10min);
      down_[id] = {*life.since, until, life.reason.empty() ? "down" : life.reason};
      trigger(Cause::machine,
              fmt::format("{} is down: {}", name, life.reason.empty() ? "no reason given" : life.reason),
              now + settings_.coalesce);
    } else if (now >= known->second.until) {
      // It takes longer than such repairs do: half as long again, so that a long one doesn't re-plan every minute.
      known->second.until = now + std::max<Duration>(15min, (now - known->second.since) / 2);
      trigger(Cause::machine, fmt::format("{} is down for longer than expected", name), now + settings_.coalesce);
    }
  }
}

/// Running operations that end at another time than planned, and planned ones that should have begun.
/// Precondition: `mutex_` is held.
void Scheduling::watch_drift(Timestamp now) {
  if (drift_checked_ != Timestamp::min() && now - drift_checked_ < kDriftCheck) return;
  drift_checked_ = now;
  if (current_->operations.empty()) return;
  const auto due = drift_answered_ == Timestamp::min() ? now : std::max(now, drift_answered_ + settings_.drift_every);
  const auto seen = situation_locked(now);
  const auto model = build_model(seen->input());
  std::map<OperationKey, const PlannedOperation*> planned;
  for (const auto& one : current_->operations) planned[{one.order, one.step}] = &one;
  std::size_t index = 0;
  for (const auto& job : model.problem.jobs) {
    for (const auto& operation : job.operations) {
      const auto i = index++;
      const auto at = planned.find(model.keys[i]);
      if (at == planned.end()) continue;
      const auto& [order, step] = model.keys[i];
      if (!model.running[i]) {
        if (at->second->start + settings_.tolerance >= now) continue;
        trigger(Cause::progress, "operations haven't begun as planned", due);
        continue;
      }
      const auto end = model.time(operation.pin->end.value_or(0));
      const auto off = end - at->second->end;
      if (off > settings_.tolerance) {
        trigger(Cause::progress,
                fmt::format("order {} step {} ends {:.0f} min later than planned", order, step,
                            std::floor(minutes(off) / 10) * 10),
                due);
      } else if (-off > settings_.tolerance) {
        trigger(Cause::progress, "operations end earlier than planned", due);
      }
    }
  }
}

void Scheduling::finish_orders() {
  std::vector<ProductionOrder> done;
  {
    const auto ledger = book_->ledger();
    const std::lock_guard lock{mutex_};
    std::set<std::string> touched;
    for (const auto& [key, entry] : progress_.operations()) {
      if (entry.finished) touched.insert(key.order);
    }
    for (const auto& id : touched) {
      const auto order = ledger->orders.find(id);
      if (order == ledger->orders.end() || order->second.status != OrderStatus::open) continue;
      const auto* routing = ledger->routing_of(order->second);
      if (!routing) continue;
      const bool all = std::all_of(routing->steps.begin(), routing->steps.end(),
                                   [&](const RoutingStep& step) { return progress_.is_done(order->second, step.id); });
      if (!all) continue;
      done.push_back(order->second);
      done.back().status = OrderStatus::completed;
    }
  }
  if (done.empty()) return;
  if (const auto kept = book_->put<ProductionOrder>({std::string{kActor}}, done); !kept)
    warn("finished orders can't be kept", kept.error());
}

void Scheduling::keep_progress(Timestamp now) {
  std::vector<OperationProgress> changed;
  ScheduleMark mark;
  {
    const std::lock_guard lock{mutex_};
    if (kept_at_ != Timestamp::min() && now - kept_at_ < kProgressKept) return;
    kept_at_ = now;
    changed = progress_.take_changed();
    mark.booked_until = booked_until_;
  }
  if (changed.empty()) return;
  const store::Collection<ScheduleMark> marks{context_.store, std::string{kMarkKind}};
  const auto kept = context_.store.write({std::string{kActor}}, [&](store::Transaction& transaction) -> Result<void> {
    for (const auto& entry : changed) HANSE_CHECK(progress_store_.put(transaction, entry));
    HANSE_CHECK(marks.put(transaction, mark));
    return {};
  });
  if (!kept) warn("progress of operations can't be kept", kept.error());
}

void Scheduling::replan_if_due(Timestamp now) {
  std::vector<Trigger> triggers;
  {
    const std::lock_guard lock{mutex_};
    if (!settings_.automatic || planning_ || triggers_.empty()) return;
    const bool due =
        std::any_of(triggers_.begin(), triggers_.end(), [&](const Trigger& one) { return one.due <= now; });
    if (!due) return;
    triggers.swap(triggers_);
    for (const auto& one : triggers) {
      if (one.cause == Cause::progress) drift_answered_ = now;
    }
    planning_ = true;
  }
  auto work = [this, triggers = std::move(triggers)]() mutable {
    replan(std::move(triggers));
    const std::lock_guard lock{mutex_};
    planning_ = false;
  };
  if (!context_.post) {
    work();
  } else if (!context_.post(std::move(work))) {
    const std::lock_guard lock{mutex_};  // A full pool: the next deviation asks again.
    planning_ = false;
    trigger(Cause::records, "the last re-plan had no room", now + settings_.coalesce);
  }
}

PlanRequest Scheduling::request_of(const Situation& situation, const Model& model, bool new_prices) const {
  PlanRequest request{.model = model,
                      .ledger = *situation.ledger,
                      .settings = settings_,
                      .published = situation.current->operations,
                      .events = life_events(situation, model, new_prices),
                      .expired = {}};
  const auto begin = context_.clock.monotonic();
  request.expired = [this, begin] { return context_.clock.monotonic() - begin >= settings_.search; };
  return request;
}

void Scheduling::replan(std::vector<Trigger> triggers) {
  const auto seen = situation();
  const auto begin = context_.clock.monotonic();
  const auto model = build_model(seen->input());
  const bool new_prices =
      std::any_of(triggers.begin(), triggers.end(), [](const Trigger& one) { return one.cause == Cause::price; });
  auto draft = draft_schedule(request_of(*seen, model, new_prices));
  if (!draft) return warn("no new schedule could be made; the published one stays", draft.error());
  draft->figures.solve_ms = static_cast<double>((context_.clock.monotonic() - begin).count()) / 1e6;
  const std::lock_guard publishing{publish_mutex_};
  {
    const std::lock_guard lock{mutex_};
    if (current_ != seen->current) {  // Somebody published meanwhile: answer again, from there.
      for (auto& one : triggers) trigger(one.cause, std::move(one.text), seen->now);
      return;
    }
  }
  std::set<OperationKey> before, after;
  for (const auto& one : seen->current->operations) before.insert({one.order, one.step});
  for (const auto& one : draft->operations) after.insert({one.order, one.step});
  // What left the plan without being done was cancelled, or lost its place.
  for (const auto& one : seen->current->operations) {
    const OperationKey key{one.order, one.step};
    const auto order = seen->ledger->orders.find(one.order);
    if (after.contains(key) || (order != seen->ledger->orders.end() && order->second.status != OrderStatus::cancelled))
      continue;
    const auto* entry = seen->progress.find(key);
    if (entry && entry->finished) continue;
    draft->changes.push_back({.order = one.order,
                              .step = one.step,
                              .machine_before = one.machine,
                              .machine = {},
                              .start_before = one.start,
                              .start = {},
                              .reason = ChangeReason::cancelled,
                              .text = fmt::format("order '{}' is no longer wanted", one.order)});
  }
  const bool new_operations =
      std::any_of(after.begin(), after.end(), [&](const auto& key) { return !before.contains(key); });
  if (draft->changes.empty() && !new_operations && draft->unplaced == seen->current->unplaced &&
      seen->current->version > 0) {
    // Nothing that waits has moved: the schedule in force only learns how what runs is getting on.
    auto same = std::make_shared<ScheduleVersion>(*seen->current);
    same->operations = std::move(draft->operations);
    const std::lock_guard lock{mutex_};
    current_ = std::move(same);
    return;
  }
  const auto strongest = std::min_element(triggers.begin(), triggers.end(),
                                          [](const Trigger& a, const Trigger& b) { return a.cause < b.cause; });
  std::string why = strongest->text;
  if (triggers.size() > 1) why += fmt::format(" (and {} more)", triggers.size() - 1);
  const auto made = publish(*std::move(draft), {.cause = seen->current->version == 0 ? Cause::first : strongest->cause,
                                                .why = std::move(why),
                                                .by = std::string{kActor},
                                                .pins = seen->current->pins});
  if (!made) warn("the new schedule can't be kept", made.error());
}

Result<std::shared_ptr<const ScheduleVersion>> Scheduling::publish(PlanDraft draft, Published about) {
  const auto ledger = book_->ledger();
  ScheduleVersion next;
  {
    const std::lock_guard lock{mutex_};
    next.version = current_->version + 1;
    std::erase_if(about.pins, [&](const Pinning& pin) {
      const auto order = ledger->orders.find(pin.order);
      return order == ledger->orders.end() || order->second.status != OrderStatus::open ||
             progress_.is_done(order->second, pin.step);
    });
  }
  next.id = version_id(next.version);
  next.at = context_.clock.now();
  next.by = about.by;
  next.cause = about.cause;
  next.why = std::move(about.why);
  next.undoes = about.undoes;
  next.rung = draft.rung;
  next.rungs = std::move(draft.rungs);
  next.figures = draft.figures;
  next.changes = std::move(draft.changes);
  next.unplaced = std::move(draft.unplaced);
  next.pins = std::move(about.pins);
  next.operations = std::move(draft.operations);
  HANSE_CHECK(versions_.put({about.by}, next, 0));
  auto made = std::make_shared<const ScheduleVersion>(std::move(next));
  {
    const std::lock_guard lock{mutex_};
    current_ = made;
  }
  trim_versions(made->version);
  return made;
}

/// Of old versions who, when and why is kept; their operations would fill the disk.
void Scheduling::trim_versions(std::int64_t newest) {
  const auto old = newest - settings_.versions_kept;
  if (old < 1) return;
  auto found = versions_.find(version_id(old));
  if (!found || !*found || !(*found)->record.complete) return;
  auto record = std::move((*found)->record);
  record.complete = false;
  record.operations.clear();
  record.changes.clear();
  if (const auto kept = versions_.put({std::string{kActor}}, record); !kept)
    warn("an old schedule can't be shortened", kept.error());
}

void Scheduling::report_findings(const Situation& situation) {
  if (!context_.report) return;
  std::map<std::string, Finding> wanted;
  for (const auto& problem : exceptions_of(situation)) {
    if (wanted.size() >= kFindingsMax) break;
    Finding finding{.app = "scheduling", .key = {}, .asset = problem.machine, .begin = situation.now};
    if (problem.kind == ExceptionKind::unplaced) {
      finding.key = "unplaced:" + problem.order;
      finding.severity = Severity::warning;
      finding.title = fmt::format("Order {} has no place in the schedule", problem.order);
      finding.detail = problem.detail;
    } else if (problem.kind == ExceptionKind::late &&
               problem.amount * 3.6e12 > static_cast<double>(settings_.tolerance.count())) {
      finding.key = "late:" + problem.order;
      finding.severity = problem.amount >= 24 ? Severity::warning : Severity::info;
      finding.title = fmt::format("Order {} will be {:.1f} h late", problem.order, problem.amount);
    } else {
      continue;
    }
    wanted[finding.key] = std::move(finding);
  }
  std::vector<Finding> out;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& key : open_findings_) {
      if (wanted.contains(key)) continue;
      out.push_back({.app = "scheduling",
                     .key = key,
                     .asset = {},
                     .title = "Back in time",
                     .begin = situation.now,
                     .end = situation.now});
    }
    open_findings_.clear();
    for (auto& [key, finding] : wanted) {
      open_findings_.insert(key);
      out.push_back(std::move(finding));
    }
  }
  if (!out.empty()) context_.report(out);
}

void Scheduling::warn(std::string_view message, const Error& error) const {
  if (context_.log) context_.log->warning("scheduling", message, {{"error", to_string(error)}});
}

}  // namespace hanse::apps::scheduling
