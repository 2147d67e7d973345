#include "optimiser/allocation/synthetic.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace hanse::optimiser::allocation {
namespace {

class Maker {
 public:
  Maker(const SyntheticSize& size, std::uint64_t seed) : size_(size), random_(seed) {}

  Problem make() {
    p_.weeks = size_.weeks;
    p_.zones = size_.zones;
    p_.suppliers = size_.suppliers;
    make_items();
    make_pools();
    make_lanes();
    make_demand();
    return std::move(p_);
  }

 private:
  void make_items() {
    const std::uint32_t first_2 = 1 + size_.tier_1, first_3 = first_2 + size_.tier_2, end = first_3 + size_.tier_3;
    for (std::uint32_t i = 0; i < end; ++i) p_.items.push_back({fmt::format("item-{}", i), 0});
    const auto tier = [&](std::uint32_t i) { return i == 0 ? 0 : i < first_2 ? 1 : i < first_3 ? 2 : 3; };
    std::vector<std::vector<Input>> inputs(end);
    const auto use = [&](std::uint32_t parent, std::uint32_t child) {
      inputs[parent].push_back({child, static_cast<double>(random_.integer(1, 3))});
    };
    for (std::uint32_t i = 1; i < first_2; ++i) use(0, i);
    const auto add_tier = [&](std::uint32_t parents, std::uint32_t parents_end, std::uint32_t begin, std::uint32_t last,
                              double more) {
      for (auto i = begin; i < last; ++i) {
        const auto parent = static_cast<std::uint32_t>(random_.integer(parents, parents_end - 1));
        use(parent, i);
        const auto other = static_cast<std::uint32_t>(random_.integer(parents, parents_end - 1));
        if (other != parent && random_.chance(more)) use(other, i);
      }
    };
    add_tier(1, first_2, first_2, first_3, 0.3);
    add_tier(first_2, first_3, first_3, end, 0.3);
    need_.assign(end, 0);
    need_[0] = 1;
    for (std::uint32_t i = 0; i < end; ++i) {
      p_.recipes.push_back({i, inputs[i]});
      for (const auto& input : inputs[i]) need_[input.item] += need_[i] * input.quantity;
      tier_.push_back(tier(i));
      hours_.push_back(random_.uniform(0.2, 1.2) / std::sqrt(need_[i]));
      cost_.push_back((i == 0         ? 900
                       : tier(i) == 1 ? 250
                       : tier(i) == 2 ? 60
                                      : 15) *
                      random_.uniform(0.6, 1.6) / need_[i]);
      class_.push_back(static_cast<std::uint32_t>(random_.integer(0, size_.classes - 1)));
      p_.weight.push_back((tier(i) == 0 ? 20.0 : tier(i) == 1 ? 4.0 : 0.5) / need_[i]);
    }
    double unit = 0;
    for (std::uint32_t i = 0; i < end; ++i) {
      unit += cost_[i] * need_[i];
      p_.items[i].hold_cost = 0.002 * cost_[i];
    }
    p_.penalties = {.late = 0.02 * unit, .shortage = 2.5 * unit};
  }

  /// Each pool has one to three classes and makes some of their items; then hours are given so that each item's makers
  /// together have `capacity` times what it takes.
  void make_pools() {
    std::vector<std::vector<std::uint32_t>> of_class(size_.classes);
    for (std::uint32_t i = 0; i < p_.items.size(); ++i) of_class[class_[i]].push_back(i);
    std::vector<double> makers(p_.items.size());
    for (std::uint32_t k = 0; k < size_.pools; ++k) {
      const auto supplier = static_cast<std::uint32_t>(
          std::min<double>(size_.suppliers - 1, size_.suppliers * std::pow(random_.uniform(), 1.7)));
      const auto zone = static_cast<std::uint32_t>(random_.integer(0, size_.zones - 1));
      std::vector<std::uint32_t> able;
      for (auto classes = random_.integer(1, 3); classes > 0; --classes) {
        const auto& of = of_class[static_cast<std::size_t>(random_.integer(0, size_.classes - 1))];
        able.insert(able.end(), of.begin(), of.end());
      }
      std::sort(able.begin(), able.end());
      able.erase(std::unique(able.begin(), able.end()), able.end());
      if (able.empty())
        able.push_back(static_cast<std::uint32_t>(random_.integer(0, static_cast<std::int64_t>(p_.items.size()) - 1)));
      const double chance = size_.activities_per_pool / static_cast<double>(able.size());
      p_.pools.push_back({fmt::format("pool-{}", k), supplier, {}, {}, 0});
      std::vector<std::uint32_t> chosen;
      for (const auto item : able) {
        if (random_.chance(chance)) chosen.push_back(item);
      }
      if (chosen.empty())
        chosen.push_back(
            able[static_cast<std::size_t>(random_.integer(0, static_cast<std::int64_t>(able.size()) - 1))]);
      for (const auto item : chosen) add_activity(k, zone, item, makers);
    }
    guarantee_makers(makers);
    for (auto& pool : p_.pools) pool.hours.assign(size_.weeks, 0);
    for (const auto& activity : p_.activities) {
      const auto item = p_.recipes[activity.recipe].item;
      const double hours = size_.units * need_[item] * hours_[item] * size_.capacity / makers[item] / size_.weeks;
      for (auto& week : p_.pools[activity.pool].hours) week += hours;
    }
    for (auto& activity : p_.activities) {
      const double rate = p_.pools[activity.pool].hours[0] / activity.hours;
      activity.rate_max = rate;
      if (size_.activation_cost > 0) activity.activation_cost = size_.activation_cost * rate * activity.cost;
      if (size_.lot_weeks > 0 && activity.recipe % 3 == 0)
        activity.lot = std::max(1.0, std::floor(size_.lot_weeks * rate));
    }
    for (auto& pool : p_.pools) {
      const double spread = random_.uniform(0.7, 1.3);
      for (auto& week : pool.hours) week *= spread;
      if (random_.chance(0.3)) {
        for (const auto week : pool.hours) pool.overtime.push_back(0.25 * week);
        pool.overtime_cost = random_.uniform(5, 40);
      }
    }
  }

  void add_activity(std::uint32_t pool, std::uint32_t zone, std::uint32_t item, std::vector<double>& makers) {
    Activity a{.recipe = item, .pool = pool, .zone = zone};
    a.lead = tier_[item] == 3 ? static_cast<std::uint32_t>(random_.integer(0, 1)) : 1;
    a.hours = hours_[item] * random_.uniform(0.8, 1.3);
    a.cost = cost_[item] * random_.uniform(0.8, 1.4);
    a.yield = random_.uniform(0.93, 1);
    a.qualification = static_cast<std::uint32_t>(random_.integer(0, 2));
    a.ramp = static_cast<std::uint32_t>(random_.integer(1, 6));
    makers[item] += 1;
    p_.activities.push_back(a);
  }

  void guarantee_makers(std::vector<double>& makers) {
    for (std::uint32_t i = 0; i < p_.items.size(); ++i) {
      while (makers[i] < 2) {
        const auto pool = static_cast<std::uint32_t>(random_.integer(0, size_.pools - 1));
        add_activity(pool, static_cast<std::uint32_t>(random_.integer(0, size_.zones - 1)), i, makers);
      }
    }
  }

  void make_lanes() {
    for (std::uint32_t g = 0; g < size_.zones; ++g) {
      for (std::uint32_t h = 0; h < size_.zones; ++h) {
        if (g != h) p_.lanes.push_back({g, h, 1, random_.uniform(0.5, 2)});
      }
    }
  }

  /// Due evenly from a third of the horizon to its end.
  void make_demand() {
    const auto first = size_.weeks / 3;
    for (std::uint32_t g = 0; g < size_.zones; ++g) {
      for (auto t = first; t < size_.weeks; ++t)
        p_.demands.push_back({0, g, t, size_.units / size_.zones / (size_.weeks - first)});
    }
  }

  const SyntheticSize& size_;
  Random random_;
  Problem p_;
  std::vector<double> need_, hours_, cost_;
  std::vector<int> tier_;
  std::vector<std::uint32_t> class_;
};

}  // namespace

Problem synthetic_problem(const SyntheticSize& size, std::uint64_t seed) { return Maker{size, seed}.make(); }

}  // namespace hanse::optimiser::allocation
