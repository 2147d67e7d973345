#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace hanse {

/// A seeded random source, the same on every machine and compiler (xoshiro256**, Blackman and Vigna 2018). Not for
/// secrets. Usable with `std::shuffle`; the distributions below are ours because the library's differ by vendor.
class Random {
 public:
  using result_type = std::uint64_t;
  explicit Random(std::uint64_t seed);
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()();

  double uniform();                                           ///< In [0, 1).
  double uniform(double low, double high);                    ///< In [low, high).
  std::int64_t integer(std::int64_t low, std::int64_t high);  ///< In [low, high], both included.
  double normal(double mean, double deviation);
  double exponential(double mean);
  double weibull(double shape, double scale);
  bool chance(double probability) { return uniform() < probability; }
  /// An independent stream, so that a new draw in one place doesn't shift all others.
  Random fork();

 private:
  std::uint64_t state_[4];
};

/// `bytes` bytes from the operating system, as lower-case hex: session ids, tokens, nonces.
std::string secure_random_hex(std::size_t bytes);

}  // namespace hanse
