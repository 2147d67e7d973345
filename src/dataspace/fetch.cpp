#include "dataspace/internal/fetch.hpp"

#include <fmt/format.h>

#include <charconv>

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

Result<void> count(Connector& connector, const Process& process, bool new_use, std::int64_t bytes) {
  return connector.change({"system:dataspace"}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(auto known, turn.find(connector.meters(), process.agreement));
    Meter meter = known.value_or(Meter{.id = process.agreement});
    if (new_use || meter.uses == 0) ++meter.uses;  // the rest of a file that was begun is the same use
    meter.bytes += bytes;
    meter.last_use = turn.now();
    HANSE_CHECK(connector.meters().put(turn.transaction(), meter));
    return turn.evidence(process.partner, EvidenceKind::use, process.agreement,
                         fmt::format(R"({{"transfer":{},"bytes":{},"by":"us"}})", to_json(process.id), bytes));
  });
}

/// Keeping is a service to our own people: what can't be kept is shown all the same.
void keep(Connector& connector, const Process& process, const ReceivedPiece& piece) {
  const auto& parts = connector.parts();
  if (!parts.received) return;
  const auto kept = ReceivedBook{parts.store, parts.clock, *parts.received}.take(kSelf, process, piece);
  if (!kept && kept.error().code != ErrorCode::conflict)
    parts.log.warning("dataspace", "what was fetched is not kept",
                      {{"transfer", process.id}, {"error", to_string(kept.error())}});
}

}  // namespace

std::optional<std::pair<std::int64_t, std::int64_t>> read_content_range(std::string_view header) {
  constexpr std::string_view kUnit = "bytes ";
  if (!header.starts_with(kUnit)) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-'), slash = header.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) return std::nullopt;
  std::int64_t first = 0, total = 0;
  const auto number = [](std::string_view text, std::int64_t& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc{} && end == text.data() + text.size() && into >= 0;
  };
  if (!number(header.substr(0, dash), first) || !number(header.substr(slash + 1), total) || first > total)
    return std::nullopt;
  return std::pair{first, total};
}

Result<void> take_push(Connector& connector, const PushedPiece& in) {
  const auto& parts = connector.parts();
  const auto stored = connector.processes().find(in.transfer);
  const auto* process = stored && *stored ? &(*stored)->record : nullptr;
  const auto token = process && process->data_address ? property(*process->data_address, "authorization") : "";
  // Hashes are compared, so that the time it takes says nothing of the token.
  if (!process || process->side != Side::consumer || process->format != kPush || process->state != State::started ||
      token.empty() || sha256_hex(token) != sha256_hex(in.token) || !parts.received)
    return fail(ErrorCode::unauthenticated, "the token isn't that of a push that runs");
  HANSE_TRY(const auto agreement, connector.agreements().get(process->agreement));
  if (agreement.record.status != AgreementStatus::in_force)
    return fail(ErrorCode::forbidden, "the agreement isn't in force: " + agreement.record.status_reason);
  const ReceivedBook book{parts.store, parts.clock, *parts.received};
  HANSE_TRY(const auto before, book.of_transfer(in.transfer));
  const store::Actor actor{"partner:" + process->partner};
  HANSE_TRY(
      const auto now,
      book.take(
          actor, *process,
          {.content_type = in.content_type, .body = in.body, .offset = in.offset, .total = in.total, .pushed = true}));
  const auto fresh = now.bytes - (before ? before->bytes : 0);
  return fresh > 0 || !before ? count(connector, *process, !before, fresh) : Result<void>{};
}

Result<api::Response> fetch_data(Connector& connector, const Ask& ask, const FetchInput& in) {
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
  HANSE_CHECK(count(connector, process, in.offset == 0, std::ssize(outcome.body)));
  const auto range = read_content_range(outcome.content_range).value_or(std::pair<std::int64_t, std::int64_t>{});
  api::Response response{
      .content_type = outcome.content_type.empty() ? "application/octet-stream" : outcome.content_type,
      .body = std::move(outcome.body),
      .version = {}};
  keep(connector, process,
       {.content_type = response.content_type, .body = response.body, .offset = range.first, .total = range.second});
  mark_range(response, range.first, range.second);
  return response;
}

}  // namespace hanse::dataspace
