#pragma once

#include <vector>

#include "api/route.hpp"
#include "historian/historian.hpp"
#include "signal/directory.hpp"

namespace hanse::historian {

/// Limits of one request. Over them the answer is a clear refusal, never a cut list.
inline constexpr std::size_t kRouteSignalsMax = 1000;
inline constexpr std::int64_t kRoutePixelsMax = 10'000;
inline constexpr std::int64_t kRoutePointsMax = 500'000;     ///< Signals times pixels or steps.
inline constexpr std::int64_t kRouteRawSamplesMax = 10'000;  ///< Of one page of raw samples.

/// Reading history: GET /api/v1/history/last, /chart, /raw, /aggregate, /states, all with permission `history.read`.
/// Both outlive the routes. Tables over one axis of time are in table_routes.hpp; ways in in line_protocol_routes.hpp
/// and sample_import.hpp; SQL in sql_routes.hpp; Prometheus' interface in prometheus_routes.hpp.
std::vector<api::Route> routes(Historian& history, const signal::Directory& directory);

/// A sample's value as JSON: a number, a text, true or false; null for null and for what JSON has no number for.
/// `text` is the sample's, when it is one.
std::string value_json(const signal::Sample& sample, std::string_view text);

}  // namespace hanse::historian
