#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace hanse::optimiser::allocation::internal {

/// A few threads that do one job together, thousands of times a second: thread 0 is the caller's. Waiting is a futex,
/// so that idle threads cost nothing.
class Team {
 public:
  explicit Team(std::size_t threads) {
    for (std::size_t i = 1; i < threads; ++i) {
      others_.emplace_back([this, i] { work(i); });
    }
  }
  ~Team() {
    stopping_ = true;
    round_.fetch_add(1);
    round_.notify_all();
  }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  std::size_t size() const { return others_.size() + 1; }

  /// Calls `job(i)` for each thread i and returns when all are done.
  void run(const std::function<void(std::size_t)>& job) {
    job_ = &job;
    open_.store(others_.size());
    round_.fetch_add(1);
    round_.notify_all();
    job(0);
    for (auto left = open_.load(); left > 0; left = open_.load()) open_.wait(left);
  }

 private:
  void work(std::size_t i) {
    std::uint64_t seen = 0;
    for (;;) {
      round_.wait(seen);
      seen = round_.load();
      if (stopping_) return;
      (*job_)(i);
      if (open_.fetch_sub(1) == 1) open_.notify_all();
    }
  }

  const std::function<void(std::size_t)>* job_ = nullptr;
  std::atomic<std::uint64_t> round_{0};
  std::atomic<std::size_t> open_{0};
  std::atomic<bool> stopping_{false};
  std::vector<std::jthread> others_;  ///< Last: joined before what they use goes.
};

}  // namespace hanse::optimiser::allocation::internal
