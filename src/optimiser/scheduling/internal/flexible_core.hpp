#pragma once

#include <utility>

#include "optimiser/scheduling/internal/flexible_tabu.hpp"

namespace hanse::optimiser::scheduling::internal {

/// The flexible job shop for `Evolution`.
class FlexibleCore {
 public:
  using Member = FlexibleMember;
  explicit FlexibleCore(const FlexibleShop& shop);

  static std::int64_t value(const Member& member) { return member.makespan; }
  Member fresh(QuickRandom& random) { return random_start(shop_, random); }
  /// Order by a weighted mean of ranks, machines from either parent.
  Member child(const Member& a, const Member& b, QuickRandom& random);
  std::uint64_t improve(Member& member, std::uint64_t idle_max, std::uint64_t steps_max, std::int64_t target,
                        QuickRandom& random, Budget& budget);
  /// Share of the operations with another machine or another operation before them.
  double distance(const Member& a, const Member& b);

 private:
  const FlexibleShop& shop_;
  FlexibleTabu tabu_;
  std::vector<std::uint32_t> rank_;
  std::vector<std::pair<std::uint64_t, Node>> keys_;
  std::vector<Node> before_a_, before_b_;
};

}  // namespace hanse::optimiser::scheduling::internal
