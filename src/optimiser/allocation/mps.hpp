#pragma once

#include <string>

#include "optimiser/allocation/problem.hpp"

namespace hanse::optimiser::allocation {

/// The linear level of the problem (no lots; an activation as its slope over all that is possible) as a free MPS file,
/// for comparison with general solvers: its optimum is what `Solution::bound` approaches from below. Written from the
/// raw problem, apart from the solver's own model. Precondition: `validate` passes. Source: the MPS format as CPLEX and
/// CLP read it (sections ROWS, COLUMNS, RHS, BOUNDS).
std::string to_mps(const Problem& problem);

}  // namespace hanse::optimiser::allocation
