#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace hanse::apps::performance {

/// Turns a counter's readings into parts. A counter may start again at zero, roll over at 16 or 32 bits, or be told
/// twice; none of these makes or loses a part.
class Counter {
 public:
  /// Parts since the reading before; 0 for the first one and for one that isn't newer.
  double read(Timestamp time, double value);
  std::optional<double> value() const { return value_; }

 private:
  std::optional<double> value_;
  Timestamp time_ = Timestamp::min();
  std::optional<double> before_reset_;  ///< What it showed before it last fell.
  Timestamp reset_time_;
};

}  // namespace hanse::apps::performance
