#include <algorithm>
#include <cmath>

#include "optimiser/scheduling/schedule.hpp"

namespace hanse::optimiser::scheduling {
namespace {

/// Cost of `power_w` from `start` to `end`, in minor units. Before the first step its price holds.
double energy_of(const std::vector<TariffStep>& tariff, std::int32_t power_w, Seconds start, Seconds end) {
  if (tariff.empty() || power_w == 0 || end <= start) return 0;
  double sum = 0;
  auto step =
      std::upper_bound(tariff.begin(), tariff.end(), start, [](Seconds t, const TariffStep& s) { return t < s.start; });
  if (step != tariff.begin()) --step;
  for (Seconds from = start; from < end; ++step) {
    const auto next = step + 1;
    const Seconds to = next == tariff.end() ? end : std::clamp(next->start, from, end);
    sum += static_cast<double>(to - from) * static_cast<double>(step->price_per_mwh);
    from = to;
    if (next == tariff.end()) break;
  }
  return sum * power_w / 3.6e9;  // W s to MWh
}

std::int64_t setups_of(const Problem& problem, const Schedule& schedule, const std::vector<const Operation*>& flat) {
  std::vector<std::vector<std::uint32_t>> on(problem.machines.size());
  for (std::uint32_t i = 0; i < flat.size(); ++i) {
    const auto& at = schedule.operations[i];
    if (at && problem.machines[position(at->machine)].setups) on[position(at->machine)].push_back(i);
  }
  std::int64_t sum = 0;
  for (std::size_t m = 0; m < on.size(); ++m) {
    if (on[m].empty()) continue;
    const auto& matrix = problem.setups[position(*problem.machines[m].setups)].seconds;
    std::stable_sort(on[m].begin(), on[m].end(), [&](auto a, auto b) {
      const auto &pa = *schedule.operations[a], &pb = *schedule.operations[b];
      return std::pair{pa.start, pa.end} < std::pair{pb.start, pb.end};
    });
    auto family = problem.machines[m].family;
    for (const auto i : on[m]) {
      if (family) sum += matrix[position(*family)][position(flat[i]->family)];
      family = flat[i]->family;
    }
  }
  return sum;
}

}  // namespace

Measures measure(const Problem& problem, const Schedule& schedule) {
  Measures measures;
  std::vector<const Operation*> flat;
  flat.reserve(schedule.operations.size());
  std::size_t index = 0;
  double energy = 0;
  for (const auto& job : problem.jobs) {
    std::int64_t end = 0;
    for (const auto& operation : job.operations) {
      flat.push_back(&operation);
      const auto& at = schedule.operations[index++];
      if (!at) continue;
      end = std::max<std::int64_t>(end, at->end);
      energy += energy_of(problem.tariff, problem.machines[position(at->machine)].power_w, at->start, at->end);
    }
    measures.makespan = std::max(measures.makespan, end);
    if (job.due && end > *job.due && !job.cancelled) {
      measures.weighted_tardiness += (end - *job.due) * job.weight;
      ++measures.late_jobs;
    }
  }
  measures.setup_seconds = setups_of(problem, schedule, flat);
  measures.energy_cost = std::llround(energy);
  for (const auto& entry : schedule.unplaced)
    measures.unplaced_jobs += problem.jobs[position(entry.job)].cancelled ? 0 : 1;
  return measures;
}

std::int64_t value_of(const Measures& measures, const Objective& objective) {
  constexpr std::int64_t kUnplaced = 1'000'000'000'000'000, kCountMax = 1000;  // Stays within 64 bits.
  return measures.makespan * objective.makespan + measures.weighted_tardiness * objective.weighted_tardiness +
         measures.setup_seconds * objective.setup_seconds + measures.energy_cost * objective.energy_cost +
         measures.change * objective.change + std::min(measures.unplaced_jobs, kCountMax) * kUnplaced;
}

}  // namespace hanse::optimiser::scheduling
