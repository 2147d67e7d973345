#pragma once

#include <atomic>

#include "base/time.hpp"

namespace hanse {

/// The one door to time. Real in production; simulated in tests, replays and the demo's fast-forward.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Now, UTC. May jump backwards when the machine's clock is set.
  virtual Timestamp now() const = 0;
  /// For measuring and waiting only: never jumps, has no date.
  virtual Duration monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  Duration monotonic() const override;
};

/// Stands until told to move. Safe to read while another thread advances it.
class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(Timestamp start) : now_ns_(start.ns), start_ns_(start.ns) {}
  Timestamp now() const override { return {now_ns_.load()}; }
  Duration monotonic() const override { return Duration{now_ns_.load() - start_ns_}; }
  void advance(Duration by) { now_ns_ += by.count(); }
  void set(Timestamp to) { now_ns_ = to.ns; }

 private:
  std::atomic<std::int64_t> now_ns_;
  std::int64_t start_ns_;
};

}  // namespace hanse
