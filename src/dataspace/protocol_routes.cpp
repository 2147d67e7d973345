#include "dataspace/protocol_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dataspace/extensions.hpp"
#include "dataspace/internal/fetch.hpp"
#include "dataspace/internal/route_parts.hpp"

namespace hanse::dataspace {
namespace {

using api::Method;
using api::Request;
using api::Response;
using enum MessageType;

/// An address of the protocol at which messages come in.
struct Inlet {
  std::string_view path;  ///< Below the base.
  std::string_view summary;
  std::vector<MessageType> expected;
};

/// Source: Dataspace Protocol 2025-1, HTTPS binding; one node plays both roles, so both tables are one.
std::vector<Inlet> inlets() {
  return {{"/negotiations/request", "A consumer begins a negotiation.", {contract_request}},
          {"/negotiations/offers", "A provider begins a negotiation.", {contract_offer}},
          {"/negotiations/{pid}/request", "A consumer's counter-offer.", {contract_request}},
          {"/negotiations/{pid}/offers", "A provider's offer.", {contract_offer}},
          {"/negotiations/{pid}/agreement", "A provider's agreement.", {contract_agreement}},
          {"/negotiations/{pid}/agreement/verification", "A consumer's verification.", {agreement_verification}},
          {"/negotiations/{pid}/events",
           "ACCEPTED of a consumer or FINALIZED of a provider.",
           {event_accepted, event_finalized}},
          {"/negotiations/{pid}/termination", "Either side ends the negotiation.", {negotiation_termination}},
          {"/transfers/request", "A consumer asks for a transfer under an agreement.", {transfer_request}},
          {"/transfers/{pid}/start", "The transfer runs, or runs again.", {transfer_start}},
          {"/transfers/{pid}/suspension", "Either side pauses the transfer.", {transfer_suspension}},
          {"/transfers/{pid}/completion", "All data are there.", {transfer_completion}},
          {"/transfers/{pid}/termination", "Either side ends the transfer.", {transfer_termination}}};
}

Response of_error(ProcessKind kind, const Error& error, int status) {
  return {.status = status, .body = write_error(kind, "", "", to_string(error.code), error.message), .version = {}};
}

Response catalogue_error(int status, const Error& error) {
  return {.status = status, .body = write_catalogue_error(to_string(error.code), to_string(error)), .version = {}};
}

Response post_message(Connector& connector, const Inlet& inlet, const Request& request) {
  const auto partner = calling_partner(connector, request);
  if (!partner) return of_error(kind_of(inlet.expected.front()), partner.error(), 401);
  const auto pid = request.parameters.find("pid");
  return connector.take(*partner, pid == request.parameters.end() ? std::nullopt : std::optional{pid->second},
                        inlet.expected, request.body);
}

Response catalogue_page(Connector& connector, const Request& request) {
  const auto partner = calling_partner(connector, request);
  if (!partner) return catalogue_error(401, partner.error());
  auto wanted = read_catalogue_request(request.body);
  if (!wanted) return catalogue_error(400, wanted.error());
  if (const auto after = request.parameters.find("after"); after != request.parameters.end())
    wanted->after = after->second;
  const auto& base = connector.settings().address;
  const auto page =
      connector.parts().catalogue.page(*partner, *wanted, base, connector.parts().partners.own().participant);
  if (!page) return catalogue_error(500, page.error());
  Response response{.body = page->body, .version = {}};
  if (!page->next.empty()) {
    response.headers.emplace_back(
        "Link", fmt::format("<{}/catalog/request?after={}>; rel=\"next\"", base, encode_query(page->next)));
  }
  return response;
}

Response one_dataset(Connector& connector, const Request& request) {
  const auto partner = calling_partner(connector, request);
  if (!partner) return catalogue_error(401, partner.error());
  auto document =
      connector.parts().catalogue.dataset_document(*partner, request.parameters.at("id"), connector.settings().address);
  if (!document) return catalogue_error(404, document.error());
  return {.body = *std::move(document), .version = {}};
}

std::string version_document(Connector& connector) {
  const auto& own = connector.parts().partners.own();
  return fmt::format(
      R"({{"protocolVersions":[{{"version":"2025-1","path":"{}","binding":"HTTPS","serviceId":"{}"{}}}]}})",
      kProtocolPath, service_id(connector.settings().address),
      own.participant.starts_with("did:web:") ? R"(,"identifierType":"did:web")" : "");
}

Result<DataRequest> read_data_request(const Request& request) {
  DataRequest out{.transfer = request.parameters.at("pid"),
                  .token = bare_token(request.facts.authorization),
                  .window = {},
                  .purpose = {},
                  .region = {}};
  std::vector<FieldError> errors;
  const auto take = [&]<class T>(std::string_view name, T& into) {
    const auto found = request.parameters.find(name);
    if (found == request.parameters.end()) return;
    if (auto read = parse_text(found->second, into); !read) errors.push_back({std::string{name}, read.error().message});
  };
  take_range(request.facts.range, out.window);
  take("from", out.window.from);
  take("until", out.window.until);
  take("aggregate_s", out.window.aggregate_s);
  take("offset", out.window.offset);
  take("length", out.window.length);
  take("purpose", out.purpose);
  take("region", out.region);
  if (out.window.offset < 0 || out.window.length < 0 || out.window.aggregate_s < 0)
    errors.push_back({"offset", "numbers must not be negative"});
  if (!errors.empty()) return fail(ErrorCode::invalid, "the request has wrong parameters", std::move(errors));
  return out;
}

Result<Response> fetch_data(DataPlane& data, const Request& request) {
  HANSE_TRY(const auto wanted, read_data_request(request));
  HANSE_TRY(auto piece, data.read(wanted));
  Response response{.content_type = std::move(piece.content_type), .body = std::move(piece.body), .version = {}};
  response.headers.emplace_back("Cache-Control", "no-store");
  mark_range(response, piece.offset, piece.total);
  return response;
}

Result<Response> renew_token(Connector& connector, DataPlane& data, const Request& request) {
  HANSE_TRY(const auto partner, calling_partner(connector, request));
  HANSE_TRY(const auto address, data.renew(partner, request.parameters.at("pid")));
  return Response{.body = to_json(address), .version = {}};
}

Result<Response> push_inlet(Connector& connector, const Request& request) {
  PushedPiece in{.transfer = request.parameters.at("pid"),
                 .token = bare_token(request.facts.authorization),
                 .content_type = std::string{request.content_type},
                 .body = request.body};
  for (const auto& [name, into] : {std::pair{"offset", &in.offset}, std::pair{"total", &in.total}}) {
    const auto found = request.parameters.find(name);
    if (found == request.parameters.end()) continue;
    if (auto read = parse_text(found->second, *into); !read)
      return fail(ErrorCode::invalid, "the request has wrong parameters", {{name, read.error().message}});
  }
  HANSE_CHECK(take_push(connector, in));
  return Response{.status = 204, .content_type = "", .body = "", .version = {}};
}

}  // namespace

std::vector<api::Route> protocol_routes(Connector& connector, DataPlane& data) {
  std::vector<api::Route> out;
  const auto json = [](std::string body) -> Result<Response> {
    return Response{.body = std::move(body), .version = {}};
  };
  add_route(out, Method::get, "/.well-known/dspace-version", "Versions of the Dataspace Protocol that are spoken here.",
            "public", [&connector, json](const Request&) { return json(version_document(connector)); });
  add_route(
      out, Method::get, "/.well-known/did.json", "This node's DID document with its key.", "public",
      [&connector, json](const Request&) {
        const auto& base = connector.settings().address;
        return json(connector.parts().partners.did_document(
            base.substr(0, base.size() - std::min(base.size(), kProtocolPath.size())) + "/.well-known/dspace-version"));
      });
  const auto partners = [&](Method method, std::string_view path, std::string_view summary, auto handle) {
    add_route(out, method, std::string{kProtocolPath} + std::string{path}, summary, kPartnerPermission, handle);
  };
  partners(Method::post, "/catalog/request", "What is offered to the partner that asks.",
           [&connector](const Request& request) -> Result<Response> { return catalogue_page(connector, request); });
  partners(Method::get, "/catalog/datasets/{id}", "One dataset of the catalogue.",
           [&connector](const Request& request) -> Result<Response> { return one_dataset(connector, request); });
  for (auto& inlet : inlets()) {
    partners(Method::post, inlet.path, inlet.summary, [&connector, inlet](const Request& request) -> Result<Response> {
      return post_message(connector, inlet, request);
    });
  }
  for (const auto kind : {ProcessKind::negotiation, ProcessKind::transfer}) {
    partners(Method::get, kind == ProcessKind::negotiation ? "/negotiations/{pid}" : "/transfers/{pid}",
             "The state of a process.", [&connector, kind](const Request& request) -> Result<Response> {
               const auto partner = calling_partner(connector, request);
               if (!partner) return of_error(kind, partner.error(), 401);
               return connector.state_of(*partner, kind, request.parameters.at("pid"));
             });
  }
  partners(Method::get, "/hanse/data/{pid}",
           "Data of a running transfer, by its token; the policy is asked at each use.",
           [&data](const Request& request) { return fetch_data(data, request); });
  partners(Method::post, "/hanse/data/{pid}/token", "A new token for a running transfer.",
           [&connector, &data](const Request& request) { return renew_token(connector, data, request); });
  add_route(
      out, Method::post, std::string{kProtocolPath} + "/hanse/inlet/{pid}",
      "Data that a partner sends for one transfer, by its token.", kPartnerPermission,
      [&connector](const Request& request) { return push_inlet(connector, request); }, ReceivedBook::kPieceMax);
  add_extension_routes(out, connector);
  return out;
}

std::optional<Result<api::Caller>> partner_caller(PartnerBook& partners, const api::RequestFacts& facts) {
  if (!facts.path.starts_with("/dsp/")) return std::nullopt;
  const auto data = std::string{kProtocolPath} + "/hanse/data/", inlet = std::string{kProtocolPath} + "/hanse/inlet/";
  // Data are fetched, and sent, with the transfer's own token, by whoever holds it; the handler checks that.
  if ((facts.method == Method::get && facts.path.starts_with(data)) ||
      (facts.method == Method::post && facts.path.starts_with(inlet))) {
    return api::Caller{.id = "partner:",
                       .name = "a holder of a data token",
                       .permissions = {std::string{kPartnerPermission}},
                       .sites = {}};
  }
  auto partner = partners.who(facts.authorization);
  if (!partner) return Result<api::Caller>{partner.error()};
  return api::Caller{.id = "partner:" + partner->id,
                     .name = partner->name,
                     .permissions = {std::string{kPartnerPermission}},
                     .sites = {}};
}

}  // namespace hanse::dataspace
