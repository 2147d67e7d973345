#include "node/protocols.hpp"

#include <array>

#include "connectors/modbus/protocol.hpp"
#include "connectors/mtconnect/connector.hpp"
#include "connectors/opcua/protocol.hpp"
#include "connectors/simulated/protocol.hpp"
#include "connectors/sparkplug/protocol.hpp"

namespace hanse::node {

std::span<const connectors::Protocol* const> protocols() {
  static const std::array kProtocols = {&connectors::sparkplug::kProtocol, &connectors::mtconnect::protocol(),
                                        &connectors::modbus::protocol(), &connectors::opcua::protocol(),
                                        &connectors::simulated::protocol()};
  return kProtocols;
}

}  // namespace hanse::node
