#include "optimiser/allocation/explain.hpp"

#include <algorithm>
#include <limits>

namespace hanse::optimiser::allocation {
namespace {

constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();

/// Earliest week in which each item can be in each zone, hours apart, with the step that decides it.
class Earliest {
 public:
  struct Step {
    std::uint32_t ready = kNever, start = 0, input = kNever;
    std::int64_t activity = -1;
    std::uint32_t from_zone = 0;
  };
  explicit Earliest(const Problem& problem)
      : p_(problem), steps_(problem.items.size() * problem.zones), of_item_(problem.items.size()) {
    for (std::uint32_t e = 0; e < p_.activities.size(); ++e)
      of_item_[p_.recipes[p_.activities[e].recipe].item].push_back(e);
    for (const auto item : items_raw_first(problem)) {
      from_outside(item);
      for (const auto e : of_item_[item]) make(item, e);
      for (std::uint32_t round = 0; round < p_.zones; ++round) {
        for (const auto& lane : p_.lanes) move(item, lane);
      }
    }
  }
  const Step& at(std::uint32_t item, std::uint32_t zone) const { return steps_[std::size_t{item} * p_.zones + zone]; }

 private:
  Step& at(std::uint32_t item, std::uint32_t zone) { return steps_[std::size_t{item} * p_.zones + zone]; }
  void from_outside(std::uint32_t item) {
    for (const auto& s : p_.stocks) {
      if (s.item == item && s.quantity > 0 && s.week < at(item, s.zone).ready)
        at(item, s.zone) = {.ready = s.week, .start = s.week, .from_zone = s.zone};
    }
    for (const auto& w : p_.purchases) {
      if (w.item == item && w.weekly_max > 0 && w.lead < at(item, w.zone).ready)
        at(item, w.zone) = {.ready = w.lead, .start = 0, .from_zone = w.zone};
    }
  }
  void make(std::uint32_t item, std::uint32_t e) {
    const auto& activity = p_.activities[e];
    std::uint32_t start = std::max(activity.qualification, activity.from), input = kNever;
    for (const auto& need : p_.recipes[activity.recipe].inputs) {
      const auto ready = at(need.item, activity.zone).ready;
      if (ready == kNever) return;
      if (ready > start || (input == kNever && ready == start)) {
        start = std::max(start, ready);
        input = need.item;
      }
    }
    while (start < p_.weeks && p_.pools[activity.pool].hours[start] <= 0) ++start;
    if (start >= std::min(activity.until, p_.weeks) || start + activity.lead >= at(item, activity.zone).ready) return;
    at(item, activity.zone) = {
        .ready = start + activity.lead, .start = start, .input = input, .activity = e, .from_zone = activity.zone};
  }
  void move(std::uint32_t item, const Lane& lane) {
    auto step = at(item, lane.from);
    if (step.ready == kNever || step.ready + lane.lead >= at(item, lane.to).ready) return;
    step.ready += lane.lead;
    at(item, lane.to) = step;
  }

  const Problem& p_;
  std::vector<Step> steps_;
  std::vector<std::vector<std::uint32_t>> of_item_;
};

double input_price(const Problem& p, const Solution& s, const Activity& activity, std::uint32_t week) {
  double price = 0;
  for (const auto& input : p.recipes[activity.recipe].inputs) {
    price += input.quantity *
             static_cast<double>(s.prices.items[(std::size_t{input.item} * p.zones + activity.zone) * p.weeks + week]);
  }
  return price;
}

}  // namespace

std::vector<ChainLink> critical_chain(const Problem& problem, std::uint32_t item) {
  const Earliest earliest{problem};
  std::uint32_t zone = 0;
  for (std::uint32_t g = 1; g < problem.zones; ++g) {
    if (earliest.at(item, g).ready < earliest.at(item, zone).ready) zone = g;
  }
  std::vector<ChainLink> chain;
  while (item != kNever && earliest.at(item, zone).ready < problem.weeks) {
    const auto& step = earliest.at(item, zone);
    const std::uint32_t qualification =
        step.activity < 0 ? 0 : problem.activities[static_cast<std::size_t>(step.activity)].qualification;
    chain.push_back({item, zone, step.activity, step.start, step.ready, std::min(qualification, step.start)});
    item = step.input;
    zone = step.from_zone;
  }
  return chain;
}

std::vector<Bottleneck> bottlenecks(const Problem& problem, const Solution& solution, std::size_t count,
                                    const SolveOptions& options) {
  std::vector<std::vector<std::uint32_t>> pools(problem.items.size());
  for (const auto& activity : problem.activities) pools[problem.recipes[activity.recipe].item].push_back(activity.pool);
  std::vector<double> used(problem.pools.size() * problem.weeks);
  for (const auto& x : solution.plan.placements) {
    const auto& activity = problem.activities[x.activity];
    used[activity.pool * problem.weeks + x.week] += x.quantity * activity.hours;
  }
  std::vector<Bottleneck> rows;
  for (std::uint32_t i = 0; i < problem.items.size(); ++i) {
    auto& of = pools[i];
    std::sort(of.begin(), of.end());
    of.erase(std::unique(of.begin(), of.end()), of.end());
    Bottleneck row{.item = i};
    double worked = 0, there = 0;
    for (std::uint32_t t = 0; t < problem.weeks; ++t) {
      double dear = 0, hours = 0, busy = 0;
      for (const auto k : of) {
        dear += solution.prices.rents[k * problem.weeks + t] * problem.pools[k].hours[t];
        hours += problem.pools[k].hours[t];
        busy += used[k * problem.weeks + t];
      }
      for (const auto& market : problem.purchases) {
        if (market.item != i || t + market.lead >= problem.weeks) continue;
        const auto price = static_cast<double>(
            solution.prices.items[(std::size_t{i} * problem.zones + market.zone) * problem.weeks + t + market.lead]);
        dear += std::max(0.0, price - market.cost) * market.weekly_max;
      }
      if (dear <= 0) continue;
      row.rent += dear;
      row.weeks.push_back(t);
      worked += busy;
      there += hours;
    }
    row.hours_used_share = there > 0 ? std::min(1.0, worked / there) : 0;
    if (row.rent > 0) rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.rent > b.rent; });
  if (rows.size() > count) rows.resize(count);
  for (auto& row : rows) {
    Problem more = problem;
    for (const auto k : pools[row.item]) {
      for (auto& hours : more.pools[k].hours) hours *= 1.1;
    }
    for (auto& market : more.purchases) {
      if (market.item == row.item) market.weekly_max *= 1.1;
    }
    for (auto& activity : more.activities) {
      if (problem.recipes[activity.recipe].item == row.item) activity.rate_max *= 1.1;
    }
    auto again = options;
    again.start_prices = &solution.prices;
    again.start = &solution.plan;
    const auto solved = solve(more, again);
    if (!solved) continue;
    row.verified = true;
    row.saving = solution.value - solved->value;
    row.units_more = solved->measures.units_delivered - solution.measures.units_delivered;
    row.unit_weeks_earlier = solution.measures.unit_weeks_late - solved->measures.unit_weeks_late;
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.saving > b.saving; });
  return rows;
}

std::vector<Alternative> why(const Problem& problem, const Solution& solution, const Placement& placement) {
  const auto& chosen = problem.activities[placement.activity];
  const auto item = problem.recipes[chosen.recipe].item;
  std::vector<double> made(problem.activities.size()), used(problem.pools.size());
  for (const auto& x : solution.plan.placements) {
    if (x.week != placement.week) continue;
    made[x.activity] += x.quantity;
    used[problem.activities[x.activity].pool] += x.quantity * problem.activities[x.activity].hours;
  }
  std::vector<Alternative> out;
  for (std::uint32_t e = 0; e < problem.activities.size(); ++e) {
    const auto& activity = problem.activities[e];
    const double limit = rate_limit(activity, placement.week);
    if (problem.recipes[activity.recipe].item != item || activity.zone != chosen.zone || limit <= 0) continue;
    const auto& pool = problem.pools[activity.pool];
    const double hours = pool.hours[placement.week] + (pool.overtime.empty() ? 0 : pool.overtime[placement.week]);
    out.push_back({.activity = e,
                   .own_cost = activity.cost,
                   .inputs = input_price(problem, solution, activity, placement.week),
                   .hours = activity.hours *
                            static_cast<double>(solution.prices.rents[activity.pool * problem.weeks + placement.week]),
                   .free = std::max(0.0, std::min(limit - made[e], (hours - used[activity.pool]) / activity.hours))});
  }
  std::stable_sort(out.begin(), out.end(), [&](const auto& a, const auto& b) {
    if ((a.activity == placement.activity) != (b.activity == placement.activity))
      return a.activity == placement.activity;
    return a.total() < b.total();
  });
  if (out.size() > 4) out.resize(4);
  return out;
}

double used_at_unit_cost(const Problem& problem, const Solution& solution, std::uint32_t e) {
  const auto& activity = problem.activities[e];
  const auto item = problem.recipes[activity.recipe].item;
  double best = -1;
  for (std::uint32_t t = 0; t + activity.lead < problem.weeks; ++t) {
    if (rate_limit(activity, t) <= 0) continue;
    const double worth =
        activity.yield *
        static_cast<double>(solution.prices.items[(std::size_t{item} * problem.zones + activity.zone) * problem.weeks +
                                                  t + activity.lead]);
    const double rent = static_cast<double>(solution.prices.rents[activity.pool * problem.weeks + t]) * activity.hours;
    best = std::max(best, worth - input_price(problem, solution, activity, t) - rent);
  }
  return best;
}

}  // namespace hanse::optimiser::allocation
