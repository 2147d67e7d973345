#pragma once

#include <unordered_map>
#include <vector>

#include "optimiser/allocation/internal/model.hpp"
#include "optimiser/allocation/repair.hpp"

namespace hanse::optimiser::allocation::internal {

/// What a repair needs to know of the problem and never changes.
struct Merit {
  Merit(const Model& model, const PriceList& prices);
  std::vector<std::vector<std::uint32_t>> members;      ///< By group, cheapest first with the rent of hours.
  std::vector<std::vector<std::uint32_t>> of_supplier;  ///< Activities.
  std::vector<std::vector<std::uint32_t>> markets_at;   ///< By place.
  std::vector<std::uint32_t> pool_of;                   ///< By activity.
  std::vector<std::vector<std::pair<std::uint32_t, float>>> rows_of;
};

/// A plan with its residues: hours left, stock by week, room in limits.
class KeptPlan {
 public:
  KeptPlan(const Model& model, const Merit& merit, State state);
  Repair repair(const Disruption& disruption);
  const State& state() const { return state_; }

 private:
  std::size_t at(std::size_t row, std::uint32_t week) const { return row * m_.weeks + week; }
  double spare(std::size_t place, std::uint32_t week) const;
  void add_stock(std::size_t place, std::uint32_t week, double quantity);
  void set_made(std::uint32_t activity, std::uint32_t week, double quantity, ChangeReason reason);
  void note_used(std::uint32_t activity);
  void lose(const Disruption& disruption);
  void replace();
  void replace_at(std::uint32_t item, std::uint32_t zone, std::uint32_t week);
  double inputs_allow(std::uint32_t recipe, std::uint32_t zone, std::uint32_t start) const;
  double make_for(std::size_t place, std::uint32_t arrival, double missing, bool overtime, ChangeReason reason);
  double ship_for(std::uint32_t item, std::size_t place, std::uint32_t week, double missing, bool overtime);
  double buy_for(std::size_t place, std::uint32_t week, double missing);
  void go_without();
  void cut_users(std::uint32_t item, std::uint32_t zone, std::uint32_t week, double missing);
  void deliver_again();
  Repair report() const;
  /// Members of a group, cheapest first, that may still have room for goods that arrive in a week.
  std::vector<std::uint32_t>& with_room(std::size_t group, std::uint32_t arrival, bool overtime);

  const Model& m_;
  const Merit& merit_;
  State state_;
  std::vector<float> hours_left_;  ///< Usual hours; below zero is overtime.
  std::vector<float> overtime_;    ///< That there is.
  std::vector<double> stock_;      ///< By place and week, cumulative.
  std::vector<double> row_left_;
  std::vector<std::uint8_t> out_;  ///< Activity can't be used.
  std::vector<std::uint8_t> lane_closed_;
  /// By group: activities that ever made anything. A plan uses a few of many, and cutting looks at all of them.
  std::vector<std::uint8_t> is_used_;
  std::vector<std::vector<std::uint32_t>> used_;
  std::unordered_map<std::size_t, std::vector<std::uint32_t>> with_room_;
  std::vector<std::uint8_t>
      was_short_;  ///< By place: its stock was below nothing once; only there is anything to mend.
  std::uint32_t from_ = 0;
  struct Touched {
    double before = 0;
    ChangeReason reason = ChangeReason::lost;
  };
  std::unordered_map<std::size_t, Touched> touched_, bought_;
  std::vector<std::uint32_t> suppliers_out_;
  double lost_ = 0, replaced_ = 0, units_before_ = 0;
};

}  // namespace hanse::optimiser::allocation::internal
