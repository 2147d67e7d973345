#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/opcua/codec/structures.hpp"

namespace hanse::connectors::opcua {

/// UCUM for an EngineeringUnits' unit id, which is a UNECE Recommendation 20 code packed into a number (OPC 10000-8,
/// 5.6.3), or for its display name when the id is unknown; empty for none of these.
std::string_view ucum_of(std::int32_t unit_id, std::string_view display_name);

/// The way back: a UCUM code as a server tells a unit. A unit that isn't in the list keeps its code as display name,
/// with the id -1 for unknown.
EngineeringUnits engineering_units(std::string_view ucum);

}  // namespace hanse::connectors::opcua
