#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "optimiser/scheduling/internal/quick_random.hpp"
#include "optimiser/scheduling/problem.hpp"
#include "optimiser/scheduling/schedule.hpp"

namespace hanse::optimiser::scheduling::internal {

using Node = std::int32_t;
constexpr std::size_t at(Node node) { return static_cast<std::size_t>(node); }
inline constexpr std::int32_t kNoStart = std::numeric_limits<std::int32_t>::max();

/// Has the machine or the operation nothing that only the general search knows?
bool is_plain(const Machine& machine);
bool is_plain(const Operation& operation, std::size_t index);

/// The classical job shop laid out for speed. Nodes 0 to machines - 1 are the machines' sentinels, before the first and
/// after the last of a machine; then jobs follow, with one dummy before each and one at the end, so that a node's job
/// neighbours are itself -1 and +1. So no look-up or branch is needed where a neighbour is missing.
struct JobShop {
  std::vector<std::int32_t> duration;  ///< By node; 0 for dummies.
  std::vector<std::int32_t> machine;   ///< By node; -1 for dummies and sentinels.
  /// By node; of dummies, the release of the job that follows; of sentinels, when the machine is there; else 0.
  std::vector<std::int32_t> release;
  /// By node; of dummies, what must follow the job before; of sentinels, what must follow the machine's last; else 0.
  std::vector<std::int32_t> tail;
  std::vector<std::int32_t> slot;  ///< By node: number among its machine's nodes.
  std::vector<std::vector<Node>> on_machine;
  std::vector<Node> first;                ///< By job: its first node.
  std::vector<Node> last;                 ///< By job: its last node.
  std::vector<OperationIndex> operation;  ///< By node.
  std::vector<Node> real;                 ///< All nodes that are operations.

  std::size_t nodes() const { return duration.size(); }
  std::size_t operations() const { return real.size(); }

  /// Nothing when the problem has more to it than jobs in lines, one machine per operation, and releases of jobs.
  static std::optional<JobShop> from(const Problem& problem);

  /// Starts everything as early as the machines' orders in `order` allow; `order` is topological.
  Schedule timed(const std::vector<Node>& order) const;
};

/// A complete solution: a topological order, from which each machine's order follows.
struct JobShopMember {
  std::vector<Node> order;
  std::int32_t makespan = 0;
};

/// A random priority rule of good kind, non-delay or active: for the first members.
JobShopMember random_start(const JobShop& shop, QuickRandom& random);

}  // namespace hanse::optimiser::scheduling::internal
