#pragma once

#include "optimiser/scheduling/problem.hpp"

namespace hanse::optimiser::scheduling {

struct TaillardSeeds {
  std::int32_t times = 1;
  std::int32_t machines = 1;
};

/// A job shop by the published rule: durations 1 to 99, each job once on every machine in random order; with the
/// published seeds, ta01 to ta80 themselves. Source: Taillard, Benchmarks for basic scheduling problems, EJOR 64, 1993.
Problem taillard_shop(std::size_t jobs, std::size_t machines, TaillardSeeds seeds);

}  // namespace hanse::optimiser::scheduling
