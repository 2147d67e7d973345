#pragma once

#include "historian/line_protocol_series.hpp"
#include "plant/plant.hpp"

namespace hanse::node {

/// Which signals of the plant series from outside are. Their names are brought into the plant's form; unknown ones
/// become assets and signals, all of a request in one go, when the caller may change the plant.
/// Errors: `forbidden`, naming the first unknown series, when it may not.
historian::ResolveSeries foreign_series(plant::Plant& plant);

}  // namespace hanse::node
