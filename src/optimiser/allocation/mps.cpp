#include "optimiser/allocation/mps.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <map>

namespace hanse::optimiser::allocation {
namespace {

class Writer {
 public:
  explicit Writer(const Problem& problem) : p_(problem) {}

  std::string write() {
    right_hand_sides();
    activities();
    flows();
    needs();
    limits_below();
    std::string out = "NAME allocation\nROWS\n N cost\n";
    for (const auto& [row, type] : rows_) out += fmt::format(" {} {}\n", type, row);
    out += "COLUMNS\n" + columns_ + "RHS\n";
    for (const auto& [row, value] : rhs_) {
      if (value != 0) out += fmt::format(" rhs {} {:.17g}\n", row, value);
    }
    return out + "BOUNDS\n" + bounds_ + "ENDATA\n";
  }

 private:
  std::string balance(std::uint32_t item, std::uint32_t zone, std::uint32_t week) const {
    return fmt::format("b{}_{}_{}", item, zone, week);
  }
  void entry(const std::string& column, const std::string& row, double value) {
    if (value != 0) columns_ += fmt::format(" {} {} {:.17g}\n", column, row, value);
  }
  void most(const std::string& column, double value) {
    if (std::isfinite(value)) bounds_ += fmt::format(" UP bnd {} {:.17g}\n", column, value);
  }

  /// stock before + what comes - what goes - stock after >= -given
  void right_hand_sides() {
    std::map<std::string, double> given;
    for (const auto& s : p_.stocks) {
      if (s.week < p_.weeks) given[balance(s.item, s.zone, s.week)] += s.quantity;
    }
    for (std::uint32_t i = 0; i < p_.items.size(); ++i) {
      for (std::uint32_t g = 0; g < p_.zones; ++g) {
        for (std::uint32_t t = 0; t < p_.weeks; ++t) {
          const auto row = balance(i, g, t);
          rows_.emplace_back(row, 'G');
          if (const auto found = given.find(row); found != given.end()) rhs_.emplace_back(row, -found->second);
        }
      }
    }
    for (std::size_t k = 0; k < p_.pools.size(); ++k) {
      for (std::uint32_t t = 0; t < p_.weeks; ++t) {
        rows_.emplace_back(fmt::format("k{}_{}", k, t), 'L');
        rhs_.emplace_back(fmt::format("k{}_{}", k, t), p_.pools[k].hours[t]);
      }
    }
    for (std::size_t l = 0; l < p_.limits.size(); ++l) {
      if (std::isfinite(p_.limits[l].max)) {
        rows_.emplace_back(fmt::format("m{}", l), 'L');
        rhs_.emplace_back(fmt::format("m{}", l), p_.limits[l].max);
      }
      if (p_.limits[l].min > 0) {
        rows_.emplace_back(fmt::format("n{}", l), 'G');
        rhs_.emplace_back(fmt::format("n{}", l), p_.limits[l].min);
      }
      for (const auto& term : p_.limits[l].terms) limits_of_[term.activity].emplace_back(l, term.weight);
    }
  }

  void activities() {
    for (std::uint32_t e = 0; e < p_.activities.size(); ++e) {
      const auto& a = p_.activities[e];
      const auto& pool = p_.pools[a.pool];
      std::vector<double> limit(p_.weeks);
      double possible = 0;
      for (std::uint32_t t = 0; t < p_.weeks && t + a.lead < p_.weeks; ++t) {
        limit[t] =
            std::min(rate_limit(a, t), (pool.hours[t] + (pool.overtime.empty() ? 0 : pool.overtime[t])) / a.hours);
        possible += limit[t];
      }
      for (std::uint32_t t = 0; t < p_.weeks; ++t) {
        if (limit[t] <= 0) continue;
        const auto column = fmt::format("x{}_{}", e, t);
        entry(column, "cost", a.cost + a.activation_cost / possible);
        entry(column, balance(p_.recipes[a.recipe].item, a.zone, t + a.lead), a.yield);
        std::map<std::uint32_t, double> used;
        for (const auto& input : p_.recipes[a.recipe].inputs) used[input.item] += input.quantity;
        for (const auto& [item, quantity] : used) entry(column, balance(item, a.zone, t), -quantity);
        entry(column, fmt::format("k{}_{}", a.pool, t), a.hours);
        for (const auto& [l, weight] : limits_of_[e]) {
          if (std::isfinite(p_.limits[l].max)) entry(column, fmt::format("m{}", l), weight);
          if (p_.limits[l].min > 0) entry(column, fmt::format("n{}", l), weight);
        }
        most(column, limit[t]);
      }
    }
    for (std::size_t k = 0; k < p_.pools.size(); ++k) {
      for (std::uint32_t t = 0; t < p_.weeks && !p_.pools[k].overtime.empty(); ++t) {
        const auto column = fmt::format("o{}_{}", k, t);
        entry(column, "cost", p_.pools[k].overtime_cost);
        entry(column, fmt::format("k{}_{}", k, t), -1);
        most(column, p_.pools[k].overtime[t]);
      }
    }
  }

  void flows() {
    for (std::uint32_t i = 0; i < p_.items.size(); ++i) {
      for (std::uint32_t g = 0; g < p_.zones; ++g) {
        for (std::uint32_t t = 0; t < p_.weeks; ++t) {
          const auto column = fmt::format("s{}_{}_{}", i, g, t);
          entry(column, "cost", p_.items[i].hold_cost);
          entry(column, balance(i, g, t), -1);
          if (t + 1 < p_.weeks) entry(column, balance(i, g, t + 1), 1);
        }
      }
      for (std::size_t l = 0; l < p_.lanes.size(); ++l) {
        const auto& lane = p_.lanes[l];
        for (std::uint32_t t = 0; lane.from != lane.to && t + lane.lead < p_.weeks; ++t) {
          const auto column = fmt::format("f{}_{}_{}", i, l, t);
          entry(column, "cost", lane.cost * (p_.weight.empty() ? 1 : p_.weight[i]));
          entry(column, balance(i, lane.from, t), -1);
          entry(column, balance(i, lane.to, t + lane.lead), 1);
        }
      }
    }
    for (std::size_t w = 0; w < p_.purchases.size(); ++w) {
      const auto& purchase = p_.purchases[w];
      for (std::uint32_t t = 0; t + purchase.lead < p_.weeks; ++t) {
        const auto column = fmt::format("w{}_{}", w, t);
        entry(column, "cost", purchase.cost);
        entry(column, balance(purchase.item, purchase.zone, t + purchase.lead), 1);
        most(column, purchase.weekly_max);
      }
    }
  }

  void needs() {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<double>> due;
    for (const auto& d : p_.demands) {
      auto& weeks = due[{d.item, d.zone}];
      weeks.resize(p_.weeks);
      weeks[d.week] += d.quantity;
    }
    for (const auto& [where, weeks] : due) {
      for (std::uint32_t t = 0; t < p_.weeks; ++t) {
        const auto name = fmt::format("{}_{}_{}", where.first, where.second, t);
        rows_.emplace_back("d" + name, 'G');
        rhs_.emplace_back("d" + name, weeks[t]);
        entry("v" + name, balance(where.first, where.second, t), -1);
        entry("v" + name, "d" + name, 1);
        entry("l" + name, "cost", p_.penalties.late + (t + 1 == p_.weeks ? p_.penalties.shortage : 0));
        entry("l" + name, "d" + name, 1);
        if (t + 1 < p_.weeks) entry("l" + name, fmt::format("d{}_{}_{}", where.first, where.second, t + 1), -1);
      }
    }
  }

  void limits_below() {
    for (std::size_t l = 0; l < p_.limits.size(); ++l) {
      if (p_.limits[l].min <= 0) continue;
      entry(fmt::format("u{}", l), "cost", p_.limits[l].min_penalty);
      entry(fmt::format("u{}", l), fmt::format("n{}", l), 1);
    }
  }

  const Problem& p_;
  std::vector<std::pair<std::string, char>> rows_;
  std::vector<std::pair<std::string, double>> rhs_;
  std::map<std::uint32_t, std::vector<std::pair<std::size_t, double>>> limits_of_;
  std::string columns_, bounds_;
};

}  // namespace

std::string to_mps(const Problem& problem) { return Writer{problem}.write(); }

}  // namespace hanse::optimiser::allocation
