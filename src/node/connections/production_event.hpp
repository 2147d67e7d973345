#pragma once

#include <optional>
#include <string>

#include "connectors/connector.hpp"
#include "plant/equipment.hpp"

namespace hanse::node {

/// What of a connection's notices is an event of the plant: a gap with its span, an alarm that begins or ends. Nothing
/// for the others, and where no asset is known.
std::optional<plant::ProductionEvent> production_event(const connectors::Notice& notice, plant::AssetId asset,
                                                       std::string source);

}  // namespace hanse::node
