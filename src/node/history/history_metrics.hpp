#pragma once

#include "historian/engine.hpp"
#include "node/system/metrics.hpp"

namespace hanse::node {

/// What a scrape learns of the history: how the disk does, what waits, and damage. `history` outlives it.
MetricSource history_metrics(const historian::Engine& history);

}  // namespace hanse::node
