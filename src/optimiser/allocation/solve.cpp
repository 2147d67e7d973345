#include "optimiser/allocation/solve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "optimiser/allocation/internal/saddle.hpp"
#include "optimiser/allocation/internal/simulate.hpp"

namespace hanse::optimiser::allocation {
namespace {

using internal::Model;
using internal::Prices;
using internal::Saddle;
using internal::State;

constexpr std::size_t kRestartFirst = 100, kRestartLast = 400;
constexpr double kCrumb = 5e-4;       ///< Of the weekly need: less isn't worth an order of its own.
constexpr double kPricesShare = 0.5;  ///< Of the budget goes into prices of everybody, the rest into ever fewer.
constexpr std::size_t kThinIterations = 150;
constexpr int kThinPatience = 3;
constexpr double kThinFirst = 0.2, kThinMost = 2, kThinLeast = 0.02;
constexpr double kPlanShareOfTime = 0.2;  ///< Of the time goes into plans, the rest into prices.

class Solver {
 public:
  Solver(const Problem& problem, const SolveOptions& options)
      : model_(problem), options_(options), best_(model_), best_prices_(model_), begin_(now()) {}

  Solution run() {
    if (options_.start) offer(to_state(model_, *options_.start));
    first_plan();
    start_prices();
    Saddle saddle{thin_, std::max<std::size_t>(1, options_.threads)};
    saddle.start_from(best_prices_);
    saddle.start_from(best_);
    std::size_t length = kRestartFirst;
    while (!done() && !(to_thin() && spent() >= kPricesShare)) {
      saddle.iterate(std::min<std::uint64_t>(length, options_.iterations_max - iterations_));
      iterations_ += length;
      try_prices(saddle.mean_prices());
      try_prices(saddle.last_prices());
      blend(saddle.mean_prices());
      if (worth_planning()) plan_from(saddle.mean_state());
      saddle.restart();
      length = std::min(kRestartLast, length + 50);
      report();
    }
    if (!planned_last_) plan_from(saddle.mean_state());
    if (to_thin()) thin_out(saddle);
    return finish();
  }

 private:
  /// Less what single precision may have added.
  static double safe(double bound) { return bound - 1e-6 * std::abs(bound); }
  double now() const { return options_.elapsed_s ? options_.elapsed_s() : 0; }
  double gap() const { return value_ <= 0 ? 0 : std::max(0.0, (value_ - bound_) / value_); }
  bool done() const {
    if (iterations_ >= options_.iterations_max || gap() <= options_.gap_target) return true;
    if (options_.stopped && options_.stopped()) return true;
    return now() - begin_ >= options_.seconds_max;
  }

  void first_plan() {
    State state = push(model_);
    if (!model_.markets.empty()) {
      State with_market = push_with_market(model_, state);
      trim(model_, with_market);
      offer(std::move(with_market));
    }
    trim(model_, state);
    offer(std::move(state));
    first_s_ = now() - begin_;
    report();
  }

  void offer(State state) {
    const double value = value_of(model_, state);
    if (!(value < value_)) return;
    value_ = value;
    best_ = std::move(state);
  }

  /// Without better knowledge an item costs what it costs to make when hours are free.
  void start_prices() {
    if (options_.start_prices && options_.start_prices->items.size() == model_.places() * model_.weeks) {
      for (std::size_t q = 0; q < model_.places(); ++q) {
        for (std::uint32_t t = 0; t < model_.weeks; ++t) {
          best_prices_.item[q * model_.padded + t] = static_cast<float>(
              options_.start_prices->items[q * model_.weeks + t] * model_.set[q / model_.zones] / model_.money);
        }
      }
      for (std::size_t r = 0; r < model_.rows.size() && r < options_.start_prices->over.size(); ++r) {
        best_prices_.over[r] = static_cast<float>(options_.start_prices->over[r] / model_.money);
        best_prices_.under[r] = static_cast<float>(options_.start_prices->under[r] / model_.money);
      }
    } else {
      std::vector<double> cost(model_.items, 0);
      for (const auto item : model_.raw_first) {
        double best = std::numeric_limits<double>::infinity();
        for (const auto recipe : model_.recipes_of[item]) {
          double inputs = 0;
          for (const auto& need : model_.inputs[recipe]) inputs += need.quantity * cost[need.item];
          for (std::uint32_t g = 0; g < model_.zones; ++g) {
            const auto& members = model_.group_members[recipe * model_.zones + g];
            if (!members.empty()) best = std::min(best, inputs + model_.cost[members[members.size() / 2]]);
          }
        }
        cost[item] = std::isfinite(best) ? std::min(best, 1.0) : 0;
        for (auto q = item * model_.zones; q < (item + 1) * model_.zones; ++q) {
          std::fill_n(best_prices_.item.begin() + static_cast<std::ptrdiff_t>(q * model_.padded), model_.weeks,
                      static_cast<float>(cost[item]));
        }
      }
    }
    auto prices = best_prices_;
    project(model_, prices);
    bound_ = std::max(0.0, safe(bound(model_, prices)));  // Every cost is one, so zero is a bound, too.
  }

  void try_prices(Prices prices) {
    project(model_, prices);
    const double value = safe(bound(model_, prices));
    if (value <= bound_) return;
    bound_ = value;
    best_prices_ = std::move(prices);
  }

  /// The bound is concave in the prices: between the best and the new ones may be better ones.
  void blend(const Prices& fresh) {
    for (const double part : {0.3, 0.6}) {
      Prices between = best_prices_;
      const auto mix = [part](std::vector<float>& into, const std::vector<float>& other) {
        for (std::size_t i = 0; i < into.size(); ++i) into[i] += static_cast<float>(part) * (other[i] - into[i]);
      };
      mix(between.item, fresh.item);
      mix(between.over, fresh.over);
      mix(between.under, fresh.under);
      try_prices(std::move(between));
    }
  }

  /// Where a first part costs something, few makers with much are better than many with crumbs.
  bool to_thin() const { return options_.whole && activations_; }
  double spent() const {
    const double iterations = static_cast<double>(iterations_) / static_cast<double>(options_.iterations_max);
    return options_.elapsed_s ? std::max(iterations, (now() - begin_) / options_.seconds_max) : iterations;
  }

  /// Fix and optimise: activities that are open for little are closed in the model that the prices are found for, so
  /// that others move into their place; what made the plan worse is opened again and less is closed the next time.
  void thin_out(Saddle& saddle) {
    std::vector<std::uint8_t> closed(model_.count), kept(model_.count);
    double share = kThinFirst;
    int worse = 0;
    const auto crumb = static_cast<float>(kCrumb * model_.demand_total / model_.weeks);
    while (!done() && share >= kThinLeast && share <= kThinMost) {
      if (worse == 0) {
        auto next = close_more(closed, saddle.mean_state(), share);
        if (next == closed) {
          share *= 1.5;
          continue;
        }
        closed = std::move(next);
        close_in(closed);
      }
      saddle.iterate(std::min<std::uint64_t>(kThinIterations, options_.iterations_max - iterations_));
      iterations_ += kThinIterations;
      try_prices(saddle.mean_prices());
      const auto mean = saddle.mean_state();
      State state = carry_out(model_, mean, closed, crumb);
      trim(model_, state);
      if (value_of(model_, state) < value_) {
        offer(std::move(state));
        kept = closed;
        worse = 0;
      } else if (++worse >= kThinPatience) {
        closed = kept;
        close_in(closed);
        share *= 0.6;
        worse = 0;
      }
      saddle.restart();
      report();
    }
  }

  void close_in(const std::vector<std::uint8_t>& closed) {
    for (std::size_t e = 0; e < model_.count; ++e) {
      for (std::uint32_t t = 0; t < model_.weeks; ++t)
        thin_.most[e * model_.weeks + t] = closed[e] ? 0 : model_.most[e * model_.weeks + t];
    }
  }

  /// Closes what makes less than `share` of what the open makers of its item make on average, the smallest first, as
  /// long as those that stay could make it all.
  std::vector<std::uint8_t> close_more(std::vector<std::uint8_t> closed, const State& wishes, double share) const {
    std::vector<double> volume(model_.count), total(model_.items), able(model_.items);
    std::vector<std::size_t> open(model_.items);
    std::vector<std::uint32_t> order;
    for (std::uint32_t e = 0; e < model_.count; ++e) {
      if (closed[e]) continue;
      double possible = 0;
      for (std::uint32_t t = 0; t < model_.weeks; ++t) {
        volume[e] += wishes.made[e * model_.weeks + t];
        possible += model_.most[e * model_.weeks + t];
      }
      const auto item = model_.place[e] / model_.zones;
      total[item] += volume[e];
      able[item] += possible;
      ++open[item];
      order.push_back(e);
    }
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return volume[a] < volume[b]; });
    for (const auto e : order) {
      const auto item = model_.place[e] / model_.zones;
      if (open[item] <= 1 || volume[e] > share * total[item] / static_cast<double>(open[item])) continue;
      double possible = 0;
      for (std::uint32_t t = 0; t < model_.weeks; ++t) possible += model_.most[e * model_.weeks + t];
      if (able[item] - possible < 1.5 * total[item]) continue;
      able[item] -= possible;
      --open[item];
      closed[e] = 1;
    }
    return closed;
  }

  bool worth_planning() const {
    if (!options_.elapsed_s) return true;
    return planning_s_ <= kPlanShareOfTime * (now() - begin_);
  }

  void plan_from(const State& wishes) {
    const double begin = now();
    State state = carry_out(model_, wishes);
    trim(model_, state);
    offer(std::move(state));
    if (options_.whole) close_the_small(wishes);
    planning_s_ += now() - begin;
    planned_last_ = true;
  }

  /// Activities that would be opened for little stay closed; others of their group take over. The threshold moves with
  /// what helped before.
  void close_the_small(const State& wishes) {
    std::vector<std::uint8_t> closed(model_.count);
    bool any = false;
    for (std::size_t e = 0; e < model_.count; ++e) {
      const auto& activity = model_.problem.activities[model_.original[e]];
      if (activity.activation_cost <= 0) continue;
      double volume = 0, possible = 0;
      for (std::uint32_t t = 0; t < model_.weeks; ++t) {
        volume += wishes.made[e * model_.weeks + t];
        possible += model_.most[e * model_.weeks + t];
      }
      closed[e] = volume < threshold_ * possible;
      any = any || (closed[e] && volume > 0);
    }
    if (!any) return;
    const auto crumb = static_cast<float>(kCrumb * model_.demand_total / model_.weeks);
    State state = carry_out(model_, wishes, closed, crumb);
    trim(model_, state);
    const double value = value_of(model_, state);
    threshold_ = value < value_ ? std::min(0.5, threshold_ * 1.3) : std::max(0.01, threshold_ * 0.7);
    offer(std::move(state));
  }

  void report() {
    planned_last_ = planned_last_ && done();
    if (options_.progress) {
      options_.progress({now() - begin_, value_ * model_.money, bound_ * model_.money, gap(), iterations_});
    }
  }

  Solution finish() {
    Solution out;
    out.plan = to_plan(model_, best_);
    out.measures = check(model_.problem, out.plan).measures;
    out.value = out.measures.total();
    out.bound = std::min(bound_ * model_.money, out.value);
    out.gap = out.value <= 0 ? 0 : (out.value - out.bound) / out.value;
    out.status = out.gap <= 1e-4 ? Status::optimal : Status::feasible;
    out.first_s = first_s_;
    out.seconds = now() - begin_;
    out.iterations = iterations_;
    auto prices = best_prices_;
    project(model_, prices);
    bound(model_, prices, &out.prices.rents);
    for (auto& rent : out.prices.rents) rent *= static_cast<float>(model_.money);
    for (std::size_t q = 0; q < model_.places(); ++q) {
      for (std::uint32_t t = 0; t < model_.weeks; ++t) {
        out.prices.items.push_back(
            static_cast<float>(prices.item[q * model_.padded + t] * model_.money / model_.set[q / model_.zones]));
      }
    }
    for (std::size_t r = 0; r < model_.rows.size(); ++r) {
      out.prices.over.push_back(static_cast<float>(prices.over[r] * model_.money));
      out.prices.under.push_back(static_cast<float>(prices.under[r] * model_.money));
    }
    return out;
  }

  const Model model_;
  Model thin_ = model_;  ///< Without what is closed.
  const SolveOptions& options_;
  State best_;
  Prices best_prices_;
  double value_ = std::numeric_limits<double>::infinity(), bound_ = 0;
  double begin_ = 0, first_s_ = 0, planning_s_ = 0;
  double threshold_ = 0.05;
  std::uint64_t iterations_ = 0;
  bool planned_last_ = false;
  const bool activations_ =
      std::any_of(model_.problem.activities.begin(), model_.problem.activities.end(),
                  [](const Activity& activity) { return activity.activation_cost > 0 || activity.lot > 0; });
};

}  // namespace

Result<Solution> solve(const Problem& problem, const SolveOptions& options) {
  HANSE_CHECK(validate(problem));
  return Solver{problem, options}.run();
}

}  // namespace hanse::optimiser::allocation
