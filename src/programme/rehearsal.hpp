#pragma once

#include <functional>

#include "programme/planning.hpp"

namespace hanse::programme {

struct RehearsalOptions {
  std::uint64_t seed = 1;
  double troubles_per_week = 0.7;  ///< On average.
};

/// Something that goes wrong in a rehearsal, and what the repair made of it.
struct RehearsalTrouble {
  DisruptionKind kind = DisruptionKind::capacity_cut;
  std::string organisation, part;
  double part_left = 0;
  std::int64_t weeks = 0;  ///< How long; 0: for good.
  std::int64_t changes = 0, members_called = 0;
  double units_lost = 0;  ///< By the end, although repaired.
  double repair_ms = 0;
};
HANSE_DESCRIBE(RehearsalTrouble,
               (kind, organisation, part, part_left, weeks, changes, members_called, units_lost, repair_ms))

/// One week; quantities are cumulative.
struct RehearsalWeek {
  std::int64_t week = 0;
  double due = 0, planned = 0, delivered = 0;
  double expected_total = 0;  ///< By the end of the plan, as it looks at the end of this week.
  std::vector<RehearsalTrouble> troubles;
};
HANSE_DESCRIBE(RehearsalWeek, (week, due, planned, delivered, expected_total, troubles))

struct Rehearsal {
  std::string need, plan;
  std::vector<RehearsalWeek> weeks;
};
HANSE_DESCRIBE(Rehearsal, (need, plan, weeks))

/// Runs a plan through its weeks on a clock of its own: what goes wrong comes from the seed, each trouble is repaired
/// as the real one would be. Nothing is stored. `repairer` is used up; `milliseconds` measures, for the report only.
std::vector<RehearsalWeek> rehearse(const PlanningModel& model, const PlanRecord& plan,
                                    optimiser::allocation::Repairer& repairer, const RehearsalOptions& options,
                                    const std::function<double()>& milliseconds);

}  // namespace hanse::programme
