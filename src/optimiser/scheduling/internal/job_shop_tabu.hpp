#pragma once

#include <cstdint>
#include <vector>

#include "optimiser/scheduling/internal/budget.hpp"
#include "optimiser/scheduling/internal/job_shop.hpp"
#include "optimiser/scheduling/internal/quick_random.hpp"

namespace hanse::optimiser::scheduling::internal {

/// Tabu search on the disjunctive graph: one random critical path, the moves of N7 (an operation of a critical block to
/// the block's begin or end, or its first or last into the inside), estimated after Balas and Vazacopoulos (1998), the
/// best one made. Heads, tails and the topological order are repaired from where they change, not recomputed.
/// One object per thread; it keeps its tables between runs.
class JobShopTabu {
 public:
  explicit JobShopTabu(const JobShop& shop);

  struct Limits {
    std::uint64_t idle_max = 10'000;  ///< Steps without improvement.
    std::uint64_t steps_max = ~std::uint64_t{0};
    std::int32_t target = 0;  ///< Stop at this makespan: it is proven.
  };
  /// Improves `member`; returns the number of steps.
  std::uint64_t improve(JobShopMember& member, const Limits& limits, QuickRandom& random, Budget& budget);

  std::int32_t makespan_of(const std::vector<Node>& order);

 private:
  struct Move {
    Node moved = 0;
    Node anchor = 0;       ///< `moved` goes right after it, or right before it.
    bool forward = false;  ///< Later on its machine: after `anchor`.
    std::int32_t estimate = 0;
  };

  void load(const std::vector<Node>& order);
  void heads_from(std::size_t at);
  void tails_from(std::size_t at);
  std::int32_t makespan() const;
  void find_critical_path(QuickRandom& random);
  void propose_moves(QuickRandom& random);
  void propose_block(std::size_t begin, std::size_t end, QuickRandom& random);
  void consider_forward(Node moved, Node anchor, QuickRandom& random);
  void consider_backward(Node moved, Node anchor, QuickRandom& random);
  void offer(const Move& move, QuickRandom& random);
  std::int32_t estimate_forward(Node moved, Node anchor, std::int32_t limit);
  std::int32_t estimate_backward(Node moved, Node anchor, std::int32_t limit);
  bool is_tabu_forward(Node moved, Node anchor) const;
  bool is_tabu_backward(Node moved, Node anchor) const;
  bool apply(const Move& move, QuickRandom& random);
  bool reorder_forward(Node moved, Node anchor);
  bool reorder_backward(Node moved, Node anchor);
  void unlink(Node node);
  void link_after(Node node, Node anchor);
  std::uint64_t& tabu_until(Node before, Node after);
  std::uint64_t tabu_until(Node before, Node after) const;

  const JobShop& shop_;
  std::vector<std::int32_t> end_;     ///< Longest path from the source through the node: head plus duration.
  std::vector<std::int32_t> tail_;    ///< Longest path from the node's start to the sink: duration plus tail.
  std::vector<Node> before_, after_;  ///< On the machine; its sentinel for none.
  std::vector<Node> order_;
  std::vector<std::uint32_t> place_;  ///< In `order_`.
  std::vector<std::uint8_t> mark_;
  std::vector<Node> later_;         ///< Scratch of the reorderings.
  std::vector<std::int32_t> path_;  ///< Scratch of the estimates.
  std::vector<Node> critical_;
  std::vector<std::uint64_t> tabu_;
  std::vector<std::size_t> tabu_base_;  ///< By machine.
  std::vector<std::int32_t> zero_;      ///< By node: 1 where equality could hide a cycle.
  bool has_machine_tails_ = false;
  std::uint64_t step_ = 0;
  std::int32_t best_ = 0;
  Move chosen_;
  std::uint32_t ties_ = 0, possible_ = 0;
  bool desperate_ = false;  ///< All moves are tabu: choose among all.
  std::uint32_t tenure_low_ = 0, tenure_span_ = 0;
};

}  // namespace hanse::optimiser::scheduling::internal
