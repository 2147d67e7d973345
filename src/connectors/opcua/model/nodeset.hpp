#pragma once

#include <string_view>
#include <vector>

#include "connectors/connector.hpp"

namespace hanse::connectors::opcua {

/// The variables that a NodeSet2 file (OPC 10000-6, F) puts below a server's Objects folder, each as it would be
/// declared by a server with it: to prepare a machine before it is on site. Types are passed over. Addresses are what
/// the settings' `nodes` take. Errors: `invalid` when it isn't a UANodeSet, `too_large` over 100,000 nodes.
Result<std::vector<Declaration>> read_nodeset(std::string_view xml);

}  // namespace hanse::connectors::opcua
