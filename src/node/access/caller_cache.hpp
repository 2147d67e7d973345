#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "api/route.hpp"
#include "node/access/records.hpp"

namespace hanse::node {

/// Whom a secret belongs to, as it was looked up a moment ago. Each request asks, so asking costs no read of the store;
/// a change of any user, session or token empties it at once (OWASP ASVS 8.3.2), and what another process changed in
/// the store is seen within `kFreshFor`.
class CallerCache {
 public:
  static constexpr Duration kFreshFor = 5s;

  struct Known {
    api::Caller caller;
    Session session;  ///< Without an id for a token.
    Timestamp expires;
    Duration looked_up{};
  };

  std::shared_ptr<const Known> find(const std::string& fingerprint, Duration now) const;
  /// To be read before the store is: what changed since then must not be kept.
  std::uint64_t generation() const;
  void keep(const std::string& fingerprint, std::shared_ptr<const Known> known, std::uint64_t generation);
  void clear();

 private:
  static constexpr std::size_t kKnownMax = 10'000;
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 0;
  std::unordered_map<std::string, std::shared_ptr<const Known>> known_;
};

}  // namespace hanse::node
