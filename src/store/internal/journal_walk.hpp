#pragma once

#include "store/internal/connection.hpp"

namespace hanse::store::internal {

/// Walks the chain from its first entry and compares every document with the entry that it names. Call it in a
/// snapshot. Returns how many entries were checked. Errors: `corrupt`, naming the first that doesn't fit.
Result<std::int64_t> walk_journal(Connection& connection);

}  // namespace hanse::store::internal
