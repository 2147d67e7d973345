#pragma once

#include <vector>

#include "historian/historian.hpp"
#include "historian/sql_table.hpp"
#include "signal/directory.hpp"
#include "store/store.hpp"

namespace hanse::historian {

/// `samples` (signal, time, value, quality, asset, name, time_ns), `signals`, `last_values`, and those of
/// `step_tables`. Of `samples`, only the signals and times that the WHERE clause names are read. All arguments outlive
/// the tables.
std::vector<SqlTable> sample_tables(Historian& history, const signal::Directory& directory, const Clock& clock);

/// `journal`: the ledger's entries, oldest first. `store` outlives it.
SqlTable journal_table(store::Store& store);
/// `documents`: records of these kinds as JSON, for SQLite's JSON functions. Name only kinds without secrets.
SqlTable documents_table(store::Store& store, std::vector<std::string> kinds);

}  // namespace hanse::historian
