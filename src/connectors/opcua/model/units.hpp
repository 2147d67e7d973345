#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hanse::connectors::opcua {

/// UCUM for an EngineeringUnits' unit id, which is a UNECE Recommendation 20 code packed into a number (OPC 10000-8,
/// 5.6.3), or for its display name when the id is unknown; empty for none of these.
std::string_view ucum_of(std::int32_t unit_id, std::string_view display_name);

}  // namespace hanse::connectors::opcua
