#pragma once

#include <functional>
#include <span>
#include <vector>

#include "apps/scheduling/model.hpp"

namespace hanse::apps::scheduling {

struct PlanRequest {
  const Model& model;
  const Ledger& ledger;
  const SchedulingSettings& settings;
  std::span<const PlannedOperation> published;  ///< None: everything is new.
  std::vector<optimiser::scheduling::Event> events;
  optimiser::scheduling::Rung highest = optimiser::scheduling::Rung::search;
  bool afresh = false;  ///< Without regard to what was published, but for what is frozen.
  std::function<bool()> expired;
  std::uint64_t iterations_max = 20'000;
};

/// A schedule that may be published.
struct PlanDraft {
  std::vector<PlannedOperation> operations;
  std::vector<PlannedChange> changes;  ///< Without those of running operations, which go as they go.
  std::vector<UnplacedOrder> unplaced;
  optimiser::scheduling::Rung rung{};
  std::vector<optimiser::scheduling::RungReport> rungs;
  ScheduleFigures figures;
};

/// Dispatches and searches when nothing was published, climbs the rescheduling ladder else. What comes back passed the
/// independent checker. Errors: `corrupt`, naming the rule, when it didn't: the published schedule stays then.
Result<PlanDraft> draft_schedule(const PlanRequest& request);

/// One pass: same machines, same order, everything as soon as it can be but not before it was published. `changes`
/// stays empty: whoever moved something knows why. Milliseconds for thousands of operations. Errors: as
/// `draft_schedule`.
Result<PlanDraft> shift_draft(const PlanRequest& request);

/// The model's solution without search: what was published, pushed to where it can be now. For questions.
Result<optimiser::scheduling::Schedule> shifted_schedule(const Model& model,
                                                         std::span<const PlannedOperation> published);

/// When each order is finished by the plan. Orders that aren't placed have none.
std::map<std::string, Timestamp> order_ends(std::span<const PlannedOperation> operations);

}  // namespace hanse::apps::scheduling
