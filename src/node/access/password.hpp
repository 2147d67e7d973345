#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hanse::node {

/// What one hash costs. Default: three passes over 64 MiB, the second recommended option of RFC 9106 (section 4) with
/// one lane; about 0.15 s. docs/decisions/0090-who-may-do-what.md
struct PasswordCost {
  unsigned long long passes = 3;
  std::size_t memory_bytes = 64u << 20;
};

inline constexpr std::size_t kPasswordLengthMin = 12;  ///< Characters.
inline constexpr std::size_t kPasswordBytesMax = 1024;

/// May this be the password of `name`? No rules of composition (NIST SP 800-63B, 5.1.1.2; OWASP ASVS 6.2): long enough,
/// not the name, not one that everybody tries first. Errors: a sentence that says what would be right.
Result<void> check_password(std::string_view password, std::string_view name);

/// Hashes with argon2id. Each hash takes memory and time on purpose, so only few run at once: whoever comes beyond is
/// sent away for a second and the threads stay free for the rest of the node. Safe from many threads.
class PasswordHasher {
 public:
  explicit PasswordHasher(PasswordCost cost = {});
  /// Errors: `unavailable` when too many are being hashed or memory is short.
  Result<std::string> hash(std::string_view password) const;
  /// Does the password fit? An empty `hash` (nobody of that name) costs the same and never fits. Errors: `unavailable`.
  Result<bool> verify(std::string_view hash, std::string_view password) const;
  /// True when the hash was made at another cost: hash anew at the next sign-in.
  bool is_outdated(const std::string& hash) const;

 private:
  class Place;
  PasswordCost cost_;
  std::string nobody_;  ///< A hash at this cost of what nobody knows.
  mutable std::atomic<int> busy_ = 0;
};

}  // namespace hanse::node
