#pragma once

#include <string>

#include "base/clock.hpp"
#include "optimiser/scheduling/solve.hpp"

namespace hanse::optimiser::scheduling {

struct ScheduleFileOptions {
  double seconds = 10;  ///< Wall time to search.
  unsigned threads = 2;
  std::uint64_t seed = 1;
  Objective objective;
  std::string write;  ///< Write the solution here, as JSON; empty: don't.
};

struct ScheduleFileResult {
  std::string summary;  ///< A few lines for a person.
  std::string json;     ///< The solution with names of jobs, operations and machines.
};

/// Reads an instance file of any known format, solves, checks. For `hanse schedule FILE`.
/// Errors: `not_found` for the file, `invalid` for what is in it, `corrupt` when the checker refuses the solution.
Result<ScheduleFileResult> schedule_file(const std::string& path, const ScheduleFileOptions& options,
                                         const Clock& clock);

}  // namespace hanse::optimiser::scheduling
