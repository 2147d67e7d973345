#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace hanse::store {

/// What a backup holds: its length of the journal's chain and where it ends.
struct BackupFacts {
  std::int64_t entries = 0;
  std::string last_hash;  ///< Empty when the journal is.
};

/// Checks a file that `Store::backup` made, without changing it: the database's own checks, the whole chain of the
/// journal, every record against it. Errors: `not_found`, `corrupt`.
Result<BackupFacts> check_backup(const std::string& path);

}  // namespace hanse::store
