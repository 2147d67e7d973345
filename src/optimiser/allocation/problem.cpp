#include "optimiser/allocation/problem.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace hanse::optimiser::allocation {
namespace {

constexpr double kQuantityMax = 1e12;
constexpr std::size_t kErrorsMax = 50;

class Findings {
 public:
  void add(std::string path, std::string message) {
    if (errors_.size() < kErrorsMax) errors_.push_back({std::move(path), std::move(message)});
  }
  void index(const std::string& path, std::uint32_t index, std::size_t size) {
    if (index >= size) add(path, fmt::format("must be below {}", size));
  }
  void number(const std::string& path, double value, double low, double high) {
    if (!(value >= low && value <= high)) add(path, fmt::format("must be from {} to {}", low, high));
  }
  std::vector<FieldError> take() { return std::move(errors_); }
  bool empty() const { return errors_.empty(); }

 private:
  std::vector<FieldError> errors_;
};

void check_recipes(const Problem& p, Findings& out) {
  for (std::size_t r = 0; r < p.recipes.size(); ++r) {
    const auto path = fmt::format("recipes[{}]", r);
    out.index(path + ".item", p.recipes[r].item, p.items.size());
    for (std::size_t i = 0; i < p.recipes[r].inputs.size(); ++i) {
      const auto& input = p.recipes[r].inputs[i];
      out.index(fmt::format("{}.inputs[{}].item", path, i), input.item, p.items.size());
      out.number(fmt::format("{}.inputs[{}].quantity", path, i), input.quantity, 1e-9, 1e6);
    }
  }
}

void check_pools(const Problem& p, Findings& out) {
  for (std::size_t k = 0; k < p.pools.size(); ++k) {
    const auto& pool = p.pools[k];
    const auto path = fmt::format("pools[{}]", k);
    out.index(path + ".supplier", pool.supplier, p.suppliers);
    if (pool.hours.size() != p.weeks) out.add(path + ".hours", fmt::format("must have {} weeks", p.weeks));
    if (!pool.overtime.empty() && pool.overtime.size() != p.weeks)
      out.add(path + ".overtime", fmt::format("must have {} weeks or none", p.weeks));
    for (const auto hours : pool.hours) out.number(path + ".hours", hours, 0, kQuantityMax);
    for (const auto hours : pool.overtime) out.number(path + ".overtime", hours, 0, kQuantityMax);
    out.number(path + ".overtime_cost", pool.overtime_cost, 0, kQuantityMax);
  }
}

void check_activities(const Problem& p, Findings& out) {
  for (std::size_t e = 0; e < p.activities.size(); ++e) {
    const auto& a = p.activities[e];
    const auto path = fmt::format("activities[{}]", e);
    out.index(path + ".recipe", a.recipe, p.recipes.size());
    out.index(path + ".pool", a.pool, p.pools.size());
    out.index(path + ".zone", a.zone, p.zones);
    out.number(path + ".lead", a.lead, 0, 520);
    out.number(path + ".hours", a.hours, 1e-9, kQuantityMax);
    out.number(path + ".cost", a.cost, 0, kQuantityMax);
    out.number(path + ".yield", a.yield, 1e-3, 1);
    if (!(a.rate_max > 0)) out.add(path + ".rate_max", "must be > 0");
    out.number(path + ".activation_cost", a.activation_cost, 0, kQuantityMax);
    out.number(path + ".lot", a.lot, 0, kQuantityMax);
  }
}

void check_rest(const Problem& p, Findings& out) {
  const auto place = [&](const std::string& path, std::uint32_t item, std::uint32_t zone) {
    out.index(path + ".item", item, p.items.size());
    out.index(path + ".zone", zone, p.zones);
  };
  for (std::size_t l = 0; l < p.lanes.size(); ++l) {
    const auto path = fmt::format("lanes[{}]", l);
    out.index(path + ".from", p.lanes[l].from, p.zones);
    out.index(path + ".to", p.lanes[l].to, p.zones);
    out.number(path + ".lead", p.lanes[l].lead, 1, 520);
    out.number(path + ".cost", p.lanes[l].cost, 0, kQuantityMax);
  }
  for (std::size_t s = 0; s < p.stocks.size(); ++s) {
    place(fmt::format("stocks[{}]", s), p.stocks[s].item, p.stocks[s].zone);
    out.number(fmt::format("stocks[{}].quantity", s), p.stocks[s].quantity, 0, kQuantityMax);
  }
  for (std::size_t d = 0; d < p.demands.size(); ++d) {
    place(fmt::format("demands[{}]", d), p.demands[d].item, p.demands[d].zone);
    out.index(fmt::format("demands[{}].week", d), p.demands[d].week, p.weeks);
    out.number(fmt::format("demands[{}].quantity", d), p.demands[d].quantity, 0, kQuantityMax);
  }
  for (std::size_t w = 0; w < p.purchases.size(); ++w) {
    place(fmt::format("purchases[{}]", w), p.purchases[w].item, p.purchases[w].zone);
    out.number(fmt::format("purchases[{}].cost", w), p.purchases[w].cost, 0, kQuantityMax);
    out.number(fmt::format("purchases[{}].weekly_max", w), p.purchases[w].weekly_max, 0, kQuantityMax);
  }
  for (std::size_t l = 0; l < p.limits.size(); ++l) {
    const auto path = fmt::format("limits[{}]", l);
    for (const auto& term : p.limits[l].terms) {
      out.index(path + ".terms", term.activity, p.activities.size());
      out.number(path + ".terms.weight", term.weight, 0, kQuantityMax);
    }
    if (!(p.limits[l].max >= p.limits[l].min)) out.add(path + ".max", "must be at least min");
  }
  out.number("penalties.late", p.penalties.late, 0, kQuantityMax);
  out.number("penalties.shortage", p.penalties.shortage, 0, kQuantityMax);
}

/// Depth-first; `order` gets items after all they are made of. Returns the cycle that was met, first item repeated.
class BillWalk {
 public:
  explicit BillWalk(const Problem& problem)
      : problem_(problem), state_(problem.items.size()), recipes_(problem.items.size()) {
    for (std::uint32_t r = 0; r < problem.recipes.size(); ++r) recipes_[problem.recipes[r].item].push_back(r);
  }
  bool visit(std::uint32_t item) {
    if (state_[item] == State::done) return true;
    path_.push_back(item);
    if (state_[item] == State::open) return false;
    state_[item] = State::open;
    for (const auto r : recipes_[item]) {
      for (const auto& input : problem_.recipes[r].inputs) {
        if (!visit(input.item)) return false;
      }
    }
    state_[item] = State::done;
    path_.pop_back();
    order.push_back(item);
    return true;
  }
  std::string cycle() const {
    const auto start = std::find(path_.begin(), path_.end(), path_.back());
    std::string names;
    for (auto at = start; at != path_.end(); ++at) names += (at == start ? "" : " -> ") + problem_.items[*at].id;
    return names;
  }
  std::vector<std::uint32_t> order;

 private:
  enum class State : std::uint8_t { fresh, open, done };
  const Problem& problem_;
  std::vector<State> state_;
  std::vector<std::vector<std::uint32_t>> recipes_;
  std::vector<std::uint32_t> path_;
};

}  // namespace

Result<void> validate(const Problem& problem) {
  Findings findings;
  if (problem.weeks == 0 || problem.weeks > 520) findings.add("weeks", "must be from 1 to 520");
  if (problem.zones == 0) findings.add("zones", "must be at least 1");
  if (!problem.weight.empty() && problem.weight.size() != problem.items.size())
    findings.add("weight", "must be as long as items, or empty");
  for (std::size_t i = 0; i < problem.items.size(); ++i) {
    findings.number(fmt::format("items[{}].hold_cost", i), problem.items[i].hold_cost, 0, kQuantityMax);
  }
  check_recipes(problem, findings);
  check_pools(problem, findings);
  check_activities(problem, findings);
  check_rest(problem, findings);
  if (findings.empty()) {
    BillWalk walk{problem};
    for (std::uint32_t i = 0; i < problem.items.size(); ++i) {
      if (walk.visit(i)) continue;
      findings.add("recipes", "the bill of material goes round in a circle: " + walk.cycle());
      break;
    }
  }
  if (!findings.empty()) return fail(ErrorCode::invalid, "the allocation problem is wrong", findings.take());
  return {};
}

std::vector<std::uint32_t> items_raw_first(const Problem& problem) {
  BillWalk walk{problem};
  for (std::uint32_t i = 0; i < problem.items.size(); ++i) {
    if (!walk.visit(i)) break;
  }
  return std::move(walk.order);
}

double rate_limit(const Activity& activity, std::uint32_t week) {
  const auto first = std::max(activity.from, activity.qualification);
  if (week < first || week >= activity.until) return 0;
  const double risen = std::min(1.0, (week - activity.qualification + 1.0) / (activity.ramp + 1.0));
  return activity.rate_max * risen;
}

}  // namespace hanse::optimiser::allocation
