#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "signal/signal.hpp"

namespace hanse::signal {

/// What an app reads: a meaning and, where units matter, the UCUM code it computes in (empty: any).
struct Selector {
  Meaning meaning = Meaning::other;
  std::string_view unit = "";
};

/// All signals of the node at one moment, unchanging.
class Signals {
 public:
  const Signal* find(SignalId number) const;
  const Signal* find(const AssetId& asset, std::string_view name) const;
  std::vector<const Signal*> of_asset(const AssetId& asset) const;  ///< By name.
  std::vector<const Signal*> matching(const Selector& selector) const;
  std::size_t size() const { return by_number_.size(); }
  auto begin() const { return by_number_.begin(); }
  auto end() const { return by_number_.end(); }

 private:
  friend class Directory;
  std::map<SignalId, std::shared_ptr<const Signal>> by_number_;
  std::map<AssetId, std::map<std::string, std::shared_ptr<const Signal>, std::less<>>> by_asset_;
};

/// The signals that exist, in memory. `plant` keeps them in the store and fills this; everyone else reads snapshots.
class Directory {
 public:
  std::shared_ptr<const Signals> snapshot() const;
  /// Adds or replaces by number, in one step for all readers.
  void put(std::vector<Signal> signals);
  void remove(const std::vector<SignalId>& numbers);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Signals> current_ = std::make_shared<const Signals>();
};

}  // namespace hanse::signal
