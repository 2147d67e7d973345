#include <array>

#include "dataspace/amendment.hpp"
#include "dataspace/internal/people_routes.hpp"
#include "dataspace/term_changes.hpp"

// Versions and changes of agreements, for people.

namespace hanse::dataspace {
namespace {

using api::Context;
using api::Method;
using api::Page;
using api::Route;

struct AmendmentView {
  Amendment amendment;
  bool open = false;                ///< It isn't decided yet, and not too late.
  std::vector<PlainRule> terms;     ///< In plain words.
  std::vector<TermChange> changes;  ///< Against the version that it amends.
  bool text_changed = false;
};
HANSE_DESCRIBE(AmendmentView, (amendment, open, terms, changes, text_changed))

struct AgreementVersion {
  Agreement agreement;
  std::vector<PlainRule> terms;
  std::vector<TermChange> changes;  ///< Against the version before.
  bool text_changed = false;
  std::string reason;  ///< Why it was changed, as its proposer said.
};
HANSE_DESCRIBE(AgreementVersion, (agreement, terms, changes, text_changed, reason))

struct AgreementVersions {
  std::vector<AgreementVersion> versions;  ///< The first one first.
  std::vector<AmendmentView> amendments;   ///< Of the newest version, newest first: those that aren't in force.
};
HANSE_DESCRIBE(AgreementVersions, (versions, amendments))

struct AmendmentListInput {
  std::optional<std::string> partner, agreement, cursor;
  std::optional<AmendmentStatus> status;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "limit", .summary = "Rows of one page, newest first.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(AmendmentListInput, (partner, agreement, cursor, status, limit))

struct AmendInput {
  std::string id;
  std::optional<Terms> terms;
  RawJson rules;
  std::string reason;
  std::optional<std::string> text;
  std::int64_t valid_days = 14;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "terms", .summary = "The new terms, all of them."},
        FieldNote{.field = "rules", .summary = "Or ODRL rules as they are."},
        FieldNote{.field = "reason", .summary = "As the partner reads it.", .length_max = 2000, .required = true},
        FieldNote{.field = "text", .summary = "The new text; none keeps the agreement's.", .length_max = 100'000},
        FieldNote{.field = "valid_days",
                  .summary = "How long the proposal binds us, and may be accepted.",
                  .min = 1,
                  .max = 90}};
  }
};
HANSE_DESCRIBE(AmendInput, (id, terms, rules, reason, text, valid_days))

struct DeclineInput {
  std::string id, reason;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "reason", .summary = "The partner is told.", .length_max = 1000, .required = true}};
  }
};
HANSE_DESCRIBE(DeclineInput, (id, reason))

Result<std::vector<PlainRule>> words_of(const RawJson& policy) {
  HANSE_TRY(const auto read, read_policy(policy));
  return plain_rules(read);
}

Result<AmendmentView> amendment_view(Connector& connector, Amendment amendment) {
  HANSE_TRY(const auto agreement, connector.agreements().get(amendment.agreement));
  HANSE_TRY(const auto before, words_of(agreement.record.policy));
  HANSE_TRY(auto terms, words_of(amendment.document.agreement));
  AmendmentView view{.amendment = std::move(amendment), .terms = {}, .changes = term_changes(before, terms)};
  view.open = is_open(view.amendment, connector.parts().clock.now());
  view.terms = std::move(terms);
  view.text_changed = view.amendment.document.text != agreement.record.text;
  return view;
}

Result<AgreementVersions> versions_view(Connector& connector, const std::string& id) {
  const AmendmentBook book{connector};
  HANSE_TRY(auto versions, book.versions(id));
  AgreementVersions out;
  for (auto& agreement : versions) {
    HANSE_TRY(auto terms, words_of(agreement.policy));
    AgreementVersion version{.agreement = std::move(agreement), .terms = std::move(terms)};
    if (!out.versions.empty()) {
      version.changes = term_changes(out.versions.back().terms, version.terms);
      version.text_changed = version.agreement.text != out.versions.back().agreement.text;
      HANSE_TRY(const auto amendment, book.amendments().find(version.agreement.id));
      if (amendment) version.reason = amendment->record.document.reason;
    }
    out.versions.push_back(std::move(version));
  }
  HANSE_TRY(auto known, book.amendments().list({.kind = {},
                                                .equal = {{"agreement", out.versions.back().agreement.id}},
                                                .range_field = "changed",
                                                .descending = true,
                                                .limit = 50}));
  for (auto& stored : known.items) {
    HANSE_TRY(auto view, amendment_view(connector, std::move(stored.record)));
    out.amendments.push_back(std::move(view));
  }
  return out;
}

Result<Amendment> draft(Connector& connector, const AmendInput& in, const Context& context) {
  const bool has_rules = !in.rules.text.empty() && in.rules.text != "null";
  if (in.terms.has_value() == has_rules)
    return fail(ErrorCode::invalid, "the amendment has wrong fields",
                {{"terms", "must be given, or rules instead of them"}});
  return AmendmentBook{connector}.draft(actor_of(context),
                                        {.agreement = in.id,
                                         .rules = in.terms ? RawJson{'{' + write_rules(*in.terms) + '}'} : in.rules,
                                         .reason = in.reason,
                                         .text = in.text,
                                         .valid_days = in.valid_days});
}

}  // namespace

void add_amendment_routes(std::vector<Route>& out, Connector& connector) {
  out.push_back(api::route<DataspaceById, AgreementVersions>(
      {Method::get, "/api/v1/dataspace/agreements/{id}/versions",
       "All versions of an agreement with what changed, and what is proposed.", kDataspaceRead},
      [&connector](const DataspaceById& in, const Context&) { return versions_view(connector, in.id); }));
  out.push_back(api::route<AmendInput, Amendment>(
      {Method::post, "/api/v1/dataspace/agreements/{id}/amendments",
       "Drafts a change or a renewal; a second person signs it and sends it.", kDataspaceWrite},
      [&connector](const AmendInput& in, const Context& context) { return draft(connector, in, context); }));
  out.push_back(api::route<AmendmentListInput, Page<Amendment>>(
      {Method::get, "/api/v1/dataspace/amendments", "Changes of agreements, newest first.", kDataspaceRead},
      [&connector](const AmendmentListInput& in, const Context&) {
        store::Query query{.kind = {},
                           .equal = {},
                           .range_field = "changed",
                           .descending = true,
                           .cursor = in.cursor,
                           .limit = in.limit};
        if (in.partner) query.equal.push_back({"partner", *in.partner});
        if (in.agreement) query.equal.push_back({"agreement", *in.agreement});
        if (in.status) query.equal.push_back({"status", describe::enum_name(*in.status)});
        return page_of(AmendmentBook{connector}.amendments(), std::move(query));
      }));
  out.push_back(
      api::route<DataspaceById, Amendment>({Method::post, "/api/v1/dataspace/amendments/{id}/approve",
                                            "Says yes to a change; the second person's yes signs it.", kDataspaceWrite},
                                           [&connector](const DataspaceById& in, const Context& context) {
                                             return AmendmentBook{connector}.approve(actor_of(context), in.id);
                                           }));
  out.push_back(api::route<DeclineInput, Amendment>(
      {Method::post, "/api/v1/dataspace/amendments/{id}/decline", "Says no to a change, and tells the partner why.",
       kDataspaceWrite},
      [&connector](const DeclineInput& in, const Context& context) {
        return AmendmentBook{connector}.decline(actor_of(context), in.id, in.reason);
      }));
}

}  // namespace hanse::dataspace
