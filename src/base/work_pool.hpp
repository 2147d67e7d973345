#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace hanse {

/// Threads for what blocks or computes: the store, queries, apps. I/O threads never wait for it; they post and are
/// called back. The queue is bounded: over the limit a post is refused, which the border answers as 503.
class WorkPool {
 public:
  WorkPool(std::size_t threads, std::size_t queue_max);
  /// Finishes what was accepted, then stops.
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// False when the queue is full or the pool stops; then `job` will not run.
  [[nodiscard]] bool post(std::move_only_function<void()> job);
  std::size_t queued() const;

 private:
  void run();

  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::move_only_function<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace hanse
