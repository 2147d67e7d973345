#include <fmt/format.h>
#include <algorithm>
#include <set>

#include "programme/internal/query.hpp"
#include "programme/programme.hpp"

// This node's own machines in a programme: what they count is progress, what stands is an alarm.

namespace hanse::programme {
namespace {

using internal::all_where;

constexpr Duration kBookEvery = 10s;  ///< Each booking is a journal entry for each order.
const store::Actor kSelf{"system:programme"};
constexpr std::string_view kProgress = "live_line_progress";

/// Up to which moment a line's counts are in the orders.
struct Progress {
  std::string id;  ///< The line's.
  Timestamp booked_until;
};
HANSE_DESCRIBE(Progress, (id, booked_until))

std::set<std::string> assets_of(const LiveLine& line) {
  std::set<std::string> out{line.counts_at.begin(), line.counts_at.end()};
  for (const auto& stage : line.stages) out.insert(stage.machines.begin(), stage.machines.end());
  return out;
}

}  // namespace

Result<void> Programme::know_lines() {
  {
    const std::lock_guard lock{watch_mutex_};
    if (lines_known_) return {};
    lines_known_ = true;
  }
  HANSE_TRY(const auto stored, collection<LiveLine>().all());
  std::vector<LineWatch> lines;
  const std::lock_guard lock{watch_mutex_};
  for (const auto& line : stored) {
    const auto known =
        std::find_if(lines_.begin(), lines_.end(), [&](const LineWatch& watch) { return watch.line() == line.record; });
    lines.push_back(known == lines_.end() ? LineWatch{line.record} : std::move(*known));
  }
  lines_ = std::move(lines);
  return {};
}

Result<void> Programme::catch_up(const plant::EventLog& log) {
  HANSE_CHECK(know_lines());
  const store::Collection<Progress> progress{store_, std::string{kProgress}};
  const auto now = clock_.now();
  for (auto& watch : lines_) {
    HANSE_TRY(const auto booked, progress.find(watch.line().id));
    for (const auto& asset : assets_of(watch.line())) {
      const plant::AssetId id{asset};
      for (const auto kind : {plant::EventKind::alarm, plant::EventKind::state}) {
        HANSE_TRY(const auto last, log.last(id, kind, now));
        if (last) watch.take(*last);
      }
      if (!booked) continue;  // What was made before the line was known belongs to nobody's order.
      HANSE_TRY(const auto events, log.all(id, {booked->record.booked_until + 1ns, now + 1ns}));
      for (const auto& event : events) {
        if (event.kind == plant::EventKind::good || event.kind == plant::EventKind::scrap) watch.take(event);
      }
    }
  }
  return {};
}

void Programme::take(std::span<const plant::ProductionEvent> events) {
  constexpr std::size_t kEventsMax = 100'000;
  const std::lock_guard lock{watch_mutex_};
  if (events_.size() < kEventsMax) events_.insert(events_.end(), events.begin(), events.end());
}

Result<void> Programme::watch() {
  HANSE_CHECK(know_lines());
  {
    const std::lock_guard lock{watch_mutex_};
    for (const auto& event : events_) {
      for (auto& watch : lines_) watch.take(event);
    }
    events_.clear();
  }
  const auto now = clock_.now();
  const bool booking = now - booked_ >= kBookEvery || now < booked_;
  for (auto& watch : lines_) {
    if (booking) HANSE_CHECK(book_line(watch));
    HANSE_CHECK(look_at(watch, now));
  }
  if (booking) booked_ = now;
  return {};
}

Result<void> Programme::book_line(LineWatch& watch) {
  std::unique_lock lock{watch_mutex_};
  const auto made = watch.made();
  lock.unlock();
  if (!made) return {};
  const auto& line = watch.line();
  const store::Collection<Progress> progress{store_, std::string{kProgress}};
  auto booked = book(kSelf, line.organisation, {{line.part, {made->good, made->scrap, made->last}}},
                     [&](store::Transaction& transaction) -> Result<void> {
                       HANSE_CHECK(progress.put(transaction, Progress{line.id, made->last}));
                       return {};
                     });
  if (!booked) {
    lock.lock();
    watch.give_back(*made);
  }
  return booked;
}

Result<void> Programme::look_at(const LineWatch& watch, Timestamp now) {
  const auto& line = watch.line();
  HANSE_TRY(const auto open, all_where(collection<Alarm>(), {{"state", "open"}}));
  HANSE_TRY(const auto decided, all_where(collection<Alarm>(), {{"state", "published"}}));
  const auto machines = assets_of(line);
  for (const auto* alarms : {&open, &decided}) {
    for (auto alarm : *alarms) {
      if (alarm.kind != AlarmKind::machine_down || !machines.contains(alarm.asset)) continue;
      const auto stop = watch.down().find(alarm.asset);
      if (stop != watch.down().end() && stop->second.since == alarm.since) continue;
      alarm.state = AlarmState::ended;
      alarm.ended = now;
      HANSE_CHECK(collection<Alarm>().put(kSelf, alarm));
    }
  }
  const auto stops = watch.stops(now);
  if (stops.empty()) return {};
  HANSE_TRY(const auto orders, all_where(collection<Order>(), {{"organisation", line.organisation}}));
  std::set<std::string> needs;
  for (const auto& order : orders) {
    if (order.calendar == line.calendar && internal::is_open(order.state)) needs.insert(order.need);
  }
  for (const auto& stop : stops) {
    for (const auto& id : needs) {
      Alarm alarm{.id = fmt::format("{}.{}.{}", id, stop.asset, stop.since.ms()),
                  .need = id,
                  .kind = AlarmKind::machine_down,
                  .organisation = line.organisation,
                  .part = line.part,
                  .asset = stop.asset,
                  .text = stop.reason,
                  .since = stop.since};
      HANSE_TRY(const auto there, collection<Alarm>().find(alarm.id));
      if (there) continue;
      HANSE_TRY(const auto need, collection<Need>().get(id));
      const DisruptionEvent event{
          .need = id,
          .kind = DisruptionKind::capacity_cut,
          .calendar = line.calendar,
          .part_left = watch.part_left(stops),
          .from_week = internal::week_of(need.record, now),
          .weeks = line.assumed_weeks,
          .note = fmt::format("{} is down{}{}", stop.asset, stop.reason.empty() ? "" : ": ", stop.reason)};
      HANSE_CHECK(raise(std::move(alarm), event));
    }
  }
  return {};
}

/// An alarm is there even when no plan can be proposed: that is said in its text.
Result<void> Programme::raise(Alarm alarm, const DisruptionEvent& event) {
  HANSE_TRY(const auto before, published_plan(event.need));
  auto proposed = propose(kSelf, event);
  if (!proposed) {
    alarm.text += (alarm.text.empty() ? "" : "; ") + proposed.error().message;
  } else if (!proposed->changes.empty()) {
    alarm.proposal = proposed->id;
    if (before)
      alarm.units_at_risk = std::max(0.0, before->measures.units_delivered - proposed->measures.units_delivered);
  }
  HANSE_CHECK(collection<Alarm>().put(kSelf, alarm));
  return {};
}

Result<void> Programme::alarm_declined(const Order& order) {
  HANSE_TRY(const auto plan, published_plan(order.need));
  if (!plan) return {};
  HANSE_TRY(const auto need, collection<Need>().get(order.need));
  const auto now = clock_.now();
  const DisruptionEvent event{.need = order.need,
                              .kind = DisruptionKind::capability_out,
                              .part = order.part,
                              .capability = order.capability,
                              .from_week = internal::week_of(need.record, now),
                              .note = "declined" + (order.note.empty() ? "" : ": " + order.note)};
  return raise({.id = fmt::format("{}.{}.{}", order.id, "declined", now.ms()),
                .need = order.need,
                .kind = AlarmKind::order_declined,
                .organisation = order.organisation,
                .part = order.part,
                .text = order.note,
                .since = now},
               event);
}

Result<Alarm> Programme::propose_again(const store::Actor& actor, const std::string& id) {
  HANSE_TRY(auto stored, collection<Alarm>().get(id));
  auto& alarm = stored.record;
  if (alarm.state != AlarmState::open || alarm.proposal.empty())
    return fail(ErrorCode::conflict, "the alarm is not open or touches nothing of the plan");
  HANSE_TRY(const auto proposal, collection<PlanRecord>().get(alarm.proposal));
  HANSE_TRY(const auto need, collection<Need>().get(alarm.need));
  auto event = *proposal.record.event;
  event.from_week = std::max(event.from_week, internal::week_of(need.record, clock_.now()));
  HANSE_TRY(const auto proposed, propose(actor, event));
  alarm.proposal = proposed.id;
  HANSE_CHECK(collection<Alarm>().put(actor, alarm, stored.version));
  return alarm;
}

Result<Tower> Programme::tower(const std::string& id) {
  HANSE_TRY(const auto need, collection<Need>().get(id));
  HANSE_TRY(const auto plan, published_plan(id));
  if (!plan) return Tower{.need = id, .name = need.record.name, .start = need.record.start, .weeks = need.record.weeks};
  HANSE_TRY(const auto orders, orders_of(id));
  std::map<std::string, std::string> names;
  for (const auto& design : need.record.designs) {
    HANSE_TRY(const auto stored, collection<Design>().find(design));
    if (!stored) continue;
    for (const auto& part : stored->record.parts) names.emplace(part.id, part.name);
  }
  std::vector<LineWatch> lines;
  {
    const std::lock_guard lock{watch_mutex_};
    lines = lines_;
  }
  auto tower = tower_of(need.record, *plan, orders, names, lines, clock_.now());
  HANSE_TRY(tower.alarms, all_where(collection<Alarm>(), {{"need", id}, {"state", "open"}}));
  return tower;
}

}  // namespace hanse::programme
