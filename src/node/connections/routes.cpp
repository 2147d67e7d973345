#include "node/connections/routes.hpp"

#include <fmt/format.h>

#include "api/common_inputs.hpp"

namespace hanse::node {
namespace {

using api::ById;
using api::NoInput;
using api::PageInput;

struct AddressList {
  std::string id;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() { return std::array{FieldNote{.field = "limit", .min = 1, .max = api::kPageLimitMax}}; }
};
HANSE_DESCRIBE(AddressList, (id, cursor, limit))

struct ProtocolView {
  std::string id, title, summary;
  RawJson schema;
};
HANSE_DESCRIBE(ProtocolView, (id, title, summary, schema))
struct ProtocolViews {
  std::vector<ProtocolView> items;
};
HANSE_DESCRIBE(ProtocolViews, (items))
struct ConnectionHealths {
  std::vector<ConnectionHealth> items;
};
HANSE_DESCRIBE(ConnectionHealths, (items))

struct ConnectionTest {
  std::string protocol;
  RawJson settings;
  std::int64_t seconds = 10;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "protocol", .required = true},
                      FieldNote{.field = "settings", .required = true},
                      FieldNote{.field = "seconds", .summary = "How long to listen at most.", .min = 1, .max = 60}};
  }
};
HANSE_DESCRIBE(ConnectionTest, (protocol, settings, seconds))
struct ConnectionTestResult {
  std::vector<connectors::BrowsedValue> values;
};
HANSE_DESCRIBE(ConnectionTestResult, (values))

struct AddressMapping {
  std::string address;
  std::optional<signal::SignalId> signal;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "address", .required = true},
                      FieldNote{.field = "signal", .summary = "The signal it fills; null for none."}};
  }
};
HANSE_DESCRIBE(AddressMapping, (address, signal))
struct ConnectionMapping {
  std::string id;
  std::vector<AddressMapping> items;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "items", .length_max = 10'000, .required = true}};
  }
};
HANSE_DESCRIBE(ConnectionMapping, (id, items))

ConnectionRecord masked(ConnectionRecord connection) {
  connection.settings = mask_secrets(connection.settings);
  return connection;
}

ProtocolView protocol_view(const connectors::Protocol& protocol) {
  // Form fields need the whole schema with what it refers to: one self-contained document.
  SchemaBook book;
  const auto schema = protocol.settings_schema(book);
  return {std::string{protocol.id}, std::string{protocol.title}, std::string{protocol.summary},
          RawJson{fmt::format(R"({{"schema":{},"components":{{"schemas":{}}}}})", schema, book.components())}};
}

Result<api::Page<MappedAddress>> list_addresses(Connections& book, const AddressList& in) {
  HANSE_TRY(auto all, book.addresses(in.id));
  api::Page<MappedAddress> page;
  for (auto& address : all) {
    if (in.cursor && address.declaration.address <= *in.cursor) continue;
    if (static_cast<std::int64_t>(page.items.size()) == in.limit) {
      page.next = page.items.back().declaration.address;
      break;
    }
    page.items.push_back(std::move(address));
  }
  return page;
}

ConnectionHealth health_of(const Connections& connections, const ConnectionRecord& record, std::size_t notices_max) {
  ConnectionHealth out{.id = record.id,
                       .name = record.name,
                       .protocol = record.protocol,
                       .reason = {},
                       .since = {},
                       .last_data = {},
                       .notices = {}};
  auto report = connections.book().health(record.id);
  if (!report) return out;  // removed a moment ago
  out.health = report->health;
  out.reason = std::move(report->reason);
  out.since = report->since;
  out.samples = report->samples;
  out.dropped = report->dropped;
  out.rejected = report->rejected;
  out.restarts = report->restarts;
  out.last_data = report->last_data;
  const auto count = std::min(notices_max, report->notices.size());
  out.notices.assign(report->notices.rbegin(), report->notices.rbegin() + static_cast<std::ptrdiff_t>(count));
  return out;
}

std::vector<api::Route> record_routes(Connections& book) {
  std::vector<api::Route> routes;
  routes.push_back(api::route<PageInput, api::Page<ConnectionRecord>>(
      {.path = "/api/v1/connections",
       .summary = "Connections, by id; secrets are masked.",
       .permission = "connections.read"},
      [&book](const PageInput& in, const api::Context&) -> Result<api::Page<ConnectionRecord>> {
        HANSE_TRY(auto page, book.collection().list({.kind = {}, .cursor = in.cursor, .limit = in.limit}));
        api::Page<ConnectionRecord> out{.items = {}, .next = std::move(page.next)};
        for (auto& item : page.items) out.items.push_back(masked(std::move(item.record)));
        return out;
      }));
  routes.push_back(api::route<ConnectionRecord, api::Versioned<ConnectionRecord>>(
      {.method = api::Method::post,
       .path = "/api/v1/connections",
       .summary = "Makes a connection and starts it.",
       .permission = "connections.write"},
      [&book](const ConnectionRecord& in, const api::Context& context) -> Result<api::Versioned<ConnectionRecord>> {
        auto connection = in;
        if (connection.id.empty()) connection.id = plant::asset_id(connection.name);
        HANSE_TRY(const auto version, book.put({context.caller.id}, connection, 0));
        return api::Versioned<ConnectionRecord>{masked(std::move(connection)), version};
      }));
  routes.push_back(api::route<ById, api::Versioned<ConnectionRecord>>(
      {.path = "/api/v1/connections/{id}",
       .summary = "One connection; secrets are masked.",
       .permission = "connections.read"},
      [&book](const ById& in, const api::Context&) -> Result<api::Versioned<ConnectionRecord>> {
        HANSE_TRY(auto stored, book.collection().get(in.id));
        return api::Versioned<ConnectionRecord>{masked(std::move(stored.record)), stored.version};
      }));
  routes.push_back(api::route<ConnectionRecord, api::Versioned<ConnectionRecord>>(
      {.method = api::Method::put,
       .path = "/api/v1/connections/{id}",
       .summary = "Changes a connection and starts it anew; a secret left as ******** stays.",
       .permission = "connections.write"},
      [&book](const ConnectionRecord& in, const api::Context& context) -> Result<api::Versioned<ConnectionRecord>> {
        HANSE_TRY(const auto version, book.put({context.caller.id}, in, context.if_match));
        return api::Versioned<ConnectionRecord>{masked(in), version};
      }));
  routes.push_back(
      api::route<ById, api::Nothing>({.method = api::Method::del,
                                      .path = "/api/v1/connections/{id}",
                                      .summary = "Ends and forgets a connection; its signals and their history stay.",
                                      .permission = "connections.write"},
                                     [&book](const ById& in, const api::Context& context) -> Result<api::Nothing> {
                                       HANSE_CHECK(book.remove({context.caller.id}, in.id, context.if_match));
                                       return api::Nothing{};
                                     }));
  return routes;
}

std::vector<api::Route> mapping_routes(Connections& book) {
  std::vector<api::Route> routes;
  routes.push_back(api::route<AddressList, api::Page<MappedAddress>>(
      {.path = "/api/v1/connections/{id}/addresses",
       .summary = "What the source offers, and the signal that each address fills.",
       .permission = "connections.read"},
      [&book](const AddressList& in, const api::Context&) { return list_addresses(book, in); }));
  routes.push_back(api::route<ConnectionMapping, api::Nothing>(
      {.method = api::Method::put,
       .path = "/api/v1/connections/{id}/mapping",
       .summary = "Says which signals addresses fill, and starts the connection anew.",
       .permission = "connections.write"},
      [&book](const ConnectionMapping& in, const api::Context& context) -> Result<api::Nothing> {
        std::vector<plant::Mapping> mappings;
        for (const auto& item : in.items)
          mappings.push_back({in.id, item.address, item.signal.value_or(signal::kNoSignal)});
        HANSE_CHECK(book.map({context.caller.id}, in.id, mappings));
        return api::Nothing{};
      }));
  return routes;
}

std::vector<api::Route> health_routes(Connections& book) {
  std::vector<api::Route> routes;
  routes.push_back(api::route<NoInput, ProtocolViews>(
      {.path = "/api/v1/protocols",
       .summary = "Protocols that machines can be connected by, with their settings' schemas.",
       .permission = "connections.read"},
      [&book](const NoInput&, const api::Context&) -> Result<ProtocolViews> {
        ProtocolViews views;
        for (const auto* protocol : book.book().protocols()) views.items.push_back(protocol_view(*protocol));
        return views;
      }));
  routes.push_back(api::route<NoInput, ConnectionHealths>(
      {.path = "/api/v1/connections-health", .summary = "How each connection is.", .permission = "connections.read"},
      [&book](const NoInput&, const api::Context&) -> Result<ConnectionHealths> {
        return ConnectionHealths{connection_healths(book, 5)};
      }));
  routes.push_back(api::route<ById, ConnectionHealth>(
      {.path = "/api/v1/connections/{id}/health",
       .summary = "How the connection is, with its last notices.",
       .permission = "connections.read"},
      [&book](const ById& in, const api::Context&) -> Result<ConnectionHealth> {
        const auto record = book.book().find(in.id);
        if (!record) return fail(ErrorCode::not_found, fmt::format("there is no connection '{}'", in.id));
        return health_of(book, *record, connectors::kNoticesKept);
      }));
  routes.push_back(api::route<ConnectionTest, ConnectionTestResult>(
      {.method = api::Method::post,
       .path = "/api/v1/connections/test",
       .summary = "Connects once and shows what is there, without keeping anything.",
       .permission = "connections.write"},
      [&book](const ConnectionTest& in, const api::Context&) -> Result<ConnectionTestResult> {
        HANSE_TRY(auto values, book.test(in.protocol, in.settings, std::chrono::seconds{in.seconds}));
        return ConnectionTestResult{std::move(values)};
      }));
  return routes;
}

}  // namespace

std::vector<ConnectionHealth> connection_healths(const Connections& connections, std::size_t notices_max) {
  std::vector<ConnectionHealth> out;
  for (const auto& record : connections.book().all()) out.push_back(health_of(connections, record, notices_max));
  return out;
}

std::vector<api::Route> connection_routes(Connections& book) {
  auto routes = record_routes(book);
  for (auto* more : {&mapping_routes, &health_routes}) {
    for (auto& route : more(book)) routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace hanse::node
