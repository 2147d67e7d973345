#include "node/opcua/nodeset_routes.hpp"

#include "connectors/opcua/model/nodeset.hpp"

namespace hanse::node {
namespace {

struct NodeSetFile {
  api::RawBody body;
};
HANSE_DESCRIBE(NodeSetFile, (body))

struct NodeSetValues {
  std::vector<connectors::BrowsedValue> values;
};
HANSE_DESCRIBE(NodeSetValues, (values))

}  // namespace

std::vector<api::Route> nodeset_routes() {
  std::vector<api::Route> routes;
  routes.push_back(api::route<NodeSetFile, NodeSetValues>(
      {.method = api::Method::post,
       .path = "/api/v1/opcua/nodeset",
       .summary = "The variables that a NodeSet2 file (XML) puts below a server's objects, as a connection takes them.",
       .permission = "connections.write",
       .body_bytes_max = 64U << 20},
      [](const NodeSetFile& in, const api::Context&) -> Result<NodeSetValues> {
        HANSE_TRY(auto found, connectors::opcua::read_nodeset(in.body.text));
        NodeSetValues out;
        // Nobody has read them yet.
        for (auto& declaration : found) {
          out.values.push_back(
              {.declaration = std::move(declaration), .value = {}, .quality = signal::Quality::uncertain, .time = {}});
        }
        return out;
      }));
  return routes;
}

}  // namespace hanse::node
