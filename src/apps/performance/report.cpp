#include "apps/performance/report.hpp"

#include <algorithm>

namespace hanse::apps::performance {
namespace {

constexpr double kCoverageMin = 0.95;
constexpr std::size_t kStopsMax = 1000;

/// A part of a machine's time that belongs to one row.
struct Slice {
  std::string key;
  Span span;
};

std::vector<Slice> slices_of(const MachineTime& machine, Span span, ReportBy by) {
  std::vector<Slice> out;
  const auto& records = machine.judgement.records;
  const auto clipped = [&](std::string key, Span part) {
    part = {std::max(part.begin, span.begin), std::min(part.end, span.end)};
    if (part.begin < part.end) out.push_back({std::move(key), part});
  };
  if (by == ReportBy::day) {
    for (const auto& day : days_between(*records.zone_of(machine.judgement.machine), span)) clipped(day.date, day.span);
  } else if (by == ReportBy::shift) {
    const auto* calendar = records.calendar_of(machine.judgement.machine);
    if (!calendar) return slices_of(machine, span, ReportBy::day);
    for (const auto& shift : shifts_between(*calendar, *records.zone_of(machine.judgement.machine), span)) {
      clipped(shift.date + ' ' + shift.name, shift.span);
    }
  } else {
    for (const auto& stretch : machine.timeline.stretches) {
      const auto& key = by == ReportBy::order ? stretch.order : stretch.product;
      if (!out.empty() && out.back().key == key) {
        out.back().span.end = stretch.span.end;
      } else {
        out.push_back({key, stretch.span});
      }
    }
  }
  return out;
}

Elements elements_within(const MachineTime& machine, Span span) {
  const auto part = clip(machine.timeline, span);
  const auto plan = plan_of(machine.judgement.records, machine.judgement.machine, span);
  return measure(part, judge(part, plan, machine.judgement), machine.judgement);
}

std::string pareto_name(const plant::Records& records, const Judged& judged) {
  if (judged.bucket == Bucket::minor_stop) return "Minor stops";
  if (judged.stretch.reason.empty()) return "No reason given";
  return reason_name(records, judged.stretch.reason);
}

}  // namespace

std::string reason_name(const plant::Records& records, const std::string& reason) {
  const auto found = records.reasons.find(reason);
  return found == records.reasons.end() ? reason : found->second.name;
}

PerformanceReport make_report(const plant::Asset& asset, Span span, ReportBy by,
                              const std::vector<MachineTime>& machines) {
  PerformanceReport report{.asset = asset.id, .name = asset.name, .from = span.begin, .to = span.end};
  report.machines = std::ssize(machines);
  std::map<std::string, ReportRow> rows;
  for (const auto& machine : machines) {
    report.elements += elements_within(machine, span);
    for (const auto& slice : slices_of(machine, span, by)) {
      const auto [row, fresh] =
          rows.try_emplace(slice.key, ReportRow{.key = slice.key, .begin = slice.span.begin, .end = slice.span.end});
      row->second.begin = std::min(row->second.begin, slice.span.begin);
      row->second.end = std::max(row->second.end, slice.span.end);
      row->second.elements += elements_within(machine, slice.span);
    }
  }
  report.coverage = coverage(report.elements);
  report.partial = report.coverage < kCoverageMin;
  report.kpis = kpis(report.elements);
  report.losses = losses(report.elements);
  for (auto& [key, row] : rows) {
    row.coverage = coverage(row.elements);
    row.kpis = kpis(row.elements);
    row.losses = losses(row.elements);
    report.rows.push_back(std::move(row));
  }
  std::stable_sort(report.rows.begin(), report.rows.end(),
                   [](const ReportRow& a, const ReportRow& b) { return a.begin < b.begin; });
  return report;
}

DowntimeReport make_downtimes(const AssetId& asset, Span span, const std::vector<MachineTime>& machines) {
  DowntimeReport report{.asset = asset, .from = span.begin, .to = span.end};
  std::map<std::string, ParetoBar> bars;
  for (const auto& machine : machines) {
    const auto& records = machine.judgement.records;
    const auto plan = plan_of(records, machine.judgement.machine, span);
    std::map<std::string, std::size_t> counted;  // The last run that counted for a bar.
    for (const auto& judged : judge(machine.timeline, plan, machine.judgement)) {
      const auto bucket = judged.bucket;
      if (bucket != Bucket::breakdown && bucket != Bucket::waiting && bucket != Bucket::minor_stop) continue;
      const auto& stretch = judged.stretch;
      const auto length = stretch.span.length().count();
      const auto name = pareto_name(records, judged);
      auto& bar = bars[name];
      bar.name = name;
      bar.reason = bucket == Bucket::minor_stop ? "" : stretch.reason;
      bar.element = bucket;
      bar.ns += length;
      report.total_ns += length;
      const auto [last, fresh] = counted.try_emplace(name, stretch.run);
      if (fresh || last->second != stretch.run) ++bar.stops;
      last->second = stretch.run;
      // One that still lasts is listed at once: that is when its reason is known best.
      if (bucket == Bucket::minor_stop && stretch.span.end != span.end) continue;
      if (stretch.reason.empty()) report.unexplained_ns += length;
      auto* before = report.stops.empty() ? nullptr : &report.stops.back();
      if (before && before->end == stretch.span.begin && before->event_id == stretch.event_id &&
          before->reason == stretch.reason) {
        before->end = stretch.span.end;
        before->ns += length;
        before->open = stretch.span.end == span.end;
      } else {
        report.stops.push_back({stretch.span.begin, stretch.span.end, stretch.span.end == span.end, stretch.state,
                                stretch.reason, reason_name(records, stretch.reason), bucket, length,
                                stretch.event_id});
      }
    }
  }
  for (auto& [name, bar] : bars) report.pareto.push_back(std::move(bar));
  std::stable_sort(report.pareto.begin(), report.pareto.end(),
                   [](const ParetoBar& a, const ParetoBar& b) { return a.ns > b.ns; });
  std::int64_t sum = 0;
  for (auto& bar : report.pareto) {
    sum += bar.ns;
    bar.cumulative_share = static_cast<double>(sum) / static_cast<double>(report.total_ns);
  }
  std::stable_sort(report.stops.begin(), report.stops.end(),
                   [](const Stop& a, const Stop& b) { return a.begin > b.begin; });
  if (report.stops.size() > kStopsMax) report.stops.resize(kStopsMax);
  return report;
}

}  // namespace hanse::apps::performance
