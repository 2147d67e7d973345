#include "optimiser/scheduling/internal/job_shop.hpp"

#include <algorithm>
#include <limits>

namespace hanse::optimiser::scheduling::internal {

bool is_plain(const Machine& machine) {
  return !machine.calendar && machine.closures.empty() && machine.capacity == 1 && !machine.setups &&
         machine.available_from == 0;
}

bool is_plain(const Operation& operation, std::size_t index) {
  const bool in_line = !operation.after ||
                       (index > 0 && *operation.after == std::vector{static_cast<std::uint32_t>(index - 1)}) ||
                       (index == 0 && operation.after->empty());
  return in_line && operation.release == 0 && operation.lag == 0 && !operation.skill && !operation.pin;
}

std::optional<JobShop> JobShop::from(const Problem& problem) {
  if (problem.transport) return std::nullopt;
  for (const auto& machine : problem.machines) {
    if (!is_plain(machine)) return std::nullopt;
  }
  JobShop shop;
  shop.on_machine.resize(problem.machines.size());
  const auto add = [&](std::int32_t duration, std::int32_t machine, std::int32_t release, OperationIndex operation) {
    shop.duration.push_back(duration);
    shop.machine.push_back(machine);
    shop.release.push_back(release);
    shop.tail.push_back(0);
    shop.operation.push_back(operation);
    shop.slot.push_back(
        machine < 0 ? 0 : static_cast<std::int32_t>(shop.on_machine[static_cast<std::size_t>(machine)].size()));
  };
  std::uint32_t number = 0;
  for (const auto& machine : problem.machines) add(0, -1, machine.available_from, OperationIndex{});
  for (const auto& job : problem.jobs) {
    if (job.operations.empty()) continue;
    if (job.cancelled) return std::nullopt;
    add(0, -1, job.release, OperationIndex{});
    shop.first.push_back(static_cast<Node>(shop.nodes()));
    for (std::size_t i = 0; i < job.operations.size(); ++i) {
      const auto& operation = job.operations[i];
      if (operation.modes.size() != 1 || !is_plain(operation, i)) return std::nullopt;
      const auto machine = position(operation.modes[0].machine);
      const auto node = static_cast<Node>(shop.nodes());
      add(operation.modes[0].duration, static_cast<std::int32_t>(machine), 0, OperationIndex{number++});
      shop.on_machine[machine].push_back(node);
      shop.real.push_back(node);
    }
    shop.last.push_back(static_cast<Node>(shop.nodes()) - 1);
  }
  add(0, -1, 0, OperationIndex{});
  return shop;
}

Schedule JobShop::timed(const std::vector<Node>& order) const {
  Schedule schedule;
  schedule.operations.resize(operations());
  std::vector<std::int32_t> end(release),
      free(release.begin(), release.begin() + static_cast<std::ptrdiff_t>(on_machine.size()));
  for (const Node node : order) {
    const auto w = static_cast<std::size_t>(node);
    const auto m = static_cast<std::size_t>(machine[w]);
    const auto start = std::max(end[w - 1], free[m]);
    end[w] = free[m] = start + duration[w];
    schedule.operations[position(operation[w])] = Placement{
        .machine = MachineIndex{static_cast<std::uint32_t>(m)}, .start = start, .end = end[w], .attended_by = {}};
  }
  return schedule;
}

JobShopMember random_start(const JobShop& shop, QuickRandom& random) {
  const std::size_t jobs = shop.first.size();
  // Giffler and Thompson with a random priority: `delay` 1 makes active schedules, 0 non-delay ones.
  const double delay = random.uniform() < 0.5 ? random.uniform() : 0.0;
  const auto rule = random.below(4);
  std::vector<std::int64_t> work_left(shop.nodes(), 0);
  for (std::size_t j = 0; j < jobs; ++j) {
    for (Node w = shop.last[j]; w >= shop.first[j]; --w) {
      const auto i = static_cast<std::size_t>(w);
      work_left[i] = shop.duration[i] + (w == shop.last[j] ? 0 : work_left[i + 1]);
    }
  }
  std::vector<Node> next(shop.first);
  std::vector<std::int32_t> job_free(jobs);
  std::vector<std::int32_t> machine_free(shop.release.begin(),
                                         shop.release.begin() + static_cast<std::ptrdiff_t>(shop.on_machine.size()));
  for (std::size_t j = 0; j < jobs; ++j) job_free[j] = shop.release[static_cast<std::size_t>(shop.first[j] - 1)];
  JobShopMember member;
  member.order.reserve(shop.operations());
  const double noise = rule == 0 ? 1e9 : 0.4 * random.uniform();
  for (std::size_t placed = 0; placed < shop.operations(); ++placed) {
    std::int32_t soonest_end = std::numeric_limits<std::int32_t>::max(), start_there = 0;
    std::int32_t machine = -1;
    for (std::size_t j = 0; j < jobs; ++j) {
      if (next[j] > shop.last[j]) continue;
      const auto w = static_cast<std::size_t>(next[j]);
      const auto start = std::max(job_free[j], machine_free[static_cast<std::size_t>(shop.machine[w])]);
      if (start + shop.duration[w] < soonest_end) {
        soonest_end = start + shop.duration[w];
        machine = shop.machine[w];
      }
    }
    start_there = std::numeric_limits<std::int32_t>::max();
    for (std::size_t j = 0; j < jobs; ++j) {
      if (next[j] > shop.last[j] || shop.machine[static_cast<std::size_t>(next[j])] != machine) continue;
      start_there = std::min(start_there, std::max(job_free[j], machine_free[static_cast<std::size_t>(machine)]));
    }
    const double latest = start_there + delay * (soonest_end - start_there);
    double best = -std::numeric_limits<double>::infinity();
    std::size_t chosen = jobs;
    for (std::size_t j = 0; j < jobs; ++j) {
      if (next[j] > shop.last[j] || shop.machine[static_cast<std::size_t>(next[j])] != machine) continue;
      const auto w = static_cast<std::size_t>(next[j]);
      const auto start = std::max(job_free[j], machine_free[static_cast<std::size_t>(machine)]);
      if (start > latest && start >= soonest_end) continue;
      if (start > latest && start > start_there) continue;
      double priority = 0;
      if (rule == 1) priority = static_cast<double>(work_left[w]);
      if (rule == 2) priority = static_cast<double>(work_left[w] - 2 * shop.duration[w]);
      if (rule == 3) priority = static_cast<double>(work_left[w]) - 0.5 * start;
      priority += noise * random.uniform() * (rule == 0 ? 1.0 : static_cast<double>(work_left[w]));
      if (priority > best) {
        best = priority;
        chosen = j;
      }
    }
    const auto w = static_cast<std::size_t>(next[chosen]);
    const auto end = std::max(job_free[chosen], machine_free[static_cast<std::size_t>(machine)]) + shop.duration[w];
    job_free[chosen] = machine_free[static_cast<std::size_t>(machine)] = end;
    member.makespan = std::max(member.makespan, end);
    member.order.push_back(next[chosen]++);
  }
  return member;
}

}  // namespace hanse::optimiser::scheduling::internal
