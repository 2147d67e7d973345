#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/router.hpp"
#include "dataspace/internal/people_routes.hpp"
#include "dataspace/offered.hpp"

// Partners, for people: who they are, how they are met, how they are, what they offer.

namespace hanse::dataspace {
namespace {

using api::Context;
using api::Method;
using api::Nothing;
using api::Page;
using api::Route;
using api::Versioned;

struct ConfirmInput {
  std::string id;
  std::string fingerprint;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "fingerprint",
                  .summary = "Of the partner's key, as its people read it out; empty for a partner without a key."}};
  }
};
HANSE_DESCRIBE(ConfirmInput, (id, fingerprint))

struct LookUpInput {
  std::string address;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "address",
                                .summary = "As in https://node.example.org or did:web:node.example.org.",
                                .length_max = 1000,
                                .required = true}};
  }
};
HANSE_DESCRIBE(LookUpInput, (address))

struct Introductions {
  std::vector<Introduction> items;
};
HANSE_DESCRIBE(Introductions, (items))
struct IntroductionById {
  std::string participant;
  static constexpr auto notes() { return std::array{FieldNote{.field = "participant", .required = true}}; }
};
HANSE_DESCRIBE(IntroductionById, (participant))

/// How it stands with a partner's node, asked now.
enum class PartnerState { unreachable, other_key, unknown_there, works };
HANSE_DESCRIBE_ENUM(PartnerState, unreachable, other_key, unknown_there, works)
struct PartnerHealth {
  PartnerState state = PartnerState::unreachable;
  std::string finding;         ///< What was found, when it doesn't work.
  std::int64_t answer_ms = 0;  ///< How long its catalogue took to answer.
  std::int64_t waiting = 0;    ///< Messages to it that wait to go out.
  std::string last_error;      ///< Of the oldest of these.
  std::optional<Timestamp> last_heard;
};
HANSE_DESCRIBE(PartnerHealth, (state, finding, answer_ms, waiting, last_error, last_heard))

struct CatalogueInput {
  std::string id;
  std::optional<std::string> text, after;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "text", .summary = "Part of id or title.", .length_max = 200},
                      FieldNote{.field = "after", .summary = "The `next` of the page before.", .length_max = 500}};
  }
};
HANSE_DESCRIBE(CatalogueInput, (id, text, after))
struct PartnerCatalogue {
  std::vector<OfferedDataset> items;
  std::string next;  ///< Empty on the last page.
};
HANSE_DESCRIBE(PartnerCatalogue, (items, next))

/// Secrets never leave; the page shows that there is one.
Partner without_secrets(Partner partner) {
  const auto mask = [](std::string& secret) {
    if (!secret.empty()) secret = "***";
  };
  mask(partner.token_in);
  mask(partner.token_out);
  return partner;
}

void add_partner_records(std::vector<Route>& out, Connector& connector) {
  auto& book = connector.parts().partners;
  out.push_back(api::route<DataspaceList, Page<Partner>>(
      {Method::get, "/api/v1/dataspace/partners", "Partners, by id.", kDataspaceRead},
      [&book](const DataspaceList& in, const Context&) -> Result<Page<Partner>> {
        HANSE_TRY(auto page,
                  page_of(book.partners(), {.kind = {}, .equal = {}, .cursor = in.cursor, .limit = in.limit}));
        for (auto& partner : page.items) partner = without_secrets(std::move(partner));
        return page;
      }));
  const auto put = [&book](const Partner& in, const Context& context,
                           std::optional<std::int64_t> expected) -> Result<Versioned<Partner>> {
    Partner partner = in;
    if (partner.token_in == "***") partner.token_in.clear();
    if (partner.token_out == "***") partner.token_out.clear();
    HANSE_TRY(const auto version, book.put(actor_of(context), partner, expected));
    return Versioned<Partner>{without_secrets(partner), version};
  };
  out.push_back(api::route<Partner, Versioned<Partner>>(
      {Method::post, "/api/v1/dataspace/partners", "A new partner; it is proposed until people confirm it.",
       kDataspaceWrite},
      [&book, put](const Partner& in, const Context& context) -> Result<Versioned<Partner>> {
        Partner partner = in;
        partner.trust = Trust::proposed;
        HANSE_TRY(auto made, put(partner, context, 0));
        book.introductions().forget(in.participant);
        return made;
      }));
  out.push_back(api::route<Partner, Versioned<Partner>>(
      {Method::put, "/api/v1/dataspace/partners/{id}", "Changes the partner; secrets left empty stay.",
       kDataspaceWrite},
      [&book, put](const Partner& in, const Context& context) -> Result<Versioned<Partner>> {
        HANSE_TRY(const auto stored, book.partners().get(in.id));
        Partner partner = in;
        // A new key or a new trust goes through `confirm` only.
        if (partner.public_key != stored.record.public_key) partner.trust = Trust::proposed;
        if (partner.trust == Trust::confirmed) partner.trust = stored.record.trust;
        return put(partner, context, context.if_match.value_or(stored.version));
      }));
  out.push_back(api::route<ConfirmInput, Versioned<Partner>>(
      {Method::post, "/api/v1/dataspace/partners/{id}/confirm",
       "Confirms the partner, after its key's fingerprint was compared.", kDataspaceWrite},
      [&book](const ConfirmInput& in, const Context& context) -> Result<Versioned<Partner>> {
        HANSE_TRY(auto stored, book.partners().get(in.id));
        auto partner = std::move(stored.record);
        const auto wanted = partner.public_key.empty() ? std::string{} : key_fingerprint(partner.public_key);
        if (in.fingerprint != wanted) {
          return fail(ErrorCode::invalid, "the partner was not confirmed",
                      {{"fingerprint", "isn't that of the partner's key; ask its people to read theirs out"}});
        }
        partner.trust = Trust::confirmed;
        partner.token_in.clear();  // stays as it is
        HANSE_TRY(const auto version, book.put(actor_of(context), partner, stored.version));
        return Versioned<Partner>{without_secrets(partner), version};
      }));
  out.push_back(
      api::route<DataspaceById, Nothing>({Method::del, "/api/v1/dataspace/partners/{id}",
                                          "Forgets a partner that nothing was agreed with.", kDataspaceWrite},
                                         [&book](const DataspaceById& in, const Context& context) -> Result<Nothing> {
                                           HANSE_CHECK(book.remove(actor_of(context), in.id));
                                           return Nothing{};
                                         }));
}

Result<std::string> get_text(const Ask& ask, const std::string& url) {
  auto outcome = ask({.id = new_urn(), .partner = {}, .method = "GET", .url = url, .body = {}});
  if (outcome.status == 0)
    return fail(ErrorCode::unavailable, fmt::format("nothing answers at {}: {}", url, outcome.error));
  if (outcome.status != 200)
    return fail(ErrorCode::unavailable,
                fmt::format("{} answered {}; is that a node's address for partners?", url, outcome.status));
  return std::move(outcome.body);
}

Outbound catalogue_call(Connector& connector, const Partner& partner, const CatalogueInput& in) {
  std::string filter;
  if (in.text) filter = R"({"text":)" + to_json(*in.text) + '}';
  Outbound call{
      .id = new_urn(),
      .partner = partner.id,
      .url = partner.address + "/catalog/request",
      .authorization = connector.parts().partners.authorization_for(partner),
      .body = fmt::format(R"({{"@context":["{}"],"@type":"CatalogRequestMessage","filter":[{}]}})", kContext, filter)};
  if (in.after) call.url += "?after=" + encode_query(*in.after);
  return call;
}

/// The `after` of a Link header's `rel="next"`; empty for none.
std::string next_of(std::string_view link) {
  constexpr std::string_view kAfter = "after=";
  if (link.find("rel=\"next\"") == std::string_view::npos) return {};
  const auto begin = link.find(kAfter);
  if (begin == std::string_view::npos) return {};
  const auto rest = link.substr(begin + kAfter.size());
  const auto query = api::parse_query("after=" + std::string{rest.substr(0, rest.find_first_of("&>"))});
  return query && query->contains("after") ? query->find("after")->second : std::string{};
}

Result<PartnerCatalogue> look_at(Connector& connector, const Ask& ask, const CatalogueInput& in) {
  HANSE_TRY(const auto partner, connector.parts().partners.confirmed(in.id));
  const auto outcome = ask(catalogue_call(connector, partner, in));
  if (outcome.status == 0) return fail(ErrorCode::unavailable, "the partner can't be reached: " + outcome.error);
  if (outcome.status == 401)
    return fail(ErrorCode::unavailable, "the partner's node doesn't know this one yet; its people must confirm it too");
  auto items = read_catalogue(outcome.body);
  if (!items)
    return fail(items.error().code, fmt::format("the partner answered {}: {}", outcome.status, items.error().message));
  return PartnerCatalogue{.items = *std::move(items), .next = next_of(outcome.link)};
}

void find_state(Connector& connector, const Ask& ask, const Partner& partner, PartnerHealth& health) {
  const auto document = get_text(ask, origin_of(partner.address) + "/.well-known/did.json");
  if (!document) {
    health.finding = document.error().message;
    return;
  }
  if (!partner.public_key.empty()) {
    const auto did = read_did_document(*document);
    if (!did || did->public_key != partner.public_key) {
      health.state = PartnerState::other_key;
      health.finding = did ? "its key is now " + key_fingerprint(did->public_key) : did.error().message;
      return;
    }
  }
  auto& clock = connector.parts().partners.clock();
  const auto begin = clock.monotonic();
  const auto outcome = ask(catalogue_call(connector, partner, {.id = partner.id, .text = {}, .after = {}}));
  health.answer_ms = (clock.monotonic() - begin) / 1ms;
  health.state = outcome.status == 200 ? PartnerState::works : PartnerState::unknown_there;
  if (outcome.status != 200)
    health.finding = fmt::format("it answered {}: {}", outcome.status, outcome.body.substr(0, 300) + outcome.error);
}

Result<PartnerHealth> health_of(Connector& connector, const Ask& ask, const std::string& id) {
  HANSE_TRY(const auto stored, connector.parts().partners.partners().get(id));
  PartnerHealth health;
  HANSE_TRY(const auto waiting, connector.outbox().list({.kind = {}, .equal = {{"partner", id}}, .limit = 1000}));
  health.waiting = std::ssize(waiting.items);
  for (const auto& entry : waiting.items) {
    if (health.last_error.empty()) health.last_error = entry.record.last_error;
  }
  HANSE_TRY(const auto said, connector.evidence().list(id, "", {}, 100));
  for (const auto& entry : said.items) {
    if (entry.record.kind != EvidenceKind::received) continue;
    health.last_heard = entry.record.time;
    break;
  }
  find_state(connector, ask, stored.record, health);
  return health;
}

Result<Nothing> introduce(Connector& connector, const Ask& ask, const std::string& id) {
  auto& book = connector.parts().partners;
  HANSE_TRY(const auto stored, book.partners().get(id));
  const auto& own = book.own();
  const auto text = write_introduction(
      {.participant = own.participant, .name = own.name, .address = connector.settings().address, .key = own.key},
      stored.record.participant, book.clock().now());
  const auto outcome = ask({.id = new_urn(),
                            .partner = id,
                            .url = stored.record.address + "/hanse/introductions",
                            .body = R"({"introduction":)" + to_json(text) + '}'});
  if (outcome.status == 0) return fail(ErrorCode::unavailable, "the partner can't be reached: " + outcome.error);
  if (outcome.status >= 300)
    return fail(ErrorCode::unavailable,
                fmt::format("the partner's node takes no introductions (it answered {}); tell its people your address",
                            outcome.status));
  return Nothing{};
}

void add_meeting_routes(std::vector<Route>& out, Connector& connector, const Ask& ask) {
  auto& book = connector.parts().partners;
  out.push_back(api::route<LookUpInput, PartnerCard>(
      {Method::post, "/api/v1/dataspace/look-up", "What a node at an address says of itself; nothing is kept.",
       kDataspaceWrite},
      [ask](const LookUpInput& in, const Context&) { return look_up(ask, in.address); }));
  out.push_back(api::route<DataspaceNothing, Introductions>(
      {Method::get, "/api/v1/dataspace/introductions", "Nodes that ask to become partners.", kDataspaceRead},
      [&book](const DataspaceNothing&, const Context&) -> Result<Introductions> {
        return Introductions{book.introductions().all()};
      }));
  out.push_back(api::route<IntroductionById, Nothing>(
      {Method::del, "/api/v1/dataspace/introductions", "Turns an introduction down.", kDataspaceWrite},
      [&book](const IntroductionById& in, const Context&) -> Result<Nothing> {
        book.introductions().forget(in.participant);
        return Nothing{};
      }));
  out.push_back(api::route<DataspaceById, Nothing>(
      {Method::post, "/api/v1/dataspace/partners/{id}/introduce",
       "Tells the partner's node who we are, so that its people can confirm us.", kDataspaceWrite},
      [&connector, ask](const DataspaceById& in, const Context&) { return introduce(connector, ask, in.id); }));
}

}  // namespace

Result<PartnerCard> look_up(const Ask& ask, const std::string& typed) {
  HANSE_TRY(const auto origin, origin_of_typed(typed));
  HANSE_TRY(const auto versions, get_text(ask, origin + "/.well-known/dspace-version"));
  HANSE_TRY(const auto path, read_version_document(versions));
  HANSE_TRY(const auto document, get_text(ask, origin + "/.well-known/did.json"));
  HANSE_TRY(auto did, read_did_document(document));
  PartnerCard card{.participant = std::move(did.participant),
                   .address = origin + path,
                   .public_key = std::move(did.public_key),
                   .fingerprint = {},
                   .name = {}};
  if (!card.public_key.empty()) card.fingerprint = key_fingerprint(card.public_key);
  return card;
}

void add_partner_routes(std::vector<Route>& out, Connector& connector, const Ask& ask) {
  add_partner_records(out, connector);
  add_meeting_routes(out, connector, ask);
  out.push_back(api::route<DataspaceById, PartnerHealth>(
      {Method::get, "/api/v1/dataspace/partners/{id}/health", "How it stands with the partner's node, asked now.",
       kDataspaceRead},
      [&connector, ask](const DataspaceById& in, const Context&) { return health_of(connector, ask, in.id); }));
  out.push_back(api::route<CatalogueInput, PartnerCatalogue>(
      {Method::get, "/api/v1/dataspace/partners/{id}/catalogue", "What the partner offers to us, asked now.",
       kDataspaceRead},
      [&connector, ask](const CatalogueInput& in, const Context&) { return look_at(connector, ask, in); }));
}

}  // namespace hanse::dataspace
