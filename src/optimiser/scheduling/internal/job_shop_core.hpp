#pragma once

#include "optimiser/scheduling/internal/job_shop_tabu.hpp"

namespace hanse::optimiser::scheduling::internal {

/// The classical job shop for `Evolution`.
class JobShopCore {
 public:
  using Member = JobShopMember;
  explicit JobShopCore(const JobShop& shop);

  static std::int64_t value(const Member& member) { return member.makespan; }
  Member fresh(QuickRandom& random) { return random_start(shop_, random); }
  /// Operations by a weighted mean of their ranks in both parents; both ranks are topological, so the mean's order is.
  Member child(const Member& a, const Member& b, QuickRandom& random);
  std::uint64_t improve(Member& member, std::uint64_t idle_max, std::uint64_t steps_max, std::int64_t target,
                        QuickRandom& random, Budget& budget);
  /// Share of the machines' pairs that stand the other way round, at most; by ranks, which is quick.
  double distance(const Member& a, const Member& b);

 private:
  const JobShop& shop_;
  JobShopTabu tabu_;
  std::vector<std::uint32_t> rank_a_, rank_b_;
  std::vector<std::pair<std::uint64_t, Node>> keys_;
};

}  // namespace hanse::optimiser::scheduling::internal
