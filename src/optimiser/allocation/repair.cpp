#include "optimiser/allocation/repair.hpp"

#include <algorithm>

#include "optimiser/allocation/internal/kept_plan.hpp"

namespace hanse::optimiser::allocation {

struct Repairer::Kept {
  Kept(const Problem& problem, const Plan& start, const PriceList& prices)
      : model(problem), merit(model, prices), plan(model, merit, to_state(model, start)) {}
  const internal::Model model;
  const internal::Merit merit;
  internal::KeptPlan plan;
};

Repairer::Repairer(const Problem& problem, const Plan& plan, const PriceList& prices)
    : kept_(std::make_unique<Kept>(problem, plan, prices)) {}
Repairer::~Repairer() = default;

Repair Repairer::apply(const Disruption& disruption) { return kept_->plan.repair(disruption); }
Repair Repairer::try_out(const Disruption& disruption) const {
  auto copy = kept_->plan;
  return copy.repair(disruption);
}
Repairer::Tried Repairer::propose(const Disruption& disruption) const {
  auto copy = kept_->plan;
  auto repair = copy.repair(disruption);
  return {std::move(repair), internal::to_plan(kept_->model, copy.state())};
}
Plan Repairer::plan() const { return internal::to_plan(kept_->model, kept_->plan.state()); }

std::vector<StressRow> stress(const Problem& problem, const Repairer& repairer, const Plan& plan,
                              std::size_t suppliers) {
  std::vector<StressRow> rows(problem.suppliers);
  for (std::uint32_t s = 0; s < problem.suppliers; ++s) rows[s].supplier = s;
  for (const auto& x : plan.placements) {
    const auto& activity = problem.activities[x.activity];
    rows[problem.pools[activity.pool].supplier].volume += x.quantity * activity.cost;
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.volume > b.volume; });
  rows.resize(std::min(suppliers, rows.size()));
  for (auto& row : rows) {
    const auto repair = repairer.try_out({.from_week = 0, .suppliers_out = {row.supplier}});
    row.units_lost = std::max(0.0, repair.units_before - repair.units_after);
    row.share_replaced = repair.share_replaced();
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.units_lost > b.units_lost; });
  return rows;
}

}  // namespace hanse::optimiser::allocation
