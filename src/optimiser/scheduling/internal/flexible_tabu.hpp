#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "optimiser/scheduling/internal/budget.hpp"
#include "optimiser/scheduling/internal/flexible_shop.hpp"
#include "optimiser/scheduling/internal/quick_random.hpp"

namespace hanse::optimiser::scheduling::internal {

/// Tabu search for the flexible job shop: a critical operation is taken out and put back on any of its machines where
/// Mastrolilli and Gambardella (2000) show an optimal insertion to lie. Heads and tails without the operation are
/// computed exactly, so the makespan after the move is exact too. Only for the few critical operations with the best
/// outlook.
class FlexibleTabu {
 public:
  explicit FlexibleTabu(const FlexibleShop& shop);

  struct Limits {
    std::uint64_t idle_max = 10'000;
    std::uint64_t steps_max = ~std::uint64_t{0};
    std::int32_t target = 0;
  };
  std::uint64_t improve(FlexibleMember& member, const Limits& limits, QuickRandom& random, Budget& budget);
  std::int32_t makespan_of(const FlexibleMember& member);

 private:
  struct Move {
    Node moved = 0;
    std::uint32_t choice = 0;
    Node previous = 0;  ///< On the new machine; 0: goes first.
    Node next = 0;
    std::int32_t makespan = 0;
    std::int32_t path = 0;  ///< The longest one through the moved operation.
  };

  void load(const FlexibleMember& member);
  void heads_from(std::size_t at, std::vector<std::int32_t>& end) const;
  void tails_from(std::size_t stop, std::vector<std::int32_t>& tail) const;
  std::int32_t longest(const std::vector<std::int32_t>& end) const;
  void find_critical_path(QuickRandom& random);
  std::int32_t outlook(Node moved) const;
  std::int32_t outlook_at_home(Node moved) const;
  std::size_t rank_critical(QuickRandom& random);
  void propose(Node moved, QuickRandom& random);
  void propose_on(Node moved, std::uint32_t choice, std::int32_t without, QuickRandom& random);
  void offer(const Move& move, bool tabu, QuickRandom& random);
  bool apply(const Move& move, QuickRandom& random);
  bool reorder_forward(Node moved, Node anchor);
  bool reorder_backward(Node moved, Node anchor);
  void renumber(std::size_t machine, std::size_t begin);
  void take_out(Node node);
  void put_between(Node node, Node previous, Node next);

  const FlexibleShop& shop_;
  std::vector<std::int32_t> end_, tail_;  ///< As in `JobShopTabu`.
  std::vector<std::int32_t> end_without_, tail_without_;
  std::vector<Node> before_, after_;
  std::vector<std::int32_t> duration_, machine_;
  std::vector<std::uint16_t> choice_;
  std::vector<Node> first_on_;               ///< By machine.
  std::vector<std::vector<Node>> sequence_;  ///< By machine.
  std::vector<std::uint32_t> index_;         ///< By node: in its machine's sequence.
  std::vector<Node> order_;
  std::vector<std::uint32_t> place_;
  std::vector<std::uint8_t> mark_;
  std::vector<Node> later_, critical_;
  std::vector<std::uint64_t> tabu_;  ///< By choice of all nodes.
  std::vector<std::pair<std::uint64_t, Node>> outlooks_;
  std::uint64_t step_ = 0;
  std::int32_t best_ = 0;
  Move chosen_, chosen_tabu_;
  std::uint32_t ties_ = 0, tabus_ = 0;
};

}  // namespace hanse::optimiser::scheduling::internal
