#pragma once

#include <vector>

#include "historian/sql_table.hpp"
#include "node/foundation.hpp"

namespace hanse::node {

/// What SQL can read of a node: samples and signals, assets, events, journal and documents. `base` outlives them.
std::vector<historian::SqlTable> sql_tables(const Foundation& base, const Clock& clock);

}  // namespace hanse::node
