#pragma once

#include <span>
#include <vector>

#include "apps/scheduling/planner.hpp"

namespace hanse::apps::scheduling {

struct PromisedStep {
  std::string step;
  AssetId machine;
  Timestamp start, end;
};
HANSE_DESCRIBE(PromisedStep, (step, machine, start, end))

/// When so many more could be had without moving what is planned.
struct OrderPromise {
  std::string product;
  std::int64_t quantity = 0;
  Timestamp end;
  std::vector<PromisedStep> steps;
  bool in_gaps = true;  ///< False: only after all that is planned on its machines.
};
HANSE_DESCRIBE(OrderPromise, (product, quantity, end, steps, in_gaps))

/// Puts the asked order into the gaps that the published schedule leaves; nothing else moves, and the checker sees the
/// whole. `input`'s ledger holds the asked order under `order`. Errors: `invalid` when it can't be placed, with why.
Result<OrderPromise> promise(const ModelInput& input, const std::string& order,
                             std::span<const PlannedOperation> published);

}  // namespace hanse::apps::scheduling
