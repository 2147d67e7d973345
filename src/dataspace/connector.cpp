#include "dataspace/connector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/random.hpp"
#include "dataspace/internal/turn.hpp"

namespace hanse::dataspace {
namespace {

using enum MessageType;

api::Response answer(int status, std::string body) {
  return {.status = status, .body = std::move(body), .version = {}};
}

/// The plain offer, for a negotiation about a dataset without special terms.
RawJson plain_offer() { return {R"({"permission":[{"action":"use"}]})"}; }

/// All records that are indexed under `field`, in its order.
template <class T>
Result<void> each_with(const store::Collection<T>& collection, const std::string& field,
                       const std::function<void(const T&)>& take) {
  store::Query query{.kind = {}, .equal = {}, .range_field = field, .limit = 1000};
  for (;;) {
    HANSE_TRY(auto page, collection.list(query));
    for (const auto& stored : page.items) take(stored.record);
    if (!page.next) return {};
    query.cursor = std::move(page.next);
  }
}

}  // namespace

Connector::Connector(ConnectorParts parts, ConnectorSettings settings)
    : parts_(parts),
      settings_(std::move(settings)),
      processes_(parts.store, "dataspace_process"),
      agreements_(parts.store, "dataspace_agreement"),
      outbox_(parts.store, "dataspace_outbox"),
      meters_(parts.store, "dataspace_meter"),
      tokens_(parts.store, "dataspace_token"),
      evidence_(parts.store) {}

Connector::~Connector() = default;

Result<void> Connector::start() {
  HANSE_TRY(auto waiting, outbox_.all());
  std::ranges::sort(waiting, {},
                    [](const auto& stored) { return std::pair{stored.record.process, stored.record.number}; });
  std::vector<OutboxQueue::Item> items;
  for (const auto& [entry, version, changed_at] : waiting) {
    items.push_back({.id = entry.id, .process = entry.process, .due = parts_.clock.now(), .tried = entry.tries > 0});
    queue_.stage(items.back());
  }
  queue_.release(items);
  HANSE_CHECK(each_with<Process>(processes_, "deadline",
                                 [this](const Process& process) { set_deadline(process.id, process.deadline); }));
  HANSE_CHECK(each_with<Agreement>(
      agreements_, "ends", [this](const Agreement& agreement) { set_deadline(agreement.id, agreement.until); }));
  wake();
  return {};
}

Result<void> Connector::run(const store::Actor& actor, const Work& work) {
  std::vector<OutboxQueue::Item> staged, dropped;
  std::vector<Process> changed;
  std::vector<std::string> changed_agreements;
  const auto written = parts_.store.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    Turn turn{*this, transaction};
    auto done = work(turn);
    staged = std::move(turn.staged);
    dropped = std::move(turn.dropped);
    changed = std::move(turn.changed);
    changed_agreements = std::move(turn.changed_agreements);
    return done;
  });
  if (!written) {
    queue_.drop(staged);
    return written.error();
  }
  queue_.drop(dropped);
  queue_.release(staged);
  for (const auto& process : changed) tell(process);
  for (const auto& id : changed_agreements) tell_agreement(id);
  std::vector<std::string> touched;
  for (const auto* items : {&staged, &dropped}) {
    for (const auto& item : *items) touched.push_back(item.process);
  }
  send_all(queue_.take(touched, parts_.clock.now()));
  return {};
}

/// Threads come here in another order than their transactions had: what holds is what the store has by now.
void Connector::tell(const Process& changed) {
  const std::lock_guard lock{telling_mutex_};
  const auto now = processes_.find(changed.id);
  const auto& process = now && *now ? (*now)->record : changed;
  set_deadline(process.id, process.deadline);
  if (listener_) listener_(process);
}

void Connector::tell_agreement(const std::string& id) {
  const std::lock_guard lock{telling_mutex_};
  const auto now = agreements_.find(id);
  if (!now || !*now) return;
  const auto& agreement = (*now)->record;
  set_deadline(id, agreement.status == AgreementStatus::in_force ? agreement.until : std::nullopt);
}

void Connector::set_deadline(const std::string& id, std::optional<Timestamp> due) {
  const std::lock_guard lock{deadlines_mutex_};
  if (const auto known = deadlines_.find(id); known != deadlines_.end()) {
    const auto [begin, end] = by_deadline_.equal_range(known->second);
    const auto same = std::find_if(begin, end, [&](const auto& entry) { return entry.second == id; });
    if (same != end) by_deadline_.erase(same);
    deadlines_.erase(known);
  }
  if (!due) return;
  const bool earliest = by_deadline_.empty() || *due < by_deadline_.begin()->first;
  deadlines_[id] = *due;
  by_deadline_.emplace(*due, id);
  if (earliest) parts_.courier.wake_at(*due);
}

api::Response Connector::take(const Partner& partner, std::optional<std::string> pid,
                              std::span<const MessageType> expected, std::string_view body) {
  const auto kind = kind_of(expected.front());
  const auto message = read_message(body, expected);
  if (!message) {
    const auto known = read_acknowledgement(body);
    return answer(400,
                  write_error(kind, known.provider_pid, known.consumer_pid, "INVALID", to_string(message.error())));
  }
  Turn::Answer reply;
  const auto done = run({"partner:" + partner.id}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(reply, turn.receive(partner, pid, *message));
    return {};
  });
  if (done) return answer(reply.status, std::move(reply.body));
  parts_.log.error("dataspace", "a message could not be taken",
                   {{"partner", partner.id}, {"error", to_string(done.error())}});
  // Temporary as far as the partner can know: it is asked to try again.
  return answer(503, write_error(kind, message->provider_pid, message->consumer_pid, "UNAVAILABLE",
                                 "the message could not be kept; try again later"));
}

api::Response Connector::state_of(const Partner& partner, ProcessKind kind, const std::string& pid) const {
  const auto found = processes_.find(pid);
  if (!found)
    return answer(503, write_error(kind, "", "", "UNAVAILABLE", "the process can't be read; try again later"));
  if (!*found || (*found)->record.partner != partner.id || (*found)->record.kind != kind) {
    return answer(404, write_error(kind, "", "", "NOT_FOUND", "there is no such process"));
  }
  const auto& process = (*found)->record;
  return answer(200, write_process(kind, process.provider_pid(), process.consumer_pid(), process.state));
}

Result<Process> Connector::request_negotiation(const store::Actor& actor, const NegotiationRequest& request) {
  HANSE_TRY(const auto partner, parts_.partners.confirmed(request.partner));
  const auto address = without_slash(request.address.empty() ? partner.address : request.address);
  HANSE_CHECK(PartnerBook::may_call(partner, address));
  HANSE_TRY(const auto rules, rules_of(request.offer.text.empty() ? plain_offer() : request.offer));
  HANSE_CHECK(read_policy({'{' + rules + '}'}));
  Process process{.id = new_urn(),
                  .kind = ProcessKind::negotiation,
                  .side = Side::consumer,
                  .partner = partner.id,
                  .peer_address = address,
                  .state = State::requested,
                  .dataset = request.dataset,
                  .offer_id = request.offer_id,
                  .offered_by = Side::consumer};
  process.offer = {fmt::format(R"({{"@id":{},"@type":"Offer","target":{},"assigner":{},{}}})",
                               to_json(request.offer_id), to_json(request.dataset), to_json(partner.participant),
                               rules)};
  HANSE_CHECK(run(actor, [&](Turn& turn) {
    return turn.begin(process, {.type = contract_request, .consumer_pid = process.id, .offer = process.offer});
  }));
  return process;
}

Result<std::optional<DataAddress>> Connector::own_inlet(const std::string& pid) const {
  if (!parts_.received || !settings_.reachable)
    return fail(ErrorCode::conflict, "partners can't send to this node: set partners.enabled, or name a data address");
  return std::optional{DataAddress{.endpoint_type = std::string{kHttpEndpoint},
                                   .endpoint = settings_.address + "/hanse/inlet/" + encode_segment(pid),
                                   .properties = {{"authorization", secure_random_hex(32)}, {"authType", "bearer"}}}};
}

Result<Process> Connector::request_transfer(const store::Actor& actor, const TransferRequest& request) {
  HANSE_TRY(const auto agreement, agreements_.get(request.agreement));
  if (agreement.record.side != Side::consumer)
    return fail(ErrorCode::invalid, "the other side of this agreement asks for transfers");
  if (agreement.record.status != AgreementStatus::in_force) {
    return fail(ErrorCode::conflict,
                fmt::format("the agreement is {}: {}", describe::enum_name(agreement.record.status),
                            agreement.record.status_reason));
  }
  HANSE_TRY(const auto partner, parts_.partners.confirmed(agreement.record.partner));
  const auto pid = new_urn();
  auto data_address = request.data_address;
  if (request.format == kPush && !data_address) {
    HANSE_TRY(data_address, own_inlet(pid));
  }
  const auto address = without_slash(request.address.empty() ? partner.address : request.address);
  HANSE_CHECK(PartnerBook::may_call(partner, address));
  Process process{.id = pid,
                  .kind = ProcessKind::transfer,
                  .side = Side::consumer,
                  .partner = partner.id,
                  .peer_address = address,
                  .state = State::requested,
                  .dataset = agreement.record.dataset,
                  .agreement = request.agreement,
                  .format = request.format,
                  .data_address = data_address};
  HANSE_CHECK(run(actor, [&](Turn& turn) {
    return turn.begin(process, {.type = transfer_request,
                                .consumer_pid = process.id,
                                .agreement_id = request.agreement,
                                .format = request.format,
                                .data_address = data_address});
  }));
  return process;
}

Result<Process> Connector::act(const store::Actor& actor, const std::string& pid, const Act& act) {
  Process process;
  HANSE_CHECK(run(actor, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(auto found, turn.find(processes_, pid));
    if (!found) return fail(ErrorCode::not_found, fmt::format("there is no process '{}'", pid));
    process = *std::move(found);
    HANSE_CHECK(turn.act(process, act));
    if (process.state == State::finalized) HANSE_CHECK(turn.decide_next(process));
    return turn.save(process);
  }));
  return process;
}

Result<Process> Connector::approve(const store::Actor& actor, const std::string& pid) {
  Process process;
  HANSE_CHECK(run(actor, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(auto found, turn.find(processes_, pid));
    if (!found) return fail(ErrorCode::not_found, fmt::format("there is no process '{}'", pid));
    process = *std::move(found);
    if (process.waits_for.empty()) return fail(ErrorCode::conflict, "nothing waits for a person here");
    if (std::ranges::find(process.approvals, actor.id) != process.approvals.end()) {
      return fail(ErrorCode::forbidden, "the second yes must come from somebody else");
    }
    process.approvals.push_back(actor.id);
    HANSE_CHECK(turn.evidence(process.partner, EvidenceKind::decided, process.id,
                              fmt::format("{} says yes to: {}", actor.id, process.waits_for)));
    const std::size_t needed = process.waits_for.ends_with("two people") ? 2 : 1;
    if (process.approvals.size() >= needed) {
      HANSE_CHECK(turn.act(process, {.message = process.side == Side::provider ? contract_agreement : event_accepted}));
    }
    return turn.save(process);
  }));
  return process;
}

Result<Agreement> Connector::revoke(const store::Actor& actor, const std::string& id, const std::string& reason) {
  Agreement agreement;
  HANSE_CHECK(run(actor, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(auto found, turn.find(agreements_, id));
    if (!found) return fail(ErrorCode::not_found, fmt::format("there is no agreement '{}'", id));
    agreement = *std::move(found);
    if (agreement.status != AgreementStatus::in_force)
      return fail(ErrorCode::conflict, "the agreement isn't in force any more");
    agreement.status = AgreementStatus::revoked;
    agreement.status_reason = reason;
    HANSE_CHECK(turn.save(agreement));
    HANSE_CHECK(turn.evidence(agreement.partner, EvidenceKind::revoked, id, reason));
    HANSE_TRY(auto running, turn.list(processes_, {"agreement", id}));
    for (auto& process : running) {
      if (process.kind != ProcessKind::transfer || is_final(process.state)) continue;
      HANSE_CHECK(turn.act(process, {.message = transfer_termination, .code = "REVOKED", .reason = {reason}}));
      HANSE_CHECK(turn.save(process));
    }
    HANSE_TRY(const auto partner, turn.find(parts_.partners.partners(), agreement.partner));
    if (!partner) return {};
    const auto& own = parts_.partners.own();
    const auto notice = fmt::format(R"({{"agreement":{},"reason":{},"time":"{}"}})", to_json(id), to_json(reason),
                                    to_string(turn.now()));
    return turn.send_extension(*partner, id, "/hanse/agreements/" + encode_segment(id) + "/revocation",
                               R"({"notice":")" + sign_jws(notice, own.key, own.participant + "#key") + R"("})");
  }));
  return agreement;
}

}  // namespace hanse::dataspace
