#include "apps/scheduling/capacity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

namespace hanse::apps::scheduling {
namespace {

Duration overlap(const plant::Span& a, const plant::Span& b) {
  return std::max(Duration{0}, std::min(a.end, b.end) - std::max(a.begin, b.begin));
}

/// The part of `span` in which the machine works.
Duration worked(const std::vector<plant::Span>& working, const plant::Span& span) {
  Duration sum{0};
  for (const auto& one : working) sum += overlap(one, span);
  return sum;
}

/// Maintenance of the machine and of the nodes above it, and its breakdown.
std::vector<plant::Span> closures_of(const ModelInput& input, const AssetId& machine) {
  std::vector<plant::Span> out;
  for (const auto& [key, window] : input.ledger.maintenance) {
    const auto nodes = input.plant.subtree(window.asset);
    const bool mine = std::any_of(nodes.begin(), nodes.end(), [&](const auto* node) { return node->id == machine; });
    if (mine) out.push_back({window.begin, window.end});
  }
  if (const auto down = input.down.find(machine); down != input.down.end())
    out.push_back({down->second.since, down->second.until});
  return out;
}

std::vector<plant::Span> without(std::vector<plant::Span> spans, const std::vector<plant::Span>& closures) {
  for (const auto& closure : closures) {
    std::vector<plant::Span> left;
    for (const auto& span : spans) {
      if (span.begin < std::min(span.end, closure.begin))
        left.push_back({span.begin, std::min(span.end, closure.begin)});
      if (std::max(span.begin, closure.end) < span.end) left.push_back({std::max(span.begin, closure.end), span.end});
    }
    spans = std::move(left);
  }
  return spans;
}

/// Monday of the week and its name by ISO 8601.
std::pair<Timestamp, std::string> week_of(Timestamp time) {
  using namespace std::chrono;
  const auto day = floor<days>(sys_time<nanoseconds>{nanoseconds{time.ns}});
  const auto monday = day - (weekday{day} - Monday);
  const auto thursday = monday + days{3};
  const year_month_day date{thursday};
  const auto number = (thursday - sys_days{date.year() / January / 1}).count() / 7 + 1;
  return {Timestamp{duration_cast<nanoseconds>(monday.time_since_epoch()).count()},
          fmt::format("{:04}-W{:02}", static_cast<int>(date.year()), number)};
}

}  // namespace

std::vector<AssetId> scheduled_machines(const Ledger& ledger) {
  std::set<AssetId> machines;
  for (const auto& [id, routing] : ledger.routings) {
    for (const auto& step : routing.steps) {
      for (const auto& one : step.machines) machines.insert(one.machine);
    }
  }
  return {machines.begin(), machines.end()};
}

std::vector<MachineLoad> machine_loads(const ModelInput& input, std::span<const PlannedOperation> operations,
                                       std::span<const AssetId> machines, plant::Span range, Duration step) {
  std::vector<MachineLoad> out;
  for (const auto& id : machines) {
    const auto* asset = input.plant.asset(id);
    MachineLoad load{.machine = id, .name = asset ? asset->name : id.value, .cells = {}};
    const auto working = asset ? working_spans(input.plant, id, range) : std::vector<plant::Span>{};
    const auto open = without(working, closures_of(input, id));
    for (Timestamp begin = range.begin; begin < range.end; begin += step) {
      const plant::Span cell{begin, std::min(begin + step, range.end)};
      const double working_h = hours(worked(working, cell));
      load.cells.push_back({.begin = cell.begin,
                            .end = cell.end,
                            .working_h = working_h,
                            .closed_h = working_h - hours(worked(open, cell))});
    }
    for (const auto& operation : operations) {
      if (operation.machine != id || operation.end <= range.begin || operation.start >= range.end) continue;
      const auto setup = Duration{static_cast<std::int64_t>(operation.setup_s * 1e9)};
      for (auto& cell : load.cells) {
        const auto within = [&](Timestamp begin, Timestamp end) {
          return hours(worked(open, {std::max(begin, cell.begin), std::min(end, cell.end)}));
        };
        cell.planned_h += within(operation.start, operation.end);
        cell.setup_h += within(operation.start - setup, operation.start);
      }
    }
    out.push_back(std::move(load));
  }
  return out;
}

std::vector<FreeCapacity> free_capacity(const ModelInput& input, std::span<const PlannedOperation> operations,
                                        std::span<const AssetId> machines, int weeks) {
  std::vector<FreeCapacity> out;
  Timestamp begin = input.now;
  for (int i = 0; i < weeks; ++i) {
    const auto [monday, name] = week_of(begin);
    const Timestamp end = monday + 7 * 24h;
    for (const auto& load : machine_loads(input, operations, machines, {begin, end}, end - begin)) {
      const auto& cell = load.cells.front();
      const auto* asset = input.plant.asset(load.machine);
      out.push_back({.week = name,
                     .begin = begin,
                     .machine = load.machine,
                     .kind = asset ? asset->kind : "",
                     .working_h = cell.working_h - cell.closed_h,
                     .free_h = std::max(0.0, cell.working_h - cell.closed_h - cell.planned_h - cell.setup_h)});
    }
    begin = end;
  }
  return out;
}

}  // namespace hanse::apps::scheduling
