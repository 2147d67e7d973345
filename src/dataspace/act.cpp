#include <fmt/format.h>

#include "base/random.hpp"
#include "dataspace/canonical_json.hpp"
#include "dataspace/internal/turn.hpp"

// What this side sends, and what is kept of it.

namespace hanse::dataspace {
namespace {

using enum MessageType;

}  // namespace

Result<Partner> Turn::partner_of(const Process& process) {
  HANSE_TRY(auto partner, find(connector_.parts_.partners.partners(), process.partner));
  if (!partner) return fail(ErrorCode::not_found, fmt::format("there is no partner '{}'", process.partner));
  return *std::move(partner);
}

Result<std::string> Turn::make_agreement(Process& process, const Partner& partner) {
  HANSE_TRY(const auto rules, rules_of(process.offer));
  process.agreement = new_urn();
  // Whole seconds: the form every peer's date reader takes.
  const Timestamp second{now_.ns / 1'000'000'000 * 1'000'000'000};
  return fmt::format(
      R"({{"@id":"{}","@type":"Agreement","target":{},"assigner":{},"assignee":{},"timestamp":"{}",{}}})",
      process.agreement, quoted(process.dataset), quoted(connector_.parts_.partners.own().participant),
      quoted(partner.participant), to_string(second), rules);
}

Result<void> Turn::act(Process& process, const Act& act) {
  const auto next = next_state(process.kind, process.state, act.message, process.side);
  if (!next) {
    return fail(ErrorCode::conflict, fmt::format("{} can't be sent by the {} in {}", wire_name(act.message),
                                                 describe::enum_name(process.side), wire_name(process.state)));
  }
  Message message{.type = act.message, .id = new_urn(), .code = act.code, .reason = act.reason};
  switch (act.message) {
    case contract_request:
    case contract_offer: {
      HANSE_TRY(const auto partner, partner_of(process));
      HANSE_TRY(const auto rules, rules_of(act.offer.text.empty() ? process.offer : act.offer));
      const auto& own = connector_.parts_.partners.own().participant;
      message.offer = {fmt::format(R"({{"@id":{},"@type":"Offer","target":{},"assigner":{},{}}})",
                                   quoted(process.offer_id), quoted(process.dataset),
                                   quoted(process.side == Side::provider ? own : partner.participant), rules)};
      process.offer = message.offer;
      process.offered_by = process.side;
      break;
    }
    case contract_agreement: {
      HANSE_TRY(const auto partner, partner_of(process));
      HANSE_TRY(auto agreement, make_agreement(process, partner));
      message.agreement = process.agreement_policy = {std::move(agreement)};
      break;
    }
    case transfer_start:
      if (process.side == Side::provider && process.format != kPush) {
        HANSE_TRY(message.data_address, issue_token(process));
      }
      break;
    case negotiation_termination:
    case transfer_termination:
    case transfer_suspension:
      process.code = act.code;
      process.reason = act.reason;
      break;
    default:
      break;
  }
  process.state = *next;
  process.waits_for.clear();
  process.approvals.clear();
  OutboxEntry entry{.id = message.id,
                    .process = process.id,
                    .partner = process.partner,
                    .number = ++process.sent,
                    .message = message,
                    .path = {},
                    .body = {},
                    .due = now_,
                    .last_error = {}};
  HANSE_CHECK(enqueue(std::move(entry)));
  if (act.message == transfer_start && process.side == Side::provider && process.format == kPush &&
      connector_.parts_.source) {
    HANSE_CHECK(push_data(process, 0));
  }
  if (is_final(process.state) && process.kind == ProcessKind::transfer) HANSE_CHECK(revoke_tokens(process.id));
  return {};
}

Result<void> Turn::push_data(Process& process, std::int64_t offset) {
  return enqueue({.id = new_urn(),
                  .kind = OutboxKind::data,
                  .process = process.id,
                  .partner = process.partner,
                  .number = ++process.sent,
                  .message = {},
                  .path = {},
                  .body = {},
                  .offset = offset,
                  .due = now_,
                  .last_error = {}});
}

Result<void> Turn::begin(Process& process, Message message) {
  message.id = new_urn();
  message.callback_address = connector_.settings_.address;
  process.created_at = now_;
  HANSE_CHECK(enqueue({.id = message.id,
                       .process = process.id,
                       .partner = process.partner,
                       .number = ++process.sent,
                       .message = message,
                       .path = {},
                       .body = {},
                       .due = now_,
                       .last_error = {}}));
  return save(process);
}

Result<void> Turn::end(Process& process, std::string code, std::vector<std::string> reason) {
  if (is_final(process.state)) return {};
  process.state = State::terminated;
  process.code = std::move(code);
  process.reason = std::move(reason);
  process.waits_for.clear();
  if (process.kind == ProcessKind::transfer) HANSE_CHECK(revoke_tokens(process.id));
  HANSE_CHECK(evidence(process.partner, EvidenceKind::decided, process.id,
                       "ended here: " + process.code + ' ' + to_json(process.reason)));
  return save(process);
}

/// A running transfer ends when somebody ends it, or with its agreement's time. The provider ends it for both; the
/// consumer does so by itself only when nothing is heard.
Result<void> Turn::end_with_agreement(Process& process) {
  constexpr Duration kProviderFirst = 10min;
  process.deadline.reset();
  HANSE_TRY(const auto agreement, find(connector_.agreements_, process.agreement));
  if (agreement && agreement->until)
    process.deadline = *agreement->until + (process.side == Side::consumer ? kProviderFirst : Duration::zero());
  return {};
}

Result<void> Turn::save(Process& process) {
  process.changed_at = now_;
  if (is_final(process.state)) {
    process.deadline.reset();
  } else if (process.kind == ProcessKind::transfer && process.state == State::started) {
    HANSE_CHECK(end_with_agreement(process));
  } else {
    process.deadline =
        now_ + (process.waits_for.empty() ? connector_.settings_.answer_limit : connector_.settings_.person_limit);
  }
  HANSE_CHECK(connector_.processes_.put(transaction_, process));
  changed.push_back(process);
  return {};
}

Result<void> Turn::save(const Agreement& agreement) {
  HANSE_CHECK(connector_.agreements_.put(transaction_, agreement));
  changed_agreements.push_back(agreement.id);
  return {};
}

Result<void> Turn::expire_agreement(const std::string& id) {
  HANSE_TRY(auto agreement, find(connector_.agreements_, id));
  if (!agreement || agreement->status != AgreementStatus::in_force) return {};
  agreement->status = AgreementStatus::ended;
  agreement->status_reason = "its time was over at " + to_string(agreement->until.value_or(now_));
  HANSE_CHECK(save(*agreement));
  return evidence(agreement->partner, EvidenceKind::decided, id, "ended here: " + agreement->status_reason);
}

Result<void> Turn::evidence(const std::string& partner, EvidenceKind kind, std::string subject, std::string detail,
                            int status) {
  return connector_.evidence_.append(transaction_, {.id = {},
                                                    .partner = partner,
                                                    .time = now_,
                                                    .kind = kind,
                                                    .subject = std::move(subject),
                                                    .detail = std::move(detail),
                                                    .status = status,
                                                    .before = {},
                                                    .hash = {}});
}

Result<void> Turn::enqueue(OutboxEntry entry) {
  HANSE_CHECK(connector_.outbox_.put(transaction_, entry, 0));
  OutboxQueue::Item item{.id = entry.id, .process = entry.process, .due = entry.due};
  connector_.queue_.stage(item);
  staged.push_back(std::move(item));
  return {};
}

Result<void> Turn::forget(const std::vector<OutboxQueue::Item>& items) {
  for (const auto& item : items) {
    HANSE_TRY(const auto entry, find(connector_.outbox_, item.id));
    if (entry) {
      HANSE_CHECK(evidence(entry->partner, EvidenceKind::sent, entry->process, write_message(entry->message)));
      HANSE_CHECK(connector_.outbox_.remove(transaction_, item.id));
    }
    dropped.push_back(item);
  }
  return {};
}

Result<void> Turn::revoke_tokens(const std::string& transfer) {
  HANSE_TRY(const auto tokens, list(connector_.tokens_, {"transfer", transfer}));
  for (const auto& token : tokens) HANSE_CHECK(connector_.tokens_.remove(transaction_, token.id));
  return {};
}

Result<DataAddress> Turn::issue_token(const Process& process) {
  const std::string secret = secure_random_hex(32);
  const DataToken token{.id = sha256_hex(secret),
                        .transfer = process.id,
                        .agreement = process.agreement,
                        .partner = process.partner,
                        .dataset = process.dataset,
                        .expires = now_ + connector_.settings_.token_life};
  HANSE_CHECK(revoke_tokens(process.id));
  HANSE_CHECK(connector_.tokens_.put(transaction_, token));
  HANSE_CHECK(evidence(
      process.partner, EvidenceKind::token, process.id,
      fmt::format(R"({{"agreement":{},"expires":"{}"}})", quoted(process.agreement), to_string(token.expires))));
  const auto endpoint = connector_.settings_.address + "/hanse/data/" + encode_segment(process.id);
  const auto refresh = connector_.settings_.address + "/hanse/data/" + encode_segment(process.id) + "/token";
  constexpr std::string_view kEdc = "https://w3id.org/edc/v0.0.1/ns/", kTractus = "https://w3id.org/tractusx/auth/";
  const auto named = [](std::string_view space, std::string_view name) {
    return std::string{space} + std::string{name};
  };
  // EDC reads only the names with its own space, Catena-X wants the two of Tractus-X, others the plain ones.
  return DataAddress{
      .endpoint_type = std::string{kHttpEndpoint},
      .endpoint = endpoint,
      .properties = {{"authorization", secret},
                     {"authType", "bearer"},
                     {named(kEdc, "endpoint"), endpoint},
                     {named(kEdc, "endpointType"), std::string{kHttpEndpoint}},
                     {named(kEdc, "authorization"), secret},
                     {named(kEdc, "authType"), "bearer"},
                     {named(kTractus, "expiresIn"), std::to_string(connector_.settings_.token_life / 1s)},
                     {named(kTractus, "refreshEndpoint"), refresh}}};
}

Result<std::string> Turn::first_version(std::string agreement) {
  for (;;) {
    HANSE_TRY(const auto found, find(connector_.agreements_, agreement));
    if (!found || found->replaces.empty()) return agreement;
    agreement = found->replaces;
  }
}

Result<void> Turn::send_extension(const Partner& partner, const std::string& agreement, std::string path,
                                  std::string body) {
  // Only partners with pinned keys run a node that knows the extensions; others must notice nothing.
  if (partner.identity != IdentityMode::signed_key) return {};
  // A notice about a version must not overtake the answer that made it.
  HANSE_TRY(auto subject, first_version(agreement));
  return enqueue({.id = new_urn(),
                  .kind = OutboxKind::extension,
                  .process = std::move(subject),
                  .partner = partner.id,
                  .number = now_.ns,
                  .message = {},
                  .path = std::move(path),
                  .body = {std::move(body)},
                  .due = now_,
                  .last_error = {}});
}

}  // namespace hanse::dataspace
