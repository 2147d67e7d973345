#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "historian/historian.hpp"
#include "signal/sample.hpp"

namespace hanse::node {

struct IntakeFigures {
  std::int64_t stored = 0;
  std::int64_t dropped = 0;  ///< Thrown away because history couldn't keep up: counted, told, never blocking.
  std::int64_t queued = 0;
  std::int64_t failed_appends = 0;
  bool refusing = false;  ///< The last append failed.
};

/// Between the connectors' I/O thread and what takes its time: batches wait in a bounded queue, are made durable
/// together, and only then handed on. `deliver` never blocks.
class Intake {
 public:
  using Stored = std::function<void(const signal::SampleBatch&)>;
  /// `stored` gets each batch after it is durable, on the intake's own thread.
  Intake(historian::Historian& history, const Log& log, Stored stored, std::size_t samples_max = 2'000'000);
  /// Stores what waits, then stops.
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  /// False when the queue is full: the batch is dropped and counted.
  bool deliver(signal::SampleBatch batch);
  IntakeFigures figures() const;

 private:
  void run();
  bool take(signal::SampleBatch& merged);

  historian::Historian& history_;
  const Log& log_;
  Stored stored_;
  const std::size_t samples_max_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<signal::SampleBatch> waiting_;
  IntakeFigures figures_;
  bool stopping_ = false;
  std::jthread thread_;
};

}  // namespace hanse::node
