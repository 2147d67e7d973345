#pragma once

#include "connectors/connector.hpp"
#include "connectors/mtconnect/settings.hpp"

namespace hanse::connectors::mtconnect {

/// The protocol for the node's list.
const Protocol& protocol();

Result<std::unique_ptr<Connector>> make_connector(const MtconnectSettings& settings, const ConnectorContext& context);
Result<std::unique_ptr<Browser>> make_browser(const MtconnectSettings& settings, const ConnectorContext& context);

}  // namespace hanse::connectors::mtconnect
