#include "apps/performance/timeline.hpp"

#include <algorithm>
#include <set>

namespace hanse::apps::performance {
namespace {

using plant::EventKind;

/// What holds at a moment.
struct Now {
  MachineState state = MachineState::offline;
  std::string event_id;
  Timestamp since = Timestamp::min();
  std::string order, product;
};

bool stronger(const ProductionEvent& a, const ProductionEvent& b) {
  const bool person_a = a.source == "person", person_b = b.source == "person";
  return person_a != person_b ? person_a : a.id >= b.id;
}

/// The reason at each moment that has one: the strongest of those at the same time.
std::map<Timestamp, const ProductionEvent*> reasons_of(const std::vector<const ProductionEvent*>& events) {
  std::map<Timestamp, const ProductionEvent*> reasons;
  for (const auto* event : events) {
    if (event->kind != EventKind::reason) continue;
    auto& place = reasons[event->time];
    if (!place || stronger(*event, *place)) place = event;
  }
  return reasons;
}

/// Length and number of each run of stops, over all stretches.
void number_runs(std::vector<Stretch>& stretches, std::vector<Duration>& lengths) {
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    const bool goes_on = i > 0 && is_stop(stretches[i].state) && is_stop(stretches[i - 1].state);
    if (!goes_on) lengths.emplace_back();
    stretches[i].run = lengths.size() - 1;
    lengths.back() += stretches[i].span.length();
  }
}

/// Cuts one state's time at reasons that lie in it and appends the pieces.
void add_stretch(std::vector<Stretch>& out, const Now& now, Span span,
                 const std::map<Timestamp, const ProductionEvent*>& reasons) {
  if (span.begin >= span.end) return;
  Stretch piece{.span = span,
                .state = now.state,
                .reason = {},
                .order = now.order,
                .product = now.product,
                .run = 0,
                .event_id = now.event_id};
  // A reason given to the stop's begin holds although an order's change cut the stop since.
  for (auto reason = reasons.lower_bound(now.since); reason != reasons.end() && reason->first < span.end; ++reason) {
    if (reason->first > piece.span.begin) {
      auto before = piece;
      before.span.end = reason->first;
      out.push_back(std::move(before));
      piece.span.begin = reason->first;
    }
    piece.reason = reason->second->reason;
    piece.by_person = reason->second->source == "person";
  }
  out.push_back(std::move(piece));
}

}  // namespace

Timeline lay_out(std::span<const ProductionEvent> events, Span span, Timestamp known_until) {
  std::vector<const ProductionEvent*> sorted;
  for (const auto& event : events) sorted.push_back(&event);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->time != b->time ? a->time < b->time : a->id < b->id; });
  const auto reasons = reasons_of(sorted);
  Now now;
  std::vector<Stretch> all;  // From the first event on, so that runs which reach in are whole.
  Timeline timeline{.span = span, .stretches = {}, .parts = {}, .run_lengths = {}};
  Timestamp at = span.begin;
  if (!sorted.empty()) at = std::min(at, sorted.front()->time);
  const auto advance = [&](Timestamp to) {
    add_stretch(all, now, {at, to}, reasons);
    at = std::max(at, to);
  };
  for (const auto* event : sorted) {
    const bool begins_state = event->kind == EventKind::state && event->state && *event->state != now.state;
    if (begins_state || event->kind == EventKind::order) advance(event->time);
    if (begins_state) {
      now.state = *event->state;
      now.event_id = event->id;
      now.since = event->time;
    } else if (event->kind == EventKind::order) {
      now.order = event->order;
      now.product = event->product;
    } else if (event->kind == EventKind::good || event->kind == EventKind::scrap || event->kind == EventKind::rework) {
      if (!span.contains(event->time)) continue;
      timeline.parts.push_back({.time = event->time,
                                .kind = event->kind,
                                .quantity = event->quantity,
                                .reason = event->reason,
                                .order = event->order.empty() ? now.order : event->order,
                                .product = event->product.empty() ? now.product : event->product,
                                .ideal_ns = event->duration_ns});
    }
  }
  advance(std::max({span.end, at, known_until}));
  number_runs(all, timeline.run_lengths);
  timeline.stretches = std::move(all);
  return clip(timeline, span);
}

Timeline clip(const Timeline& timeline, Span span) {
  Timeline out{.span = span, .stretches = {}, .parts = {}, .run_lengths = timeline.run_lengths};
  for (auto stretch : timeline.stretches) {
    stretch.span = {std::max(stretch.span.begin, span.begin), std::min(stretch.span.end, span.end)};
    if (stretch.span.begin < stretch.span.end) out.stretches.push_back(std::move(stretch));
  }
  for (const auto& parts : timeline.parts) {
    if (span.contains(parts.time)) out.parts.push_back(parts);
  }
  return out;
}

}  // namespace hanse::apps::performance
