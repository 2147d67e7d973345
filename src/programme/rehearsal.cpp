#include "programme/rehearsal.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace hanse::programme {
namespace {

namespace allocation = optimiser::allocation;

/// A maker that still has something to do from this week on, the more it has the likelier.
std::optional<std::uint32_t> busy_maker(const allocation::Plan& plan, std::uint32_t week, Random& random) {
  std::vector<std::uint32_t> busy;
  for (const auto& x : plan.placements) {
    if (x.week >= week) busy.push_back(x.activity);
  }
  if (busy.empty()) return {};
  return busy[static_cast<std::size_t>(random.integer(0, std::ssize(busy) - 1))];
}

/// The trouble in words and in the optimiser's numbers.
allocation::Disruption draw(const PlanningModel& model, std::uint32_t maker, std::uint32_t week, Random& random,
                            RehearsalTrouble& trouble) {
  allocation::Disruption out{.from_week = week};
  const auto& activity = model.problem.activities[maker];
  trouble.organisation = model.makers[maker].organisation;
  const double fate = random.uniform();
  if (fate < 0.6) {
    trouble.kind = DisruptionKind::capacity_cut;
    trouble.part_left = random.uniform(0, 0.6);
    trouble.weeks = random.integer(1, 3);
    out.capacity.push_back({activity.pool, trouble.part_left, week + static_cast<std::uint32_t>(trouble.weeks)});
  } else if (fate < 0.85) {
    trouble.kind = DisruptionKind::capability_out;
    trouble.part = model.makers[maker].part;
    out.activities_out.push_back(maker);
  } else {
    trouble.kind = DisruptionKind::member_out;
    out.suppliers_out.push_back(model.problem.pools[activity.pool].supplier);
  }
  return out;
}

}  // namespace

std::vector<RehearsalWeek> rehearse(const PlanningModel& model, const PlanRecord& plan, allocation::Repairer& repairer,
                                    const RehearsalOptions& options, const std::function<double()>& milliseconds) {
  Random random{options.seed};
  std::vector<double> delivered(plan.ramp.size());
  for (const auto& delivery : plan.deliveries) {
    if (delivery.week < std::ssize(delivered)) delivered[static_cast<std::size_t>(delivery.week)] += delivery.quantity;
  }
  std::vector<RehearsalWeek> out;
  double so_far = 0;
  for (std::uint32_t week = 0; week < plan.ramp.size(); ++week) {
    RehearsalWeek row{.week = week, .due = plan.ramp[week].due, .planned = plan.ramp[week].planned};
    for (double left = options.troubles_per_week; left > 0; left -= 1) {
      if (!random.chance(std::min(1.0, left))) continue;
      const auto maker = busy_maker(repairer.plan(), week, random);
      if (!maker) continue;
      RehearsalTrouble trouble;
      const auto disruption = draw(model, *maker, week, random, trouble);
      const double begin = milliseconds();
      const auto repair = repairer.apply(disruption);
      trouble.repair_ms = milliseconds() - begin;
      trouble.changes = std::ssize(repair.changes);
      trouble.members_called = std::ssize(repair.suppliers_to_call);
      trouble.units_lost = std::max(0.0, repair.units_before - repair.units_after);
      delivered = repair.delivered_after;
      row.troubles.push_back(std::move(trouble));
    }
    so_far += week < delivered.size() ? delivered[week] : 0;
    row.delivered = so_far;
    for (const double units : delivered) row.expected_total += units;
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace hanse::programme
