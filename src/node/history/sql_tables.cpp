#include "node/history/sql_tables.hpp"

#include <algorithm>

#include "historian/sql_samples.hpp"

namespace hanse::node {
namespace {

using historian::SqlFilter;
using historian::SqlPage;
using historian::SqlRows;
using historian::SqlTable;
using historian::SqlType;

SqlTable asset_table(plant::Plant& plant) {
  return {.name = "assets",
          .summary = "The equipment tree.",
          .columns = {{"id", SqlType::text},
                      {"name", SqlType::text},
                      {"level", SqlType::text},
                      {"parent", SqlType::text},
                      {"kind", SqlType::text},
                      {"manufacturer", SqlType::text},
                      {"model", SqlType::text},
                      {"serial", SqlType::text}},
          .open = [&plant](const SqlFilter&) -> Result<std::unique_ptr<SqlRows>> {
            std::vector<std::vector<historian::SqlValue>> rows;
            const auto records = plant.records();
            for (const auto& [id, asset] : records->assets) {
              rows.push_back({id.value, asset.name, describe::enum_name(asset.level), asset.parent.value, asset.kind,
                              asset.manufacturer, asset.model, asset.serial});
            }
            return historian::sql_rows(std::move(rows));
          },
          .rows_expected = 1000};
}

std::vector<historian::SqlValue> event_row(const plant::ProductionEvent& event) {
  return {event.time,
          event.asset.value,
          describe::enum_name(event.kind),
          event.state ? historian::SqlValue{describe::enum_name(*event.state)} : historian::SqlValue{},
          event.quantity,
          event.duration_ns,
          event.reason,
          event.order,
          event.product,
          event.source,
          event.actor,
          event.comment,
          event.id};
}

/// The filter's times are both included; a range's end is not.
Timestamp after(Timestamp last) { return last == Timestamp::max() ? last : Timestamp{last.ns + 1}; }

SqlTable event_table(plant::EventLog& events) {
  return {.name = "events",
          .summary = "Production events in order of time: states, parts, reasons, orders, alarms, gaps.",
          .columns = {{"time", SqlType::time, true},
                      {"asset", SqlType::text, true, "Name one: it is found by an index."},
                      {"kind", SqlType::text},
                      {"state", SqlType::text},
                      {"quantity", SqlType::real},
                      {"duration_ns", SqlType::integer},
                      {"reason", SqlType::text},
                      {"order_id", SqlType::text},
                      {"product", SqlType::text},
                      {"source", SqlType::text},
                      {"actor", SqlType::text},
                      {"comment", SqlType::text},
                      {"id", SqlType::text}},
          .open = [&events](const SqlFilter& filter) -> Result<std::unique_ptr<SqlRows>> {
            plant::EventQuery query{.range = {filter.begin, after(filter.last)}, .limit = 1000};
            if (const auto* asset = filter.text(1)) query.asset = plant::AssetId{*asset};
            return historian::sql_pages(
                [&events, query](const std::optional<std::string>& cursor) mutable -> Result<SqlPage> {
                  query.cursor = cursor;
                  HANSE_TRY(const auto read, events.list(query));
                  SqlPage page{.rows = {}, .next = read.next};
                  for (const auto& event : read.items) page.rows.push_back(event_row(event));
                  return page;
                });
          },
          .rows_expected = 1e6,
          .rows_expected_equal = 1e4};
}

}  // namespace

std::vector<SqlTable> sql_tables(const Foundation& base, const Clock& clock) {
  auto tables = historian::sample_tables(*base.history, *base.directory, clock);
  tables.push_back(asset_table(*base.plant));
  tables.push_back(event_table(base.plant->events()));
  tables.push_back(historian::journal_table(*base.store));
  // Kinds without secrets: connections, users, tokens and settings are not among them.
  tables.push_back(
      historian::documents_table(*base.store, {"asset", "calendar", "finding", "product", "reason", "signal"}));
  return tables;
}

}  // namespace hanse::node
