#pragma once

#include <string>
#include <vector>

#include "programme/line_watch.hpp"
#include "programme/planning.hpp"

namespace hanse::programme {

/// A part that stands between the programme and its next unit.
struct Gating {
  std::string part, name;
  double ordered = 0, produced = 0, due_by_now = 0;
  double cover_days = 0;  ///< How long what is made lasts beyond the plan at the plan's pace; negative: behind.
};
HANSE_DESCRIBE(Gating, (part, name, ordered, produced, due_by_now, cover_days))

/// Cumulative, by the end of a week.
struct TowerWeek {
  std::int64_t week = 0;
  double due = 0, delivered = 0;  ///< Asked for, and what the plan delivers.
  double planned = 0;             ///< Finished goods that the plan has started by then,
  std::optional<double> actual;   ///< and that were reported; none for weeks to come.
  std::int64_t open_parts_planned = 0;
  std::optional<std::int64_t> open_parts;  ///< Parts of which not all that is ordered was made.
};
HANSE_DESCRIBE(TowerWeek, (week, due, delivered, planned, actual, open_parts_planned, open_parts))

struct TowerMachine {
  std::string asset;
  bool down = false;
  std::optional<Timestamp> since;
  std::string reason;
};
HANSE_DESCRIBE(TowerMachine, (asset, down, since, reason))
/// A line of this node's plant that works for the need.
struct TowerLine {
  std::string line, name, organisation, part;
  double ordered = 0, produced = 0, scrapped = 0;
  double this_week_planned = 0, this_week_produced = 0;
  double part_left = 1;  ///< Of its hours, without the machines that are down now.
  std::vector<TowerMachine> machines;
};
HANSE_DESCRIBE(TowerLine, (line, name, organisation, part, ordered, produced, scrapped, this_week_planned,
                           this_week_produced, part_left, machines))

/// Where a need stands against its plan, from what was reported.
struct Tower {
  std::string need, name, plan;
  Timestamp start;
  std::int64_t weeks = 0;
  std::int64_t week = 0;  ///< Of the need, now.
  double planned = 0;     ///< Finished goods that orders ask for by the end of the week before,
  double finished = 0;    ///< and that were reported by now.
  double due_total = 0, delivered_total = 0, ordered_total = 0;
  std::int64_t orders_open = 0, orders_accepted = 0, orders_declined = 0;
  std::int64_t parts = 0, parts_behind = 0;
  std::vector<TowerWeek> ramp;
  std::vector<Gating> gating;  ///< Furthest behind first, at most twenty.
  std::vector<Alarm> alarms;   ///< That are open.
  std::vector<TowerLine> lines;
};
HANSE_DESCRIBE(Tower,
               (need, name, plan, start, weeks, week, planned, finished, due_total, delivered_total, ordered_total,
                orders_open, orders_accepted, orders_declined, parts, parts_behind, ramp, gating, alarms, lines))

/// Pure: from records and what is watched. `names` of parts by id.
Tower tower_of(const Need& need, const PlanRecord& plan, const std::vector<Order>& orders,
               const std::map<std::string, std::string>& names, const std::vector<LineWatch>& lines, Timestamp now);

}  // namespace hanse::programme
