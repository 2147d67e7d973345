#pragma once

#include "store/internal/connection.hpp"

namespace hanse::store::internal {

/// The newest layout that this program knows.
std::int64_t newest_migration();
/// The layout that the tables have. Errors: `unavailable` or `corrupt` when there are none.
Result<std::int64_t> migration_of(Connection& connection);
/// Brings the tables to the newest layout, in one transaction. Errors: `conflict` when a newer Hanse made them.
Result<void> migrate(Connection& connection);

}  // namespace hanse::store::internal
