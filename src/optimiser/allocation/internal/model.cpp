#include "optimiser/allocation/internal/model.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace hanse::optimiser::allocation::internal {

Model::Model(const Problem& p)
    : problem(p),
      weeks(p.weeks),
      zones(p.zones),
      items(static_cast<std::uint32_t>(p.items.size())),
      raw_first(items_raw_first(p)) {
  std::uint32_t longest = 1;
  for (const auto& a : p.activities) longest = std::max(longest, a.lead);
  for (const auto& l : p.lanes) longest = std::max(longest, l.lead);
  for (const auto& w : p.purchases) longest = std::max(longest, w.lead);
  padded = weeks + longest + 1;
  money = std::max(1e-9, p.penalties.shortage + p.penalties.late * weeks);
  late = p.penalties.late / money;
  shortage = p.penalties.shortage / money;
  measure_sets();
  for (std::uint32_t i = 0; i < items; ++i) hold.push_back(static_cast<float>(p.items[i].hold_cost * set[i] / money));
  take_activities();
  take_flows();
  take_dues();
  take_limits();
}

/// From finished goods down; alternatives share.
void Model::measure_sets() {
  set.assign(items, 0);
  recipes_of.resize(items);
  users_of.resize(items);
  for (std::uint32_t r = 0; r < problem.recipes.size(); ++r) {
    recipes_of[problem.recipes[r].item].push_back(r);
    for (const auto& input : problem.recipes[r].inputs) {
      auto& users = users_of[input.item];
      if (users.empty() || users.back() != r) users.push_back(r);
    }
  }
  for (const auto& d : problem.demands) set[d.item] = 1;
  for (auto at = raw_first.rbegin(); at != raw_first.rend(); ++at) {
    if (set[*at] == 0) set[*at] = 1;
    for (const auto r : recipes_of[*at]) {
      for (const auto& input : problem.recipes[r].inputs) {
        set[input.item] += set[*at] * input.quantity / static_cast<double>(recipes_of[*at].size());
      }
    }
  }
  for (const auto& recipe : problem.recipes) {
    auto& needs = inputs.emplace_back();
    for (const auto& input : recipe.inputs) {
      const auto same =
          std::find_if(needs.begin(), needs.end(), [&](const Need& need) { return need.item == input.item; });
      const double quantity = input.quantity * set[recipe.item] / set[input.item];
      if (same == needs.end()) {
        needs.push_back({input.item, quantity});
      } else {
        same->quantity += quantity;
      }
    }
  }
}

void Model::take_activities() {
  const auto& p = problem;
  count = p.activities.size();
  original.resize(count);
  for (std::uint32_t e = 0; e < count; ++e) original[e] = e;
  std::stable_sort(original.begin(), original.end(),
                   [&](auto a, auto b) { return p.activities[a].pool < p.activities[b].pool; });
  position.resize(count);
  most.assign(count * weeks, 0);
  pool_begin.assign(p.pools.size() + 1, 0);
  group_members.resize(groups());
  for (std::uint32_t e = 0; e < count; ++e) {
    position[original[e]] = e;
    const auto& a = p.activities[original[e]];
    const auto& pool = p.pools[a.pool];
    const auto item = p.recipes[a.recipe].item;
    const double units = set[item];
    ++pool_begin[a.pool + 1];
    group.push_back(a.recipe * zones + a.zone);
    place.push_back(item * zones + a.zone);
    lead.push_back(a.lead);
    hours.push_back(static_cast<float>(a.hours * units));
    yield.push_back(static_cast<float>(a.yield));
    lot.push_back(static_cast<float>(a.lot / units));
    double possible = 0;
    for (std::uint32_t t = 0; t < weeks && t + a.lead < weeks; ++t) {
      const double hours_there = pool.hours[t] + (pool.overtime.empty() ? 0 : pool.overtime[t]);
      const double sets = std::min(rate_limit(a, t), hours_there / a.hours) / units;
      most[e * weeks + t] = static_cast<float>(sets);
      possible += sets;
    }
    const double slope = possible > 0 ? a.activation_cost / possible : 0;
    cost.push_back(static_cast<float>((a.cost * units + slope) / money));
    double touched = a.yield;
    for (const auto& need : inputs[a.recipe]) touched += need.quantity;
    step.push_back(static_cast<float>(1 / touched));
    group_members[group.back()].push_back(e);
  }
  for (std::size_t k = 0; k < p.pools.size(); ++k) pool_begin[k + 1] += pool_begin[k];
  for (auto& members : group_members) {
    std::stable_sort(members.begin(), members.end(), [&](auto a, auto b) { return cost[a] > cost[b]; });
  }
  for (const auto& pool : p.pools) {
    for (std::uint32_t t = 0; t < weeks; ++t) {
      capacity.push_back(static_cast<float>(pool.hours[t]));
      overtime.push_back(pool.overtime.empty() ? 0 : static_cast<float>(pool.overtime[t]));
    }
    overtime_cost.push_back(static_cast<float>(pool.overtime_cost / money));
  }
}

void Model::take_flows() {
  flow_begin.push_back(0);
  for (std::uint32_t i = 0; i < items; ++i) {
    for (std::uint32_t l = 0; l < problem.lanes.size(); ++l) {
      const auto& lane = problem.lanes[l];
      const double weight = problem.weight.empty() ? 1 : problem.weight[i];
      if (lane.from == lane.to || lane.lead >= weeks) continue;
      flows.push_back({i, l, i * zones + lane.from, i * zones + lane.to, lane.lead,
                       static_cast<float>(lane.cost * weight * set[i] / money)});
    }
    flow_begin.push_back(static_cast<std::uint32_t>(flows.size()));
  }
  for (std::uint32_t w = 0; w < problem.purchases.size(); ++w) {
    const auto& purchase = problem.purchases[w];
    if (purchase.lead >= weeks) continue;
    markets.push_back({w, purchase.item * zones + purchase.zone, purchase.lead,
                       static_cast<float>(purchase.cost * set[purchase.item] / money),
                       static_cast<float>(purchase.weekly_max / set[purchase.item])});
  }
  given.assign(places() * weeks, 0);
  for (const auto& stock : problem.stocks) {
    if (stock.week < weeks)
      given[(stock.item * zones + stock.zone) * weeks + stock.week] +=
          static_cast<float>(stock.quantity / set[stock.item]);
  }
}

void Model::take_dues() {
  due_of_place.assign(places(), -1);
  for (const auto& d : problem.demands) {
    const auto where = d.item * zones + d.zone;
    if (due_of_place[where] < 0) {
      due_of_place[where] = static_cast<int>(dues.size());
      dues.push_back({d.item, where, std::vector<double>(weeks), 0});
    }
    auto& due = dues[static_cast<std::size_t>(due_of_place[where])];
    // A finished good may be a part of another need's, too: then a set is more than a unit.
    due.quantity[d.week] += d.quantity / set[d.item];
    due.total += d.quantity / set[d.item];
    demand_total += d.quantity / set[d.item];
  }
}

void Model::take_limits() {
  limited.assign(count, 0);
  for (const auto& limit : problem.limits) {
    Row row{{}, limit.max, limit.min, limit.min_penalty / money};
    for (const auto& term : limit.terms) {
      const auto e = position[term.activity];
      const auto weight = static_cast<float>(term.weight * set[place[e] / zones]);
      row.terms.emplace_back(e, weight);
      limited[e] = 1;
      step[e] = 1 / (1 / step[e] + weight);
    }
    rows.push_back(std::move(row));
  }
}

double value_of(const Model& m, const State& s) {
  const auto weeks = m.weeks;
  double value = 0;
  std::vector<double> net(m.places() * weeks);
  for (std::size_t i = 0; i < net.size(); ++i) net[i] = m.given[i];
  std::vector<double> used(m.groups() * weeks);
  for (std::size_t k = 0; k + 1 < m.pool_begin.size(); ++k) {
    double worked[520] = {};
    for (auto e = m.pool_begin[k]; e < m.pool_begin[k + 1]; ++e) {
      const auto& a = m.problem.activities[m.original[e]];
      const double unit_cost = a.cost * m.set[m.place[e] / m.zones] / m.money;
      double volume = 0;
      for (std::uint32_t t = 0; t < weeks; ++t) {
        const double x = s.made[e * weeks + t];
        if (x == 0) continue;
        volume += x;
        worked[t] += x * m.hours[e];
        used[m.group[e] * weeks + t] += x;
        if (t + m.lead[e] < weeks) net[m.place[e] * weeks + t + m.lead[e]] += x * m.yield[e];
      }
      if (volume > 0) value += volume * unit_cost + a.activation_cost / m.money;
    }
    for (std::uint32_t t = 0; t < weeks; ++t)
      value += std::max(0.0, worked[t] - m.capacity[k * weeks + t]) * m.overtime_cost[k];
  }
  for (std::size_t rg = 0; rg < m.groups(); ++rg) {
    for (const auto& need : m.inputs[rg / m.zones]) {
      for (std::uint32_t t = 0; t < weeks; ++t)
        net[(need.item * m.zones + rg % m.zones) * weeks + t] -= need.quantity * used[rg * weeks + t];
    }
  }
  for (std::size_t f = 0; f < m.flows.size(); ++f) {
    const auto& flow = m.flows[f];
    for (std::uint32_t t = 0; t < weeks; ++t) {
      const double q = s.moved[f * weeks + t];
      if (q == 0) continue;
      value += q * flow.cost;
      net[flow.from * weeks + t] -= q;
      if (t + flow.lead < weeks) net[flow.to * weeks + t + flow.lead] += q;
    }
  }
  for (std::size_t w = 0; w < m.markets.size(); ++w) {
    for (std::uint32_t t = 0; t < weeks; ++t) {
      const double q = s.bought[w * weeks + t];
      value += q * m.markets[w].cost;
      if (t + m.markets[w].lead < weeks) net[m.markets[w].place * weeks + t + m.markets[w].lead] += q;
    }
  }
  for (std::size_t d = 0; d < m.dues.size(); ++d) {
    double backlog = 0;
    for (std::uint32_t t = 0; t < weeks; ++t) {
      backlog += m.dues[d].quantity[t] - s.delivered[d * weeks + t];
      net[m.dues[d].place * weeks + t] -= s.delivered[d * weeks + t];
      value += std::max(0.0, backlog) * m.late * m.set[m.dues[d].item];
    }
    value += std::max(0.0, backlog) * m.shortage * m.set[m.dues[d].item];
  }
  for (std::size_t q = 0; q < m.places(); ++q) {
    double stock = 0;
    for (std::uint32_t t = 0; t < weeks; ++t) {
      stock += net[q * weeks + t];
      value += std::max(0.0, stock) * m.hold[q / m.zones];
    }
  }
  for (const auto& row : m.rows) {
    double sum = 0;
    for (const auto& [e, weight] : row.terms) {
      for (std::uint32_t t = 0; t < weeks; ++t) sum += static_cast<double>(weight) * s.made[e * weeks + t];
    }
    value += std::max(0.0, row.min - sum) * row.min_penalty;
  }
  return value;
}

namespace {

/// Below this a quantity is dust of the arithmetic, in sets.
constexpr float kDust = 1e-7F;

}  // namespace

Plan to_plan(const Model& m, const State& s) {
  Plan plan;
  for (std::uint32_t original = 0; original < m.count; ++original) {
    const auto e = m.position[original];
    const double units = m.set[m.place[e] / m.zones];
    const double lot = m.problem.activities[original].lot;
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      if (s.made[e * m.weeks + t] <= kDust) continue;
      double quantity = s.made[e * m.weeks + t] * units;
      if (lot > 0) quantity = std::round(quantity / lot) * lot;
      if (quantity > 0) plan.placements.push_back({original, t, quantity});
    }
  }
  for (std::size_t f = 0; f < m.flows.size(); ++f) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      if (s.moved[f * m.weeks + t] > kDust)
        plan.shipments.push_back(
            {m.flows[f].item, m.flows[f].lane, t, s.moved[f * m.weeks + t] * m.set[m.flows[f].item]});
    }
  }
  for (std::size_t w = 0; w < m.markets.size(); ++w) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      if (s.bought[w * m.weeks + t] > kDust)
        plan.bought.push_back(
            {m.markets[w].purchase, t, s.bought[w * m.weeks + t] * m.set[m.markets[w].place / m.zones]});
    }
  }
  for (std::size_t d = 0; d < m.dues.size(); ++d) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      if (s.delivered[d * m.weeks + t] > kDust) {
        plan.deliveries.push_back(
            {m.dues[d].item, m.dues[d].place % m.zones, t, s.delivered[d * m.weeks + t] * m.set[m.dues[d].item]});
      }
    }
  }
  return plan;
}

State to_state(const Model& m, const Plan& plan) {
  State s{m};
  for (const auto& x : plan.placements) {
    const auto e = m.position[x.activity];
    s.made[e * m.weeks + x.week] += static_cast<float>(x.quantity / m.set[m.place[e] / m.zones]);
  }
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> flow_at;
  for (std::size_t f = 0; f < m.flows.size(); ++f) flow_at[{m.flows[f].item, m.flows[f].lane}] = f;
  for (const auto& f : plan.shipments) {
    if (const auto at = flow_at.find({f.item, f.lane}); at != flow_at.end())
      s.moved[at->second * m.weeks + f.week] += static_cast<float>(f.quantity / m.set[f.item]);
  }
  for (std::size_t w = 0; w < m.markets.size(); ++w) {
    for (const auto& b : plan.bought) {
      if (b.purchase == m.markets[w].purchase)
        s.bought[w * m.weeks + b.week] += static_cast<float>(b.quantity / m.set[m.markets[w].place / m.zones]);
    }
  }
  for (const auto& v : plan.deliveries) {
    const auto d = m.due_of_place[v.item * m.zones + v.zone];
    if (d >= 0)
      s.delivered[static_cast<std::size_t>(d) * m.weeks + v.week] += static_cast<float>(v.quantity / m.set[v.item]);
  }
  return s;
}

}  // namespace hanse::optimiser::allocation::internal
