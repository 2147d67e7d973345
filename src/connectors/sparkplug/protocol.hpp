#pragma once

#include "connectors/connector.hpp"

namespace hanse::connectors::sparkplug {

/// Sparkplug B and plain MQTT topics: the entry for the node's list of protocols.
extern const Protocol kProtocol;

}  // namespace hanse::connectors::sparkplug
