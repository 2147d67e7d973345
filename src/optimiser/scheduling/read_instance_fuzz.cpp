#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "optimiser/scheduling/read_instance.hpp"
#include "optimiser/scheduling/solve.hpp"

// Whatever a reader takes can be scheduled, and the checker agrees; and native JSON reads what it wrote.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::optimiser::scheduling;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto problem = read_instance(text);
  if (!problem) return 0;
  if (operation_count(*problem) > 200 || problem->machines.size() > 1'000) return 0;
  const auto again = read_problem_json(hanse::to_json(*problem));
  HANSE_ASSERT(again && *again == *problem);
  const auto solution = solve(
      *problem, {.objective = {.makespan = 1, .weighted_tardiness = size % 2 == 0 ? 1 : 0}, .iterations_max = 20});
  HANSE_ASSERT(solution);
  // A pin that claims what can't be (two at once on one machine) is a fact that no schedule can mend.
  bool pinned = false;
  for (const auto& job : problem->jobs) {
    for (const auto& operation : job.operations) pinned = pinned || operation.pin;
  }
  HANSE_ASSERT(pinned || check(*problem, solution->schedule).empty());
  return 0;
}
