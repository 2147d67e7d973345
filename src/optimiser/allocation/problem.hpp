#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/result.hpp"

// What is to be allocated: needs over weeks and zones, everything that can make the items on the way to them, and what
// limits that. Plain values; things refer to one another by position in the problem's lists. Quantities are units of an
// item, money is the network's currency, time is weeks from the start of the plan.
//
// The model (B1 of the planning fact sheet), for plans x (units started), f (shipped), w (bought), v (delivered):
//   stock[i,g,t] = stock[i,g,t-1] + given + sum yield x[e,t-lead] + f in - f out + w - sum a x[e',t] - v[i,g,t] >= 0
//   sum hours x[e,t] <= hours[k,t] + overtime[k,t];   x[e,t] <= rate_e(t), 0 before qualification, rising over the ramp
//   backlog[d,t] = backlog[d,t-1] + due[d,t] - v[d,t] >= 0;   x in whole lots where there are any;   limits on sums of
//   x
// A first part costs `activation_cost` once. Activating at week 0 is never worse, so a plan says only whether.

namespace hanse::optimiser::allocation {

inline constexpr double kUnlimited = std::numeric_limits<double>::infinity();

/// A finished product, assembly, component or raw material.
struct Item {
  std::string id;
  double hold_cost = 0;  ///< Per unit and week in stock.
};

struct Input {
  std::uint32_t item = 0;
  double quantity = 1;  ///< Units per unit made, with scrap.
};

/// One way to make an item; alternatives are further recipes of the same item.
struct Recipe {
  std::uint32_t item = 0;
  std::vector<Input> inputs;
};

/// Hours that activities share: machines or people at one place.
struct Pool {
  std::string id;
  std::uint32_t supplier = 0;
  std::vector<double> hours;     ///< A week; as many as the problem has weeks.
  std::vector<double> overtime;  ///< More hours a week; empty for none.
  double overtime_cost = 0;      ///< Per hour, beside the activity's own cost.
};

/// A supplier's way to make an item by a recipe at one place, after matching.
struct Activity {
  std::uint32_t recipe = 0, pool = 0, zone = 0;
  std::uint32_t lead = 0;           ///< Weeks from start to the goods being there.
  double hours = 1;                 ///< Of the pool per unit started; > 0.
  double cost = 0;                  ///< Per unit started.
  double yield = 1;                 ///< Good units per unit started, in (0, 1].
  double rate_max = kUnlimited;     ///< Units a week at full rate.
  std::uint32_t qualification = 0;  ///< Weeks before the first start.
  std::uint32_t ramp = 0;      ///< Weeks from the first start to full rate, linear: 1/(ramp+1), 2/(ramp+1), ..., 1.
  double activation_cost = 0;  ///< Once, when anything is started.
  double lot = 0;              ///< Units come in multiples of it; 0: any quantity.
  std::uint32_t
      from = 0,
      until = std::numeric_limits<std::uint32_t>::max();  ///< Starts in [from, until) only: certificates, agreements.
};

/// Transport of any item between two zones.
struct Lane {
  std::uint32_t from = 0, to = 0;
  std::uint32_t lead = 1;  ///< Weeks; at least 1.
  double cost = 0;         ///< Share of an item's weight: times `Problem::weight` of the item, per unit.
};

struct Stock {
  std::uint32_t item = 0, zone = 0, week = 0;  ///< Usable from this week.
  double quantity = 0;
};

/// A due date of a need; late is possible at a price, never at another.
struct Demand {
  std::uint32_t item = 0, zone = 0, week = 0;
  double quantity = 0;
};

/// The open market: anybody's parts at a price.
struct Purchase {
  std::uint32_t item = 0, zone = 0;
  std::uint32_t lead = 1;
  double cost = 0;
  double weekly_max = 0;
};

/// An agreement, a resilience share or a fair share: weighted units over the whole plan, at most (or at least) so many.
struct Limit {
  std::string id;
  struct Term {
    std::uint32_t activity = 0;
    double weight = 1;
  };
  std::vector<Term> terms;
  double max = kUnlimited;
  double min = 0;  ///< Soft: each missing unit costs `min_penalty`.
  double min_penalty = 0;
};

struct Penalties {
  double late = 1;        ///< Per unit and week behind its due week.
  double shortage = 100;  ///< Per unit never delivered, in addition.
};

struct Problem {
  std::uint32_t weeks = 0, zones = 0, suppliers = 0;
  std::vector<Item> items;
  std::vector<double> weight;  ///< For lanes, by item; empty: 1 each.
  std::vector<Recipe> recipes;
  std::vector<Pool> pools;
  std::vector<Activity> activities;
  std::vector<Lane> lanes;
  std::vector<Stock> stocks;
  std::vector<Demand> demands;
  std::vector<Purchase> purchases;
  std::vector<Limit> limits;
  Penalties penalties;
};

/// Positions that exist, numbers that are finite and make sense, a bill of material without a cycle.
/// Errors: `invalid` with a path per wrong field; the cycle is named item by item.
Result<void> validate(const Problem& problem);

/// Items with every input before what it goes into. Precondition: no cycle.
std::vector<std::uint32_t> items_raw_first(const Problem& problem);

/// The most that may be started in a week by ramp, qualification and validity; hours apart.
double rate_limit(const Activity& activity, std::uint32_t week);

}  // namespace hanse::optimiser::allocation
