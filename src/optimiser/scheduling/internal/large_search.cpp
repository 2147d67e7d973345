#include "optimiser/scheduling/internal/large_search.hpp"

#include <algorithm>
#include <queue>

#include "optimiser/scheduling/internal/job_shop_tabu.hpp"

namespace hanse::optimiser::scheduling::internal {
namespace {

/// Longest paths: from each node's start to the sink, its own duration included.
std::vector<std::int32_t> tails_of(const JobShop& shop, const std::vector<Node>& order) {
  std::vector<std::int32_t> tail(shop.tail);
  std::vector<std::int32_t> machine_tail(shop.tail.begin(),
                                         shop.tail.begin() + static_cast<std::ptrdiff_t>(shop.on_machine.size()));
  for (std::size_t i = order.size(); i-- > 0;) {
    const auto w = at(order[i]);
    auto& by_machine = machine_tail[at(shop.machine[w])];
    tail[w] = by_machine = std::max(tail[w + 1], by_machine) + shop.duration[w];
  }
  return tail;
}

std::vector<std::int32_t> ends_of(const JobShop& shop, const std::vector<Node>& order) {
  std::vector<std::int32_t> end(shop.release);
  std::vector<std::int32_t> free(shop.release.begin(),
                                 shop.release.begin() + static_cast<std::ptrdiff_t>(shop.on_machine.size()));
  for (const Node node : order) {
    const auto w = at(node);
    auto& by_machine = free[at(shop.machine[w])];
    end[w] = by_machine = std::max(end[w - 1], by_machine) + shop.duration[w];
  }
  return end;
}

std::int32_t makespan_of(const JobShop& shop, const std::vector<std::int32_t>& end) {
  std::int32_t longest = 0;
  for (const Node w : shop.last) longest = std::max(longest, end[at(w)]);
  return longest;
}

/// The jobs of `shop` run backwards; node numbers are kept by mirroring, so that an order maps to its reverse.
struct Mirror {
  JobShop shop;
  std::vector<Node> node;  ///< In the mirror, of each node.
};

Mirror mirror_of(const JobShop& shop) {
  Mirror mirror;
  mirror.shop = shop;
  mirror.node.resize(shop.nodes(), 0);
  const auto shift = static_cast<Node>(shop.on_machine.size() + shop.nodes() - 1);
  auto& back = mirror.shop;
  for (std::size_t w = shop.on_machine.size(); w < shop.nodes(); ++w) {
    const auto other = at(shift) - w;
    mirror.node[w] = static_cast<Node>(other);
    back.duration[other] = shop.duration[w];
    back.machine[other] = shop.machine[w];
    back.release[other] = shop.tail[w];
    back.tail[other] = shop.release[w];
    back.operation[other] = shop.operation[w];
  }
  for (std::size_t j = 0; j < shop.first.size(); ++j) {
    back.first[j] = shift - shop.last[j];
    back.last[j] = shift - shop.first[j];
  }
  for (auto& w : back.real) w = shift - w;
  for (auto& nodes : back.on_machine) {
    for (auto& w : nodes) w = shift - w;
  }
  return mirror;
}

/// A part of a schedule as a job shop of its own: what comes before it gives releases, what comes after gives tails.
struct Window {
  JobShop shop;
  std::vector<Node> outer;  ///< By inner node.
  JobShopMember member;
};

class WindowMaker {
 public:
  WindowMaker(const JobShop& shop, const std::vector<Node>& order, const std::vector<std::int32_t>& end,
              const std::vector<std::int32_t>& tail)
      : shop_(shop), order_(order), end_(end), tail_(tail), inner_(shop.nodes(), 0) {}

  /// The operations at places `begin` to `stop` of the order.
  Window make(std::size_t begin, std::size_t stop) {
    Window window;
    auto& part = window.shop;
    const std::size_t machines = shop_.on_machine.size();
    part.on_machine.resize(machines);
    std::vector<Node> nodes(order_.begin() + static_cast<std::ptrdiff_t>(begin),
                            order_.begin() + static_cast<std::ptrdiff_t>(stop));
    std::sort(nodes.begin(), nodes.end());
    const auto add = [&](Node outer, std::int32_t release) {
      part.duration.push_back(outer == 0 ? 0 : shop_.duration[at(outer)]);
      part.machine.push_back(outer == 0 ? -1 : shop_.machine[at(outer)]);
      part.release.push_back(release);
      part.tail.push_back(0);
      part.slot.push_back(0);
      part.operation.push_back({});
      window.outer.push_back(outer);
    };
    for (std::size_t m = 0; m < machines; ++m) add(0, shop_.release[m]);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const Node w = nodes[i];
      if (i == 0 || nodes[i - 1] != w - 1) {
        if (i > 0) close_job(part, nodes[i - 1]);
        add(0, end_[at(w) - 1]);
        if (i > 0) part.tail.back() = pending_tail_;
        part.first.push_back(static_cast<Node>(part.nodes()));
      }
      inner_[at(w)] = static_cast<Node>(part.nodes());
      add(w, 0);
      auto& on = part.on_machine[at(shop_.machine[at(w)])];
      part.slot.back() = static_cast<std::int32_t>(on.size());
      on.push_back(inner_[at(w)]);
      part.real.push_back(inner_[at(w)]);
    }
    close_job(part, nodes.back());
    add(0, 0);
    part.tail.back() = pending_tail_;
    set_machine_ends(part, begin, stop);
    for (std::size_t i = begin; i < stop; ++i) window.member.order.push_back(inner_[at(order_[i])]);
    return window;
  }

 private:
  void close_job(JobShop& part, Node last) {
    part.last.push_back(static_cast<Node>(part.nodes()) - 1);
    pending_tail_ = tail_[at(last) + 1];
  }
  /// When each machine is there for the window, and what follows on it.
  void set_machine_ends(JobShop& part, std::size_t begin, std::size_t stop) {
    std::vector<bool> before_known(part.on_machine.size(), false), after_known(part.on_machine.size(), false);
    std::size_t open = 0;
    for (const auto& nodes : part.on_machine) open += nodes.empty() ? 0 : 1;
    std::size_t left = open;
    for (std::size_t i = begin; i-- > 0 && left > 0;) {
      const auto m = at(shop_.machine[at(order_[i])]);
      if (before_known[m] || part.on_machine[m].empty()) continue;
      before_known[m] = true;
      part.release[m] = end_[at(order_[i])];
      --left;
    }
    left = open;
    for (std::size_t i = stop; i < order_.size() && left > 0; ++i) {
      const auto m = at(shop_.machine[at(order_[i])]);
      if (after_known[m] || part.on_machine[m].empty()) continue;
      after_known[m] = true;
      part.tail[m] = tail_[at(order_[i])];
      --left;
    }
  }

  const JobShop& shop_;
  const std::vector<Node>& order_;
  const std::vector<std::int32_t>& end_;
  const std::vector<std::int32_t>& tail_;
  std::vector<Node> inner_;
  std::int32_t pending_tail_ = 0;
};

class LargeSearch {
 public:
  LargeSearch(const JobShop& shop, const SolveOptions& options, const Bound& bound, Budget& budget)
      : shop_(shop), bound_(bound), budget_(budget), random_(options.seed) {}

  std::vector<Node> run() {
    best_ = dispatch_large(shop_, {});
    told();
    dispatch_again();
    search_windows();
    return best_.order;
  }

 private:
  bool done() const { return budget_.stopped() || best_.makespan <= bound_.value; }
  void told() { budget_.improved(best_.makespan, bound_.value); }

  /// Dispatches by the tails of the last schedule, forwards and backwards by turns, while that helps.
  void dispatch_again() {
    const auto mirror = mirror_of(shop_);
    std::vector<Node> order = best_.order;
    int idle = 0;
    while (!done() && idle < 6) {
      if (budget_.spend(order.size())) return;
      // Backwards: what was early in the schedule is late in the mirror, so its head is the mirror's tail.
      const auto end = ends_of(shop_, order);
      std::vector<std::int32_t> heads(shop_.nodes(), 0);
      for (const Node w : shop_.real) heads[at(mirror.node[at(w)])] = end[at(w)];
      auto back = dispatch_large(mirror.shop, heads);
      std::vector<Node> reversed;
      reversed.reserve(back.order.size());
      for (std::size_t i = back.order.size(); i-- > 0;) reversed.push_back(mirror.node[at(back.order[i])]);
      ++idle;
      idle = keep({.order = reversed, .makespan = back.makespan}) ? 0 : idle;
      if (done() || budget_.spend(order.size())) return;
      auto forth = dispatch_large(shop_, tails_of(shop_, reversed));
      order = forth.order;
      idle = keep(std::move(forth)) ? 0 : idle;
    }
  }

  bool keep(JobShopMember member) {
    member.makespan = makespan_of(shop_, ends_of(shop_, member.order));
    if (member.makespan >= best_.makespan) return false;
    best_ = std::move(member);
    told();
    return true;
  }

  void search_windows() {
    const std::size_t count = best_.order.size(), machines = shop_.on_machine.size();
    const std::size_t size = std::min(count, std::clamp<std::size_t>(machines * 12, 1'500, 12'000));
    while (!done()) {
      const auto end = ends_of(shop_, best_.order);
      const auto tail = tails_of(shop_, best_.order);
      WindowMaker maker{shop_, best_.order, end, tail};
      const std::size_t step = std::max<std::size_t>(1, size / 2);
      const std::size_t offset = random_.below(static_cast<std::uint32_t>(step));
      // Disjoint windows keep one another's heads and tails only roughly; so after each sweep all is timed anew.
      std::vector<Node> order = best_.order;
      for (std::size_t begin = offset; begin + 1 < count && !done(); begin += size) {
        const std::size_t stop = std::min(count, begin + size);
        auto window = maker.make(begin, stop);
        JobShopTabu tabu{window.shop};
        tabu.improve(window.member, {.idle_max = 2'000, .steps_max = 6'000}, random_, budget_);
        for (std::size_t i = begin; i < stop; ++i) order[i] = window.outer[at(window.member.order[i - begin])];
      }
      const std::int32_t makespan = makespan_of(shop_, ends_of(shop_, order));
      if (makespan <= best_.makespan) {
        const bool better = makespan < best_.makespan;
        best_ = {.order = std::move(order), .makespan = makespan};
        if (better) told();
      }
    }
  }

  const JobShop& shop_;
  const Bound& bound_;
  Budget& budget_;
  QuickRandom random_;
  JobShopMember best_;
};

}  // namespace

JobShopMember dispatch_large(const JobShop& shop, const std::vector<std::int32_t>& tails) {
  const std::size_t machines = shop.on_machine.size(), jobs = shop.first.size();
  std::vector<std::int32_t> left(tails.empty() ? shop.nodes() : 0, 0);
  if (tails.empty()) {
    for (std::size_t i = shop.real.size(); i-- > 0;) {
      const auto w = at(shop.real[i]);
      left[w] = shop.duration[w] + (shop.machine[w + 1] >= 0 ? left[w + 1] : 0);
    }
  }
  using Waiting = std::pair<std::int32_t, Node>;  // Priority, node; the highest is taken.
  std::vector<std::vector<Waiting>> queue(machines);
  std::vector<std::int64_t> queued(machines, 0);  // Work.
  std::vector<std::uint8_t> busy(machines, 0);
  struct Happening {
    std::int32_t time;
    Node node;  ///< Ends; or arrives, when it is the first of a job; or a sentinel: its machine is there.
    bool ends;
  };
  const auto later = [](const Happening& a, const Happening& b) {
    return a.time != b.time ? a.time > b.time : a.ends != b.ends ? b.ends : a.node > b.node;
  };
  std::priority_queue<Happening, std::vector<Happening>, decltype(later)> agenda{later};
  for (std::size_t j = 0; j < jobs; ++j) agenda.push({shop.release[at(shop.first[j]) - 1], shop.first[j], false});
  for (std::size_t m = 0; m < machines; ++m) {
    if (shop.release[m] == 0) continue;
    busy[m] = 1;
    agenda.push({shop.release[m], static_cast<Node>(m), true});
  }
  JobShopMember member;
  member.order.reserve(shop.operations());
  std::vector<std::size_t> touched;
  const auto arrive = [&](Node node) {
    const auto w = at(node), m = at(shop.machine[w]);
    std::int32_t priority = 0;
    if (tails.empty()) {
      const auto next = shop.machine[w + 1];
      priority = left[w] - static_cast<std::int32_t>(next < 0 ? 0 : queued[at(next)] / 4);
    } else {
      priority = tails[w];
    }
    queue[m].emplace_back(priority, -node);  // Lower numbers first among equals.
    std::push_heap(queue[m].begin(), queue[m].end());
    queued[m] += shop.duration[w];
    touched.push_back(m);
  };
  while (!agenda.empty()) {
    const std::int32_t now = agenda.top().time;
    touched.clear();
    while (!agenda.empty() && agenda.top().time == now) {
      const auto happening = agenda.top();
      agenda.pop();
      if (!happening.ends) {
        arrive(happening.node);
        continue;
      }
      const auto w = at(happening.node);
      const auto m = w < machines ? w : at(shop.machine[w]);
      busy[m] = 0;
      touched.push_back(m);
      if (w >= machines && shop.machine[w + 1] >= 0) arrive(happening.node + 1);
    }
    for (const auto m : touched) {
      if (busy[m] != 0 || queue[m].empty()) continue;
      std::pop_heap(queue[m].begin(), queue[m].end());
      const Node node = -queue[m].back().second;
      queue[m].pop_back();
      const auto w = at(node);
      queued[m] -= shop.duration[w];
      busy[m] = 1;
      member.order.push_back(node);
      member.makespan = std::max(member.makespan, now + shop.duration[w]);
      agenda.push({now + shop.duration[w], node, true});
    }
  }
  return member;
}

Schedule search_large(const JobShop& shop, const SolveOptions& options, const Bound& bound, Budget& budget) {
  auto order = LargeSearch{shop, options, bound, budget}.run();
  return shop.timed(order);
}

}  // namespace hanse::optimiser::scheduling::internal
