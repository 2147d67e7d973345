#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/route.hpp"
#include "node/system/metrics.hpp"

namespace hanse::node {

/// What the routes about the node itself tell.
struct SystemParts {
  std::string version;
  std::string time_zone;
  std::vector<MetricSource> metrics;
  /// Empty when the node can serve, else the reason why not.
  std::function<std::string()> not_ready;
  /// The interface's own description; filled once all routes are known.
  std::shared_ptr<const std::string> openapi;
};

/// GET /healthz, /readyz, /metrics, /openapi.json and /api/v1/node.
std::vector<api::Route> system_routes(SystemParts parts);

}  // namespace hanse::node
