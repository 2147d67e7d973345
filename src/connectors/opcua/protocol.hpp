#pragma once

#include "connectors/connector.hpp"
#include "connectors/opcua/settings.hpp"

namespace hanse::connectors::opcua {

/// The protocol for the node's list.
const Protocol& protocol();

Result<std::unique_ptr<Connector>> make_connector(const OpcuaSettings& settings, const ConnectorContext& context);
Result<std::unique_ptr<Browser>> make_browser(const OpcuaSettings& settings, const ConnectorContext& context);

}  // namespace hanse::connectors::opcua
