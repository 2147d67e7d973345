#include "node/history/history_routes.hpp"

#include <iterator>

#include "historian/line_protocol_routes.hpp"
#include "historian/prometheus_routes.hpp"
#include "historian/routes.hpp"
#include "historian/sample_import.hpp"
#include "historian/sql_routes.hpp"
#include "historian/table_routes.hpp"
#include "node/history/foreign_series.hpp"
#include "node/history/sql_tables.hpp"

namespace hanse::node {
namespace {

std::string site_of(const plant::Plant& plant, const signal::AssetId& asset) {
  const auto records = plant.records();
  const auto* site = records->above(asset, plant::Level::site);
  return site ? site->id.value : std::string{};
}

}  // namespace

std::vector<api::Route> history_routes(const Foundation& base, const Clock& clock, historian::AppendSamples append) {
  auto routes = historian::routes(*base.history, *base.directory);
  const auto add = [&](std::vector<api::Route> more) {
    std::move(more.begin(), more.end(), std::back_inserter(routes));
  };
  add(historian::table_routes(*base.history, *base.directory, clock));
  add(historian::line_protocol_routes(
      {.directory = *base.directory, .clock = clock, .append = append, .resolve = foreign_series(*base.plant)}));
  add(historian::sample_import_routes(*base.history, *base.directory, std::move(append)));
  add(historian::sql_routes(sql_tables(base, clock), clock));
  add(historian::prometheus_routes(
      {.history = *base.history,
       .directory = *base.directory,
       .clock = clock,
       .site_of = [&plant = *base.plant](const signal::AssetId& asset) { return site_of(plant, asset); }}));
  return routes;
}

}  // namespace hanse::node
