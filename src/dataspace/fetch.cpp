#include "dataspace/internal/fetch.hpp"

#include <fmt/format.h>

#include "dataspace/internal/route_parts.hpp"
#include "dataspace/internal/turn.hpp"

namespace hanse::dataspace {
namespace {

/// A property by the last part of its name, whatever space it is written in.
std::string property(const DataAddress& address, std::string_view name) {
  for (const auto& [key, value] : address.properties) {
    if (key == name || key.ends_with('/' + std::string{name})) return value;
  }
  return {};
}

std::string query_of(const FetchInput& in) {
  std::string query;
  const auto add = [&](std::string_view name, const std::string& value) {
    query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, encode_query(value));
  };
  if (in.from) add("from", to_string(*in.from));
  if (in.until) add("until", to_string(*in.until));
  if (in.offset > 0) add("offset", std::to_string(in.offset));
  if (in.length > 0) add("length", std::to_string(in.length));
  return query;
}

Result<Outcome> pull(const Ask& ask, const Partner& partner, const DataAddress& address, const FetchInput& in) {
  HANSE_CHECK(PartnerBook::may_call(partner, address.endpoint));
  Outbound call{
      .id = new_urn(), .partner = partner.id, .method = "GET", .url = address.endpoint + query_of(in), .body = {}};
  if (const auto token = property(address, "authorization"); !token.empty()) call.authorization = "Bearer " + token;
  auto outcome = ask(std::move(call));
  if (outcome.status == 0) return fail(ErrorCode::unavailable, "the partner can't be reached: " + outcome.error);
  return outcome;
}

/// A new token where the address says that one can be had; kept with the process.
Result<DataAddress> renew(Connector& connector, const Ask& ask, const Partner& partner, const Process& process) {
  const auto url = property(*process.data_address, "refreshEndpoint");
  HANSE_CHECK(PartnerBook::may_call(partner, url));
  const auto outcome = ask({.id = new_urn(),
                            .partner = partner.id,
                            .url = url,
                            .authorization = connector.parts().partners.authorization_for(partner),
                            .body = "{}"});
  if (outcome.status != 200)
    return fail(ErrorCode::forbidden, fmt::format("the partner gives no new token (it answered {}): {}", outcome.status,
                                                  outcome.body.substr(0, 500)));
  HANSE_TRY(auto address, from_json<DataAddress>(outcome.body, UnknownMembers::ignore));
  HANSE_CHECK(connector.change({"system:dataspace"}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(auto now, turn.find(connector.processes(), process.id));
    if (!now || now->state != State::started) return fail(ErrorCode::conflict, "the transfer isn't running any more");
    now->data_address = address;
    return turn.save(*now);
  }));
  return address;
}

Result<void> count(Connector& connector, const Process& process, const FetchInput& in, std::int64_t bytes) {
  return connector.change({"system:dataspace"}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(auto known, turn.find(connector.meters(), process.agreement));
    Meter meter = known.value_or(Meter{.id = process.agreement});
    if (in.offset == 0 || meter.uses == 0) ++meter.uses;  // the rest of a file that was begun is the same use
    meter.bytes += bytes;
    meter.last_use = turn.now();
    HANSE_CHECK(connector.meters().put(turn.transaction(), meter));
    return turn.evidence(process.partner, EvidenceKind::use, process.agreement,
                         fmt::format(R"({{"transfer":{},"bytes":{},"by":"us"}})", to_json(process.id), bytes));
  });
}

}  // namespace

Result<api::Raw> fetch_data(Connector& connector, const Ask& ask, const FetchInput& in) {
  HANSE_TRY(const auto stored, connector.processes().get(in.id));
  const auto& process = stored.record;
  if (process.side != Side::consumer || process.state != State::started || !process.data_address) {
    return fail(ErrorCode::conflict, "this transfer has no data to fetch: it must be started, and ask for a pull");
  }
  HANSE_TRY(const auto partner, connector.parts().partners.confirmed(process.partner));
  HANSE_TRY(auto outcome, pull(ask, partner, *process.data_address, in));
  if (outcome.status == 401 && !property(*process.data_address, "refreshEndpoint").empty()) {
    HANSE_TRY(const auto address, renew(connector, ask, partner, process));
    HANSE_TRY(outcome, pull(ask, partner, address, in));
  }
  if (outcome.status >= 300)
    return fail(ErrorCode::forbidden,
                fmt::format("the partner answered {}: {}", outcome.status, outcome.body.substr(0, 500)));
  HANSE_CHECK(count(connector, process, in, std::ssize(outcome.body)));
  return api::Raw{.content_type = outcome.content_type.empty() ? "application/octet-stream" : outcome.content_type,
                  .body = std::move(outcome.body)};
}

}  // namespace hanse::dataspace
