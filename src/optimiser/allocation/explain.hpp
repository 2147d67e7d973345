#pragma once

#include <string>
#include <vector>

#include "optimiser/allocation/solve.hpp"

namespace hanse::optimiser::allocation {

/// One step of the longest way to the first unit, finished good first.
struct ChainLink {
  std::uint32_t item = 0, zone = 0;
  std::int64_t activity = -1;       ///< -1: from stock or the market.
  std::uint32_t start_week = 0;     ///< When it is started (or ordered) at the earliest,
  std::uint32_t ready_week = 0;     ///< and there where it is used, with transport.
  std::uint32_t qualification = 0;  ///< Weeks of the start that are qualification.
};

/// The path without slack from the first finished unit of `item` down to raw material: by lead times, qualification and
/// lanes, hours apart. Empty when the item can't be made within the horizon.
std::vector<ChainLink> critical_chain(const Problem& problem, std::uint32_t item);

/// What the hours of everybody who makes an item (and what the market has of it) are worth to the plan.
struct Bottleneck {
  std::uint32_t item = 0;
  double rent = 0;                   ///< By the prices of the bound: for ranking only.
  std::vector<std::uint32_t> weeks;  ///< In which hours are dear.
  double hours_used_share = 0;       ///< Of the hours there are in those weeks.
  // By a second solve with a tenth more for all its makers and sellers:
  bool verified = false;
  double saving = 0;      ///< Money.
  double units_more = 0;  ///< Delivered by the end of the horizon.
  double unit_weeks_earlier = 0;
};

/// The `count` items whose makers' hours are worth most, each verified by solving again (warm, `options` as the budget
/// of each), because a price of a degenerate plan says nothing about one more hour.
std::vector<Bottleneck> bottlenecks(const Problem& problem, const Solution& solution, std::size_t count,
                                    const SolveOptions& options);

/// One way to have what a placement makes, with what each part of its price is.
struct Alternative {
  std::uint32_t activity = 0;
  double own_cost = 0, inputs = 0, hours = 0;  ///< Per unit; `hours` is the rent of the pool's hours.
  double free = 0;                             ///< Units that could still be started in that week.
  double total() const { return own_cost + inputs + hours; }
};
/// The placement's own price first, then the three cheapest others of the same item, zone and start week.
std::vector<Alternative> why(const Problem& problem, const Solution& solution, const Placement& placement);

/// At which unit cost a member's activity would be used in the plan; negative when its hours are worth nothing anyhow.
double used_at_unit_cost(const Problem& problem, const Solution& solution, std::uint32_t activity);

}  // namespace hanse::optimiser::allocation
