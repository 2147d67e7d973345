#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "optimiser/allocation/plan.hpp"
#include "optimiser/allocation/solve.hpp"

namespace hanse::optimiser::allocation {

/// Something that takes away what a plan counts on, from a week on.
struct Disruption {
  std::uint32_t from_week = 0;  ///< What was started before stays.
  std::vector<std::uint32_t> suppliers_out;
  std::vector<std::uint32_t> activities_out;  ///< A certificate lapsed, a design recalled.
  std::vector<std::uint32_t> lanes_closed;
  struct Cut {
    std::uint32_t pool = 0;
    double part = 0;                                                       ///< Of the hours that is left.
    std::uint32_t until_week = std::numeric_limits<std::uint32_t>::max();  ///< From then on all hours are back.
  };
  std::vector<Cut> capacity;
};

enum class ChangeReason {
  lost,              ///< The event took it.
  taken_over,        ///< Started for what was lost, in the same zone and for the same week.
  taken_over_early,  ///< For an earlier week.
  from_other_zone,   ///< Made or kept elsewhere and shipped.
  overtime,
  bought,          ///< From the open market.
  inputs_missing,  ///< Cut because what goes into it is missing.
};
HANSE_DESCRIBE_ENUM(ChangeReason, lost, taken_over, taken_over_early, from_other_zone, overtime, bought, inputs_missing)

/// A placement (or purchase) that is not what it was.
struct Change {
  std::uint32_t activity = 0, week = 0;  ///< For `bought`: the purchase.
  double before = 0, after = 0;
  ChangeReason reason = ChangeReason::lost;
};

struct Repair {
  std::vector<Change> changes;                   ///< By activity and week.
  double lost = 0, replaced = 0;                 ///< Sets of any item, as finished units that they would do for.
  double units_before = 0, units_after = 0;      ///< Delivered over the horizon.
  std::vector<double> delivered_after;           ///< By week, all zones.
  std::vector<std::uint32_t> suppliers_to_call;  ///< Whose placements changed, without those that are out.
  double share_replaced() const { return lost > 0 ? replaced / lost : 1; }
};

/// Keeps a plan so that an event can be answered in milliseconds: what was lost is made by others on hours that are
/// left, in the order of what that costs; nothing else moves, except that what can't be replaced goes missing all the
/// way up. Ladder of the planning fact sheet, B5, steps 1 and 2; step 3 is `solve` with `start`.
class Repairer {
 public:
  /// `problem` outlives it.
  Repairer(const Problem& problem, const Plan& plan, const PriceList& prices);
  ~Repairer();

  /// The plan is repaired from then on; a further event builds on it.
  Repair apply(const Disruption& disruption);
  /// What would happen; the plan stays.
  Repair try_out(const Disruption& disruption) const;
  /// The same with the plan that would be: for a proposal that somebody decides about.
  struct Tried {
    Repair repair;
    Plan plan;
  };
  Tried propose(const Disruption& disruption) const;
  Plan plan() const;

 private:
  struct Kept;
  std::unique_ptr<Kept> kept_;
};

/// What a loss of each of these suppliers would do, the worst first.
struct StressRow {
  std::uint32_t supplier = 0;
  double volume = 0;      ///< Cost of what it makes in the plan.
  double units_lost = 0;  ///< By the end of the horizon, after repair.
  double share_replaced = 1;
};
std::vector<StressRow> stress(const Problem& problem, const Repairer& repairer, const Plan& plan,
                              std::size_t suppliers);

}  // namespace hanse::optimiser::allocation
