#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "optimiser/scheduling/internal/job_shop.hpp"
#include "optimiser/scheduling/internal/quick_random.hpp"
#include "optimiser/scheduling/problem.hpp"
#include "optimiser/scheduling/schedule.hpp"

namespace hanse::optimiser::scheduling::internal {

/// The flexible job shop with jobs in lines, laid out as in `JobShop`.
struct FlexibleShop {
  struct Choice {
    std::int32_t machine = 0;
    std::int32_t duration = 0;
  };
  std::vector<std::uint32_t> first_choice;  ///< By node; one more entry.
  std::vector<Choice> choices;
  std::vector<std::int32_t> release;  ///< By node; of dummies, the release of the job that follows; else 0.
  std::vector<Node> first, last;      ///< By job.
  std::vector<Node> real;
  std::vector<OperationIndex> operation;
  std::size_t machines = 0;

  std::size_t nodes() const { return release.size(); }
  std::size_t operations() const { return real.size(); }
  std::uint32_t choices_of(Node node) const {
    return first_choice[static_cast<std::size_t>(node) + 1] - first_choice[static_cast<std::size_t>(node)];
  }
  const Choice& choice(Node node, std::uint32_t index) const {
    return choices[first_choice[static_cast<std::size_t>(node)] + index];
  }

  /// Nothing when the problem has more to it than jobs in lines, alternatives, and releases of jobs.
  static std::optional<FlexibleShop> from(const Problem& problem);
};

/// A topological order and, by node, the choice taken.
struct FlexibleMember {
  std::vector<Node> order;
  std::vector<std::uint16_t> choice;
  std::int32_t makespan = 0;
};

Schedule timed(const FlexibleShop& shop, const FlexibleMember& member);
FlexibleMember random_start(const FlexibleShop& shop, QuickRandom& random);

}  // namespace hanse::optimiser::scheduling::internal
