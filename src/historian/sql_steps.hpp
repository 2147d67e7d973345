#pragma once

#include <vector>

#include "historian/historian.hpp"
#include "historian/sql_table.hpp"
#include "signal/directory.hpp"

namespace hanse::historian {

/// Tables over steps of time, of which WHERE names the length and the range: `steps` (figures of each step), `joined`
/// (values of signals at the same moments) and `quantiles` (how the values of each step are spread). All arguments
/// outlive the tables.
std::vector<SqlTable> step_tables(Historian& history, const signal::Directory& directory, const Clock& clock);

}  // namespace hanse::historian
