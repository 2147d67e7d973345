#include "dataspace/amendment.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dataspace/canonical_json.hpp"
#include "dataspace/internal/loose.hpp"
#include "dataspace/internal/turn.hpp"

namespace hanse::dataspace {
namespace {

using enum AmendmentStatus;
using enum MessageType;

constexpr Duration kValidMax = 24h * 90;
constexpr Duration kClocksApart = 5min;
// An answer that was signed in time may be under way longer than the proposal lasts.
constexpr Duration kAnswerUnderWay = 24h;
constexpr std::size_t kReasonMax = 2000;
constexpr std::size_t kLegalTextMax = 100'000;
constexpr std::size_t kVersionsMax = 1000;

/// What the other side says to a proposal, signed.
struct AmendmentAnswer {
  std::string amendment;
  std::string answer;  ///< `accepted` or `declined`
  std::string reason;
  std::string signature;  ///< Over the amendment, when it is accepted.
  Timestamp time;
};
HANSE_DESCRIBE(AmendmentAnswer, (amendment, answer, reason, signature, time))

std::string policy_member(const RawJson& policy, std::string_view name) {
  const auto document = JsonDocument::parse(policy.text);
  return document ? loose::text(document->root(), name).value_or("") : std::string{};
}

/// The parties and the thing stay what they were: another one is another agreement.
std::vector<FieldError> faults_against(const AmendmentDocument& document, const Agreement& agreement, Timestamp now) {
  std::vector<FieldError> faults;
  for (const auto name : {"assigner", "assignee", "target"}) {
    if (policy_member(document.agreement, name) != policy_member(agreement.policy, name))
      faults.push_back({fmt::format("agreement.{}", name), "must be that of the agreement that is amended"});
  }
  if (document.amends != agreement.id) faults.push_back({"amends", "must be the agreement that it was sent for"});
  if (document.valid_until <= now || document.valid_until > now + kValidMax + kClocksApart)
    faults.push_back({"valid_until", "must be within the next 90 days"});
  return faults;
}

/// What is under the agreement ends with it; the provider does that for both sides.
Result<void> end_transfers(Turn& turn, const Agreement& agreement, const std::string& reason) {
  if (agreement.side != Side::provider) return {};
  auto& connector = turn.connector();
  HANSE_TRY(auto running, turn.list(connector.processes(), {"agreement", agreement.id}));
  for (auto& process : running) {
    if (process.kind != ProcessKind::transfer || is_final(process.state)) continue;
    HANSE_CHECK(turn.act(process, {.message = transfer_termination, .code = "SUPERSEDED", .reason = {reason}}));
    HANSE_CHECK(turn.save(process));
  }
  return {};
}

}  // namespace

std::vector<store::IndexField> Amendment::index(const Amendment& amendment) {
  return {{"agreement", amendment.agreement},
          {"partner", amendment.partner},
          {"status", describe::enum_name(amendment.status)},
          {"changed", sortable(amendment.changed_at)}};
}

bool is_open(const Amendment& amendment, Timestamp now) {
  switch (amendment.status) {
    case drafted:
    case received:
      return now <= amendment.document.valid_until;
    case proposed:
      return now <= amendment.document.valid_until + kAnswerUnderWay;
    default:
      return false;
  }
}

Result<std::string> amendment_text(const AmendmentDocument& document) { return canonical_json(to_json(document)); }

Result<AmendmentDocument> read_amendment(std::string_view text) {
  HANSE_TRY(auto document, from_json<AmendmentDocument>(text));
  HANSE_TRY(const auto policy, read_policy(document.agreement));
  std::vector<FieldError> faults;
  if (policy.permissions.empty() && policy.prohibitions.empty())
    faults.push_back({"agreement", "must hold a permission or a prohibition"});
  if (const auto id = policy_member(document.agreement, "@id"); !id.starts_with("urn:uuid:") || id.size() > 200)
    faults.push_back({"agreement.@id", "must be a urn:uuid of its own"});
  if (document.reason.size() > kReasonMax) faults.push_back({"reason", fmt::format("must be at most {}", kReasonMax)});
  if (document.text.size() > kLegalTextMax)
    faults.push_back({"text", fmt::format("must be at most {}", kLegalTextMax)});
  if (!faults.empty()) return fail(ErrorCode::invalid, "the amendment has wrong fields", std::move(faults));
  HANSE_TRY(const auto canonical, amendment_text(document));
  if (canonical != text) return fail(ErrorCode::invalid, "the amendment isn't in canonical form (RFC 8785)");
  return document;
}

Result<Amendment> AmendmentBook::find(Turn& turn, const std::string& id, const std::string& partner) const {
  HANSE_TRY(auto found, turn.find(amendments_, id));
  if (!found || (!partner.empty() && found->partner != partner))
    return fail(ErrorCode::not_found, fmt::format("there is no amendment '{}'", id));
  return *std::move(found);
}

Result<Agreement> AmendmentBook::amendable(Turn& turn, const std::string& id) const {
  HANSE_TRY(auto agreement, turn.find(connector_.agreements(), id));
  if (!agreement) return fail(ErrorCode::not_found, fmt::format("there is no agreement '{}'", id));
  // One whose time is over can be renewed; one that was revoked is negotiated anew.
  if (agreement->status != AgreementStatus::in_force && agreement->status != AgreementStatus::ended)
    return fail(ErrorCode::conflict, fmt::format("the agreement is {}: {}", describe::enum_name(agreement->status),
                                                 agreement->status_reason));
  return *std::move(agreement);
}

Result<bool> AmendmentBook::another_open(Turn& turn, const Amendment& than, AmendmentStatus status) const {
  HANSE_TRY(const auto known, turn.list(amendments_, {"agreement", than.agreement}));
  return std::ranges::any_of(known, [&](const Amendment& each) {
    return each.id != than.id && each.status == status && is_open(each, turn.now());
  });
}

Result<void> AmendmentBook::save(Turn& turn, Amendment& amendment) const {
  amendment.changed_at = turn.now();
  HANSE_CHECK(amendments_.put(turn.transaction(), amendment));
  return {};
}

Result<Amendment> AmendmentBook::draft(const store::Actor& actor, const AmendmentWish& wish) {
  HANSE_TRY(const auto rules, rules_of(wish.rules));
  Amendment amendment{.id = new_urn(), .agreement = wish.agreement, .approvals = {actor.id}};
  HANSE_CHECK(connector_.change(actor, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(const auto agreement, amendable(turn, wish.agreement));
    HANSE_TRY(const auto partner, connector_.parts().partners.confirmed(agreement.partner));
    if (partner.identity != IdentityMode::signed_key)
      return fail(ErrorCode::conflict, "amendments are signed, and this partner has no signing key; negotiate anew");
    amendment.partner = agreement.partner;
    const Timestamp second{turn.now().ns / 1'000'000'000 * 1'000'000'000};
    auto& document = amendment.document;
    // In the form that is signed, so that both sides hold the same text.
    HANSE_TRY(document.agreement.text,
              canonical_json(fmt::format(
                  R"({{"@id":"{}","@type":"Agreement","target":{},"assigner":{},"assignee":{},"timestamp":"{}",{}}})",
                  amendment.id, quoted(policy_member(agreement.policy, "target")),
                  quoted(policy_member(agreement.policy, "assigner")),
                  quoted(policy_member(agreement.policy, "assignee")), to_string(second), rules)));
    document.amends = agreement.id;
    document.reason = wish.reason;
    document.text = wish.text.value_or(agreement.text);
    document.valid_until = second + 24h * wish.valid_days;
    if (same_rules(document.agreement, agreement.policy) && document.text == agreement.text)
      return fail(ErrorCode::invalid, "the amendment changes nothing", {{"terms", "must differ from the agreement's"}});
    // Our own check is the one that the partner's node makes.
    HANSE_TRY(const auto text, amendment_text(document));
    HANSE_CHECK(read_amendment(text));
    if (auto faults = faults_against(document, agreement, turn.now()); !faults.empty())
      return fail(ErrorCode::invalid, "the amendment has wrong fields", std::move(faults));
    HANSE_CHECK(turn.evidence(agreement.partner, EvidenceKind::decided, agreement.id,
                              fmt::format("{} drafts the amendment {}", actor.id, amendment.id)));
    return save(turn, amendment);
  }));
  return amendment;
}

Result<Amendment> AmendmentBook::approve(const store::Actor& actor, const std::string& id) {
  Amendment amendment;
  HANSE_CHECK(connector_.change(actor, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(amendment, find(turn, id));
    if (amendment.status != drafted && amendment.status != received)
      return fail(ErrorCode::conflict, "nothing waits for a person here");
    if (!is_open(amendment, turn.now()))
      return fail(ErrorCode::conflict, "the time to decide is over; propose the change anew");
    HANSE_CHECK(amendable(turn, amendment.agreement));
    if (std::ranges::find(amendment.approvals, actor.id) != amendment.approvals.end())
      return fail(ErrorCode::forbidden, "the second yes must come from somebody else");
    amendment.approvals.push_back(actor.id);
    HANSE_CHECK(turn.evidence(amendment.partner, EvidenceKind::decided, amendment.agreement,
                              fmt::format("{} says yes to the amendment {}", actor.id, amendment.id)));
    if (amendment.approvals.size() >= 2) {
      HANSE_CHECK(amendment.status == drafted ? propose(turn, amendment) : accept(turn, amendment));
    }
    return save(turn, amendment);
  }));
  return amendment;
}

Result<void> AmendmentBook::propose(Turn& turn, Amendment& amendment) {
  HANSE_TRY(const auto bound, another_open(turn, amendment, proposed));
  if (bound) return fail(ErrorCode::conflict, "the partner hasn't answered an earlier proposal yet");
  HANSE_TRY(const auto partner, connector_.parts().partners.confirmed(amendment.partner));
  const auto& own = connector_.parts().partners.own();
  HANSE_TRY(const auto text, amendment_text(amendment.document));
  amendment.signature_ours = sign_jws(text, own.key, own.participant + "#key");
  amendment.status = proposed;
  return turn.send_extension(partner, amendment.agreement,
                             "/hanse/agreements/" + encode_segment(amendment.agreement) + "/amendments",
                             R"({"proposal":")" + amendment.signature_ours + R"("})");
}

Result<void> AmendmentBook::accept(Turn& turn, Amendment& amendment) {
  HANSE_TRY(const auto bound, another_open(turn, amendment, proposed));
  if (bound)
    return fail(ErrorCode::conflict, "a proposal of ours is under way, which binds us; decline this one or wait");
  const auto& own = connector_.parts().partners.own();
  HANSE_TRY(const auto text, amendment_text(amendment.document));
  amendment.signature_ours = sign_jws(text, own.key, own.participant + "#key");
  HANSE_CHECK(answer(turn, amendment, "accepted", {}));
  return bring_into_force(turn, amendment, turn.now());
}

Result<void> AmendmentBook::answer(Turn& turn, const Amendment& amendment, std::string_view verdict,
                                   const std::string& reason) {
  HANSE_TRY(const auto partner, connector_.parts().partners.confirmed(amendment.partner));
  const auto& own = connector_.parts().partners.own();
  const AmendmentAnswer said{.amendment = amendment.id,
                             .answer = std::string{verdict},
                             .reason = reason,
                             .signature = verdict == "accepted" ? amendment.signature_ours : std::string{},
                             .time = turn.now()};
  return turn.send_extension(partner, amendment.agreement,
                             "/hanse/amendments/" + encode_segment(amendment.id) + "/answer",
                             R"({"answer":")" + sign_jws(to_json(said), own.key, own.participant + "#key") + R"("})");
}

Result<Amendment> AmendmentBook::decline(const store::Actor& actor, const std::string& id, const std::string& reason) {
  Amendment amendment;
  HANSE_CHECK(connector_.change(actor, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(amendment, find(turn, id));
    if (amendment.status != drafted && amendment.status != received)
      return fail(ErrorCode::conflict, "a proposal that is signed binds until it lapses; only the partner can decline");
    if (amendment.status == received) HANSE_CHECK(answer(turn, amendment, "declined", reason));
    amendment.status = declined;
    amendment.status_reason = reason;
    HANSE_CHECK(turn.evidence(amendment.partner, EvidenceKind::decided, amendment.agreement,
                              fmt::format("{} declines the amendment {}: {}", actor.id, amendment.id, reason)));
    return save(turn, amendment);
  }));
  return amendment;
}

Result<void> AmendmentBook::take_proposal(const Partner& partner, const std::string& agreement_id,
                                          std::string_view proposal) {
  HANSE_TRY(const auto text, verify_jws(proposal, partner.public_key));
  HANSE_TRY(auto document, read_amendment(text));
  return connector_.change({"partner:" + partner.id}, [&](Turn& turn) -> Result<void> {
    const auto id = policy_member(document.agreement, "@id");
    HANSE_TRY(const auto before, turn.find(amendments_, id));
    // The same again, as its answer was lost.
    if (before && before->partner == partner.id && before->signature_theirs == proposal) return {};
    HANSE_TRY(const auto known, turn.find(connector_.agreements(), agreement_id));
    if (!known || known->partner != partner.id) return fail(ErrorCode::not_found, "there is no such agreement");
    HANSE_TRY(const auto agreement, amendable(turn, agreement_id));
    if (auto faults = faults_against(document, agreement, turn.now()); !faults.empty())
      return fail(ErrorCode::invalid, "the amendment has wrong fields", std::move(faults));
    HANSE_TRY(const auto taken, turn.find(connector_.agreements(), id));
    Amendment amendment{.id = id,
                        .agreement = agreement_id,
                        .partner = partner.id,
                        .status = received,
                        .document = std::move(document),
                        .signature_theirs = std::string{proposal}};
    HANSE_TRY(const auto open, another_open(turn, amendment, received));
    if (before || taken || open)
      return fail(ErrorCode::conflict, "an earlier proposal is still open, or its id is taken");
    HANSE_CHECK(turn.evidence(partner.id, EvidenceKind::received, agreement_id, std::string{proposal}));
    return save(turn, amendment);
  });
}

Result<void> AmendmentBook::take_answer(const Partner& partner, const std::string& id, std::string_view signed_answer) {
  HANSE_TRY(const auto text, verify_jws(signed_answer, partner.public_key));
  HANSE_TRY(const auto said, from_json<AmendmentAnswer>(text, UnknownMembers::ignore));
  return connector_.change({"partner:" + partner.id}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(auto amendment, find(turn, id, partner.id));
    if (said.amendment != id) return fail(ErrorCode::forbidden, "the answer is for another amendment");
    const auto reached = said.answer == "accepted" ? in_force : declined;
    if (amendment.status == reached) return {};
    if (amendment.status != proposed) return fail(ErrorCode::conflict, "no answer is waited for");
    HANSE_CHECK(turn.evidence(partner.id, EvidenceKind::received, amendment.agreement, std::string{signed_answer}));
    if (reached == declined) {
      amendment.status = declined;
      amendment.status_reason = "by the partner: " + said.reason.substr(0, kReasonMax);
      return save(turn, amendment);
    }
    HANSE_CHECK(amendable(turn, amendment.agreement));
    if (said.time > amendment.document.valid_until || said.time > turn.now() + kClocksApart)
      return fail(ErrorCode::conflict, "the answer was signed too late");
    HANSE_TRY(const auto ours, amendment_text(amendment.document));
    HANSE_TRY(const auto theirs, verify_jws(said.signature, partner.public_key));
    if (theirs != ours) return fail(ErrorCode::forbidden, "the partner signed another amendment than the proposed one");
    amendment.signature_theirs = said.signature;
    HANSE_CHECK(bring_into_force(turn, amendment, said.time));
    return save(turn, amendment);
  });
}

Result<void> AmendmentBook::bring_into_force(Turn& turn, Amendment& amendment, Timestamp accepted_at) {
  HANSE_TRY(auto before, amendable(turn, amendment.agreement));
  HANSE_TRY(const auto policy, read_policy(amendment.document.agreement));
  Agreement now = before;
  now.id = amendment.id;
  now.policy = amendment.document.agreement;
  now.text = amendment.document.text;
  now.status = AgreementStatus::in_force;
  now.status_reason.clear();
  now.version = before.version + 1;
  now.replaces = before.id;
  now.signature_ours = amendment.signature_ours;
  now.signature_theirs = amendment.signature_theirs;
  now.approvals = amendment.approvals;
  now.agreed_at = accepted_at;
  now.until = until_of(policy, accepted_at);
  before.status = AgreementStatus::superseded;
  before.status_reason = fmt::format("amended, version {}", now.version);
  before.replaced_by = now.id;
  HANSE_CHECK(turn.save(before));
  HANSE_CHECK(turn.save(now));
  // What was used stays used: an amendment isn't a way around a count.
  HANSE_TRY(auto meter, turn.find(connector_.meters(), before.id));
  if (meter) {
    meter->id = now.id;
    HANSE_CHECK(connector_.meters().put(turn.transaction(), *meter));
  }
  HANSE_CHECK(end_transfers(turn, before, "the agreement was amended; ask again under " + now.id));
  amendment.status = in_force;
  HANSE_TRY(const auto text, amendment_text(amendment.document));
  HANSE_CHECK(turn.evidence(amendment.partner, EvidenceKind::agreed, now.id, text));
  return turn.evidence(amendment.partner, EvidenceKind::signed_by, now.id,
                       fmt::format(R"({{"ours":"{}","theirs":"{}"}})", now.signature_ours, now.signature_theirs));
}

Result<std::vector<Agreement>> AmendmentBook::versions(const std::string& id) const {
  HANSE_TRY(auto stored, connector_.agreements().get(id));
  std::vector<Agreement> out{std::move(stored.record)};
  while (!out.back().replaces.empty() && out.size() < kVersionsMax) {
    HANSE_TRY(auto before, connector_.agreements().get(out.back().replaces));
    out.push_back(std::move(before.record));
  }
  std::ranges::reverse(out);
  while (!out.back().replaced_by.empty() && out.size() < kVersionsMax) {
    HANSE_TRY(auto after, connector_.agreements().get(out.back().replaced_by));
    out.push_back(std::move(after.record));
  }
  return out;
}

}  // namespace hanse::dataspace
