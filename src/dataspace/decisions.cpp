#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "dataspace/canonical_json.hpp"
#include "dataspace/internal/loose.hpp"
#include "dataspace/internal/turn.hpp"

// What the node does by itself when a process has come to a state.

namespace hanse::dataspace {
namespace {

using enum MessageType;

PolicyFacts facts_of(const Partner& partner, Moment moment, Timestamp now, Timestamp agreed_at) {
  return {.moment = moment,
          .now = now,
          .agreed_at = agreed_at,
          .participant = partner.participant,
          .business_number = partner.business_number,
          .groups = partner.groups,
          .frameworks = partner.frameworks,
          .member = partner.member,
          .purpose = {},
          .region = {},
          .machine = {}};
}

}  // namespace

Result<void> Turn::decide_next(Process& process) {
  if (process.kind == ProcessKind::negotiation && process.state == State::finalized) return after_finalized(process);
  if (process.kind == ProcessKind::transfer && is_final(process.state)) return revoke_tokens(process.id);
  if (connector_.settings_.conduct == Conduct::scripted) return {};
  return process.kind == ProcessKind::negotiation ? decide_negotiation(process) : decide_transfer(process);
}

Result<void> Turn::decide_negotiation(Process& process) {
  if (!process.waits_for.empty()) return {};
  if (process.side == Side::provider) {
    if (process.state == State::requested) return decide_offer(process);
    if (process.state == State::accepted) return act(process, {.message = contract_agreement});
    if (process.state != State::verified) return {};
    HANSE_CHECK(act(process, {.message = event_finalized}));
    return after_finalized(process);
  }
  if (process.state == State::offered)
    return act(process, {.message = event_accepted});  // it repeats what we asked for
  if (process.state != State::agreed) return {};
  if (auto faults = faults_of_agreement(process); !faults.empty()) {
    HANSE_CHECK(evidence(process.partner, EvidenceKind::decided, process.id, to_json(Decision{false, faults})));
    return act(process, {.message = negotiation_termination, .code = "AGREEMENT_REFUSED", .reason = std::move(faults)});
  }
  return act(process, {.message = agreement_verification});
}

Result<void> Turn::decide_offer(Process& process) {
  HANSE_TRY(const auto partner, partner_of(process));
  const auto found = connector_.parts_.catalogue.visible(partner, process.dataset);
  if (!found)
    return act(process,
               {.message = negotiation_termination, .code = "UNKNOWN_OFFER", .reason = {found.error().message}});
  if (!same_rules(found->offer_json, process.offer)) {
    process.waits_for = "agree to the partner's own terms";
    return {};
  }
  HANSE_TRY(const auto policy, read_policy(process.offer));
  auto decision = decide(policy, facts_of(partner, Moment::agreement, now_, now_));
  HANSE_CHECK(evidence(process.partner, EvidenceKind::decided, process.id, to_json(decision)));
  if (!decision.allowed)
    return act(process, {.message = negotiation_termination, .code = "POLICY", .reason = std::move(decision.because)});
  switch (found->offer.approval) {
    case Approval::automatic:
      return act(process, {.message = contract_agreement});
    case Approval::person:
      process.waits_for = "agree";
      break;
    case Approval::four_eyes:
      process.waits_for = "agree, two people";
      break;
  }
  return {};
}

std::vector<std::string> Turn::faults_of_agreement(const Process& process) const {
  std::vector<std::string> faults;
  const auto document = JsonDocument::parse(process.agreement_policy.text);
  if (!document) return {"the agreement can't be read"};
  const auto text = [&](std::string_view name) { return loose::text(document->root(), name).value_or(""); };
  const auto partner = connector_.parts_.partners.partners().find(process.partner);
  if (!partner || !*partner || text("assigner") != (*partner)->record.participant)
    faults.push_back("the assigner isn't the partner that sent it");
  if (text("assignee") != connector_.parts_.partners.own().participant)
    faults.push_back("the assignee isn't this node");
  if (text("target") != process.dataset) faults.push_back("the target isn't the dataset that was negotiated");
  if (!same_rules(process.agreement_policy, process.offer))
    faults.push_back("the rules aren't those that were last offered");
  return faults;
}

Result<void> Turn::after_finalized(Process& process) {
  HANSE_TRY(const auto known, find(connector_.agreements_, process.agreement));
  if (known) return {};
  HANSE_TRY(const auto policy, read_policy(process.agreement_policy));
  Agreement agreement{.id = process.agreement,
                      .side = process.side,
                      .partner = process.partner,
                      .dataset = process.dataset,
                      .policy = process.agreement_policy,
                      .negotiation = process.id,
                      .agreed_at = now_,
                      .until = until_of(policy, now_)};
  HANSE_TRY(const auto partner, partner_of(process));
  if (process.side == Side::provider) {
    if (const auto found = connector_.parts_.catalogue.visible(partner, process.dataset)) {
      agreement.template_id = found->offer.id;
      agreement.text = found->offer.text;
    }
  }
  const auto& own = connector_.parts_.partners.own();
  // Rules of other profiles may hold numbers that have no one form to be signed over; such an agreement stays unsigned.
  if (const auto canonical = canonical_json(agreement.policy.text)) {
    agreement.signature_ours = sign_jws(*canonical, own.key, own.participant + "#key");
    HANSE_CHECK(send_extension(partner, agreement.id,
                               "/hanse/agreements/" + encode_segment(agreement.id) + "/signature",
                               R"({"signature":")" + agreement.signature_ours + R"("})"));
  }
  HANSE_CHECK(save(agreement));
  return evidence(process.partner, EvidenceKind::agreed, agreement.id, agreement.policy.text);
}

Result<void> Turn::decide_transfer(Process& process) {
  if (process.side != Side::provider || process.state != State::requested) return {};
  HANSE_TRY(const auto agreement, find(connector_.agreements_, process.agreement));
  if (!agreement)
    return act(process,
               {.message = transfer_termination, .code = "UNKNOWN_AGREEMENT", .reason = {"the agreement is gone"}});
  HANSE_TRY(const auto partner, partner_of(process));
  HANSE_TRY(const auto policy, read_policy(agreement->policy));
  HANSE_TRY(const auto meter, find(connector_.meters_, agreement->id));
  auto facts = facts_of(partner, Moment::transfer, now_, agreement->agreed_at);
  facts.uses = (meter ? meter->uses : 0) + 1;
  auto decision = decide(policy, facts);
  HANSE_CHECK(evidence(process.partner, EvidenceKind::decided, process.id, to_json(decision)));
  if (!decision.allowed)
    return act(process, {.message = transfer_termination, .code = "POLICY", .reason = std::move(decision.because)});
  return act(process, {.message = transfer_start});
}

}  // namespace hanse::dataspace
