#include <fmt/format.h>

#include <algorithm>

#include "dataspace/internal/loose.hpp"
#include "dataspace/internal/turn.hpp"

// What happens to a partner's message.

namespace hanse::dataspace {
namespace {

using enum MessageType;

constexpr std::size_t kSeenMax = 32;

Side sender_of_first(MessageType type) { return type == contract_offer ? Side::provider : Side::consumer; }

std::string member_of(const RawJson& policy, std::string_view name) {
  const auto document = JsonDocument::parse(policy.text);
  return document ? loose::text(document->root(), name).value_or("") : std::string{};
}

}  // namespace

Result<std::optional<Process>> Turn::find_process(const Partner& partner, const std::optional<std::string>& pid,
                                                  const Message& message) {
  const auto kind = kind_of(message.type);
  if (pid) {
    HANSE_TRY(auto process, find(connector_.processes_, *pid));
    // Somebody else's process doesn't exist.
    if (process && (process->partner != partner.id || process->kind != kind)) process.reset();
    return process;
  }
  const auto& peer_pid = sender_of_first(message.type) == Side::consumer ? message.consumer_pid : message.provider_pid;
  HANSE_TRY(auto same, list(connector_.processes_, {"peer", partner.id + '|' + peer_pid}));
  std::erase_if(same, [&](const Process& process) { return process.kind != kind; });
  return same.empty() ? std::optional<Process>{} : std::optional{std::move(same.front())};
}

Turn::Answer Turn::refuse(const Message& message, const Process* process, const Refusal& refusal) const {
  return {refusal.status,
          write_error(kind_of(message.type), process ? process->provider_pid() : message.provider_pid,
                      process ? process->consumer_pid() : message.consumer_pid, refusal.code, refusal.reason)};
}

std::optional<Turn::Refusal> Turn::check_pids(const Process& process, const Message& message) const {
  const auto& ours = process.side == Side::consumer ? message.consumer_pid : message.provider_pid;
  const auto& theirs = process.side == Side::consumer ? message.provider_pid : message.consumer_pid;
  if (ours != process.id)
    return Refusal{400, "WRONG_PID",
                   fmt::format("the message names {} and not {}", ours.empty() ? "no pid of ours" : ours, process.id)};
  if (!process.peer_pid.empty() && theirs != process.peer_pid) {
    return Refusal{400, "WRONG_PID", fmt::format("the message names {} and not {}", theirs, process.peer_pid)};
  }
  return std::nullopt;
}

Result<Turn::Answer> Turn::receive(const Partner& partner, const std::optional<std::string>& pid,
                                   const Message& message) {
  HANSE_TRY(auto process, find_process(partner, pid, message));
  const auto kind = kind_of(message.type);
  if (pid && !process) return refuse(message, nullptr, {404, "NOT_FOUND", "there is no such process"});
  const auto acknowledge = [&](const Process& p, State state, int status) {
    return Answer{status, write_process(kind, p.provider_pid(), p.consumer_pid(), state)};
  };
  const bool first = !pid;
  // The same again changes nothing, whether its answer was lost or its sender is in doubt.
  if (process && first) return acknowledge(*process, process->state, 200);
  if (process && !message.id.empty() && std::ranges::find(process->seen, message.id) != process->seen.end()) {
    return acknowledge(*process, process->state, 200);
  }
  std::optional<Refusal> refusal;
  if (first) {
    process = Process{.id = new_urn(),
                      .kind = kind,
                      .side = other(sender_of_first(message.type)),
                      .partner = partner.id,
                      .created_at = now_,
                      .changed_at = now_};
    HANSE_TRY(refusal, begin_theirs(partner, message, *process));
    process->state = first ? *next_state(kind, {}, message.type, sender_of_first(message.type)) : process->state;
  } else {
    refusal = check_pids(*process, message);
    const auto next = next_state(kind, process->state, message.type, other(process->side));
    if (!refusal && !next) {
      refusal = Refusal{400, "INVALID_STATE",
                        fmt::format("{} is not allowed in {}", wire_name(message.type), wire_name(process->state))};
    }
    if (!refusal) {
      HANSE_TRY(refusal, apply(partner, message, *process));
    }
    if (!refusal) process->state = *next;
  }
  HANSE_CHECK(evidence(partner.id, refusal ? EvidenceKind::refused : EvidenceKind::received, process->id,
                       refusal ? refusal->reason + "\n" + write_message(message) : write_message(message),
                       refusal ? refusal->status
                       : first ? 201
                               : 200));
  if (refusal) return refuse(message, first ? nullptr : &*process, *refusal);
  if (process->peer_pid.empty())
    process->peer_pid = process->side == Side::consumer ? message.provider_pid : message.consumer_pid;
  if (!message.id.empty()) {
    process->seen.push_back(message.id);
    if (process->seen.size() > kSeenMax) process->seen.erase(process->seen.begin());
  }
  // A message that fits our state shows that the partner has what we sent before, whether or not we heard so.
  HANSE_CHECK(forget(connector_.queue_.waiting_for_retry(process->id)));
  const State reached = process->state;
  HANSE_CHECK(decide_next(*process));
  HANSE_CHECK(save(*process));
  return acknowledge(*process, reached, first ? 201 : 200);
}

/// What nobody could decide or explain isn't put before people.
std::optional<Turn::Refusal> Turn::unreadable_rules(const RawJson& rules) {
  const auto policy = read_policy(rules);
  if (policy) return std::nullopt;
  return Refusal{400, "INVALID", to_string(policy.error())};
}

Result<std::optional<Turn::Refusal>> Turn::begin_theirs(const Partner& partner, const Message& message,
                                                        Process& process) {
  process.peer_pid = process.side == Side::provider ? message.consumer_pid : message.provider_pid;
  process.peer_address = without_slash(message.callback_address);
  if (message.callback_address.empty())
    return std::optional{Refusal{400, "INVALID", "callbackAddress is required in the first message"}};
  if (const auto allowed = PartnerBook::may_call(partner, message.callback_address); !allowed) {
    return std::optional{Refusal{400, "CALLBACK_REFUSED", allowed.error().message}};
  }
  if (message.type == transfer_request) return check_transfer(partner, message, process);
  if (auto refusal = unreadable_rules(message.offer)) return refusal;
  process.offer = message.offer;
  process.offer_id = member_of(message.offer, "@id");
  process.dataset = member_of(message.offer, "target");
  process.offered_by = message.type == contract_offer ? Side::provider : Side::consumer;
  if (message.type == contract_offer) {
    process.waits_for = "accept the partner's offer";
    return std::optional<Refusal>{};
  }
  // By its target, or, as targets may be left out, by our offers' ids: `<terms>:<dataset>`.
  if (process.dataset.empty())
    process.dataset = process.offer_id.substr(std::min(process.offer_id.find(':') + 1, process.offer_id.size()));
  if (!connector_.parts_.catalogue.visible(partner, process.dataset)) {
    return std::optional{
        Refusal{400, "UNKNOWN_OFFER",
                fmt::format("there is no offer '{}' for dataset '{}'", process.offer_id, process.dataset)}};
  }
  return std::optional<Refusal>{};
}

Result<std::optional<Turn::Refusal>> Turn::apply(const Partner& partner, const Message& message, Process& process) {
  (void)partner;
  switch (message.type) {
    case contract_request:
    case contract_offer: {
      if (auto refusal = unreadable_rules(message.offer)) return refusal;
      const auto target = member_of(message.offer, "target");
      if (!target.empty() && !process.dataset.empty() && target != process.dataset) {
        return std::optional{Refusal{400, "INVALID", "the offer is for another dataset than the negotiation"}};
      }
      const bool other_terms = !same_rules(process.offer, message.offer);
      process.offer = message.offer;
      process.offer_id = member_of(message.offer, "@id");
      process.offered_by = message.type == contract_offer ? Side::provider : Side::consumer;
      process.approvals.clear();
      process.waits_for = message.type == contract_offer && other_terms ? "accept the partner's changed offer" : "";
      break;
    }
    case event_accepted:
      if (process.offered_by == Side::consumer)
        return std::optional{Refusal{400, "INVALID_STATE", "the offer on the table is the consumer's own"}};
      break;
    case contract_agreement:
      if (auto refusal = unreadable_rules(message.agreement)) return refusal;
      process.agreement_policy = message.agreement;
      process.agreement = member_of(message.agreement, "@id");
      break;
    case transfer_start:
      if (message.data_address) process.data_address = message.data_address;
      break;
    case negotiation_termination:
    case transfer_termination:
    case transfer_suspension:
      process.code = message.code;
      process.reason = message.reason;
      process.waits_for.clear();
      break;
    default:
      break;
  }
  return std::optional<Refusal>{};
}

Result<std::optional<Turn::Refusal>> Turn::check_transfer(const Partner& partner, const Message& message,
                                                          Process& process) {
  process.agreement = message.agreement_id;
  process.format = message.format;
  process.data_address = message.data_address;
  HANSE_TRY(const auto agreement, find(connector_.agreements_, message.agreement_id));
  // Another partner's agreement is as unknown as none.
  if (!agreement || agreement->partner != partner.id || agreement->side != Side::provider) {
    return std::optional{
        Refusal{400, "UNKNOWN_AGREEMENT", fmt::format("there is no agreement '{}'", message.agreement_id)}};
  }
  process.dataset = agreement->dataset;
  if (agreement->status != AgreementStatus::in_force) {
    return std::optional{Refusal{
        400, "NOT_IN_FORCE",
        fmt::format("the agreement is {}: {}", describe::enum_name(agreement->status), agreement->status_reason)}};
  }
  if (message.format != kPull && message.format != kPush) {
    return std::optional{Refusal{400, "UNKNOWN_FORMAT", fmt::format("the format must be {} or {}", kPull, kPush)}};
  }
  if (message.format == kPush) {
    if (!message.data_address) return std::optional{Refusal{400, "INVALID", "a push needs a dataAddress"}};
    if (const auto allowed = PartnerBook::may_call(partner, message.data_address->endpoint); !allowed) {
      return std::optional{Refusal{400, "ADDRESS_REFUSED", allowed.error().message}};
    }
  }
  return std::optional<Refusal>{};
}

}  // namespace hanse::dataspace
