#pragma once

#include <sqlite3.h>

#include "historian/sql_table.hpp"

namespace hanse::historian {

/// Makes `table` known to `database` as a virtual table of its name, read-only. `table` must outlive the connection;
/// `stop` reaches it in each filter.
/// Conditions on indexed columns, and ranges of the first indexed time column, are pushed down. Times are compared as
/// times then: `time >= '2026-03-01 06:00'`. Errors: `invalid`.
Result<void> add_sql_module(sqlite3* database, const SqlTable& table, const std::stop_token& stop = {});

/// `s` is a column's value for a person: times as text.
void set_sql_result(sqlite3_context* context, const SqlView& value);

}  // namespace hanse::historian
