#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "plant/calendar.hpp"
#include "plant/equipment.hpp"
#include "store/store.hpp"

namespace hanse::plant {

/// Which events. An empty asset means all.
struct EventQuery {
  AssetId asset;
  Span range;
  std::optional<EventKind> kind;
  std::optional<std::string> cursor;
  std::int64_t limit = 100;
};
struct EventPage {
  std::vector<ProductionEvent> items;
  std::optional<std::string> next;
};

/// Production events, only ever appended, found by asset and time through an index on both together, so that a
/// machine's day costs the same among a thousand events and among millions. Blocking; safe from many threads.
class EventLog {
 public:
  EventLog(store::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// Appends those whose id isn't there yet, in one transaction, and returns how many these were; so giving the same
  /// events again, as a replay does, changes nothing. Events without id get one.
  Result<std::size_t> append(const store::Actor& actor, std::span<const ProductionEvent> events);

  /// In order of time. Errors: `invalid` (the cursor).
  Result<EventPage> list(const EventQuery& query) const;
  /// All of one asset in the range, at most `max`. Errors: `too_large`, naming the limit.
  Result<std::vector<ProductionEvent>> all(const AssetId& asset, Span range, std::size_t max = 1'000'000) const;
  /// The last event of a kind at or before `time`.
  Result<std::optional<ProductionEvent>> last(const AssetId& asset, EventKind kind, Timestamp time) const;

  /// A new event's id; later ones sort after earlier ones.
  std::string next_id() const { return new_id(clock_); }

  /// Called after each append with what was new, on the appender's thread. Lives as long as the log; add before use.
  void listen(std::function<void(std::span<const ProductionEvent>)> listener) {
    listeners_.push_back(std::move(listener));
  }

 private:
  store::Store& store_;
  const Clock& clock_;
  std::vector<std::function<void(std::span<const ProductionEvent>)>> listeners_;
};

}  // namespace hanse::plant
