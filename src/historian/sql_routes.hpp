#pragma once

#include <vector>

#include "api/route.hpp"
#include "historian/sql.hpp"

namespace hanse::historian {

/// Queries that run at once; more are refused as `unavailable`, so that they don't keep other requests waiting.
inline constexpr int kSqlAtOnce = 2;

/// POST /api/v1/sql, permission `history.sql`. It reads all of each table, so that it is nothing for callers who are
/// limited to some sites. `clock` outlives the routes.
std::vector<api::Route> sql_routes(std::vector<SqlTable> tables, const Clock& clock);

}  // namespace hanse::historian
