#pragma once

#include <vector>

#include "api/route.hpp"
#include "historian/prometheus_evaluate.hpp"

namespace hanse::historian {

/// What Grafana's Prometheus data source and Prometheus' own tools take as the server's address, behind this node's.
inline constexpr std::string_view kPromPrefix = "/prometheus";

/// Prometheus' HTTP interface below `/prometheus/api/v1`: query, query_range, labels, label/{name}/values, series,
/// metadata, status/buildinfo; by GET and, with parameters as a form, by POST. Permission `history.read`.
std::vector<api::Route> prometheus_routes(PromParts parts);

/// A result in Prometheus' JSON; `instant` for one moment, else a matrix.
std::string prom_result_json(const PromResult& result, const StepGrid& grid, bool instant);
/// Unix seconds with a fraction, or RFC 3339. Errors: `invalid`.
Result<Timestamp> parse_prom_time(std::string_view text);

}  // namespace hanse::historian
