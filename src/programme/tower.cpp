#include "programme/tower.hpp"

#include <algorithm>
#include <cmath>

#include "programme/internal/query.hpp"

namespace hanse::programme {
namespace {

using internal::week_of;

constexpr double kLeastUnits = 0.5;  ///< Less of a part is what rounding left.

/// Of all orders of a part, by week.
struct PartWeeks {
  explicit PartWeeks(std::size_t weeks) : planned(weeks), made(weeks) {}
  std::vector<double> planned, made;
  double ordered = 0, produced = 0;
};

std::map<std::string, PartWeeks> by_part(const Need& need, const std::vector<Order>& orders) {
  const auto weeks = static_cast<std::size_t>(need.weeks);
  std::map<std::string, PartWeeks> parts;
  for (const auto& order : orders) {
    if (order.state == OrderState::cancelled || order.state == OrderState::declined) continue;
    auto& part = parts.try_emplace(order.part, weeks).first->second;
    part.ordered += order.quantity;
    part.produced += order.produced;
    for (const auto& week : order.weeks) {
      if (week.week >= 0 && week.week < need.weeks) part.planned[static_cast<std::size_t>(week.week)] += week.quantity;
    }
    for (const auto& week : order.made) {
      if (week.week >= 0 && week.week < need.weeks) part.made[static_cast<std::size_t>(week.week)] += week.good;
    }
  }
  return parts;
}

/// Cumulative finished goods and parts still to be made, week by week.
void write_weeks(Tower& tower, const PlanRecord& plan, const std::map<std::string, PartWeeks>& parts) {
  constexpr double kRest = 0.98;                          // What single precision and crumbs leave is not open.
  std::map<std::string, std::pair<double, double>> sums;  // Planned and made so far.
  const auto goods = parts.find(tower.need);
  double finished = 0, started = 0;
  for (std::size_t t = 0; t < plan.ramp.size(); ++t) {
    TowerWeek week{.week = static_cast<std::int64_t>(t), .due = plan.ramp[t].due, .delivered = plan.ramp[t].planned};
    std::int64_t open = 0;
    for (const auto& [id, part] : parts) {
      auto& [planned, made] = sums[id];
      planned += part.planned[t];
      made += part.made[t];
      week.open_parts_planned += planned < kRest * part.ordered;
      open += made < kRest * part.ordered;
    }
    if (goods != parts.end()) {
      finished += goods->second.made[t];
      started += goods->second.planned[t];
    }
    week.planned = started;
    if (week.week <= tower.week) {
      week.actual = finished;
      week.open_parts = open;
    }
    tower.ramp.push_back(week);
  }
}

void write_gating(Tower& tower, const std::map<std::string, PartWeeks>& parts,
                  const std::map<std::string, std::string>& names) {
  const auto now = static_cast<std::size_t>(tower.week);
  for (const auto& [id, part] : parts) {
    if (part.ordered < kLeastUnits) continue;
    Gating row{.part = id, .name = id == tower.need ? tower.name : id, .ordered = part.ordered};
    if (const auto name = names.find(id); name != names.end()) row.name = name->second;
    row.produced = part.produced;
    for (std::size_t t = 0; t < now; ++t) row.due_by_now += part.planned[t];
    // At the pace of the weeks in which the plan has this part made.
    const auto busy = std::count_if(part.planned.begin(), part.planned.end(), [](double q) { return q > 0; });
    const double a_day = busy > 0 ? part.ordered / (7.0 * static_cast<double>(busy)) : 0;
    row.cover_days = a_day > 0 ? (row.produced - row.due_by_now) / a_day : 0;
    tower.parts_behind += row.cover_days < -1;
    tower.gating.push_back(std::move(row));
  }
  tower.parts = std::ssize(parts);
  std::stable_sort(tower.gating.begin(), tower.gating.end(),
                   [](const Gating& a, const Gating& b) { return a.cover_days < b.cover_days; });
  if (tower.gating.size() > 20) tower.gating.resize(20);
}

std::vector<TowerMachine> machines_of(const LineWatch& watch) {
  std::vector<TowerMachine> out;
  for (const auto& stage : watch.line().stages) {
    for (const auto& asset : stage.machines) {
      TowerMachine machine{.asset = asset};
      if (const auto stop = watch.down().find(asset); stop != watch.down().end()) {
        machine.down = true;
        machine.since = stop->second.since;
        machine.reason = stop->second.reason;
      }
      out.push_back(std::move(machine));
    }
  }
  return out;
}

void write_lines(Tower& tower, const std::vector<Order>& orders, const std::vector<LineWatch>& lines) {
  for (const auto& watch : lines) {
    const auto& line = watch.line();
    TowerLine row{.line = line.id, .name = line.name, .organisation = line.organisation, .part = line.part};
    bool works = false;
    for (const auto& order : orders) {
      if (order.organisation != line.organisation || order.part != line.part || !internal::is_open(order.state))
        continue;
      works = true;
      row.ordered += order.quantity;
      row.produced += order.produced;
      row.scrapped += order.scrapped;
      for (const auto& week : order.weeks) row.this_week_planned += week.week == tower.week ? week.quantity : 0;
      for (const auto& week : order.made) row.this_week_produced += week.week == tower.week ? week.good : 0;
    }
    if (!works) continue;
    std::vector<LineWatch::Stop> down;
    for (const auto& [asset, stop] : watch.down()) down.push_back(stop);
    row.part_left = watch.part_left(down);
    row.machines = machines_of(watch);
    tower.lines.push_back(std::move(row));
  }
}

}  // namespace

Tower tower_of(const Need& need, const PlanRecord& plan, const std::vector<Order>& orders,
               const std::map<std::string, std::string>& names, const std::vector<LineWatch>& lines, Timestamp now) {
  Tower tower{.need = need.id, .name = need.name, .plan = plan.id, .start = need.start, .weeks = need.weeks};
  tower.week = week_of(need, now);
  const auto parts = by_part(need, orders);
  for (const auto& order : orders) {
    tower.orders_open += order.state == OrderState::offered || order.state == OrderState::countered;
    tower.orders_accepted += order.state == OrderState::accepted || order.state == OrderState::in_production;
    tower.orders_declined += order.state == OrderState::declined;
  }
  if (const auto goods = parts.find(need.id); goods != parts.end()) {
    tower.finished = goods->second.produced;
    tower.ordered_total = goods->second.ordered;
    for (std::size_t t = 0; t < static_cast<std::size_t>(tower.week); ++t) tower.planned += goods->second.planned[t];
  }
  if (!plan.ramp.empty()) {
    tower.due_total = plan.ramp.back().due;
    tower.delivered_total = plan.ramp.back().planned;
  }
  write_weeks(tower, plan, parts);
  write_gating(tower, parts, names);
  write_lines(tower, orders, lines);
  return tower;
}

}  // namespace hanse::programme
