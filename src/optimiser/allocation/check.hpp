#pragma once

#include <string>
#include <vector>

#include "optimiser/allocation/plan.hpp"
#include "optimiser/allocation/problem.hpp"

namespace hanse::optimiser::allocation {

struct Checked {
  std::vector<std::string> violations;  ///< Each names the thing, the week and the numbers; at most a hundred.
  Measures measures;
};

/// Recomputes everything from the raw problem; shares no code with the solver. A constraint counts as kept within a
/// millionth of its own size (the plans are sums of many numbers), whole lots exactly to that.
Checked check(const Problem& problem, const Plan& plan);

}  // namespace hanse::optimiser::allocation
