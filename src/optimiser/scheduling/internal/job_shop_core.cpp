#include "optimiser/scheduling/internal/job_shop_core.hpp"

#include <algorithm>

namespace hanse::optimiser::scheduling::internal {
JobShopCore::JobShopCore(const JobShop& shop)
    : shop_(shop), tabu_(shop), rank_a_(shop.nodes()), rank_b_(shop.nodes()) {}

JobShopMember JobShopCore::child(const Member& a, const Member& b, QuickRandom& random) {
  const std::uint64_t weight = 300 + random.below(401);  // Of 1000.
  keys_.clear();
  for (std::size_t i = 0; i < b.order.size(); ++i) rank_b_[at(b.order[i])] = static_cast<std::uint32_t>(i);
  for (std::size_t i = 0; i < a.order.size(); ++i) {
    const Node w = a.order[i];
    keys_.emplace_back((1000 - weight) * i + weight * rank_b_[at(w)], w);
  }
  // Ties are between operations that the parents order in opposite ways; so any order of them will do.
  std::sort(keys_.begin(), keys_.end());
  Member child;
  child.order.reserve(keys_.size());
  for (const auto& [key, w] : keys_) child.order.push_back(w);
  child.makespan = tabu_.makespan_of(child.order);
  return child;
}

std::uint64_t JobShopCore::improve(Member& member, std::uint64_t idle_max, std::uint64_t steps_max, std::int64_t target,
                                   QuickRandom& random, Budget& budget) {
  return tabu_.improve(member,
                       {.idle_max = idle_max, .steps_max = steps_max, .target = static_cast<std::int32_t>(target)},
                       random, budget);
}

double JobShopCore::distance(const Member& a, const Member& b) {
  std::vector<std::uint32_t> count(shop_.on_machine.size(), 0);
  const auto rank = [&](const Member& member, std::vector<std::uint32_t>& ranks) {
    std::fill(count.begin(), count.end(), 0);
    for (const Node w : member.order) ranks[at(w)] = count[at(shop_.machine[at(w)])]++;
  };
  rank(a, rank_a_);
  rank(b, rank_b_);
  std::uint64_t differing = 0, pairs = 0;
  for (const auto& nodes : shop_.on_machine) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (std::size_t j = i + 1; j < nodes.size(); ++j) {
        ++pairs;
        const auto x = at(nodes[i]), y = at(nodes[j]);
        differing += (rank_a_[x] < rank_a_[y]) != (rank_b_[x] < rank_b_[y]) ? 1 : 0;
      }
    }
  }
  return pairs == 0 ? 0 : static_cast<double>(differing) / static_cast<double>(pairs);
}

}  // namespace hanse::optimiser::scheduling::internal
