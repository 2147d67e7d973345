#pragma once

#include <string>
#include <vector>

#include "apps/performance/kpis.hpp"

namespace hanse::apps::performance {

enum class ReportBy { shift, day, order, product };
HANSE_DESCRIBE_ENUM(ReportBy, shift, day, order, product)

/// One shift, day, order or product with its figures.
struct ReportRow {
  std::string key;  ///< `2026-03-02 early`, `2026-03-02`, an order's or a product's id.
  Timestamp begin, end;
  Elements elements;
  double coverage = 1;
  std::vector<Kpi> kpis;
  std::vector<LossNode> losses;
};
HANSE_DESCRIBE(ReportRow, (key, begin, end, elements, coverage, kpis, losses))

/// Figures of one asset over a time, whole and in rows. The elements are what the figures were made of; the events
/// behind them are at `/apps/performance/assets/{id}/events`.
struct PerformanceReport {
  AssetId asset;
  std::string name;
  Timestamp from, to;
  std::int64_t formula_version = kFormulaVersion;
  std::int64_t machines = 0;
  double coverage = 1;
  bool partial = false;  ///< Coverage under 95 %: show it with the figures.
  Elements elements;
  std::vector<Kpi> kpis;
  std::vector<LossNode> losses;
  std::vector<ReportRow> rows;
};
HANSE_DESCRIBE(PerformanceReport,
               (asset, name, from, to, formula_version, machines, coverage, partial, elements, kpis, losses, rows))

/// One machine laid out for a report.
struct MachineTime {
  Judgement judgement;
  Timeline timeline;
};

/// A report over machines: elements are summed, then divided. Rows of shifts and days are of each machine's own
/// calendar and are summed by key.
PerformanceReport make_report(const plant::Asset& asset, Span span, ReportBy by,
                              const std::vector<MachineTime>& machines);

/// One stop, whole.
struct Stop {
  Timestamp begin;
  Timestamp end;
  bool open = false;  ///< It goes on.
  MachineState state = MachineState::down;
  std::string reason;  ///< Empty when nobody said.
  std::string reason_name;
  Bucket element = Bucket::breakdown;
  std::int64_t ns = 0;  ///< Within planned time.
  std::string event_id;
};
HANSE_DESCRIBE(Stop, (begin, end, open, state, reason, reason_name, element, ns, event_id))

/// Stops with the same reason together.
struct ParetoBar {
  std::string reason;
  std::string name;
  Bucket element = Bucket::breakdown;
  std::int64_t ns = 0;
  std::int64_t stops = 0;
  double cumulative_share = 0;  ///< Of all stop time, this and the longer ones.
};
HANSE_DESCRIBE(ParetoBar, (reason, name, element, ns, stops, cumulative_share))

struct DowntimeReport {
  AssetId asset;
  Timestamp from, to;
  std::int64_t total_ns = 0;
  std::int64_t unexplained_ns = 0;
  std::vector<ParetoBar> pareto;  ///< Longest first.
  std::vector<Stop> stops;        ///< Newest first, at most 1000; minor stops that are over are in the Pareto only.
};
HANSE_DESCRIBE(DowntimeReport, (asset, from, to, total_ns, unexplained_ns, pareto, stops))

DowntimeReport make_downtimes(const AssetId& asset, Span span, const std::vector<MachineTime>& machines);

/// The reason's name where it is one of ours, else its own words.
std::string reason_name(const plant::Records& records, const std::string& reason);

}  // namespace hanse::apps::performance
