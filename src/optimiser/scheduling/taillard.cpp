#include "optimiser/scheduling/taillard.hpp"

#include <fmt/format.h>

#include <numeric>

namespace hanse::optimiser::scheduling {
namespace {

/// Bratley, Fox and Schrage's generator, as the paper gives it.
class Lehmer {
 public:
  explicit Lehmer(std::int32_t seed) : seed_(seed) {}
  std::int32_t uniform(std::int32_t low, std::int32_t high) {
    constexpr std::int32_t kA = 16807, kB = 127773, kC = 2836, kM = 2147483647;
    const std::int32_t k = seed_ / kB;
    seed_ = kA * (seed_ % kB) - k * kC;
    if (seed_ < 0) seed_ += kM;
    const double value = static_cast<double>(seed_) / kM;
    return low + static_cast<std::int32_t>(value * (high - low + 1));
  }

 private:
  std::int32_t seed_;
};

}  // namespace

Problem taillard_shop(std::size_t jobs, std::size_t machines, TaillardSeeds seeds) {
  Problem problem;
  problem.machines.resize(machines);
  for (std::size_t m = 0; m < machines; ++m) problem.machines[m].name = fmt::format("M{}", m + 1);
  problem.jobs.resize(jobs);
  Lehmer times{seeds.times};
  for (std::size_t j = 0; j < jobs; ++j) {
    problem.jobs[j].name = fmt::format("J{}", j + 1);
    problem.jobs[j].operations.resize(machines);
    for (auto& operation : problem.jobs[j].operations)
      operation.modes.push_back({.machine = {}, .duration = times.uniform(1, 99)});
  }
  Lehmer order{seeds.machines};
  std::vector<std::uint32_t> route(machines);
  for (auto& job : problem.jobs) {
    std::iota(route.begin(), route.end(), 0U);
    for (std::size_t i = 0; i < machines; ++i) {
      const auto other = order.uniform(static_cast<std::int32_t>(i), static_cast<std::int32_t>(machines) - 1);
      std::swap(route[i], route[static_cast<std::size_t>(other)]);
    }
    for (std::size_t i = 0; i < machines; ++i) job.operations[i].modes[0].machine = MachineIndex{route[i]};
  }
  return problem;
}

}  // namespace hanse::optimiser::scheduling
