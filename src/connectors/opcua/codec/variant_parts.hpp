#pragma once

#include <cstddef>

#include "connectors/opcua/codec/types.hpp"

namespace hanse::connectors::opcua {

/// How many elements an array or matrix has; 0 for what is none.
std::size_t element_count(const Variant& value);
/// One of them as a value of its own. Precondition: there is one at `position`.
Variant element_at(const Variant& value, std::size_t position);

}  // namespace hanse::connectors::opcua
