#include "optimiser/scheduling/internal/general_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "optimiser/scheduling/internal/evolution.hpp"

namespace hanse::optimiser::scheduling::internal {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};
constexpr std::size_t kDispatchOperationsMax = 20'000;  // Over this the dispatching rule looks at no queue.

/// Estimates for the dispatching rule.
struct Estimate {
  std::vector<Seconds> tail;  ///< Least work of the job after the operation.
  std::vector<Seconds> quickest;
  std::vector<std::vector<std::uint32_t>> next;
};

Estimate estimate(const GeneralShop& shop) {
  Estimate estimate{.tail = std::vector<Seconds>(shop.items.size(), 0),
                    .quickest = std::vector<Seconds>(shop.items.size(), 0),
                    .next = std::vector<std::vector<std::uint32_t>>(shop.items.size())};
  for (std::uint32_t i = 0; i < shop.items.size(); ++i) {
    Seconds quickest = kNever;
    for (std::uint32_t c = 0; c < shop.items[i].choices; ++c) quickest = std::min(quickest, shop.choice(i, c).duration);
    estimate.quickest[i] = quickest;
    for (std::uint32_t b = 0; b < shop.items[i].befores; ++b)
      estimate.next[shop.before[shop.items[i].first_before + b]].push_back(i);
  }
  for (std::size_t k = shop.topological.size(); k-- > 0;) {
    const auto i = shop.topological[k];
    for (const auto follower : estimate.next[i]) {
      estimate.tail[i] =
          std::max(estimate.tail[i], shop.items[i].lag + estimate.quickest[follower] + estimate.tail[follower]);
    }
  }
  return estimate;
}

struct Rule {
  double urgency = 0.5;  ///< Weight of the job's slack against the moment an operation could start.
  double noise = 0;
  bool random_choice = false;
};

GeneralMember dispatch_by(const GeneralShop& shop, const Rule& rule, QuickRandom& random) {
  const auto about = estimate(shop);
  GeneralMember member;
  member.choice.assign(shop.items.size(), 0);
  std::vector<std::uint32_t> waiting(shop.items.size());
  std::vector<Seconds> ready(shop.items.size()), machine_free(shop.machines.size());
  std::vector<std::int32_t> family(shop.machines.size());
  for (std::size_t m = 0; m < shop.machines.size(); ++m) {
    machine_free[m] = std::max(shop.now, shop.machines[m].available_from);
    family[m] = shop.machines[m].family;
  }
  std::vector<std::uint32_t> eligible;
  std::vector<double> slack(shop.items.size());
  const auto& jobs = shop.problem->jobs;
  // Due dates count from when the first operation may begin: what zero means is the caller's matter.
  Seconds origin = kNever;
  for (const auto i : shop.topological) origin = std::min(origin, std::max(shop.now, shop.items[i].release));
  for (const auto i : shop.topological) {
    waiting[i] = shop.items[i].befores;
    ready[i] = std::max(shop.now, shop.items[i].release);
    const auto& job = jobs[shop.items[i].job];
    const double due = job.due ? *job.due - origin : 0;
    const double weight = job.due ? std::sqrt(std::max(1, job.weight)) : 1;
    slack[i] = (due - about.quickest[i] - about.tail[i]) / weight * (1 + rule.noise * random.uniform());
    if (waiting[i] == 0) eligible.push_back(i);
  }
  const bool queue = shop.items.size() <= kDispatchOperationsMax;
  std::size_t cursor = 0;
  while (cursor < eligible.size()) {
    std::size_t chosen = cursor;
    if (queue) {
      double best = std::numeric_limits<double>::infinity();
      for (std::size_t e = cursor; e < eligible.size(); ++e) {
        const auto i = eligible[e];
        Seconds start = kNever;
        for (std::uint32_t c = 0; c < shop.items[i].choices; ++c) {
          start = std::min(start, std::max(ready[i], machine_free[shop.choice(i, c).machine]));
        }
        const double key = (start - origin) * (1 + 0.1 * rule.noise * random.uniform()) + rule.urgency * slack[i];
        if (key < best) {
          best = key;
          chosen = e;
        }
      }
    }
    std::swap(eligible[cursor], eligible[chosen]);
    const auto i = eligible[cursor++];
    Seconds soonest = kNever;
    for (std::uint32_t c = 0; c < shop.items[i].choices; ++c) {
      const auto& choice = shop.choice(i, c);
      const auto& machine = shop.machines[choice.machine];
      Seconds from = machine_free[choice.machine];
      if (machine.setups && family[choice.machine] >= 0)
        from += (*machine.setups)[static_cast<std::size_t>(family[choice.machine])][shop.items[i].family];
      const auto span = shop.items[i].resumable ? machine.works.fit_resumable(std::max(from, ready[i]), choice.duration)
                                                : machine.works.fit(std::max(from, ready[i]), choice.duration);
      const bool pinned_here = !shop.items[i].pinned || choice.machine == shop.items[i].pin_machine;
      if (pinned_here && (span.end < soonest || c == 0)) {
        soonest = span.end;
        member.choice[i] = static_cast<std::uint16_t>(c);
      }
    }
    if (rule.random_choice && random.below(8) == 0)
      member.choice[i] = static_cast<std::uint16_t>(random.below(shop.items[i].choices));
    const auto& taken = shop.choice(i, member.choice[i]);
    if (soonest == kNever) soonest = ready[i] + taken.duration;
    if (shop.machines[taken.machine].capacity == 1) {
      machine_free[taken.machine] = soonest;
      family[taken.machine] = static_cast<std::int32_t>(shop.items[i].family);
    }
    member.order.push_back(i);
    for (const auto follower : about.next[i]) {
      ready[follower] = std::max(ready[follower], soonest + shop.items[i].lag);
      if (--waiting[follower] == 0) eligible.push_back(follower);
    }
  }
  // Dropped operations never become eligible, nor what waits for them; the decoder leaves them out as well.
  std::vector<std::uint8_t> seen(shop.items.size(), 0);
  for (const auto i : member.order) seen[i] = 1;
  for (const auto i : shop.topological) {
    if (seen[i] == 0) member.order.push_back(i);
  }
  return member;
}

}  // namespace

GeneralCore::GeneralCore(const GeneralShop& shop, const SolveOptions& options, std::vector<std::uint8_t> movable)
    : shop_(shop),
      options_(options),
      movable_(std::move(movable)),
      decoder_(shop, options.objective, options.tax ? &*options.tax : nullptr) {
  for (const auto i : shop.topological) {
    if (moves(i) && !shop.items[i].fact) movables_.push_back(i);
  }
}

GeneralMember GeneralCore::fresh(QuickRandom& random) {
  const Rule rule = std::exchange(first_, false)
                        ? Rule{}
                        : Rule{.urgency = random.uniform() * 1.5, .noise = random.uniform(), .random_choice = true};
  auto member = dispatch_by(shop_, rule, random);
  member.value = decoder_.decode(member);
  return member;
}

GeneralMember GeneralCore::child(const Member& a, const Member& b, QuickRandom& random) {
  const std::uint32_t weight = 300 + random.below(401);  // Of 1000, of `b`.
  std::vector<std::uint32_t> rank(shop_.items.size(), 0);
  for (std::size_t k = 0; k < b.order.size(); ++k) rank[b.order[k]] = static_cast<std::uint32_t>(k);
  keys_.clear();
  Member child{.order = {}, .choice = a.choice};
  for (std::size_t k = 0; k < a.order.size(); ++k) {
    const auto i = a.order[k];
    keys_.emplace_back((1000 - weight) * std::uint64_t{k} + weight * std::uint64_t{rank[i]}, i);
    if (random.below(1000) < weight) child.choice[i] = b.choice[i];
  }
  std::sort(keys_.begin(), keys_.end());
  for (const auto& [key, i] : keys_) child.order.push_back(i);
  child.value = decoder_.decode(child);
  return child;
}

double GeneralCore::distance(const Member& a, const Member& b) {
  std::size_t differing = 0;
  for (std::size_t k = 0; k < a.order.size() && k < b.order.size(); ++k)
    differing += a.order[k] != b.order[k] || a.choice[a.order[k]] != b.choice[a.order[k]] ? 1 : 0;
  return a.order.empty() ? 0 : static_cast<double>(differing) / static_cast<double>(a.order.size());
}

GeneralMember GeneralCore::from_schedule(const Schedule& schedule) {
  Member member;
  member.order = shop_.topological;
  member.choice.assign(shop_.items.size(), 0);
  std::vector<std::size_t> rank(shop_.items.size(), 0);
  for (std::size_t k = 0; k < member.order.size(); ++k) rank[member.order[k]] = k;
  const auto key = [&](std::uint32_t i) {
    const auto& at = schedule.operations[i];
    return at ? std::tuple{at->start, at->end, rank[i]} : std::tuple{kNever, kNever, rank[i]};
  };
  std::sort(member.order.begin(), member.order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  for (const auto i : member.order) {
    Seconds quickest = kNever;
    for (std::uint32_t c = 0; c < shop_.items[i].choices; ++c) {
      const auto& choice = shop_.choice(i, c);
      const bool here = schedule.operations[i] && position(schedule.operations[i]->machine) == choice.machine;
      if (here || (!schedule.operations[i] && choice.duration < quickest)) {
        quickest = choice.duration;
        member.choice[i] = static_cast<std::uint16_t>(c);
      }
    }
  }
  member.value = decoder_.decode(member);
  return member;
}

/// Notes what the decoder has just made: the next candidates are decoded over it.
void GeneralCore::look(const Member& member) {
  auto& before = now_.before_on_machine;
  before.assign(shop_.items.size(), kNone);
  now_.place.assign(shop_.items.size(), kNone);
  std::vector<std::uint32_t> last(shop_.machines.size(), kNone);
  now_.sequence = decoder_.sequence();
  now_.end.assign(shop_.items.size(), -1);
  now_.machine.assign(shop_.items.size(), kNone);
  for (const auto i : now_.sequence) {
    now_.end[i] = decoder_.end(i);
    now_.machine[i] = decoder_.machine(i);
    before[i] = std::exchange(last[now_.machine[i]], i);
  }
  for (std::size_t k = 0; k < member.order.size(); ++k) now_.place[member.order[k]] = static_cast<std::uint32_t>(k);
}

/// Goes back from a job's last operation along what delayed it; one of the operations that waited for a machine.
std::uint32_t GeneralCore::pick(QuickRandom& random) {
  blocking_.clear();
  // A job at random, the later the likelier: the worst of three.
  std::uint32_t worst = kNone;
  double worst_cost = -1;
  const auto& sequence = now_.sequence;
  for (int k = 0; k < 3; ++k) {
    const auto i = k == 0 && options_.objective.makespan > 0 && random.coin()
                       ? sequence.back()
                       : sequence[random.below(static_cast<std::uint32_t>(sequence.size()))];
    const auto& job = shop_.problem->jobs[shop_.items[i].job];
    const double late = job.due ? std::max(0, now_.end[i] - *job.due) * static_cast<double>(job.weight) : 0;
    const double cost = late * static_cast<double>(options_.objective.weighted_tardiness) +
                        1e-3 * static_cast<double>(now_.end[i]) *
                            static_cast<double>(std::max<std::int64_t>(1, options_.objective.makespan));
    if (cost > worst_cost) {
      worst_cost = cost;
      worst = i;
    }
  }
  for (std::uint32_t i = worst; i != kNone && blocking_.size() < 64;) {
    const auto& item = shop_.items[i];
    const auto blocker = now_.before_on_machine[i];
    std::uint32_t latest_before = kNone;
    for (std::uint32_t b = 0; b < item.befores; ++b) {
      const auto before = shop_.before[item.first_before + b];
      if (now_.end[before] >= 0 && (latest_before == kNone || now_.end[before] > now_.end[latest_before]))
        latest_before = before;
    }
    const Seconds by_machine = blocker == kNone ? -1 : now_.end[blocker];
    const Seconds by_job = latest_before == kNone ? -1 : now_.end[latest_before] + shop_.items[latest_before].lag;
    if (blocker != kNone && by_machine >= by_job) {
      if (moves(i) && !item.fact) blocking_.push_back(i);
      i = blocker;
    } else {
      i = latest_before;
    }
  }
  return blocking_.empty() ? kNone : blocking_[random.below(static_cast<std::uint32_t>(blocking_.size()))];
}

bool GeneralCore::move_before(Member& member, std::uint32_t item, std::uint32_t anchor) {
  const auto from = now_.place[item], to = now_.place[anchor];
  if (from == kNone || to == kNone || from == to) return false;
  auto& order = member.order;
  if (to < from) {
    std::rotate(order.begin() + to, order.begin() + from, order.begin() + from + 1);
  } else {
    std::rotate(order.begin() + from, order.begin() + from + 1, order.begin() + to);
  }
  return true;
}

bool GeneralCore::vary(Member& member, QuickRandom& random) {
  const auto roll = random.below(100);
  std::uint32_t item = roll < 65 ? pick(random) : kNone;
  if (item == kNone) item = movables_[random.below(static_cast<std::uint32_t>(movables_.size()))];
  const auto& about = shop_.items[item];
  if (about.choices > 1 && !about.pinned && random.below(3) == 0) {
    auto other = random.below(about.choices - 1);
    if (other >= member.choice[item]) ++other;
    member.choice[item] = static_cast<std::uint16_t>(other);
    if (random.coin()) return true;
    // Also to another moment: before something that the new machine does at about the same time.
    const auto machine = shop_.choice(item, other).machine;
    std::uint32_t anchor = kNone, seen = 0;
    const auto here = now_.place[item];
    const std::size_t low = here > 60 ? here - 60 : 0;
    for (std::size_t k = low; k < std::min<std::size_t>(here, member.order.size()); ++k) {
      const auto i = member.order[k];
      if (now_.machine[i] == machine && is_passed(i) && random.below(++seen) == 0) anchor = i;
    }
    if (anchor != kNone) move_before(member, item, anchor);
    return true;
  }
  // Before the one before it on its machine, or some more before.
  std::uint32_t anchor = now_.before_on_machine[item];
  for (std::uint32_t back = random.below(4) == 0 ? random.below(6) : 0; back > 0 && anchor != kNone; --back) {
    const auto further = now_.before_on_machine[anchor];
    if (further == kNone || !is_passed(further)) break;
    anchor = further;
  }
  if (anchor == kNone || !is_passed(anchor) || shop_.items[anchor].fact) return false;
  // What the operation itself waits for is pulled forward by the decoder.
  return move_before(member, item, anchor);
}

std::uint64_t GeneralCore::improve(Member& member, std::uint64_t idle_max, std::uint64_t steps_max, std::int64_t target,
                                   QuickRandom& random, Budget& budget) {
  constexpr std::size_t kMemory = 40;
  Member current = member, candidate;
  member.value = current.value = decoder_.decode(current);
  look(current);
  if (movables_.empty() || now_.sequence.empty()) return 0;
  std::vector<std::int64_t> past(kMemory, current.value);
  std::uint64_t step = 0, improved_at = 0, barren = 0;
  while (step - improved_at < idle_max && step < steps_max && member.value > target) {
    ++step;
    if (budget.spend(1)) break;
    candidate = current;
    if (!vary(candidate, random)) {
      if (++barren > 1000) break;
      continue;
    }
    barren = 0;
    candidate.value = decoder_.decode(candidate);
    auto& memory = past[step % kMemory];
    if (candidate.value <= current.value || candidate.value <= memory) {
      std::swap(current, candidate);
      look(current);
      if (current.value < member.value) {
        member = current;
        improved_at = step;
      }
    }
    memory = std::min(memory, current.value);
  }
  return step;
}

Schedule search_general(const Problem& problem, const SolveOptions& options, const Bound& bound, Budget& budget) {
  const auto shop = GeneralShop::from(problem, options.tax ? options.tax->now : 0);
  const unsigned threads = std::clamp(options.threads, 1U, 64U);
  std::vector<std::unique_ptr<GeneralCore>> cores;
  for (unsigned i = 0; i < threads; ++i) cores.push_back(std::make_unique<GeneralCore>(shop, options));
  auto& first = *cores[0];
  Evolution<GeneralCore> evolution{std::move(cores),
                                   {.members = 6, .idle_max = 1'500, .target = 0, .threads = threads, .candidates = 1},
                                   options.seed,
                                   budget};
  if (options.start) evolution.add_start(first.from_schedule(*options.start));
  const auto best = evolution.run();
  first.decoder().decode(best);
  (void)bound;
  return first.decoder().schedule();
}

Schedule dispatch_general(const Problem& problem, const SolveOptions& options) {
  const auto shop = GeneralShop::from(problem, 0);
  GeneralCore core{shop, options};
  QuickRandom random{options.seed};
  core.decoder().decode(core.fresh(random));
  return core.decoder().schedule();
}

}  // namespace hanse::optimiser::scheduling::internal
