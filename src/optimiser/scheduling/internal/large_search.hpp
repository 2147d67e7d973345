#pragma once

#include <vector>

#include "optimiser/scheduling/internal/budget.hpp"
#include "optimiser/scheduling/internal/job_shop.hpp"
#include "optimiser/scheduling/solve.hpp"

namespace hanse::optimiser::scheduling::internal {

/// Non-delay dispatching by events, O(n log n). `tails`: by node, how much must follow its end in a schedule known
/// already, as priority; empty: remaining work of the job less a quarter of the work that queues at its next machine.
JobShopMember dispatch_large(const JobShop& shop, const std::vector<std::int32_t>& tails);

/// For 20,000 operations and more: dispatching again and again by the tails of the best schedule, then tabu search in
/// windows of it while the rest stands still.
Schedule search_large(const JobShop& shop, const SolveOptions& options, const Bound& bound, Budget& budget);

}  // namespace hanse::optimiser::scheduling::internal
