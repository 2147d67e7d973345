#pragma once

#include <atomic>
#include <mutex>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "connectors/opcua/server/address_space.hpp"
#include "signal/sample.hpp"

namespace hanse::node {

/// A sample as an OPC UA value of the signal's type.
connectors::opcua::DataValue opcua_value(const signal::Sample& sample, std::string_view text, signal::ValueType type);

/// The newest value of everything that is offered by OPC UA, and what changed since somebody asked. Between the threads
/// that store samples and the server's. Safe from many threads; nobody waits for long.
class LiveValues {
 public:
  using LiveKey = connectors::opcua::LiveKey;
  using Change = std::pair<LiveKey, connectors::opcua::DataValue>;
  static constexpr std::size_t kChangesMax = 500'000;

  /// A value that is newer than what is known; an older one is history and nobody's news.
  void put(LiveKey key, connectors::opcua::DataValue value);
  void put(std::span<const Change> changes);
  bool has(LiveKey key) const;
  /// The value, or `BadWaitingForInitialData`.
  connectors::opcua::DataValue get(LiveKey key) const;
  /// All that came since the last call; after a flood that nobody took in time only the newest of everything.
  std::vector<Change> take_changes();
  /// Whether changes are kept at all: not while nobody watches.
  void watched(bool watched) { watched_ = watched; }

 private:
  void put_locked(LiveKey key, connectors::opcua::DataValue value);

  mutable std::mutex mutex_;
  std::unordered_map<LiveKey, connectors::opcua::DataValue> values_;
  std::vector<Change> changes_;
  std::atomic<bool> watched_ = false;
  bool flooded_ = false;
};

}  // namespace hanse::node
