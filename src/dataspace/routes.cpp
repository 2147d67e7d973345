#include "dataspace/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dataspace/internal/people_routes.hpp"

// Partners, offers, datasets; see process_routes.cpp and agreement_routes.cpp for the rest.

namespace hanse::dataspace {
namespace {

using api::Context;
using api::Method;
using api::Nothing;
using api::Page;
using api::Route;
using api::Versioned;

struct OwnView {
  std::string participant, address, public_key, fingerprint;
  std::int64_t outbox = 0;  ///< Messages that wait to go out.
};
HANSE_DESCRIBE(OwnView, (participant, address, public_key, fingerprint, outbox))

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

struct CatalogueInput {
  std::string id;
  std::optional<std::string> text, after;
};
HANSE_DESCRIBE(CatalogueInput, (id, text, after))
struct CatalogueView {
  std::int64_t status = 0;
  std::string error;
  RawJson catalogue;
};
HANSE_DESCRIBE(CatalogueView, (status, error, catalogue))

struct VisibilityInput {
  std::string partner, dataset;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "partner", .required = true}, FieldNote{.field = "dataset", .required = true}};
  }
};
HANSE_DESCRIBE(VisibilityInput, (partner, dataset))

struct TermsInWords {
  std::vector<std::string> sentences;
};
HANSE_DESCRIBE(TermsInWords, (sentences))

/// Secrets never leave; the page shows that there is one.
Partner without_secrets(Partner partner) {
  const auto mask = [](std::string& secret) {
    if (!secret.empty()) secret = "***";
  };
  mask(partner.token_in);
  mask(partner.token_out);
  return partner;
}

void add_partner_routes(std::vector<Route>& out, Connector& connector) {
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
      [put](const Partner& in, const Context& context) -> Result<Versioned<Partner>> {
        Partner partner = in;
        partner.trust = Trust::proposed;
        return put(partner, context, 0);
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

/// List, make, read, change and delete; the catalogue keeps its index with each.
template <class T>
void add_catalogue_records(std::vector<Route>& out, Catalogue& catalogue, const store::Collection<T>& collection,
                           const std::string& plural,
                           std::function<Result<void>(const store::Actor&, std::string_view)> remove) {
  const std::string path = "/api/v1/dataspace/" + plural;
  out.push_back(api::route<DataspaceList, Page<T>>(
      {Method::get, path, "Our " + plural + ", by id.", kDataspaceRead},
      [&collection](const DataspaceList& in, const Context&) {
        return page_of(collection, {.kind = {}, .equal = {}, .cursor = in.cursor, .limit = in.limit});
      }));
  out.push_back(api::route<T, Versioned<T>>({Method::post, path, "Adds to our " + plural + '.', kDataspaceWrite},
                                            [&catalogue](const T& in, const Context& context) -> Result<Versioned<T>> {
                                              HANSE_TRY(const auto version, catalogue.put(actor_of(context), in, 0));
                                              return Versioned<T>{in, version};
                                            }));
  out.push_back(api::route<T, Versioned<T>>(
      {Method::put, path + "/{id}", "Changes one of our " + plural + '.', kDataspaceWrite},
      [&catalogue, &collection](const T& in, const Context& context) -> Result<Versioned<T>> {
        HANSE_TRY(const auto stored, collection.get(in.id));
        HANSE_TRY(const auto version, catalogue.put(actor_of(context), in, context.if_match.value_or(stored.version)));
        return Versioned<T>{in, version};
      }));
  out.push_back(api::route<DataspaceById, Nothing>(
      {Method::del, path + "/{id}", "Withdraws one of our " + plural + "; agreements stay.", kDataspaceWrite},
      [remove = std::move(remove)](const DataspaceById& in, const Context& context) -> Result<Nothing> {
        HANSE_CHECK(remove(actor_of(context), in.id));
        return Nothing{};
      }));
}

Result<CatalogueView> look_at(Connector& connector, const Ask& ask, const CatalogueInput& in) {
  HANSE_TRY(const auto partner, connector.parts().partners.confirmed(in.id));
  std::string filter;
  if (in.text) filter = R"({"text":)" + to_json(*in.text) + '}';
  Outbound call{
      .id = new_urn(),
      .partner = partner.id,
      .url = partner.address + "/catalog/request",
      .authorization = connector.parts().partners.authorization_for(partner),
      .body = fmt::format(R"({{"@context":["{}"],"@type":"CatalogRequestMessage","filter":[{}]}})", kContext, filter)};
  if (in.after) call.url += "?after=" + encode_query(*in.after);
  const auto outcome = ask(std::move(call));
  if (outcome.status == 0) return CatalogueView{.status = 0, .error = outcome.error, .catalogue = {}};
  HANSE_TRY(const auto document, JsonDocument::parse(outcome.body));
  return CatalogueView{.status = outcome.status,
                       .error = outcome.status < 300 ? "" : "the partner answered with an error",
                       .catalogue = {document.root().text()}};
}

}  // namespace

std::vector<Route> routes(Connector& connector, Ask ask) {
  std::vector<Route> out;
  auto& catalogue = connector.parts().catalogue;
  out.push_back(api::route<DataspaceNothing, OwnView>(
      {Method::get, "/api/v1/dataspace/self", "Who this node is to partners.", kDataspaceRead},
      [&connector](const DataspaceNothing&, const Context&) -> Result<OwnView> {
        const auto& own = connector.parts().partners.own();
        return OwnView{own.participant, connector.settings().address, own.key.public_key,
                       key_fingerprint(own.key.public_key), static_cast<std::int64_t>(connector.outbox_size())};
      }));
  add_partner_routes(out, connector);
  add_catalogue_records<OfferTemplate>(
      out, catalogue, catalogue.offers(), "offers",
      [&catalogue](const auto& actor, auto id) { return catalogue.remove_offer(actor, id); });
  add_catalogue_records<Dataset>(
      out, catalogue, catalogue.datasets(), "datasets",
      [&catalogue](const auto& actor, auto id) { return catalogue.remove_dataset(actor, id); });
  out.push_back(api::route<CatalogueInput, CatalogueView>(
      {Method::get, "/api/v1/dataspace/partners/{id}/catalogue", "What the partner offers to us, asked now.",
       kDataspaceRead},
      [&connector, ask](const CatalogueInput& in, const Context&) { return look_at(connector, ask, in); }));
  out.push_back(api::route<VisibilityInput, Decision>(
      {Method::get, "/api/v1/dataspace/visibility", "Does a partner see a dataset of ours, and why.", kDataspaceRead},
      [&connector](const VisibilityInput& in, const Context&) -> Result<Decision> {
        HANSE_TRY(const auto partner, connector.parts().partners.partners().get(in.partner));
        return connector.parts().catalogue.explain_visibility(partner.record, in.dataset);
      }));
  out.push_back(api::route<Terms, TermsInWords>({Method::post, "/api/v1/dataspace/terms/explain",
                                                 "Terms in plain words, as a partner will read them.", kDataspaceRead},
                                                [](const Terms& in, const Context&) -> Result<TermsInWords> {
                                                  HANSE_TRY(const auto policy,
                                                            read_policy({'{' + write_rules(in) + '}'}));
                                                  return TermsInWords{explain(policy)};
                                                }));
  add_process_routes(out, connector, ask);
  add_agreement_routes(out, connector);
  return out;
}

}  // namespace hanse::dataspace
