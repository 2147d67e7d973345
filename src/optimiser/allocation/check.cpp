#include "optimiser/allocation/check.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <map>

namespace hanse::optimiser::allocation {
namespace {

constexpr double kTolerance = 1e-6;
constexpr std::size_t kViolationsMax = 100;

class Checker {
 public:
  Checker(const Problem& problem, const Plan& plan) : p_(problem), plan_(plan) {}

  Checked run() {
    if (!positions_exist()) return std::move(out_);
    placements();
    movements();
    deliveries();
    balances();
    limits();
    return std::move(out_);
  }

 private:
  void violation(std::string text) {
    if (out_.violations.size() < kViolationsMax) out_.violations.push_back(std::move(text));
  }
  static bool over(double value, double most, double size) { return value > most + kTolerance * std::max(1.0, size); }
  std::size_t place(std::uint32_t item, std::uint32_t zone) const { return std::size_t{item} * p_.zones + zone; }

  bool positions_exist() {
    const auto number = [](double quantity) { return std::isfinite(quantity) && quantity >= 0; };
    for (const auto& x : plan_.placements) {
      if (x.activity >= p_.activities.size() || x.week >= p_.weeks || !number(x.quantity))
        violation("a placement names what isn't there or no quantity");
    }
    for (const auto& f : plan_.shipments) {
      if (f.item >= p_.items.size() || f.lane >= p_.lanes.size() || f.week >= p_.weeks || !number(f.quantity))
        violation("a shipment names what isn't there or no quantity");
    }
    for (const auto& w : plan_.bought) {
      if (w.purchase >= p_.purchases.size() || w.week >= p_.weeks || !number(w.quantity))
        violation("a purchase names what isn't there or no quantity");
    }
    for (const auto& v : plan_.deliveries) {
      if (v.item >= p_.items.size() || v.zone >= p_.zones || v.week >= p_.weeks || !number(v.quantity))
        violation("a delivery names what isn't there or no quantity");
    }
    return out_.violations.empty();
  }

  void add(std::uint32_t item, std::uint32_t zone, std::uint32_t week, double quantity) {
    if (week >= p_.weeks) return;  // Comes too late to matter.
    net_[place(item, zone) * p_.weeks + week] += quantity;
    flow_[place(item, zone)] += std::abs(quantity);
  }

  /// Rates, lots, hours and overtime; puts what is made and used into the balances.
  void placements() {
    net_.assign(p_.items.size() * p_.zones * p_.weeks, 0);
    flow_.assign(p_.items.size() * p_.zones, 0);
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> started;
    for (const auto& x : plan_.placements) started[{x.activity, x.week}] += x.quantity;
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> hours;
    std::map<std::uint32_t, double> volume;
    for (const auto& [where, quantity] : started) {
      const auto& [e, week] = where;
      const auto& activity = p_.activities[e];
      const auto& recipe = p_.recipes[activity.recipe];
      double most = 0;
      if (week >= activity.from && week < activity.until && week >= activity.qualification) {
        const double weeks_running = week - activity.qualification + 1.0;
        most = activity.rate_max * (weeks_running >= activity.ramp + 1.0 ? 1.0 : weeks_running / (activity.ramp + 1.0));
      }
      if (over(quantity, most, quantity))
        violation(fmt::format("activity {} starts {} in week {}, at most {} are possible", e, quantity, week, most));
      if (activity.lot > 0) {
        const double lots = quantity / activity.lot;
        if (std::abs(lots - std::round(lots)) > kTolerance * std::max(1.0, lots)) {
          violation(fmt::format("activity {} starts {} in week {}, which is no multiple of {}", e, quantity, week,
                                activity.lot));
        }
      }
      hours[{activity.pool, week}] += quantity * activity.hours;
      volume[e] += quantity;
      out_.measures.making += quantity * activity.cost;
      for (const auto& input : recipe.inputs) add(input.item, activity.zone, week, -quantity * input.quantity);
      add(recipe.item, activity.zone, week + activity.lead, quantity * activity.yield);
    }
    for (const auto& [e, quantity] : volume) {
      if (quantity > 0) out_.measures.activation += p_.activities[e].activation_cost;
    }
    for (const auto& [where, used] : hours) {
      const auto& pool = p_.pools[where.first];
      const double usual = pool.hours[where.second];
      const double most = usual + (pool.overtime.empty() ? 0 : pool.overtime[where.second]);
      if (over(used, most, used))
        violation(fmt::format("pool '{}' works {} hours in week {}, has {}", pool.id, used, where.second, most));
      out_.measures.overtime += std::max(0.0, used - usual) * pool.overtime_cost;
    }
  }

  void movements() {
    for (const auto& f : plan_.shipments) {
      const auto& lane = p_.lanes[f.lane];
      add(f.item, lane.from, f.week, -f.quantity);
      add(f.item, lane.to, f.week + lane.lead, f.quantity);
      out_.measures.transport += f.quantity * lane.cost * (p_.weight.empty() ? 1 : p_.weight[f.item]);
    }
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> bought;
    for (const auto& w : plan_.bought) {
      const auto& purchase = p_.purchases[w.purchase];
      const double sum = bought[{w.purchase, w.week}] += w.quantity;
      if (over(sum, purchase.weekly_max, sum))
        violation(
            fmt::format("purchase {} takes {} in week {}, at most {}", w.purchase, sum, w.week, purchase.weekly_max));
      add(purchase.item, purchase.zone, w.week + purchase.lead, w.quantity);
      out_.measures.market += w.quantity * purchase.cost;
    }
    for (const auto& s : p_.stocks) add(s.item, s.zone, s.week, s.quantity);
  }

  void deliveries() {
    std::map<std::size_t, std::vector<double>> due, given;
    const auto row = [&](auto& rows, std::uint32_t item, std::uint32_t zone) -> std::vector<double>& {
      auto& values = rows[place(item, zone)];
      values.resize(p_.weeks);
      return values;
    };
    for (const auto& d : p_.demands) row(due, d.item, d.zone)[d.week] += d.quantity;
    for (const auto& v : plan_.deliveries) {
      row(given, v.item, v.zone)[v.week] += v.quantity;
      row(due, v.item, v.zone);
      add(v.item, v.zone, v.week, -v.quantity);
    }
    for (const auto& [where, dues] : due) {
      double backlog = 0, sum = 0;
      const auto* deliveries = given.contains(where) ? &given.at(where) : nullptr;
      for (std::uint32_t t = 0; t < p_.weeks; ++t) {
        sum += dues[t];
        backlog += dues[t] - (deliveries ? (*deliveries)[t] : 0);
        if (deliveries) out_.measures.units_delivered += (*deliveries)[t];
        if (backlog < -kTolerance * std::max(1.0, sum))
          violation(fmt::format("item {} is delivered {} early or too much in week {}", where / p_.zones, -backlog, t));
        out_.measures.unit_weeks_late += std::max(0.0, backlog);
      }
      out_.measures.units_due += sum;
      out_.measures.shortage += std::max(0.0, backlog) * p_.penalties.shortage;
    }
    out_.measures.late = out_.measures.unit_weeks_late * p_.penalties.late;
  }

  void balances() {
    for (std::uint32_t i = 0; i < p_.items.size(); ++i) {
      for (std::uint32_t g = 0; g < p_.zones; ++g) {
        double stock = 0;
        for (std::uint32_t t = 0; t < p_.weeks; ++t) {
          stock += net_[place(i, g) * p_.weeks + t];
          if (stock < -kTolerance * std::max(1.0, flow_[place(i, g)])) {
            violation(fmt::format("item '{}' lacks {} in zone {} in week {}", p_.items[i].id, -stock, g, t));
          }
          out_.measures.stock += std::max(0.0, stock) * p_.items[i].hold_cost;
        }
      }
    }
  }

  void limits() {
    std::map<std::uint32_t, double> volume;
    for (const auto& x : plan_.placements) volume[x.activity] += x.quantity;
    for (const auto& limit : p_.limits) {
      double sum = 0;
      for (const auto& term : limit.terms) {
        if (const auto found = volume.find(term.activity); found != volume.end()) sum += term.weight * found->second;
      }
      if (over(sum, limit.max, sum)) violation(fmt::format("'{}' is {}, at most {}", limit.id, sum, limit.max));
      out_.measures.agreements += std::max(0.0, limit.min - sum) * limit.min_penalty;
    }
  }

  const Problem& p_;
  const Plan& plan_;
  std::vector<double> net_, flow_;
  Checked out_;
};

}  // namespace

Checked check(const Problem& problem, const Plan& plan) { return Checker{problem, plan}.run(); }

}  // namespace hanse::optimiser::allocation
