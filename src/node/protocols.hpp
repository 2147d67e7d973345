#pragma once

#include <span>

#include "connectors/connector.hpp"

namespace hanse::node {

/// The protocols of this node, one line each in `protocols.cpp`. Nothing registers itself.
std::span<const connectors::Protocol* const> protocols();

}  // namespace hanse::node
