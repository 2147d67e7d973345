#include "optimiser/scheduling/internal/flexible_tabu.hpp"

#include <algorithm>
#include <limits>

namespace hanse::optimiser::scheduling::internal {
namespace {
constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kSample = 10;  // Critical operations tried per step; more are slower and hardly better.
constexpr std::size_t at(Node node) { return static_cast<std::size_t>(node); }
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
void FlexibleTabu::propose_on(Node moved, std::uint32_t choice, std::int32_t without, QuickRandom& random) {
  const auto& [machine, duration] = shop_.choice(moved, choice);
  const bool tabu = tabu_[shop_.first_choice[at(moved)] + choice] > step_;
  const std::int32_t head = end_without_[at(moved) - 1], tail = tail_without_[at(moved) + 1];
  sequence_.clear();
  std::size_t late_from = 0, early_to = 0;  // `late`: ends after the head; `early`: its tail is longer.
  for (Node w = first_on_[at(machine)]; w != 0; w = after_[at(w)]) {
    sequence_.push_back(w);
    late_from += end_without_[at(w)] <= head ? 1 : 0;
    early_to += tail_without_[at(w)] > tail ? 1 : 0;
  }
  const auto at_slot = [&](std::size_t slot, std::int32_t path) {
    const Node previous = slot == 0 ? 0 : sequence_[slot - 1], next = slot == sequence_.size() ? 0 : sequence_[slot];
    if (choice == choice_[at(moved)] && previous == old_previous_) return;  // Where it was.
    offer({moved, choice, previous, next, std::max(without, path), path}, tabu, random);
  };
  if (early_to <= late_from) {
    const auto slot = early_to + random.below(static_cast<std::uint32_t>(late_from - early_to + 1));
    at_slot(slot, head + duration + tail);
    return;
  }
  for (std::size_t slot = late_from; slot <= early_to; ++slot) {
    const std::int32_t before = slot == late_from ? head : end_without_[at(sequence_[slot - 1])];
    const std::int32_t behind = slot == early_to ? tail : tail_without_[at(sequence_[slot])];
    at_slot(slot, before + duration + behind);
  }
}

void FlexibleTabu::propose(Node moved, QuickRandom& random) {
  const Node previous = before_[at(moved)], next = after_[at(moved)];
  const std::int32_t duration = duration_[at(moved)];
  old_previous_ = previous;
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
  const auto tenure = critical_.size() / 2 + shop_.choices_of(w) + random.below(10);
  tabu_[shop_.first_choice[at(w)] + choice_[at(w)]] = step_ + tenure;
  take_out(w);
  const auto& choice = shop_.choice(w, move.choice);
  choice_[at(w)] = static_cast<std::uint16_t>(move.choice);
  machine_[at(w)] = choice.machine;
  duration_[at(w)] = choice.duration;
  put_between(w, move.previous, move.next);
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
    chosen_ = {.makespan = kNever, .path = kNever};
    chosen_tabu_ = {};
    ties_ = tabus_ = 0;
    const std::size_t count = std::min(kSample, critical_.size());
    for (std::size_t i = 0; i < count; ++i) {
      const auto pick = i + random.below(static_cast<std::uint32_t>(critical_.size() - i));
      std::swap(critical_[i], critical_[pick]);
      propose(critical_[i], random);
    }
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
