#pragma once

#include "connectors/connector.hpp"
#include "connectors/modbus/settings.hpp"

namespace hanse::connectors::modbus {

/// Modbus TCP, for the node's list of protocols.
const Protocol& protocol();

Result<std::unique_ptr<Connector>> make_connector(const ModbusSettings& settings, const ConnectorContext& context);
Result<std::unique_ptr<Browser>> make_browser(const ModbusSettings& settings, const ConnectorContext& context);

}  // namespace hanse::connectors::modbus
