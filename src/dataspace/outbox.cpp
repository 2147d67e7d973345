#include <fmt/format.h>

#include <algorithm>

#include "dataspace/data_plane.hpp"
#include "dataspace/internal/turn.hpp"

// What goes out, how it went, and when it is time to give up.

namespace hanse::dataspace {
namespace {

using enum MessageType;

constexpr Duration kFirstPause = 200ms;
constexpr Duration kPauseMax = 60s;
// What partners owe each other beside the protocol (revocations, signatures, answers) has no process that could end
// instead: it waits for a node that is away for a month.
constexpr Duration kExtensionPause = 1h;
constexpr std::int64_t kExtensionTries = 31 * 24;

/// Where a message goes, below the partner's base. Source: Dataspace Protocol 2025-1, HTTPS binding.
std::string path_of(const Message& message, const Process& process) {
  const bool first = !message.callback_address.empty();
  const auto own = [&](std::string_view kind, std::string_view tail) {
    return fmt::format("/{}/{}/{}", kind, encode_segment(process.peer_pid), tail);
  };
  switch (message.type) {
    case contract_request:
      return first ? "/negotiations/request" : own("negotiations", "request");
    case contract_offer:
      return first ? "/negotiations/offers" : own("negotiations", "offers");
    case contract_agreement:
      return own("negotiations", "agreement");
    case agreement_verification:
      return own("negotiations", "agreement/verification");
    case event_accepted:
    case event_finalized:
      return own("negotiations", "events");
    case negotiation_termination:
      return own("negotiations", "termination");
    case transfer_request:
      return "/transfers/request";
    case transfer_start:
      return own("transfers", "start");
    case transfer_suspension:
      return own("transfers", "suspension");
    case transfer_completion:
      return own("transfers", "completion");
    case transfer_termination:
      return own("transfers", "termination");
  }
  return {};
}

/// Temporary, as far as one can know. A 404 can mean that the partner's node isn't ready for the message yet.
bool is_temporary(int status) {
  return status == 0 || status == 404 || status == 408 || status == 429 || status >= 500;
}

Duration pause_after(std::int64_t tries, Duration most) {
  return std::min<Duration>(kFirstPause * (1LL << std::min<std::int64_t>(tries, 20)), most);
}

/// A node that answers 404 for long doesn't know the extension: that is no reason to wait for it.
bool is_patient(const OutboxEntry& entry, const Outcome& outcome) {
  return entry.kind == OutboxKind::extension && outcome.status != 404;
}

std::string why(const Outcome& outcome) {
  if (outcome.status == 0) return outcome.error.empty() ? "no answer" : outcome.error;
  const auto said = read_acknowledgement(outcome.body);
  std::string text = fmt::format("answered {}", outcome.status);
  if (!said.code.empty()) text += ' ' + said.code;
  for (const auto& reason : said.reason) text += ": " + reason;
  return text.substr(0, 1000);
}

Message with_pids(Message message, const Process& process) {
  message.consumer_pid = process.consumer_pid();
  // The first message names only its sender's pid.
  message.provider_pid = process.provider_pid();
  return message;
}

}  // namespace

void Connector::send_all(const std::vector<OutboxQueue::Item>& items) {
  for (const auto& item : items) send(item);
}

void Connector::send(const OutboxQueue::Item& item) {
  const auto entry = outbox_.find(item.id);
  if (!entry) {  // the store is in trouble; later
    const auto due = parts_.clock.now() + kPauseMax;
    queue_.again(item, due);
    parts_.courier.wake_at(due);
    return;
  }
  if (!*entry) {
    queue_.drop({item});
    send_all(queue_.take({item.process}, parts_.clock.now()));
    return;
  }
  auto outbound = outbound_of((*entry)->record);
  if (outbound) return parts_.courier.send(*std::move(outbound));
  // What can't even be sent is final, as sending it again wouldn't help.
  const bool later = outbound.error().code == ErrorCode::unavailable;
  settle(item.id, {.status = later ? 0 : 400, .body = {}, .error = outbound.error().message});
}

Result<Outbound> Connector::outbound_of(const OutboxEntry& entry) {
  HANSE_TRY(const auto partner, parts_.partners.confirmed(entry.partner));
  Outbound out{.id = entry.id,
               .partner = entry.partner,
               .url = {},
               .authorization = parts_.partners.authorization_for(partner),
               .body = {}};
  if (entry.kind == OutboxKind::extension) {
    out.url = partner.address + entry.path;
    out.body = entry.body.text;
    return out;
  }
  HANSE_TRY(const auto process, processes_.get(entry.process));
  if (entry.kind == OutboxKind::data) {
    HANSE_CHECK(fill_push(process.record, partner, entry, out));
    return out;
  }
  out.url = process.record.peer_address + path_of(entry.message, process.record);
  HANSE_CHECK(PartnerBook::may_call(partner, out.url));
  out.body = write_message(with_pids(entry.message, process.record));
  return out;
}

Result<void> Connector::fill_push(const Process& process, const Partner& partner, OutboxEntry entry, Outbound& out) {
  const auto& address = *process.data_address;
  HANSE_CHECK(PartnerBook::may_call(partner, address.endpoint));
  HANSE_TRY(auto piece, DataPlane(*this, *parts_.source).read_for_push(process, entry.offset));
  entry.end = entry.offset + std::ssize(piece.body);
  entry.total = piece.total;
  HANSE_CHECK(run(kSelf, [&](Turn& turn) -> Result<void> {
    HANSE_CHECK(outbox_.put(turn.transaction(), entry));
    return {};
  }));
  const auto token = address.properties.find("authorization");
  out.url = address.endpoint;
  if (entry.offset > 0 || entry.end < entry.total)
    out.url += fmt::format("{}offset={}&total={}", out.url.contains('?') ? '&' : '?', entry.offset, entry.total);
  out.authorization = token == address.properties.end() ? "" : "Bearer " + token->second;
  out.content_type = std::move(piece.content_type);
  out.body = std::move(piece.body);
  return {};
}

void Connector::settle(const std::string& id, const Outcome& outcome) {
  const auto stored = outbox_.find(id);
  if (!stored || !*stored) {
    // Forgotten meanwhile: the partner's own message had acknowledged it. Its place in the queue went with it.
    return;
  }
  const auto entry = (*stored)->record;
  const OutboxQueue::Item item{.id = entry.id, .process = entry.process, .due = entry.due};
  std::optional<Timestamp> again;
  const auto done = run(kSelf, [&](Turn& turn) { return settle_in(turn, entry, outcome, again); });
  if (!done) {
    parts_.log.warning("dataspace", "the outcome of a message could not be kept", {{"error", to_string(done.error())}});
    again = parts_.clock.now() + kPauseMax;  // sent once more then; the partner knows it by its id
  }
  if (again) {
    queue_.again(item, *again);
    parts_.courier.wake_at(*again);
    return;
  }
  send_all(queue_.take({item.process}, parts_.clock.now()));
}

Result<void> Connector::settle_in(Turn& turn, OutboxEntry entry, const Outcome& outcome,
                                  std::optional<Timestamp>& again) {
  HANSE_TRY(const auto still, turn.find(outbox_, entry.id));
  if (!still) return {};
  HANSE_TRY(auto process, turn.find(processes_, entry.process));
  const bool good = outcome.status >= 200 && outcome.status < 300;
  const bool patient = is_patient(entry, outcome);
  if (!good && is_temporary(outcome.status) && entry.tries + 1 < (patient ? kExtensionTries : settings_.tries_max)) {
    again = turn.now() + pause_after(entry.tries++, patient ? kExtensionPause : kPauseMax);
    entry.due = *again;
    entry.last_error = why(outcome);
    HANSE_CHECK(outbox_.put(turn.transaction(), entry));
    return {};
  }
  const auto body = entry.kind == OutboxKind::message && process ? write_message(with_pids(entry.message, *process))
                    : entry.kind == OutboxKind::data             ? std::string{"the data, pushed"}
                                                                 : entry.body.text;
  HANSE_CHECK(turn.evidence(entry.partner, EvidenceKind::sent, entry.process, good ? body : why(outcome) + '\n' + body,
                            outcome.status));
  HANSE_CHECK(outbox_.remove(turn.transaction(), entry.id));
  turn.dropped.push_back({.id = entry.id, .process = entry.process, .due = entry.due});
  if (!process || entry.kind == OutboxKind::extension) return {};
  if (!good) {
    // Nothing after it can be right for the partner either.
    HANSE_TRY(const auto rest, turn.list(outbox_, {"process", process->id}));
    for (const auto& later : rest) {
      HANSE_CHECK(outbox_.remove(turn.transaction(), later.id));
      turn.dropped.push_back({.id = later.id, .process = later.process, .due = later.due});
    }
    const bool given_up = is_temporary(outcome.status);
    return turn.end(*process, given_up ? "UNREACHABLE" : "REFUSED_BY_PARTNER",
                    {fmt::format("{}: {}", wire_name(entry.message.type), why(outcome))});
  }
  if (entry.kind == OutboxKind::data) {
    if (process->state != State::started) return {};
    if (entry.end < entry.total) {
      HANSE_CHECK(turn.push_data(*process, entry.end));
      return turn.save(*process);
    }
    if (settings_.conduct == Conduct::scripted) return {};
    HANSE_CHECK(turn.act(*process, {.message = transfer_completion}));
    return turn.save(*process);
  }
  if (!process->peer_pid.empty()) return {};
  const auto said = read_acknowledgement(outcome.body);
  process->peer_pid = process->side == Side::consumer ? said.provider_pid : said.consumer_pid;
  if (process->peer_pid.empty())
    return turn.end(*process, "INVALID_ANSWER", {"the partner's answer names no pid of its own"});
  return turn.save(*process);
}

void Connector::expire() {
  const auto now = parts_.clock.now();
  std::vector<std::string> overdue;
  {
    const std::lock_guard lock{deadlines_mutex_};
    for (auto it = by_deadline_.begin(); it != by_deadline_.end() && it->first <= now; it = by_deadline_.erase(it)) {
      overdue.push_back(it->second);
      deadlines_.erase(it->second);
    }
  }
  for (const auto& id : overdue) {
    const auto done = run(kSelf, [&](Turn& turn) -> Result<void> {
      HANSE_TRY(const auto agreement, turn.find(agreements_, id));
      if (!agreement) return expire_process(turn, id, now);
      return agreement->until && *agreement->until <= now ? turn.expire_agreement(id) : Result<void>{};
    });
    if (!done)
      parts_.log.warning("dataspace", "what is overdue could not be ended",
                         {{"id", id}, {"error", to_string(done.error())}});
  }
}

Result<void> Connector::expire_process(Turn& turn, const std::string& pid, Timestamp now) {
  HANSE_TRY(auto process, turn.find(processes_, pid));
  if (!process || !process->deadline || *process->deadline > now || is_final(process->state)) return {};
  if (process->kind == ProcessKind::transfer && process->state == State::started) {
    HANSE_CHECK(turn.expire_agreement(process->agreement));
    HANSE_CHECK(turn.act(
        *process, {.message = transfer_termination, .code = "EXPIRED", .reason = {"the agreement's time is over"}}));
    return turn.save(*process);
  }
  const auto reason =
      process->waits_for.empty()
          ? fmt::format("nothing happened in {} since {}", wire_name(process->state), to_string(process->changed_at))
          : fmt::format("nobody decided since {}", to_string(process->changed_at));
  // What was never acknowledged can't be terminated by a message: the partner doesn't know the process.
  if (process->peer_pid.empty()) {
    HANSE_TRY(const auto waiting, turn.list(outbox_, {"process", pid}));
    for (const auto& entry : waiting) {
      HANSE_CHECK(outbox_.remove(turn.transaction(), entry.id));
      turn.dropped.push_back({.id = entry.id, .process = pid, .due = entry.due});
    }
    return turn.end(*process, "TIMEOUT", {reason});
  }
  const auto message = process->kind == ProcessKind::negotiation ? negotiation_termination : transfer_termination;
  HANSE_CHECK(turn.act(*process, {.message = message, .code = "TIMEOUT", .reason = {reason}}));
  return turn.save(*process);
}

void Connector::wake() {
  expire();
  send_all(queue_.take_all(parts_.clock.now()));
  std::optional<Timestamp> next = queue_.next_due();
  {
    const std::lock_guard lock{deadlines_mutex_};
    if (!by_deadline_.empty()) next = next ? std::min(*next, by_deadline_.begin()->first) : by_deadline_.begin()->first;
  }
  if (next) parts_.courier.wake_at(*next);
}

}  // namespace hanse::dataspace
