#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>

#include "optimiser/scheduling/solve.hpp"

namespace hanse::optimiser::scheduling::internal {

/// When to stop, shared by all search threads. Also tells of improvements, one at a time.
class Budget {
 public:
  explicit Budget(const SolveOptions& options)
      : options_(options), deterministic_(options.iterations_max > 0 && !options.expired) {}

  /// Whether only iterations count, so that results must not depend on which thread was quicker.
  bool deterministic() const { return deterministic_; }
  std::uint64_t iterations_max() const { return options_.iterations_max; }
  std::uint64_t iterations() const { return iterations_.load(std::memory_order_relaxed); }

  /// Adds the steps of a search thread since its last call and answers whether to stop now.
  bool spend(std::uint64_t steps) {
    iterations_.fetch_add(steps, std::memory_order_relaxed);
    if (stopped_.load(std::memory_order_relaxed)) return true;
    // In deterministic mode each task has its own share of steps; the common count would depend on the race.
    const bool spent = !deterministic_ && options_.iterations_max > 0 && iterations() >= options_.iterations_max;
    if (spent || options_.stop.stop_requested() || (options_.expired && options_.expired())) finish();
    return stopped_.load(std::memory_order_relaxed);
  }
  void finish() { stopped_.store(true, std::memory_order_relaxed); }
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

  void improved(std::int64_t value, std::int64_t bound) {
    if (!options_.on_improvement) return;
    const std::lock_guard lock{mutex_};
    if (told_ && value >= last_) return;
    told_ = true;
    last_ = value;
    options_.on_improvement({.value = value, .bound = bound, .iterations = iterations()});
  }

 private:
  const SolveOptions& options_;
  const bool deterministic_;
  std::atomic<std::uint64_t> iterations_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::int64_t last_ = 0;
  bool told_ = false;
};

}  // namespace hanse::optimiser::scheduling::internal
