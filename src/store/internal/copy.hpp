#pragma once

#include "store/internal/connection.hpp"

namespace hanse::store::internal {

/// Copies all rows of all tables. Call it with `from` in a snapshot and `to`, migrated, in a transaction.
/// Errors: `conflict` when both have rows of one table.
Result<void> copy_rows(Connection& from, Connection& to);
/// All rows as a new SQLite file at `path`. Errors: `conflict` when the file exists.
Result<void> copy_to_sqlite(Connection& from, const std::string& path);

}  // namespace hanse::store::internal
