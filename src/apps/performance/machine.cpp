#include "apps/performance/machine.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "base/text.hpp"

namespace hanse::apps::performance {
namespace {

using plant::EventKind;
using signal::Meaning;

/// Live figures look back over a shift and the day it belongs to.
constexpr Duration kMemory = 26h;
/// In the ids of states that were told after their time.
constexpr std::string_view kLateKey = ".late.";

}  // namespace

void Machine::read(const Reading& reading, std::vector<ProductionEvent>& out) {
  // Values of one moment belong together: what it does is decided when all of them are there.
  if (unsettled_ && *unsettled_ < reading.time) settle(out);
  switch (reading.meaning) {
    case Meaning::execution:
      if (reading.time < since_) return read_late_execution(reading, out);
      readings_.execution = reading.text;
      readings_.execution_known = reading.known;
      break;
    case Meaning::mode:
      readings_.mode = reading.text;
      break;
    case Meaning::availability:
      readings_.availability = reading.known ? reading.text : "unavailable";
      break;
    case Meaning::alarm:
      read_alarm(reading, out);
      break;
    case Meaning::part_count:
    case Meaning::good_count:
    case Meaning::scrap_count:
      count(reading, out);
      break;
    case Meaning::scrap_reason:
      scrap_reason_ = reading.text;
      break;
    case Meaning::order:
    case Meaning::product:
      read_order(reading, out);
      break;
    case Meaning::ideal_cycle_time:
      if (reading.number) told_ideal_ns_ = static_cast<std::int64_t>(*reading.number * 1e9);
      break;
    case Meaning::stop_reason: {
      const bool is_new = reading.known && reading.text != stop_reason_;
      stop_reason_ = reading.text;
      if (is_new && !reading.text.empty() && reading.text != "0" && is_stop(state_) && reading.time >= since_) {
        explain_stop(reading.text, out);
      }
      break;
    }
    default:
      break;
  }
  if (reading.known) last_heard_ = std::max(last_heard_, reading.time);
  if (reading.time >= since_) unsettled_ = reading.time;  // Of an older one the value is remembered, no more.
}

void Machine::settle(std::vector<ProductionEvent>& out) {
  if (!unsettled_) return;
  const auto time = *std::exchange(unsettled_, std::nullopt);
  if (const auto state = decide(*rules_, readings_); state && *state != state_) change_state(*state, time, out);
}

void Machine::explain_stop(const std::string& reason, std::vector<ProductionEvent>& out) {
  explained_ = true;
  emit({.time = since_, .kind = EventKind::reason, .reason = reason, .source = "signal"},
       fmt::format("reason.{}.{}", since_.ns, reason), out);
}

/// History that a source kept while it was cut off: it fills time that is offline until now, nothing else.
void Machine::read_late_execution(const Reading& reading, std::vector<ProductionEvent>& out) {
  ++late_;
  const ProductionEvent* then = nullptr;
  for (const auto& event : events_) {
    if (event.kind == EventKind::state && event.state && event.time <= reading.time) then = &event;
  }
  const bool open = !then || then->state == MachineState::offline || then->id.find(kLateKey) != std::string::npos;
  auto readings = readings_;
  readings.execution = reading.text;
  readings.execution_known = reading.known;
  readings.availability.clear();
  const auto state = decide(*rules_, readings);
  if (!open || !state || *state == (then ? *then->state : MachineState::offline)) return;
  emit({.time = reading.time, .kind = EventKind::state, .state = state, .source = "signal"},
       fmt::format("late.{}", reading.time.ns), out);
}

void Machine::change_state(MachineState state, Timestamp time, std::vector<ProductionEvent>& out) {
  // A value that came late may change the state of the same moment once more: the later event stands.
  changes_at_since_ = time == since_ ? changes_at_since_ + 1 : 0;
  state_ = state;
  since_ = time;
  explained_ = false;
  const auto again = changes_at_since_ == 0 ? std::string{} : fmt::format(".{}", changes_at_since_);
  emit({.time = time, .kind = EventKind::state, .state = state, .source = "signal"},
       fmt::format("state.{}{}", time.ns, again), out);
  if (!is_stop(state)) return;
  const bool alarmed = alarm_since_ != Timestamp::min() && state == MachineState::down;
  const auto reason = !stop_reason_.empty() && stop_reason_ != "0" ? stop_reason_ : alarmed ? readings_.alarm : "";
  if (!reason.empty()) explain_stop(reason, out);
}

void Machine::read_alarm(const Reading& reading, std::vector<ProductionEvent>& out) {
  auto text = reading.known ? reading.text : std::string{};
  const auto& none = rules_->no_alarm;
  if (std::find(none.begin(), none.end(), to_lower(text)) != none.end()) text.clear();
  if (text == readings_.alarm) return;
  if (!readings_.alarm.empty()) {
    emit({.time = reading.time, .kind = EventKind::alarm_end, .reason = readings_.alarm, .source = "signal"},
         fmt::format("alarm_end.{}", reading.time.ns), out);
  }
  readings_.alarm = text;
  alarm_since_ = text.empty() ? Timestamp::min() : reading.time;
  if (text.empty()) return;
  emit({.time = reading.time, .kind = EventKind::alarm, .reason = text, .source = "signal"},
       fmt::format("alarm.{}", reading.time.ns), out);
  // The first alarm of a stop explains it.
  if (state_ == MachineState::down && !explained_ && reading.time > since_) explain_stop(text, out);
}

void Machine::read_order(const Reading& reading, std::vector<ProductionEvent>& out) {
  auto& member = reading.meaning == Meaning::order ? order_ : product_;
  if (!reading.known || member == reading.text) return;
  close_parts(reading.time, out);  // What was made until now belongs to the order before.
  member = reading.text;
  emit({.time = reading.time, .kind = EventKind::order, .order = order_, .product = product_, .source = "signal"},
       fmt::format("order.{}.{}", reading.time.ns, reading.meaning == Meaning::order ? 'o' : 'p'), out);
}

void Machine::count(const Reading& reading, std::vector<ProductionEvent>& out) {
  if (!reading.number) return;
  const auto every = settings_->parts_every.count();
  const Timestamp begin{reading.time.ns / every * every};
  if (begin > parts_.begin) {
    close_parts(reading.time, out);
    parts_ = {.begin = begin, .last = reading.time};
  }
  double quantity = 0;
  if (reading.meaning == Meaning::part_count) {
    counts_all_ = true;
    parts_.all += quantity = all_.read(reading.time, *reading.number);
  } else if (reading.meaning == Meaning::good_count) {
    counts_good_ = true;
    parts_.good += quantity = good_.read(reading.time, *reading.number);
  } else {
    counts_scrap_ = true;
    parts_.scrap += quantity = scrap_.read(reading.time, *reading.number);
  }
  if (quantity > 0) parts_.last = std::max(parts_.last, reading.time);
}

/// Turns what was added up into events: good parts are told, or all less the rejected ones.
void Machine::close_parts(Timestamp until, std::vector<ProductionEvent>& out) {
  if (until <= parts_.begin) return;
  double good = parts_.good, scrap = parts_.scrap;
  if (!counts_good_) {
    good = parts_.all - parts_.scrap - debt_;
    debt_ = good < 0 && counts_all_ ? -good : 0;  // The rejected part is counted in the stretch to come.
    good = std::max(good, 0.0);
  } else if (!counts_scrap_ && counts_all_) {
    scrap = parts_.all - parts_.good - debt_;
    debt_ = scrap < 0 ? -scrap : 0;
    scrap = std::max(scrap, 0.0);
  }
  const auto add = [&](EventKind kind, double quantity, const std::string& reason) {
    if (quantity <= 0) return;
    emit({.time = parts_.last,
          .kind = kind,
          .quantity = quantity,
          .duration_ns = told_ideal_ns_,
          .reason = reason,
          .order = order_,
          .product = product_,
          .source = "signal"},
         fmt::format("{}.{}.{}", describe::enum_name(kind), parts_.begin.ns, parts_.part), out);
  };
  add(EventKind::good, good, "");
  add(EventKind::scrap, scrap, scrap_reason_);
  if (good > 0 || scrap > 0) ++parts_.part;
  parts_.all = parts_.good = parts_.scrap = 0;
}

void Machine::advance(Timestamp now, std::vector<ProductionEvent>& out) {
  settle(out);
  // Sources lag: a stretch is closed a little after its end, or its last parts would be another event.
  if (now >= parts_.begin + settings_->parts_every + 5s) close_parts(now, out);
  const auto silence = std::max(settings_->silence, Duration{3 * told_ideal_ns_});
  if (settings_->silence > 0s && state_ == MachineState::producing && now > last_heard_ + silence) {
    readings_.execution_known = false;
    change_state(MachineState::offline, last_heard_ + silence, out);
  }
  forget_before(now - kMemory);
}

void Machine::remember(const ProductionEvent& event) {
  const auto place = std::upper_bound(events_.begin(), events_.end(), event,
                                      [](const auto& a, const auto& b) { return a.time < b.time; });
  events_.insert(place, event);
  if (event.kind == EventKind::state && event.state && event.time >= since_) {
    state_ = *event.state;
    since_ = event.time;
    last_heard_ = std::max(last_heard_, event.time);
  } else if (event.kind == EventKind::order) {
    order_ = event.order;
    product_ = event.product;
  }
}

/// Signals' events have ids made of what they say, so that a replay finds them there already.
void Machine::emit(ProductionEvent event, std::string key, std::vector<ProductionEvent>& out) {
  event.asset = id_;
  event.id = id_.value + '.' + key;
  const auto place = std::upper_bound(events_.begin(), events_.end(), event,
                                      [](const auto& a, const auto& b) { return a.time < b.time; });
  events_.insert(place, event);
  out.push_back(std::move(event));
}

void Machine::forget_before(Timestamp time) {
  // The last state and the last order from before still hold.
  const ProductionEvent* last_state = nullptr;
  const ProductionEvent* last_order = nullptr;
  std::size_t old = 0;
  for (; old < events_.size() && events_[old].time < time; ++old) {
    if (events_[old].kind == EventKind::state) last_state = &events_[old];
    if (events_[old].kind == EventKind::order) last_order = &events_[old];
  }
  if (old <= 64) return;
  std::deque<ProductionEvent> kept;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (i >= old || &events_[i] == last_state || &events_[i] == last_order) kept.push_back(events_[i]);
  }
  events_ = std::move(kept);
}

}  // namespace hanse::apps::performance
