#pragma once

#include <vector>

#include "api/route.hpp"
#include "node/connections/connections.hpp"
#include "twin/service/twins.hpp"

namespace hanse::node {

/// One interface of a description and the connection that it becomes.
struct InterfaceFate {
  std::string interface;  ///< Its idShort.
  ConnectionRecord connection;
  plant::Fate fate = plant::Fate::create;
};
HANSE_DESCRIBE(InterfaceFate, (interface, connection, fate))

/// What came of connecting what a description names.
struct InterfaceReport {
  bool kept = false;  ///< False for a dry run, and when nothing could be connected.
  std::vector<InterfaceFate> connections;
  std::vector<twin::TwinFinding> findings;
};
HANSE_DESCRIBE(InterfaceReport, (kept, connections, findings))

/// POST /api/v1/twin/interfaces: connects the machine that a submodel by the Asset Interfaces Description names.
std::vector<api::Route> interface_routes(twin::Twins& twins, Connections& connections);

}  // namespace hanse::node
