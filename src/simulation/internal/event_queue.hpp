#pragma once

#include <queue>
#include <vector>

#include "base/time.hpp"

namespace hanse::simulation::internal {

enum class EventType : std::uint8_t { machine_step, machine_wake, shift_change, trouble_end };

/// `epoch` tells a machine's planned step from one that something has overtaken.
struct Event {
  Timestamp time;
  std::uint64_t sequence = 0;
  std::uint64_t epoch = 0;
  std::uint32_t index = 0;
  EventType type = EventType::machine_step;
};

/// Earliest first; of the same moment, the one planned first: so order never depends on the heap.
class EventQueue {
 public:
  void plan(Timestamp time, EventType type, std::size_t index, std::uint64_t epoch = 0) {
    events_.push({time, sequence_++, epoch, static_cast<std::uint32_t>(index), type});
  }
  bool has_until(Timestamp time) const { return !events_.empty() && events_.top().time <= time; }
  Event pop() {
    const Event event = events_.top();
    events_.pop();
    return event;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
    }
  };
  std::priority_queue<Event, std::vector<Event>, Later> events_;
  std::uint64_t sequence_ = 0;
};

}  // namespace hanse::simulation::internal
