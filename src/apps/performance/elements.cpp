#include "apps/performance/elements.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace hanse::apps::performance {
namespace {

using plant::EventKind;
using plant::LossCategory;

std::int64_t& time_of(Elements& elements, Bucket bucket) {
  switch (bucket) {
    case Bucket::no_shift:
      return elements.no_shift_ns;
    case Bucket::planned:
      return elements.planned_ns;
    case Bucket::no_data:
      return elements.no_data_ns;
    case Bucket::producing:
      return elements.producing_ns;
    case Bucket::setup:
      return elements.setup_ns;
    case Bucket::breakdown:
      return elements.breakdown_ns;
    case Bucket::waiting:
      return elements.waiting_ns;
    case Bucket::minor_stop:
      return elements.minor_stop_ns;
  }
  std::unreachable();
}

void add_parts(Elements& elements, const Parts& parts, const Judgement& judgement) {
  const auto ideal_each = ideal_of(parts, judgement);
  const auto ideal = std::llround(parts.quantity * static_cast<double>(ideal_each));
  if (ideal_each == 0) elements.parts_without_ideal += parts.quantity;
  if (parts.kind == EventKind::good) {
    elements.good += parts.quantity;
    elements.ideal_good_ns += ideal;
  } else if (parts.kind == EventKind::scrap) {
    elements.scrap += parts.quantity;
    elements.ideal_scrap_ns += ideal;
  } else {
    elements.rework += parts.quantity;
    elements.ideal_rework_ns += ideal;
  }
}

const plant::ReasonCode* reason_of(const plant::Records& records, const std::string& reason) {
  const auto found = records.reasons.find(reason);
  return found == records.reasons.end() ? nullptr : &found->second;
}

/// Borders of the plan within `span`: each cut is where work, pause or off may change.
std::set<Timestamp> borders(const std::vector<plant::ShiftSpan>& shifts, Span span) {
  std::set<Timestamp> out{span.begin, span.end};
  const auto add = [&](Timestamp time) {
    if (span.begin < time && time < span.end) out.insert(time);
  };
  for (const auto& shift : shifts) {
    add(shift.span.begin);
    add(shift.span.end);
    for (const auto& pause : shift.breaks) {
      add(pause.begin);
      add(pause.end);
    }
  }
  return out;
}

}  // namespace

Elements& Elements::operator+=(const Elements& other) {
  boost::mp11::mp_for_each<describe::Members<Elements>>(
      [&](auto member) { this->*member.pointer += other.*member.pointer; });
  return *this;
}

std::vector<PlanPiece> plan_of(const plant::Records& records, const AssetId& machine, Span span) {
  const auto* calendar = records.calendar_of(machine);
  if (!calendar) return {{PlanPiece::Kind::work, span}};
  const auto shifts = shifts_between(*calendar, *records.zone_of(machine), span);
  std::vector<PlanPiece> plan;
  const auto cuts = borders(shifts, span);
  for (auto begin = cuts.begin(), end = std::next(begin); end != cuts.end(); ++begin, ++end) {
    auto kind = PlanPiece::Kind::off;
    for (const auto& shift : shifts) {
      if (!shift.span.contains(*begin)) continue;
      const bool pause = std::any_of(shift.breaks.begin(), shift.breaks.end(),
                                     [&](const Span& within) { return within.contains(*begin); });
      kind = std::min(kind, pause ? PlanPiece::Kind::pause : PlanPiece::Kind::work);
    }
    if (!plan.empty() && plan.back().kind == kind) {
      plan.back().span.end = *end;
    } else {
      plan.push_back({kind, {*begin, *end}});
    }
  }
  return plan;
}

Bucket bucket_of(const Stretch& stretch, PlanPiece::Kind plan, Duration run_length, const Judgement& judgement) {
  if (stretch.state == MachineState::producing) return Bucket::producing;
  if (plan == PlanPiece::Kind::off) return Bucket::no_shift;
  if (plan == PlanPiece::Kind::pause) return Bucket::planned;
  switch (stretch.state) {
    case MachineState::offline:
      return Bucket::no_data;
    case MachineState::planned_stop:
      return Bucket::planned;
    case MachineState::setup:
      return Bucket::setup;
    default:
      break;
  }
  const auto* reason = reason_of(judgement.records, stretch.reason);
  if (reason && (reason->planned || reason->loss == LossCategory::planned)) return Bucket::planned;
  // A stop that somebody explained is one by that reason, however short it was.
  if (run_length < judgement.micro_stop && !stretch.by_person) return Bucket::minor_stop;
  if (reason && reason->loss == LossCategory::breakdown) return Bucket::breakdown;
  if (reason && reason->loss == LossCategory::setup) return Bucket::setup;
  if (reason && reason->loss == LossCategory::waiting) return Bucket::waiting;
  return stretch.state == MachineState::down ? Bucket::breakdown : Bucket::waiting;
}

std::vector<Judged> judge(const Timeline& timeline, const std::vector<PlanPiece>& plan, const Judgement& judgement) {
  std::vector<Judged> out;
  auto piece = plan.begin();
  for (const auto& stretch : timeline.stretches) {
    while (piece != plan.end() && piece->span.end <= stretch.span.begin) ++piece;
    for (auto at = piece; at != plan.end() && at->span.begin < stretch.span.end; ++at) {
      Judged judged{.stretch = stretch, .plan = at->kind, .bucket = Bucket::no_data};
      judged.stretch.span = {std::max(stretch.span.begin, at->span.begin), std::min(stretch.span.end, at->span.end)};
      judged.bucket = bucket_of(stretch, at->kind, timeline.run_lengths[stretch.run], judgement);
      out.push_back(std::move(judged));
    }
  }
  return out;
}

std::int64_t ideal_of(const Parts& parts, const Judgement& judgement) {
  double seconds = judgement.records.ideal_cycle_s(parts.product, judgement.machine);
  if (seconds <= 0 && parts.ideal_ns > 0) return parts.ideal_ns;
  if (seconds <= 0) seconds = judgement.ideal_cycle_s;
  return std::llround(seconds * 1e9);
}

Elements measure(const Timeline& timeline, const std::vector<Judged>& judged, const Judgement& judgement) {
  Elements out;
  out.calendar_ns = timeline.span.length().count();
  std::set<std::size_t> failures, minor_stops;
  for (const auto& [stretch, plan, bucket] : judged) {
    const auto length = stretch.span.length().count();
    time_of(out, bucket) += length;
    if (bucket == Bucket::producing && plan != PlanPiece::Kind::work) out.overtime_ns += length;
    if (bucket == Bucket::breakdown) failures.insert(stretch.run);
    if (bucket == Bucket::minor_stop) minor_stops.insert(stretch.run);
    const bool stop = bucket == Bucket::breakdown || bucket == Bucket::waiting || bucket == Bucket::minor_stop;
    if (stop) (stretch.order.empty() ? out.down_ns : out.delay_ns) += length;
    if (stop && bucket != Bucket::minor_stop && stretch.reason.empty()) out.unexplained_ns += length;
  }
  out.failures = std::ssize(failures);
  out.minor_stops = std::ssize(minor_stops);
  for (const auto& parts : timeline.parts) add_parts(out, parts, judgement);
  return out;
}

}  // namespace hanse::apps::performance
