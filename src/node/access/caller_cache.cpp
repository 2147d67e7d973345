#include "node/access/caller_cache.hpp"

namespace hanse::node {

std::shared_ptr<const CallerCache::Known> CallerCache::find(const std::string& fingerprint, Duration now) const {
  const std::lock_guard lock{mutex_};
  const auto found = known_.find(fingerprint);
  if (found == known_.end() || now - found->second->looked_up > kFreshFor) return nullptr;
  return found->second;
}

std::uint64_t CallerCache::generation() const {
  const std::lock_guard lock{mutex_};
  return generation_;
}

void CallerCache::keep(const std::string& fingerprint, std::shared_ptr<const Known> known, std::uint64_t generation) {
  const std::lock_guard lock{mutex_};
  if (generation != generation_) return;
  if (known_.size() >= kKnownMax) known_.clear();
  known_[fingerprint] = std::move(known);
}

void CallerCache::clear() {
  const std::lock_guard lock{mutex_};
  ++generation_;
  known_.clear();
}

}  // namespace hanse::node
