#include "optimiser/scheduling/internal/flexible_shop.hpp"

#include <algorithm>
#include <limits>

namespace hanse::optimiser::scheduling::internal {

std::optional<FlexibleShop> FlexibleShop::from(const Problem& problem) {
  if (problem.transport || problem.machines.size() > 60'000) return std::nullopt;
  for (const auto& machine : problem.machines) {
    if (!is_plain(machine)) return std::nullopt;
  }
  FlexibleShop shop;
  shop.machines = problem.machines.size();
  const auto add = [&](std::int32_t release, OperationIndex operation) {
    shop.first_choice.push_back(static_cast<std::uint32_t>(shop.choices.size()));
    shop.release.push_back(release);
    shop.operation.push_back(operation);
  };
  add(0, OperationIndex{});  // Node 0 means none.
  std::uint32_t number = 0;
  for (const auto& job : problem.jobs) {
    if (job.operations.empty()) continue;
    if (job.cancelled) return std::nullopt;
    add(job.release, OperationIndex{});
    shop.first.push_back(static_cast<Node>(shop.nodes()));
    for (std::size_t i = 0; i < job.operations.size(); ++i) {
      const auto& operation = job.operations[i];
      if (!is_plain(operation, i)) return std::nullopt;
      shop.real.push_back(static_cast<Node>(shop.nodes()));
      add(0, OperationIndex{number++});
      for (const auto& mode : operation.modes) {
        shop.choices.push_back({static_cast<std::int32_t>(position(mode.machine)), mode.duration});
      }
    }
    shop.last.push_back(static_cast<Node>(shop.nodes()) - 1);
  }
  add(0, OperationIndex{});
  shop.first_choice.push_back(static_cast<std::uint32_t>(shop.choices.size()));
  return shop;
}

Schedule timed(const FlexibleShop& shop, const FlexibleMember& member) {
  Schedule schedule;
  schedule.operations.resize(shop.operations());
  std::vector<std::int32_t> end(shop.release), free(shop.machines, 0);
  for (const Node w : member.order) {
    const auto& choice = shop.choice(w, member.choice[at(w)]);
    auto& machine_free = free[static_cast<std::size_t>(choice.machine)];
    const auto start = std::max(end[at(w) - 1], machine_free);
    end[at(w)] = machine_free = start + choice.duration;
    schedule.operations[position(shop.operation[at(w)])] =
        Placement{.machine = MachineIndex{static_cast<std::uint32_t>(choice.machine)},
                  .start = start,
                  .end = end[at(w)],
                  .attended_by = {}};
  }
  return schedule;
}

FlexibleMember random_start(const FlexibleShop& shop, QuickRandom& random) {
  FlexibleMember member;
  member.choice.assign(shop.nodes(), 0);
  member.order.reserve(shop.operations());
  std::vector<std::int32_t> end(shop.release), free(shop.machines, 0);
  std::vector<std::int64_t> left(shop.nodes() + 1, 0);
  for (std::size_t i = shop.real.size(); i-- > 0;) {
    const Node w = shop.real[i];
    std::int32_t quickest = std::numeric_limits<std::int32_t>::max();
    for (std::uint32_t c = 0; c < shop.choices_of(w); ++c) quickest = std::min(quickest, shop.choice(w, c).duration);
    left[at(w)] = quickest + (shop.choices_of(w + 1) > 0 ? left[at(w) + 1] : 0);
  }
  std::vector<Node> next;
  std::vector<Node> last_of;
  for (std::size_t j = 0; j < shop.first.size(); ++j) {
    next.push_back(shop.first[j]);
    last_of.push_back(shop.last[j]);
  }
  const double work_weight = random.uniform() * 2, noise = 0.1 + random.uniform();
  while (!next.empty()) {
    // The job that could go on soonest, with regard to what it has left; its machine by earliest end.
    std::size_t chosen = 0;
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < next.size(); ++j) {
      const double key =
          end[at(next[j]) - 1] - work_weight * static_cast<double>(left[at(next[j])]) * (1 - noise * random.uniform());
      if (key < best) {
        best = key;
        chosen = j;
      }
    }
    const Node w = next[chosen];
    std::int32_t soonest = std::numeric_limits<std::int32_t>::max();
    std::uint32_t ties = 0, taken = 0;
    for (std::uint32_t c = 0; c < shop.choices_of(w); ++c) {
      const auto& choice = shop.choice(w, c);
      const auto done = std::max(end[at(w) - 1], free[static_cast<std::size_t>(choice.machine)]) + choice.duration;
      if (done < soonest) {
        soonest = done;
        ties = 1;
        taken = c;
      } else if (done == soonest && random.below(++ties) == 0) {
        taken = c;
      }
    }
    if (random.below(16) == 0) taken = random.below(shop.choices_of(w));
    const auto& choice = shop.choice(w, taken);
    auto& machine_free = free[static_cast<std::size_t>(choice.machine)];
    end[at(w)] = machine_free = std::max(end[at(w) - 1], machine_free) + choice.duration;
    member.makespan = std::max(member.makespan, end[at(w)]);
    member.choice[at(w)] = static_cast<std::uint16_t>(taken);
    member.order.push_back(w);
    if (w == last_of[chosen]) {
      next.erase(next.begin() + static_cast<std::ptrdiff_t>(chosen));
      last_of.erase(last_of.begin() + static_cast<std::ptrdiff_t>(chosen));
    } else {
      ++next[chosen];
    }
  }
  return member;
}

}  // namespace hanse::optimiser::scheduling::internal
