#include "optimiser/scheduling/internal/flexible_tabu.hpp"

#include <algorithm>
#include <limits>

namespace hanse::optimiser::scheduling::internal {
namespace {
constexpr std::size_t kExact = 4;  // Critical operations per step whose moves are computed exactly.
}  // namespace

FlexibleTabu::FlexibleTabu(const FlexibleShop& shop)
    : shop_(shop),
      end_(shop.nodes(), 0),
      tail_(shop.nodes(), 0),
      end_without_(shop.nodes(), 0),
      tail_without_(shop.nodes(), 0),
      before_(shop.nodes(), 0),
      after_(shop.nodes(), 0),
      duration_(shop.nodes(), 0),
      machine_(shop.nodes(), -1),
      choice_(shop.nodes(), 0),
      first_on_(shop.machines, 0),
      sequence_(shop.machines),
      index_(shop.nodes(), 0),
      order_(shop.operations()),
      place_(shop.nodes(), 0),
      mark_(shop.nodes(), 0),
      later_(shop.operations()),
      tabu_(shop.choices.size(), 0) {}

void FlexibleTabu::load(const FlexibleMember& member) {
  order_ = member.order;
  choice_ = member.choice;
  std::fill(first_on_.begin(), first_on_.end(), 0);
  std::vector<Node> last(shop_.machines, 0);
  std::fill(after_.begin(), after_.end(), 0);
  for (auto& sequence : sequence_) sequence.clear();
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const Node w = order_[i];
    const auto& choice = shop_.choice(w, choice_[at(w)]);
    place_[at(w)] = static_cast<std::uint32_t>(i);
    duration_[at(w)] = choice.duration;
    machine_[at(w)] = choice.machine;
    auto& previous = last[at(choice.machine)];
    before_[at(w)] = previous;
    (previous != 0 ? after_[at(previous)] : first_on_[at(choice.machine)]) = w;
    previous = w;
    index_[at(w)] = static_cast<std::uint32_t>(sequence_[at(choice.machine)].size());
    sequence_[at(choice.machine)].push_back(w);
  }
  end_ = shop_.release;
  std::fill(tail_.begin(), tail_.end(), 0);
  heads_from(0, end_);
  tails_from(order_.size(), tail_);
  end_without_ = end_;
  tail_without_ = tail_;
}

void FlexibleTabu::heads_from(std::size_t begin, std::vector<std::int32_t>& ends) const {
  std::int32_t* const end = ends.data();
  const std::int32_t* const duration = duration_.data();
  const Node* const before = before_.data();
  const Node* const order = order_.data();
  const std::size_t count = order_.size();
  for (std::size_t i = begin; i < count; ++i) {
    const auto w = at(order[i]);
    const std::int32_t by_job = end[w - 1], by_machine = end[at(before[w])];
    end[w] = (by_job > by_machine ? by_job : by_machine) + duration[w];
  }
}

void FlexibleTabu::tails_from(std::size_t stop, std::vector<std::int32_t>& tails) const {
  std::int32_t* const tail = tails.data();
  const std::int32_t* const duration = duration_.data();
  const Node* const after = after_.data();
  const Node* const order = order_.data();
  for (std::size_t i = stop; i-- > 0;) {
    const auto w = at(order[i]);
    const std::int32_t by_job = tail[w + 1], by_machine = tail[at(after[w])];
    tail[w] = (by_job > by_machine ? by_job : by_machine) + duration[w];
  }
}

std::int32_t FlexibleTabu::longest(const std::vector<std::int32_t>& end) const {
  std::int32_t result = 0;
  for (const Node w : shop_.last) result = std::max(result, end[at(w)]);
  return result;
}

std::int32_t FlexibleTabu::makespan_of(const FlexibleMember& member) {
  load(member);
  return longest(end_);
}

void FlexibleTabu::find_critical_path(QuickRandom& random) {
  critical_.clear();
  const std::int32_t makespan = longest(end_);
  Node w = 0;
  std::uint32_t seen = 0;
  for (const Node candidate : shop_.last) {
    if (end_[at(candidate)] == makespan && random.below(++seen) == 0) w = candidate;
  }
  while (true) {
    critical_.push_back(w);
    const std::int32_t head = end_[at(w)] - duration_[at(w)];
    const Node by_job = w - 1, by_machine = before_[at(w)];
    const bool job_critical = machine_[at(by_job)] >= 0 && end_[at(by_job)] == head;
    const bool machine_critical = by_machine != 0 && end_[at(by_machine)] == head;
    if (job_critical && machine_critical) {
      w = random.coin() ? by_job : by_machine;
    } else if (job_critical) {
      w = by_job;
    } else if (machine_critical) {
      w = by_machine;
    } else {
      return;
    }
  }
}

void FlexibleTabu::take_out(Node node) {
  const Node a = before_[at(node)], b = after_[at(node)];
  (a != 0 ? after_[at(a)] : first_on_[at(machine_[at(node)])]) = b;
  if (b != 0) before_[at(b)] = a;
  before_[at(node)] = after_[at(node)] = 0;
}

/// Numbers the machine's list again from `begin` on.
void FlexibleTabu::renumber(std::size_t machine, std::size_t begin) {
  const auto& sequence = sequence_[machine];
  for (std::size_t i = begin; i < sequence.size(); ++i) index_[at(sequence[i])] = static_cast<std::uint32_t>(i);
}

void FlexibleTabu::put_between(Node node, Node previous, Node next) {
  before_[at(node)] = previous;
  after_[at(node)] = next;
  (previous != 0 ? after_[at(previous)] : first_on_[at(machine_[at(node)])]) = node;
  if (next != 0) before_[at(next)] = node;
}

void FlexibleTabu::offer(const Move& move, bool tabu, QuickRandom& random) {
  if (tabu && move.makespan >= best_) {
    if (random.below(++tabus_) == 0) chosen_tabu_ = move;
    return;
  }
  const bool better = move.makespan != chosen_.makespan ? move.makespan < chosen_.makespan : move.path < chosen_.path;
  if (better) {
    chosen_ = move;
    ties_ = 1;
  } else if (move.makespan == chosen_.makespan && move.path == chosen_.path && random.below(++ties_) == 0) {
    chosen_ = move;
  }
}

/// Where on the choice's machine `moved`, which is taken out, can go: between what must precede and what must follow.
/// Along a machine ends grow and tails shrink, so both limits are found by halving.
void FlexibleTabu::propose_on(Node moved, std::uint32_t choice, std::int32_t without, QuickRandom& random) {
  const auto& [machine, duration] = shop_.choice(moved, choice);
  const bool tabu = tabu_[shop_.first_choice[at(moved)] + choice] > step_;
  const std::int32_t head = end_without_[at(moved) - 1], tail = tail_without_[at(moved) + 1];
  const auto& sequence = sequence_[at(machine)];
  // The moved one is still in its own machine's list: step over it.
  const std::size_t gap = choice == choice_[at(moved)] ? index_[at(moved)] : sequence.size();
  const std::size_t size = sequence.size() - (gap < sequence.size() ? 1 : 0);
  const auto node = [&](std::size_t i) { return sequence[i + (i >= gap ? 1 : 0)]; };
  const auto first_where = [&](auto&& holds) {
    std::size_t low = 0, high = size;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (holds(at(node(middle)))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  };
  const std::size_t late_from = first_where([&](std::size_t w) { return end_without_[w] > head; });
  const std::size_t early_to = first_where([&](std::size_t w) { return tail_without_[w] <= tail; });
  const auto at_slot = [&](std::size_t slot, std::int32_t path) {
    if (slot == gap) return;  // Where it was.
    const Node previous = slot == 0 ? 0 : node(slot - 1), next = slot == size ? 0 : node(slot);
    offer({moved, choice, previous, next, std::max(without, path), path}, tabu, random);
  };
  if (early_to <= late_from) {
    const auto slot = early_to + random.below(static_cast<std::uint32_t>(late_from - early_to + 1));
    at_slot(slot, head + duration + tail);
    return;
  }
  for (std::size_t slot = late_from; slot <= early_to; ++slot) {
    const std::int32_t before = slot == late_from ? head : end_without_[at(node(slot - 1))];
    const std::int32_t behind = slot == early_to ? tail : tail_without_[at(node(slot))];
    at_slot(slot, before + duration + behind);
  }
}

/// Roughly the shortest path through `moved` after any of its moves that isn't tabu: heads and tails are taken as they
/// are, with the operation still in its place, which is right for what neither follows nor precedes it.
std::int32_t FlexibleTabu::outlook(Node moved) const {
  const std::int32_t head = end_[at(moved) - 1], tail = tail_[at(moved) + 1];
  std::int32_t best = kNoStart;
  for (std::uint32_t c = 0; c < shop_.choices_of(moved); ++c) {
    if (tabu_[shop_.first_choice[at(moved)] + c] > step_) continue;
    const auto& [machine, duration] = shop_.choice(moved, c);
    if (c == choice_[at(moved)]) {
      best = std::min(best, outlook_at_home(moved));
      continue;
    }
    const auto& sequence = sequence_[at(machine)];
    const auto late =
        std::partition_point(sequence.begin(), sequence.end(), [&](Node w) { return end_[at(w)] <= head; });
    const auto early =
        std::partition_point(sequence.begin(), sequence.end(), [&](Node w) { return tail_[at(w)] > tail; });
    if (early <= late) {
      best = std::min(best, head + duration + tail);
      continue;
    }
    for (auto slot = late; slot <= early; ++slot) {
      const std::int32_t before = slot == late ? head : end_[at(*(slot - 1))];
      const std::int32_t behind = slot == early ? tail : tail_[at(*slot)];
      best = std::min(best, before + duration + behind);
    }
  }
  return best;
}

/// The same on its own machine, where its neighbours move up when it goes.
std::int32_t FlexibleTabu::outlook_at_home(Node moved) const {
  const std::int32_t head = end_[at(moved) - 1], tail = tail_[at(moved) + 1], duration = duration_[at(moved)];
  std::int32_t best = kNoStart;
  std::int32_t end = end_[at(before_[at(moved)])];
  for (Node w = after_[at(moved)]; w != 0 && tail_[at(w)] > tail; w = after_[at(w)]) {
    end = std::max(end, end_[at(w) - 1]) + duration_[at(w)];
    best = std::min(best, std::max(head, end) + duration + std::max(tail, tail_[at(after_[at(w)])]));
  }
  std::int32_t rest = tail_[at(after_[at(moved)])];
  for (Node w = before_[at(moved)]; w != 0 && end_[at(w)] > head; w = before_[at(w)]) {
    rest = std::max(rest, tail_[at(w) + 1]) + duration_[at(w)];
    best = std::min(best, std::max(head, end_[at(before_[at(w)])]) + duration + std::max(tail, rest));
  }
  return best;
}

/// Brings those with the best outlook to the front of the critical path.
std::size_t FlexibleTabu::rank_critical(QuickRandom& random) {
  outlooks_.clear();
  for (const Node w : critical_) {
    // Equal outlooks in random order: the low bits decide.
    outlooks_.emplace_back((static_cast<std::uint64_t>(outlook(w)) << 16) | (random.next() & 0xFFFFU), w);
  }
  const std::size_t count = std::min(kExact, outlooks_.size());
  std::partial_sort(outlooks_.begin(), outlooks_.begin() + static_cast<std::ptrdiff_t>(count), outlooks_.end());
  return count;
}

void FlexibleTabu::propose(Node moved, QuickRandom& random) {
  const Node previous = before_[at(moved)], next = after_[at(moved)];
  const std::int32_t duration = duration_[at(moved)];
  take_out(moved);
  duration_[at(moved)] = 0;
  const std::size_t here = place_[at(moved)];
  end_without_ = end_;
  tail_without_ = tail_;
  heads_from(here, end_without_);
  tails_from(here + 1, tail_without_);
  const std::int32_t without = longest(end_without_);
  for (std::uint32_t c = 0; c < shop_.choices_of(moved); ++c) propose_on(moved, c, without, random);
  duration_[at(moved)] = duration;
  put_between(moved, previous, next);
}

bool FlexibleTabu::reorder_forward(Node moved, Node anchor) {
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

bool FlexibleTabu::reorder_backward(Node moved, Node anchor) {
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

bool FlexibleTabu::apply(const Move& move, QuickRandom& random) {
  const Node w = move.moved;
  const auto tenure = critical_.size() + shop_.choices_of(w) + random.below(10);
  tabu_[shop_.first_choice[at(w)] + choice_[at(w)]] = step_ + tenure;
  take_out(w);
  const auto old_machine = at(machine_[at(w)]);
  const std::size_t old_index = index_[at(w)];
  sequence_[old_machine].erase(sequence_[old_machine].begin() + static_cast<std::ptrdiff_t>(old_index));
  renumber(old_machine, old_index);
  const auto& choice = shop_.choice(w, move.choice);
  choice_[at(w)] = static_cast<std::uint16_t>(move.choice);
  machine_[at(w)] = choice.machine;
  duration_[at(w)] = choice.duration;
  put_between(w, move.previous, move.next);
  const auto machine = at(choice.machine);
  const std::size_t index = move.previous == 0 ? 0 : index_[at(move.previous)] + 1;
  sequence_[machine].insert(sequence_[machine].begin() + static_cast<std::ptrdiff_t>(index), w);
  renumber(machine, index);
  std::size_t from = place_[at(w)], to = from;
  bool acyclic = true;
  if (move.previous != 0 && place_[at(move.previous)] > place_[at(w)]) {
    to = place_[at(move.previous)];
    acyclic = reorder_forward(w, move.previous);
  } else if (move.next != 0 && place_[at(move.next)] < place_[at(w)]) {
    from = place_[at(move.next)];
    acyclic = reorder_backward(w, move.next);
  }
  if (!acyclic) return false;
  heads_from(from, end_);
  tails_from(to + 1, tail_);
  return true;
}

std::uint64_t FlexibleTabu::improve(FlexibleMember& member, const Limits& limits, QuickRandom& random, Budget& budget) {
  constexpr std::uint64_t kStepsPerLook = 128;
  load(member);
  best_ = member.makespan = longest(end_);
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
    chosen_ = {.makespan = kNoStart, .path = kNoStart};
    chosen_tabu_ = {};
    ties_ = tabus_ = 0;
    const std::size_t count = rank_critical(random);
    for (std::size_t i = 0; i < count; ++i) propose(outlooks_[i].second, random);
    const Move& move = chosen_.moved != 0 ? chosen_ : chosen_tabu_;
    if (move.moved == 0) continue;
    if (!apply(move, random)) {  // Only operations of no length can hide a cycle.
      load(member);
      continue;
    }
    const std::int32_t now = longest(end_);
    if (now < best_) {
      best_ = member.makespan = now;
      member.order = order_;
      member.choice = choice_;
      improved_at = step_;
    }
  }
  budget.spend(step_ - looked_at);
  return step_ - first;
}

}  // namespace hanse::optimiser::scheduling::internal
