#pragma once

#include <functional>
#include <vector>

#include "optimiser/allocation/internal/prices.hpp"
#include "optimiser/allocation/internal/team.hpp"

namespace hanse::optimiser::allocation::internal {

/// Primal and dual together by a restarted primal-dual hybrid gradient method (Chambolle and Pock 2011; restarts and
/// primal weight as in PDLP, Applegate et al. 2021), without a matrix: activities of one recipe and zone see the same
/// prices. The hours of a pool are no rows with a price; each step projects onto them exactly, which leaves some 10^4
/// prices where there would be 10^6, and hours are kept at every moment.
class Saddle {
 public:
  Saddle(const Model& model, std::size_t threads);

  void start_from(const State& state);
  void start_from(const Prices& prices);
  void iterate(std::size_t iterations);
  /// Continues from the mean since the last restart, and balances the two steps.
  void restart();

  State mean_state() const;
  Prices mean_prices() const;
  Prices last_prices() const;
  double weight() const { return weight_; }

 private:
  struct Part {  ///< A thread's own sums.
    std::vector<float> used, made;
  };
  void step_pools(std::size_t thread);
  void step_pool(std::size_t pool, Part& part, float* scratch);
  void step_items(std::size_t thread);
  void step_dues();
  void step_prices(std::size_t thread);
  void step_rows();

  const Model& m_;
  Team team_;
  double weight_ = 1, usual_weight_ = 1;
  std::size_t since_restart_ = 0;
  // Primal: state and its sum since the restart; `net_` is what a step adds to each balance, extrapolated.
  std::vector<float> made_, made_sum_, moved_, moved_sum_, bought_, bought_sum_, delivered_, delivered_sum_, stock_,
      stock_sum_, backlog_, backlog_sum_;
  std::vector<float> net_, due_net_;
  // Dual.
  std::vector<float> price_, price_sum_, due_price_, due_price_sum_, over_, over_sum_, under_, under_sum_;
  std::vector<float> input_price_, side_cost_, row_value_;
  std::vector<float> sigma_, due_sigma_, row_sigma_;
  std::vector<Part> parts_;
  std::vector<float> anchor_made_, anchor_price_;  ///< At the last restart.
};

}  // namespace hanse::optimiser::allocation::internal
