#pragma once

#include <cstdint>

namespace hanse::optimiser::scheduling::internal {

/// Random numbers for inner loops, a few instructions each (Vigna, splitmix64). Seeded, the same everywhere.
class QuickRandom {
 public:
  explicit QuickRandom(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 0x2545F4914F6CDD1DU) {}
  std::uint32_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
  }
  /// In [0, limit); `limit` > 0.
  std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(next()) * limit) >> 32);
  }
  double uniform() { return next() * (1.0 / 4294967296.0); }
  bool coin() { return (next() & 1U) != 0; }
  std::uint64_t fork() { return (static_cast<std::uint64_t>(next()) << 32) | next(); }

 private:
  std::uint64_t state_;
};

}  // namespace hanse::optimiser::scheduling::internal
