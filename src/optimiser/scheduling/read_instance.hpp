#pragma once

#include <string>
#include <string_view>

#include "optimiser/scheduling/problem.hpp"

// Readers for the text formats of the literature and for our own JSON. Errors: `invalid`, naming the line (text) or the
// field's path (JSON) and what would be right. What they return passes `validate`.

namespace hanse::optimiser::scheduling {

/// Largest number of operations that a reader takes.
inline constexpr std::size_t kOperationsMax = 5'000'000;

/// Job shop, "standard specification": `n m`, then n rows of m pairs `machine duration`, machines from 0; `#` comments.
/// Taillard's own layout too: a header of two to six numbers, `Times` and a matrix, `Machines` and a matrix from 1.
/// Rows that end in `-1 -1` may have any number of pairs (re-entrant).
Result<Problem> read_job_shop(std::string_view text);

/// Flexible job shop (Brandimarte and others): `n m [flexibility]`, per job the number of operations, per operation the
/// number of alternatives and pairs `machine duration`. Machines from 0 or from 1, told by the smallest.
/// An optional block at the end: `SETUP k`, a k x k matrix, and one family per operation.
Result<Problem> read_flexible_job_shop(std::string_view text);

/// The described records of problem.hpp. Errors with paths as in `jobs[2].operations[0].modes[1].machine`.
Result<Problem> read_problem_json(std::string_view text);

/// Whichever of these it is, told by its look.
Result<Problem> read_instance(std::string_view text);

}  // namespace hanse::optimiser::scheduling
