#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <queue>

#include "optimiser/scheduling/solve.hpp"

namespace hanse::optimiser::scheduling {
namespace {

/// One operation as every schedule must have it: not before `head`, `duration` at least, `tail` after its end at least.
struct Item {
  std::int64_t head = 0;
  std::int64_t duration = 0;
  std::int64_t tail = 0;
};

struct Relaxed {
  std::vector<Item> items;  ///< By OperationIndex.
  Bound longest_job;
};

/// Heads and tails from the jobs alone, each operation on its quickest machine.
Relaxed relax(const Problem& problem) {
  Relaxed relaxed;
  relaxed.items.resize(operation_count(problem));
  std::size_t first = 0;
  for (const auto& job : problem.jobs) {
    const std::size_t count = job.operations.size();
    std::vector<std::vector<std::uint32_t>> next(count);
    std::vector<std::uint32_t> waiting(count, 0), order;
    order.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto& operation = job.operations[i];
      auto& item = relaxed.items[first + i];
      item.duration = kHorizonMax;
      for (const auto& mode : operation.modes) item.duration = std::min<std::int64_t>(item.duration, mode.duration);
      item.head = std::max(job.release, operation.release);
      const auto add = [&](std::uint32_t before) {
        next[before].push_back(i);
        ++waiting[i];
      };
      if (operation.after) {
        for (const auto before : *operation.after) add(before);
      } else if (i > 0) {
        add(i - 1);
      }
      if (waiting[i] == 0) order.push_back(i);
    }
    for (std::size_t k = 0; k < order.size(); ++k) {
      const auto& item = relaxed.items[first + order[k]];
      const std::int64_t ready = item.head + item.duration + job.operations[order[k]].lag;
      for (const auto follower : next[order[k]]) {
        auto& head = relaxed.items[first + follower].head;
        head = std::max(head, ready);
        if (--waiting[follower] == 0) order.push_back(follower);
      }
    }
    for (std::size_t k = order.size(); k-- > 0;) {
      auto& item = relaxed.items[first + order[k]];
      for (const auto follower : next[order[k]]) {
        const auto& later = relaxed.items[first + follower];
        item.tail = std::max(item.tail, job.operations[order[k]].lag + later.duration + later.tail);
      }
      if (!job.cancelled && item.head + item.duration + item.tail > relaxed.longest_job.value) {
        relaxed.longest_job = {item.head + item.duration + item.tail, fmt::format("job '{}'", job.name)};
      }
    }
    first += count;
  }
  return relaxed;
}

/// Jackson's preemptive schedule: the makespan of one machine if operations could be interrupted.
std::int64_t preemptive(std::vector<Item> items) {
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.head < b.head; });
  using Waiting = std::pair<std::int64_t, std::int64_t>;  // Tail, what is left.
  std::priority_queue<Waiting> waiting;
  std::int64_t now = 0, makespan = 0;
  for (std::size_t i = 0; i < items.size() || !waiting.empty();) {
    if (waiting.empty()) now = std::max(now, items[i].head);
    while (i < items.size() && items[i].head <= now) {
      waiting.emplace(items[i].tail, items[i].duration);
      ++i;
    }
    auto [tail, left] = waiting.top();
    waiting.pop();
    const std::int64_t until = i < items.size() ? std::min(items[i].head, now + left) : now + left;
    left -= until - now;
    now = until;
    if (left > 0) {
      waiting.emplace(tail, left);
    } else {
      makespan = std::max(makespan, now + tail);
    }
  }
  return makespan;
}

constexpr std::size_t kGroupsMax = 300;

}  // namespace

Bound makespan_bound(const Problem& problem) {
  const auto relaxed = relax(problem);
  Bound best = relaxed.longest_job;
  const auto offer = [&](std::int64_t value, auto&& name) {
    if (value > best.value) best = {value, name()};
  };
  // Operations by the set of machines that can do them; those of one machine apart, for there may be a million.
  std::map<std::vector<std::uint32_t>, std::vector<Item>> by_machines;
  std::vector<std::vector<Item>> by_machine(problem.machines.size());
  std::size_t index = 0;
  for (const auto& job : problem.jobs) {
    for (const auto& operation : job.operations) {
      const auto& item = relaxed.items[index++];
      const auto unary = [&](const Mode& mode) { return problem.machines[position(mode.machine)].capacity == 1; };
      if (job.cancelled || !std::all_of(operation.modes.begin(), operation.modes.end(), unary)) continue;
      if (operation.modes.size() == 1) {
        by_machine[position(operation.modes[0].machine)].push_back(item);
        continue;
      }
      std::vector<std::uint32_t> machines;
      for (const auto& mode : operation.modes) machines.push_back(static_cast<std::uint32_t>(position(mode.machine)));
      std::sort(machines.begin(), machines.end());
      by_machines[machines].push_back(item);
    }
  }
  if (best.value == 0) best.name = "none";
  for (std::size_t m = 0; m < by_machine.size(); ++m) {
    if (by_machine[m].empty()) continue;
    offer(preemptive(by_machine[m]), [&] { return fmt::format("machine '{}'", problem.machines[m].name); });
  }
  if (by_machines.empty()) return best;
  for (std::uint32_t m = 0; m < by_machine.size() && by_machines.size() <= kGroupsMax; ++m) {
    if (!by_machine[m].empty()) by_machines[{m}] = std::move(by_machine[m]);
  }
  if (by_machines.size() > kGroupsMax) return best;
  // The load of a set of machines: all operations that can go nowhere else.
  for (const auto& [set, unused] : by_machines) {
    std::int64_t head = kHorizonMax, tail = kHorizonMax, work = 0;
    for (const auto& [machines, items] : by_machines) {
      if (!std::includes(set.begin(), set.end(), machines.begin(), machines.end())) continue;
      for (const auto& item : items) {
        if (item.duration == 0) continue;
        head = std::min(head, item.head);
        tail = std::min(tail, item.tail);
        work += item.duration;
      }
    }
    const auto count = static_cast<std::int64_t>(set.size());
    if (work > 0) {
      offer(head + (work + count - 1) / count + tail, [&] {
        std::string names;
        for (const auto m : set) names += (names.empty() ? "'" : ", '") + problem.machines[m].name + "'";
        return "machines " + names + " together";
      });
    }
  }
  return best;
}

}  // namespace hanse::optimiser::scheduling
