#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plant/records.hpp"

namespace hanse::apps::performance {

using plant::AssetId;
using plant::MachineState;
using plant::ProductionEvent;
using plant::Span;

/// A stretch in one state with one reason, order and product. `run` tells which stop it belongs to: stretches of idle
/// and down without anything else between share one.
struct Stretch {
  Span span;
  MachineState state = MachineState::offline;
  std::string reason;      ///< Code or words; empty when nobody said.
  bool by_person = false;  ///< A person gave the reason.
  std::string order, product;
  std::size_t run = 0;
  std::string event_id;  ///< Of the event that began it.
};

/// Parts that were finished at a moment.
struct Parts {
  Timestamp time;
  plant::EventKind kind = plant::EventKind::good;  ///< good, scrap, rework
  double quantity = 0;
  std::string reason, order, product;
  std::int64_t ideal_ns = 0;  ///< Per part, as the machine told it; 0 when it didn't.
};

/// What one machine did, without holes: before the first event it is offline.
struct Timeline {
  Span span;
  std::vector<Stretch> stretches;
  std::vector<Parts> parts;
  std::vector<Duration> run_lengths;  ///< By `Stretch::run`, whole, also where a run reaches beyond `span`.
};

/// Lays the events of one machine (in any order; also ones before `span`, the last of which give its beginning) out in
/// time. A reason holds from the event's time to the end of the stop, or to the next reason in it; of two at the same
/// time a person's stands over a signal's, and a later one over an earlier.
/// `known_until` (now, as a rule) is how long the last state is known to last: a stop that goes on after `span` is as
/// long as it is, not as long as what one looks at.
Timeline lay_out(std::span<const ProductionEvent> events, Span span, Timestamp known_until = Timestamp::min());

/// The same with only what lies in `span`.
Timeline clip(const Timeline& timeline, Span span);

/// Stops: states in which a machine that should produce doesn't, without a plan behind it.
inline bool is_stop(MachineState state) { return state == MachineState::idle || state == MachineState::down; }

}  // namespace hanse::apps::performance
