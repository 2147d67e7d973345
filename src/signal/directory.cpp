#include "signal/directory.hpp"

#include "base/assert.hpp"

namespace hanse::signal {

const Signal* Signals::find(SignalId number) const {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : found->second.get();
}

const Signal* Signals::find(const AssetId& asset, std::string_view name) const {
  const auto signals = by_asset_.find(asset);
  if (signals == by_asset_.end()) return nullptr;
  const auto found = signals->second.find(name);
  return found == signals->second.end() ? nullptr : found->second.get();
}

std::vector<const Signal*> Signals::of_asset(const AssetId& asset) const {
  std::vector<const Signal*> found;
  if (const auto signals = by_asset_.find(asset); signals != by_asset_.end()) {
    for (const auto& [name, signal] : signals->second) found.push_back(signal.get());
  }
  return found;
}

std::vector<const Signal*> Signals::matching(const Selector& selector) const {
  std::vector<const Signal*> found;
  for (const auto& [number, signal] : by_number_) {
    if (signal->meaning == selector.meaning && (selector.unit.empty() || selector.unit == signal->unit)) {
      found.push_back(signal.get());
    }
  }
  return found;
}

std::shared_ptr<const Signals> Directory::snapshot() const {
  const std::lock_guard lock{mutex_};
  return current_;
}

void Directory::put(std::vector<Signal> signals) {
  const std::lock_guard lock{mutex_};
  auto next = std::make_shared<Signals>(*current_);
  for (auto& signal : signals) {
    HANSE_ASSERT(signal.number != kNoSignal);
    if (const auto* old = next->find(signal.number)) {
      auto& names = next->by_asset_[old->asset];
      names.erase(names.find(old->name));
    }
    auto entry = std::make_shared<const Signal>(std::move(signal));
    next->by_number_[entry->number] = entry;
    next->by_asset_[entry->asset][entry->name] = entry;
  }
  current_ = std::move(next);
}

void Directory::remove(const std::vector<SignalId>& numbers) {
  const std::lock_guard lock{mutex_};
  auto next = std::make_shared<Signals>(*current_);
  for (const auto number : numbers) {
    const auto* signal = next->find(number);
    if (!signal) continue;
    auto& names = next->by_asset_[signal->asset];
    names.erase(names.find(signal->name));
    next->by_number_.erase(number);
  }
  current_ = std::move(next);
}

}  // namespace hanse::signal
