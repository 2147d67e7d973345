#include "node/system/system_routes.hpp"

#include "api/common_inputs.hpp"

namespace hanse::node {
namespace {

using api::NoInput;

struct NodeAbout {
  std::string version;
  double memory_mb = 0;
  std::string time_zone;  ///< The plant's, which pages tell times in.
};
HANSE_DESCRIBE(NodeAbout, (version, memory_mb, time_zone))

constexpr const char* kPlainText = "text/plain; charset=utf-8";

}  // namespace

std::vector<api::Route> system_routes(SystemParts parts) {
  using api::Context;
  std::vector<api::Route> routes;
  routes.push_back(api::route<NoInput, api::Raw>(
      {.path = "/healthz", .summary = "Answers as long as the process lives.", .permission = "public"},
      [](const NoInput&, const Context&) -> Result<api::Raw> {
        return api::Raw{.content_type = kPlainText, .body = "ok\n"};
      }));
  routes.push_back(api::route<NoInput, api::Raw>(
      {.path = "/readyz",
       .summary = "Answers 200 when history and store take what comes, else 503 with the reason.",
       .permission = "public"},
      [not_ready = std::move(parts.not_ready)](const NoInput&, const Context&) -> Result<api::Raw> {
        if (const auto reason = not_ready(); !reason.empty()) return fail(ErrorCode::unavailable, reason);
        return api::Raw{.content_type = kPlainText, .body = "ready\n"};
      }));
  routes.push_back(api::route<NoInput, api::Raw>(
      {.path = "/metrics", .summary = "Figures of this node in Prometheus' text format.", .permission = "node.read"},
      [sources = std::move(parts.metrics)](const NoInput&, const Context&) -> Result<api::Raw> {
        MetricWriter writer;
        for (const auto& source : sources) source(writer);
        return api::Raw{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = writer.text()};
      }));
  routes.push_back(api::route<NoInput, api::Raw>(
      {.path = "/openapi.json", .summary = "This interface, described in OpenAPI 3.1.", .permission = "user"},
      [openapi = std::move(parts.openapi)](const NoInput&, const Context&) -> Result<api::Raw> {
        return api::Raw{.content_type = "application/json", .body = *openapi};
      }));
  routes.push_back(api::route<NoInput, NodeAbout>(
      {.path = "/api/v1/node", .summary = "Which Hanse this is.", .permission = "user"},
      [version = std::move(parts.version), zone = std::move(parts.time_zone)](const NoInput&,
                                                                              const Context&) -> Result<NodeAbout> {
        return NodeAbout{.version = version, .memory_mb = resident_bytes() / 1e6, .time_zone = zone};
      }));
  return routes;
}

}  // namespace hanse::node
