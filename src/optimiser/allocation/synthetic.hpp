#pragma once

#include <cstdint>

#include "optimiser/allocation/problem.hpp"

namespace hanse::optimiser::allocation {

/// The measures of a made-up network, as large as the real ones: for benchmarks, tests and comparisons.
struct SyntheticSize {
  std::uint32_t weeks = 14, zones = 6, suppliers = 1'500, pools = 60'000, classes = 40;
  std::uint32_t tier_1 = 9, tier_2 = 40, tier_3 = 100;  ///< Items below the one finished good.
  double activities_per_pool = 2.25;
  double units = 10'000;
  double capacity = 3;         ///< Hours there are, over hours needed, before ramp and lead times.
  double activation_cost = 0;  ///< Times the activity's cost of a week.
  double lot_weeks = 0;        ///< Share of a week's rate that is a lot, for a third of the activities.
};

/// Same size and seed, same problem.
Problem synthetic_problem(const SyntheticSize& size, std::uint64_t seed);

}  // namespace hanse::optimiser::allocation
