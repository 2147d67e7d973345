#include <array>

#include "dataspace/internal/maker.hpp"
#include "dataspace/internal/people_routes.hpp"

// Agreements and evidence, for people.

namespace hanse::dataspace {
namespace {

using api::Context;
using api::Method;
using api::Page;
using api::Route;

struct AgreementListInput {
  std::optional<std::string> partner, dataset, cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "limit", .summary = "Rows of one page, newest first.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(AgreementListInput, (partner, dataset, cursor, limit))

struct AgreementView {
  Agreement agreement;
  std::vector<PlainRule> terms;       ///< In plain words.
  Meter meter;                        ///< The provider counts what it hands out, the consumer what it took.
  std::optional<std::int64_t> count;  ///< Uses allowed; null for any number.
  bool signed_by_both = false;
  bool by_part = false;  ///< A design that is released part by part, for named machines.
  std::vector<std::string> machines;
};
HANSE_DESCRIBE(AgreementView, (agreement, terms, meter, count, signed_by_both, by_part, machines))

struct RevokeInput {
  std::string id, reason;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "reason", .summary = "The partner is told.", .length_max = 1000, .required = true}};
  }
};
HANSE_DESCRIBE(RevokeInput, (id, reason))

struct EvidenceListInput {
  std::string partner;
  std::optional<std::string> subject, cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "partner", .required = true},
        FieldNote{.field = "subject", .summary = "Of this process or agreement only."},
        FieldNote{.field = "limit", .summary = "Rows of one page, newest first.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(EvidenceListInput, (partner, subject, cursor, limit))

struct PartInput {
  std::string id, machine, serial;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "machine", .summary = "Where it is made.", .length_max = 200, .required = true},
        FieldNote{.field = "serial",
                  .summary = "Of the part; the same one again is the same use.",
                  .length_max = 200,
                  .required = true}};
  }
};
HANSE_DESCRIBE(PartInput, (id, machine, serial))

struct LicenceUsesInput {
  std::string id;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "limit", .summary = "Rows of one page, newest first.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(LicenceUsesInput, (id, cursor, limit))

struct BundleInput {
  std::string partner;
};
HANSE_DESCRIBE(BundleInput, (partner))
struct BundleCheckInput {
  RawJson bundle;
  std::string expected_key;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "bundle", .required = true},
                      FieldNote{.field = "expected_key",
                                .summary = "The key that must have signed it; empty to trust the bundle's own."}};
  }
};
HANSE_DESCRIBE(BundleCheckInput, (bundle, expected_key))

Result<AgreementView> agreement_view(Connector& connector, const std::string& id) {
  HANSE_TRY(auto stored, connector.agreements().get(id));
  HANSE_TRY(const auto policy, read_policy(stored.record.policy));
  HANSE_TRY(const auto meter, connector.meters().find(id));
  AgreementView out{.agreement = std::move(stored.record),
                    .terms = plain_rules(policy),
                    .meter = meter ? meter->record : Meter{.id = id},
                    .count = count_of(policy)};
  out.machines = machines_of(policy);
  out.by_part = !out.machines.empty();
  out.signed_by_both = !out.agreement.signature_ours.empty() && !out.agreement.signature_theirs.empty();
  return out;
}

}  // namespace

void add_agreement_routes(std::vector<Route>& out, Connector& connector, const Ask& ask) {
  out.push_back(api::route<AgreementListInput, Page<Agreement>>(
      {Method::get, "/api/v1/dataspace/agreements", "Agreements, newest first.", kDataspaceRead},
      [&connector](const AgreementListInput& in, const Context&) {
        store::Query query{.kind = {},
                           .equal = {},
                           .range_field = "agreed",
                           .descending = true,
                           .cursor = in.cursor,
                           .limit = in.limit};
        if (in.partner) query.equal.push_back({"partner", *in.partner});
        if (in.dataset) query.equal.push_back({"dataset", *in.dataset});
        return page_of(connector.agreements(), std::move(query));
      }));
  out.push_back(api::route<DataspaceById, AgreementView>(
      {Method::get, "/api/v1/dataspace/agreements/{id}", "One agreement in plain words, with what was used.",
       kDataspaceRead},
      [&connector](const DataspaceById& in, const Context&) { return agreement_view(connector, in.id); }));
  out.push_back(
      api::route<RevokeInput, Agreement>({Method::post, "/api/v1/dataspace/agreements/{id}/revoke",
                                          "Ends an agreement at once, and tells the partner.", kDataspaceWrite},
                                         [&connector](const RevokeInput& in, const Context& context) {
                                           return connector.revoke(actor_of(context), in.id, in.reason);
                                         }));
  out.push_back(api::route<PartInput, MakerJob>(
      {Method::post, "/api/v1/dataspace/agreements/{id}/parts",
       "Makes one part of a licensed design: the designer's node releases and counts it.", kDataspaceWrite},
      [&connector, ask](const PartInput& in, const Context&) {
        return make_part(connector, ask, {.agreement = in.id, .machine = in.machine, .serial = in.serial});
      }));
  out.push_back(api::route<LicenceUsesInput, Page<GrantedUse>>(
      {Method::get, "/api/v1/dataspace/agreements/{id}/uses",
       "Uses of a design that were granted: machine, part, time.", kDataspaceRead},
      [&connector](const LicenceUsesInput& in, const Context&) -> Result<Page<GrantedUse>> {
        HANSE_TRY(auto stored, LicenceBook{connector}.uses(in.id, in.cursor, in.limit));
        Page<GrantedUse> page{.items = {}, .next = std::move(stored.next)};
        for (auto& item : stored.items) page.items.push_back(std::move(item.record));
        return page;
      }));
  out.push_back(api::route<EvidenceListInput, Page<Evidence>>(
      {Method::get, "/api/v1/dataspace/evidence", "What happened with a partner, newest first.", kDataspaceRead},
      [&connector](const EvidenceListInput& in, const Context&) -> Result<Page<Evidence>> {
        HANSE_TRY(auto stored, connector.evidence().list(in.partner, in.subject.value_or(""), in.cursor, in.limit));
        Page<Evidence> page{.items = {}, .next = std::move(stored.next)};
        for (auto& item : stored.items) page.items.push_back(std::move(item.record));
        return page;
      }));
  out.push_back(api::route<BundleInput, api::Raw>(
      {Method::get, "/api/v1/dataspace/evidence/{partner}/bundle",
       "All evidence with a partner, signed, for a third party.", kDataspaceRead},
      [&connector](const BundleInput& in, const Context&) -> Result<api::Raw> {
        const auto& own = connector.parts().partners.own();
        HANSE_TRY(const auto bundle, connector.evidence().bundle(in.partner, own.participant, own.key));
        return api::Raw{.content_type = "application/json", .body = to_json(bundle), .file_name = "evidence.json"};
      }));
  out.push_back(api::route<BundleCheckInput, EvidenceVerdict>(
      {Method::post, "/api/v1/dataspace/evidence/verify", "Is a bundle of evidence whole and signed.", kDataspaceRead,
       64U << 20},
      [](const BundleCheckInput& in, const Context&) -> Result<EvidenceVerdict> {
        return verify_evidence(in.bundle.text, in.expected_key);
      }));
}

}  // namespace hanse::dataspace
