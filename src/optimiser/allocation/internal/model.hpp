#pragma once

#include <cstdint>
#include <vector>

#include "optimiser/allocation/plan.hpp"
#include "optimiser/allocation/problem.hpp"

namespace hanse::optimiser::allocation::internal {

/// The problem as the solver wants it. Items are counted in sets per finished unit, so that all flows have one
/// magnitude (without that the first-order method hardly moves); money is divided by the price of a unit never
/// delivered, so that prices lie in [0, 1]. Activities stand in order of their pool, weeks side by side.
struct Model {
  explicit Model(const Problem& problem);

  const Problem& problem;
  std::uint32_t weeks = 0, zones = 0, items = 0;
  std::uint32_t padded = 0;  ///< Weeks and the longest lead: prices behind the horizon are 0.
  std::vector<double> set;   ///< Units of an item per finished unit.
  double money = 1;
  std::vector<std::uint32_t> raw_first;

  struct Need {
    std::uint32_t item = 0;
    double quantity = 0;  ///< Sets per set.
  };
  std::vector<std::vector<Need>> inputs;               ///< By recipe.
  std::vector<std::vector<std::uint32_t>> recipes_of;  ///< By item.
  std::vector<std::vector<std::uint32_t>> users_of;    ///< Recipes by input item.

  // Activities, in order of pool.
  std::size_t count = 0;
  std::vector<std::uint32_t> original, position;  ///< To the problem's and back.
  std::vector<std::uint32_t> group;               ///< Recipe and zone.
  std::vector<std::uint32_t> place;               ///< Item made, and zone.
  std::vector<std::uint32_t> lead;
  std::vector<float> hours, cost, yield, step, lot;  ///< Per set; `cost` has the activation's slope in it.
  std::vector<float> most;                           ///< Sets by week; 0 where a start is impossible or too late.
  std::vector<std::uint32_t> pool_begin;             ///< First activity of each pool, and the end.
  std::vector<float> capacity, overtime;             ///< Hours by pool and week.
  std::vector<float> overtime_cost;
  std::vector<std::vector<std::uint32_t>> group_members;  ///< Dearest first.

  struct Flow {  ///< Lane of an item.
    std::uint32_t item = 0, lane = 0, from = 0, to = 0, lead = 1;
    float cost = 0;
  };
  std::vector<Flow> flows;
  std::vector<std::uint32_t> flow_begin;  ///< By item.
  struct Market {
    std::uint32_t purchase = 0, place = 0, lead = 0;
    float cost = 0, most = 0;
  };
  std::vector<Market> markets;
  struct Due {
    std::uint32_t item = 0, place = 0;
    std::vector<double> quantity;  ///< By week.
    double total = 0;
  };
  std::vector<Due> dues;
  std::vector<int> due_of_place;   ///< -1 for none.
  std::vector<float> given, hold;  ///< Stock that comes by place and week; by item.
  double late = 0, shortage = 0;
  double demand_total = 0;
  struct Row {  ///< A limit, in units and model money.
    std::vector<std::pair<std::uint32_t, float>> terms;
    double max = 0, min = 0, min_penalty = 0;
  };
  std::vector<Row> rows;
  std::vector<std::uint8_t> limited;  ///< Activity stands in a row.

  std::size_t places() const { return std::size_t{items} * zones; }
  std::size_t groups() const { return inputs.size() * zones; }

 private:
  void measure_sets();
  void take_activities();
  void take_flows();
  void take_dues();
  void take_limits();
};

/// A plan on the model's scales; what the solver improves.
struct State {
  std::vector<float> made;       ///< By activity and week: started.
  std::vector<float> moved;      ///< By flow and week.
  std::vector<float> bought;     ///< By market and week.
  std::vector<float> delivered;  ///< By due and week.
  explicit State(const Model& m)
      : made(m.count * m.weeks),
        moved(m.flows.size() * m.weeks),
        bought(m.markets.size() * m.weeks),
        delivered(m.dues.size() * m.weeks) {}
};

/// In model money; `activation` in full for each activity that is used.
double value_of(const Model& model, const State& state);
Plan to_plan(const Model& model, const State& state);
State to_state(const Model& model, const Plan& plan);

}  // namespace hanse::optimiser::allocation::internal
