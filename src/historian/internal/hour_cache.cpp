#include "historian/internal/hour_cache.hpp"

namespace hanse::historian::internal {

HourCache::Hours HourCache::find(SignalId signal, std::uint64_t version, std::int64_t begin_ns, std::int64_t end_ns) {
  const std::lock_guard lock{mutex_};
  const auto found = by_signal_.find(signal);
  if (found == by_signal_.end()) return nullptr;
  const auto entry = found->second;
  if (entry->version != version) {
    drop(entry);
    return nullptr;
  }
  if (entry->begin_ns > begin_ns || entry->end_ns < end_ns) return nullptr;
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->hours;
}

void HourCache::put(SignalId signal, std::uint64_t version, std::int64_t begin_ns, std::int64_t end_ns, Hours hours) {
  const std::lock_guard lock{mutex_};
  if (const auto found = by_signal_.find(signal); found != by_signal_.end()) drop(found->second);
  entries_.push_front({signal, version, begin_ns, end_ns, std::move(hours)});
  by_signal_[signal] = entries_.begin();
  bytes_ += bytes_of(entries_.front());
  while (bytes_ > bytes_max_) drop(std::prev(entries_.end()));
}

void HourCache::drop(std::list<Entry>::iterator entry) {
  bytes_ -= bytes_of(*entry);
  by_signal_.erase(entry->signal);
  entries_.erase(entry);
}

}  // namespace hanse::historian::internal
