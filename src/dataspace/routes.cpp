#include "dataspace/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dataspace/internal/people_routes.hpp"

// Offers and datasets; see partner_routes.cpp, process_routes.cpp and agreement_routes.cpp for the rest.

namespace hanse::dataspace {
namespace {

using api::Context;
using api::Method;
using api::Nothing;
using api::Page;
using api::Route;
using api::Versioned;

struct OwnView {
  std::string name, participant, address, public_key, fingerprint;
  bool enabled = true;      ///< Partners' nodes can reach this one.
  std::int64_t outbox = 0;  ///< Messages that wait to go out.
};
HANSE_DESCRIBE(OwnView, (name, participant, address, public_key, fingerprint, enabled, outbox))

struct VisibilityInput {
  std::string partner, dataset;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "partner", .required = true}, FieldNote{.field = "dataset", .required = true}};
  }
};
HANSE_DESCRIBE(VisibilityInput, (partner, dataset))

struct TermsInWords {
  std::vector<std::string> sentences;
  std::vector<PlainRule> terms;
};
HANSE_DESCRIBE(TermsInWords, (sentences, terms))

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

}  // namespace

std::vector<Route> routes(Connector& connector, Ask ask) {
  std::vector<Route> out;
  auto& catalogue = connector.parts().catalogue;
  out.push_back(api::route<DataspaceNothing, OwnView>(
      {Method::get, "/api/v1/dataspace/self", "Who this node is to partners.", kDataspaceRead},
      [&connector](const DataspaceNothing&, const Context&) -> Result<OwnView> {
        const auto& own = connector.parts().partners.own();
        return OwnView{.name = own.name,
                       .participant = own.participant,
                       .address = connector.settings().address,
                       .public_key = own.key.public_key,
                       .fingerprint = key_fingerprint(own.key.public_key),
                       .enabled = connector.settings().reachable,
                       .outbox = static_cast<std::int64_t>(connector.outbox_size())};
      }));
  add_partner_routes(out, connector, ask);
  add_catalogue_records<OfferTemplate>(
      out, catalogue, catalogue.offers(), "offers",
      [&catalogue](const auto& actor, auto id) { return catalogue.remove_offer(actor, id); });
  add_catalogue_records<Dataset>(
      out, catalogue, catalogue.datasets(), "datasets",
      [&catalogue](const auto& actor, auto id) { return catalogue.remove_dataset(actor, id); });
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
                                                  return TermsInWords{explain(policy), plain_rules(policy)};
                                                }));
  add_process_routes(out, connector, ask);
  add_agreement_routes(out, connector, ask);
  add_amendment_routes(out, connector);
  add_received_routes(out, connector);
  return out;
}

}  // namespace hanse::dataspace
