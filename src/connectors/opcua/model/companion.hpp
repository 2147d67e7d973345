#pragma once

#include <string_view>

#include "signal/signal.hpp"

namespace hanse::connectors::opcua {

/// What a variable means by the companion specification that its place belongs to: OPC 40001 Machinery, 40501 Machine
/// Tools, 40077 and 40083 plastics, 30050 PackML, 10000-100 devices. `path` is its browse path with slashes;
/// `space_uri` the namespace of its own or its parent's browse name. `other` where no specification says anything.
signal::Meaning companion_meaning(std::string_view path, std::string_view space_uri);

/// Short name of the specification of a namespace, as in `Machine Tools`; empty for none of those known.
std::string_view companion_name(std::string_view namespace_uri);

}  // namespace hanse::connectors::opcua
