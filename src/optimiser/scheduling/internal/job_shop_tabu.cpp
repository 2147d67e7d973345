#include "optimiser/scheduling/internal/job_shop_tabu.hpp"

#include <algorithm>
#include <limits>

namespace hanse::optimiser::scheduling::internal {
JobShopTabu::JobShopTabu(const JobShop& shop)
    : shop_(shop),
      end_(shop.nodes(), 0),
      tail_(shop.nodes(), 0),
      before_(shop.nodes(), 0),
      after_(shop.nodes(), 0),
      order_(shop.operations()),
      place_(shop.nodes(), 0),
      mark_(shop.nodes(), 0),
      zero_(shop.nodes(), 0) {
  later_.resize(shop.operations());
  critical_.reserve(shop.operations());
  std::size_t size = 0, longest = 0;
  for (const auto& nodes : shop.on_machine) {
    tabu_base_.push_back(size);
    size += nodes.size() * nodes.size();
    longest = std::max(longest, nodes.size());
  }
  tabu_.assign(size, 0);
  path_.resize(longest + 2);
  for (const Node w : shop.real) {
    zero_[at(w)] = shop.duration[at(w)] == 0 ? 1 : 0;
  }
  for (std::size_t j = 0; j < shop.first.size(); ++j) {
    std::vector<bool> seen(shop.on_machine.size(), false);
    bool returns = false;
    for (Node w = shop.first[j]; w <= shop.last[j]; ++w) {
      returns = returns || seen[at(shop.machine[at(w)])];
      seen[at(shop.machine[at(w)])] = true;
    }
    // A job that comes back to a machine: its own operations can stand between, so equality is no proof.
    for (Node w = shop.first[j]; returns && w <= shop.last[j]; ++w) zero_[at(w)] = 1;
  }
  for (std::size_t m = 0; m < shop.on_machine.size(); ++m) has_machine_tails_ = has_machine_tails_ || shop.tail[m] > 0;
  const auto jobs = static_cast<double>(shop.first.size());
  const auto machines = static_cast<double>(std::max<std::size_t>(1, shop.on_machine.size()));
  const double low = 10 + jobs / machines;  // Zhang, Li, Guan, Rao 2007.
  tenure_low_ = static_cast<std::uint32_t>(low);
  tenure_span_ = static_cast<std::uint32_t>(low * (jobs <= 2 * machines ? 0.4 : 0.5)) + 1;
}

std::uint64_t& JobShopTabu::tabu_until(Node before, Node after) {
  const auto m = at(shop_.machine[at(before)]);
  return tabu_[tabu_base_[m] + at(shop_.slot[at(before)]) * shop_.on_machine[m].size() + at(shop_.slot[at(after)])];
}
std::uint64_t JobShopTabu::tabu_until(Node before, Node after) const {
  return const_cast<JobShopTabu*>(this)->tabu_until(before, after);
}

void JobShopTabu::load(const std::vector<Node>& order) {
  order_ = order;
  std::vector<Node> last(shop_.on_machine.size());
  for (std::size_t m = 0; m < last.size(); ++m) last[m] = static_cast<Node>(m);
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const Node w = order_[i];
    place_[at(w)] = static_cast<std::uint32_t>(i);
    auto& previous = last[at(shop_.machine[at(w)])];
    before_[at(w)] = previous;
    after_[at(previous)] = w;
    previous = w;
  }
  for (std::size_t m = 0; m < last.size(); ++m) {
    after_[at(last[m])] = static_cast<Node>(m);
    before_[m] = last[m];
  }
  end_ = shop_.release;
  tail_ = shop_.tail;
  heads_from(0);
  tails_from(order_.size());
}

void JobShopTabu::heads_from(std::size_t begin) {
  std::int32_t* const end = end_.data();
  const std::int32_t* const duration = shop_.duration.data();
  const Node* const before = before_.data();
  const Node* const order = order_.data();
  const std::size_t count = order_.size();
  for (std::size_t i = begin; i < count; ++i) {
    const auto w = at(order[i]);
    const std::int32_t by_job = end[w - 1];
    const std::int32_t by_machine = end[at(before[w])];
    end[w] = (by_job > by_machine ? by_job : by_machine) + duration[w];
  }
}

/// Recomputes tails of the nodes at places below `stop`.
void JobShopTabu::tails_from(std::size_t stop) {
  std::int32_t* const tail = tail_.data();
  const std::int32_t* const duration = shop_.duration.data();
  const Node* const after = after_.data();
  const Node* const order = order_.data();
  for (std::size_t i = stop; i-- > 0;) {
    const auto w = at(order[i]);
    const std::int32_t by_job = tail[w + 1];
    const std::int32_t by_machine = tail[at(after[w])];
    tail[w] = (by_job > by_machine ? by_job : by_machine) + duration[w];
  }
}

std::int32_t JobShopTabu::makespan() const {
  std::int32_t longest = 0;
  for (const Node w : shop_.last) longest = std::max(longest, end_[at(w)] + tail_[at(w) + 1]);
  if (has_machine_tails_) {
    for (std::size_t m = 0; m < shop_.on_machine.size(); ++m)
      longest = std::max(longest, end_[at(before_[m])] + tail_[m]);
  }
  return longest;
}

std::int32_t JobShopTabu::makespan_of(const std::vector<Node>& order) {
  load(order);
  return makespan();
}

void JobShopTabu::find_critical_path(QuickRandom& random) {
  critical_.clear();
  const std::int32_t longest = makespan();
  Node w = 0;
  std::uint32_t seen = 0;
  for (const Node candidate : shop_.last) {
    if (end_[at(candidate)] + tail_[at(candidate) + 1] == longest && random.below(++seen) == 0) w = candidate;
  }
  if (has_machine_tails_) {
    for (std::size_t m = 0; m < shop_.on_machine.size(); ++m) {
      const Node candidate = before_[m];
      if (shop_.machine[at(candidate)] >= 0 && end_[at(candidate)] + tail_[m] == longest && random.below(++seen) == 0)
        w = candidate;
    }
  }
  // Ends when the head is the job's release or zero.
  while (true) {
    critical_.push_back(w);
    const std::int32_t head = end_[at(w)] - shop_.duration[at(w)];
    const Node by_job = w - 1, by_machine = before_[at(w)];
    const bool job_critical = shop_.machine[at(by_job)] >= 0 && end_[at(by_job)] == head;
    const bool machine_critical = shop_.machine[at(by_machine)] >= 0 && end_[at(by_machine)] == head;
    if (job_critical && machine_critical) {
      w = random.coin() ? by_job : by_machine;
    } else if (job_critical) {
      w = by_job;
    } else if (machine_critical) {
      w = by_machine;
    } else {
      break;
    }
  }
  std::reverse(critical_.begin(), critical_.end());
}

bool JobShopTabu::is_tabu_forward(Node moved, Node anchor) const {
  for (Node w = after_[at(moved)];; w = after_[at(w)]) {
    if (tabu_until(w, moved) > step_) return true;
    if (w == anchor) return false;
  }
}

bool JobShopTabu::is_tabu_backward(Node moved, Node anchor) const {
  for (Node w = before_[at(moved)];; w = before_[at(w)]) {
    if (tabu_until(moved, w) > step_) return true;
    if (w == anchor) return false;
  }
}

std::int32_t JobShopTabu::estimate_forward(Node moved, Node anchor, std::int32_t limit) {
  const std::int32_t* const end = end_.data();
  const std::int32_t* const tail = tail_.data();
  const std::int32_t* const duration = shop_.duration.data();
  std::int32_t previous = end[at(before_[at(moved)])];
  std::size_t count = 0;
  for (Node w = after_[at(moved)];; w = after_[at(w)]) {
    previous = std::max(previous, end[at(w) - 1]);
    path_[count++] = previous;  // The new head.
    previous += duration[at(w)];
    if (w == anchor) break;
  }
  const std::int32_t head = std::max(previous, end[at(moved) - 1]);
  std::int32_t next = std::max(tail[at(moved) + 1], tail[at(after_[at(anchor)])]) + duration[at(moved)];
  std::int32_t longest = head + next;
  for (Node w = anchor; w != moved; w = before_[at(w)]) {
    if (longest > limit) return kNoStart;
    next = std::max(next, tail[at(w) + 1]) + duration[at(w)];
    longest = std::max(longest, path_[--count] + next);
  }
  return longest;
}

std::int32_t JobShopTabu::estimate_backward(Node moved, Node anchor, std::int32_t limit) {
  const std::int32_t* const end = end_.data();
  const std::int32_t* const tail = tail_.data();
  const std::int32_t* const duration = shop_.duration.data();
  std::int32_t next = tail[at(after_[at(moved)])];
  std::size_t count = 0;
  for (Node w = before_[at(moved)];; w = before_[at(w)]) {
    next = std::max(next, tail[at(w) + 1]) + duration[at(w)];
    path_[count++] = next;
    if (w == anchor) break;
  }
  std::int32_t previous = std::max(end[at(moved) - 1], end[at(before_[at(anchor)])]) + duration[at(moved)];
  std::int32_t longest = previous + std::max(next, tail[at(moved) + 1]);
  for (Node w = anchor; w != moved; w = after_[at(w)]) {
    if (longest > limit) return kNoStart;
    previous = std::max(previous, end[at(w) - 1]);
    longest = std::max(longest, previous + path_[--count]);
    previous += duration[at(w)];
  }
  return longest;
}

void JobShopTabu::offer(const Move& move, QuickRandom& random) {
  if (move.estimate < chosen_.estimate) {
    chosen_ = move;
    ties_ = 1;
  } else if (random.below(++ties_) == 0) {
    chosen_ = move;
  }
}

void JobShopTabu::consider_forward(Node moved, Node anchor, QuickRandom& random) {
  // Without a path from the job's next operation to the anchor there is no cycle.
  if (tail_[at(anchor)] < tail_[at(moved) + 1] + zero_[at(moved) + 1]) return;
  ++possible_;
  if (desperate_) {
    if (random.below(possible_) == 0) chosen_ = {moved, anchor, true, 0};
    return;
  }
  // The estimate first: most moves are out by it, which is quicker to see than that they are tabu.
  const std::int32_t estimate = estimate_forward(moved, anchor, chosen_.estimate);
  if (estimate > chosen_.estimate || estimate == kNoStart) return;
  if (estimate >= best_ && is_tabu_forward(moved, anchor)) return;
  offer({moved, anchor, true, estimate}, random);
}

void JobShopTabu::consider_backward(Node moved, Node anchor, QuickRandom& random) {
  if (end_[at(anchor)] < end_[at(moved) - 1] + zero_[at(moved) - 1]) return;
  ++possible_;
  if (desperate_) {
    if (random.below(possible_) == 0) chosen_ = {moved, anchor, false, 0};
    return;
  }
  const std::int32_t estimate = estimate_backward(moved, anchor, chosen_.estimate);
  if (estimate > chosen_.estimate || estimate == kNoStart) return;
  if (estimate >= best_ && is_tabu_backward(moved, anchor)) return;
  offer({moved, anchor, false, estimate}, random);
}

/// `begin` to `end` (not included) of the critical path are one block of two or more.
void JobShopTabu::propose_block(std::size_t begin, std::size_t end, QuickRandom& random) {
  const Node first = critical_[begin], last = critical_[end - 1];
  const bool at_start = begin == 0, at_finish = end == critical_.size();
  if (end - begin == 2) {
    if (!at_start || !at_finish) consider_forward(first, last, random);
    return;
  }
  if (!at_finish) {  // To the end of the block, and its last into the inside.
    for (std::size_t i = begin; i + 1 < end; ++i) consider_forward(critical_[i], last, random);
    for (std::size_t i = begin + (at_start ? 0 : 1); i + 2 < end; ++i) consider_backward(last, critical_[i], random);
  }
  if (!at_start) {
    for (std::size_t i = begin + 1; i < end; ++i) consider_backward(critical_[i], first, random);
    for (std::size_t i = begin + 2; i + 1 < end; ++i) consider_forward(first, critical_[i], random);
  }
}

void JobShopTabu::propose_moves(QuickRandom& random) {
  chosen_ = {.estimate = kNoStart};
  ties_ = possible_ = 0;
  const auto propose_all = [&] {
    for (std::size_t begin = 0; begin < critical_.size();) {
      std::size_t end = begin + 1;
      while (end < critical_.size() && shop_.machine[at(critical_[end])] == shop_.machine[at(critical_[begin])]) ++end;
      if (end - begin >= 2) propose_block(begin, end, random);
      begin = end;
    }
  };
  propose_all();
  if (chosen_.moved != 0 || possible_ == 0) return;
  desperate_ = true;  // All are tabu: any one at random.
  possible_ = 0;
  propose_all();
  desperate_ = false;
}

void JobShopTabu::unlink(Node node) {
  const Node a = before_[at(node)], b = after_[at(node)];
  after_[at(a)] = b;
  before_[at(b)] = a;
}

void JobShopTabu::link_after(Node node, Node anchor) {
  const Node next = after_[at(anchor)];
  before_[at(node)] = anchor;
  after_[at(node)] = next;
  after_[at(anchor)] = node;
  before_[at(next)] = node;
}

/// Machine links are already new. Moves what can be reached from `moved` behind `anchor`; false on a cycle.
bool JobShopTabu::reorder_forward(Node moved, Node anchor) {
  const std::size_t from = place_[at(moved)], to = place_[at(anchor)];
  std::size_t kept = from, held = 0;
  for (std::size_t i = from; i <= to; ++i) {
    const Node w = order_[i];
    const bool reached = w == moved || mark_[at(w) - 1] != 0 || mark_[at(before_[at(w)])] != 0;
    mark_[at(w)] = reached ? 1 : 0;
    if (reached) {
      later_[held++] = w;
    } else {
      order_[kept++] = w;
    }
  }
  const bool acyclic = mark_[at(anchor)] == 0;
  for (std::size_t i = 0; i < held; ++i) {
    mark_[at(later_[i])] = 0;
    order_[kept + i] = later_[i];
  }
  for (std::size_t i = from; i <= to; ++i) place_[at(order_[i])] = static_cast<std::uint32_t>(i);
  return acyclic;
}

bool JobShopTabu::reorder_backward(Node moved, Node anchor) {
  const std::size_t from = place_[at(anchor)], to = place_[at(moved)];
  std::size_t kept = to + 1, held = 0;
  for (std::size_t i = to + 1; i-- > from;) {
    const Node w = order_[i];
    const bool reaches = w == moved || mark_[at(w) + 1] != 0 || mark_[at(after_[at(w)])] != 0;
    mark_[at(w)] = reaches ? 1 : 0;
    if (reaches) {
      later_[held++] = w;
    } else {
      order_[--kept] = w;
    }
  }
  const bool acyclic = mark_[at(anchor)] == 0;
  for (std::size_t i = 0; i < held; ++i) {
    mark_[at(later_[i])] = 0;
    order_[kept - 1 - i] = later_[i];
  }
  for (std::size_t i = from; i <= to; ++i) place_[at(order_[i])] = static_cast<std::uint32_t>(i);
  return acyclic;
}

bool JobShopTabu::apply(const Move& move, QuickRandom& random) {
  const std::uint64_t until = step_ + tenure_low_ + random.below(tenure_span_);
  const std::size_t from = std::min(place_[at(move.moved)], place_[at(move.anchor)]);
  const std::size_t to = std::max(place_[at(move.moved)], place_[at(move.anchor)]);
  const Node old_before = before_[at(move.moved)];
  if (move.forward) {
    for (Node w = after_[at(move.moved)];; w = after_[at(w)]) {
      tabu_until(move.moved, w) = until;
      if (w == move.anchor) break;
    }
    unlink(move.moved);
    link_after(move.moved, move.anchor);
  } else {
    for (Node w = old_before;; w = before_[at(w)]) {
      tabu_until(w, move.moved) = until;
      if (w == move.anchor) break;
    }
    unlink(move.moved);
    link_after(move.moved, before_[at(move.anchor)]);
  }
  const bool acyclic =
      move.forward ? reorder_forward(move.moved, move.anchor) : reorder_backward(move.moved, move.anchor);
  if (!acyclic) return false;
  heads_from(from);
  tails_from(to + 1);
  return true;
}

std::uint64_t JobShopTabu::improve(JobShopMember& member, const Limits& limits, QuickRandom& random, Budget& budget) {
  constexpr std::uint64_t kStepsPerLook = 512;
  load(member.order);
  best_ = member.makespan = makespan();
  step_ += 1'000'000;  // Forgets all tabus of the run before.
  const std::uint64_t first = step_;
  std::uint64_t improved_at = step_, looked_at = step_;
  while (step_ - improved_at < limits.idle_max && step_ - first < limits.steps_max && best_ > limits.target) {
    if (step_ - looked_at >= kStepsPerLook) {
      if (budget.spend(step_ - looked_at)) break;
      looked_at = step_;
    }
    ++step_;
    find_critical_path(random);
    propose_moves(random);
    const Move& move = chosen_;
    if (move.moved == 0) break;  // No block of two: the path is one job or one machine, which is optimal.
    if (!apply(move, random)) {  // Not expected: the tests are sufficient. Start again from the best.
      load(member.order);
      continue;
    }
    const std::int32_t now = makespan();
    if (now < best_) {
      best_ = member.makespan = now;
      member.order = order_;
      improved_at = step_;
    }
  }
  budget.spend(step_ - looked_at);
  return step_ - first;
}

}  // namespace hanse::optimiser::scheduling::internal
