#include "optimiser/scheduling/internal/flexible_core.hpp"

#include <algorithm>

namespace hanse::optimiser::scheduling::internal {
FlexibleCore::FlexibleCore(const FlexibleShop& shop)
    : shop_(shop), tabu_(shop), rank_(shop.nodes()), before_a_(shop.nodes()), before_b_(shop.nodes()) {}

FlexibleMember FlexibleCore::child(const Member& a, const Member& b, QuickRandom& random) {
  const std::uint32_t weight = 300 + random.below(401);  // Of 1000, of `b`.
  for (std::size_t i = 0; i < b.order.size(); ++i) rank_[at(b.order[i])] = static_cast<std::uint32_t>(i);
  keys_.clear();
  Member child;
  child.choice = a.choice;
  for (std::size_t i = 0; i < a.order.size(); ++i) {
    const Node w = a.order[i];
    keys_.emplace_back((1000 - weight) * std::uint64_t{i} + weight * std::uint64_t{rank_[at(w)]}, w);
    if (random.below(1000) < weight) child.choice[at(w)] = b.choice[at(w)];
  }
  std::sort(keys_.begin(), keys_.end());
  child.order.reserve(keys_.size());
  for (const auto& [key, w] : keys_) child.order.push_back(w);
  child.makespan = tabu_.makespan_of(child);
  return child;
}

std::uint64_t FlexibleCore::improve(Member& member, std::uint64_t idle_max, std::uint64_t steps_max,
                                    std::int64_t target, QuickRandom& random, Budget& budget) {
  return tabu_.improve(member,
                       {.idle_max = idle_max, .steps_max = steps_max, .target = static_cast<std::int32_t>(target)},
                       random, budget);
}

double FlexibleCore::distance(const Member& a, const Member& b) {
  std::vector<Node> last(shop_.machines);
  const auto predecessors = [&](const Member& member, std::vector<Node>& before) {
    std::fill(last.begin(), last.end(), 0);
    for (const Node w : member.order)
      before[at(w)] = std::exchange(last[at(shop_.choice(w, member.choice[at(w)]).machine)], w);
  };
  predecessors(a, before_a_);
  predecessors(b, before_b_);
  std::size_t differing = 0;
  for (const Node w : shop_.real)
    differing += a.choice[at(w)] != b.choice[at(w)] || before_a_[at(w)] != before_b_[at(w)] ? 1 : 0;
  return shop_.real.empty() ? 0 : static_cast<double>(differing) / static_cast<double>(shop_.real.size());
}

}  // namespace hanse::optimiser::scheduling::internal
