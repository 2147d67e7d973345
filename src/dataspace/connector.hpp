#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "api/route.hpp"
#include "base/log.hpp"
#include "dataspace/catalogue.hpp"
#include "dataspace/courier.hpp"
#include "dataspace/data_source.hpp"
#include "dataspace/evidence.hpp"
#include "dataspace/internal/outbox_queue.hpp"
#include "dataspace/partner_book.hpp"
#include "dataspace/received.hpp"

namespace hanse::dataspace {

/// Who decides what to send next.
enum class Conduct {
  automatic,  ///< The node, by the terms of its offers; people where an offer wants them.
  scripted,   ///< Nobody but the caller of `act`: for conformance tests.
};

struct ConnectorSettings {
  std::string address;    ///< This node's protocol base, as partners reach it: `https://host:port/dsp/2025-1`.
  bool reachable = true;  ///< False while the node doesn't listen for partners.
  Conduct conduct = Conduct::automatic;
  Duration answer_limit = 24h;       ///< A process in which nothing happens so long is terminated.
  Duration person_limit = 24h * 14;  ///< The same while a person has to decide.
  Duration token_life = 10min;       ///< Of the data plane; renewed while the transfer runs.
  std::int64_t tries_max = 12;       ///< Of one message: 0.2, 0.4, 0.8 ... s apart, 60 s at most.
};

/// What everything here works with; all of it outlives the connector.
struct ConnectorParts {
  store::Store& store;
  const Clock& clock;
  const Log& log;
  PartnerBook& partners;
  Catalogue& catalogue;
  Courier& courier;
  DataSource* source = nullptr;         ///< Null: nothing can be pushed.
  ReceivedContent* received = nullptr;  ///< Null: what comes isn't kept, and nothing can be pushed to this node.
};

struct NegotiationRequest {
  std::string partner;
  std::string dataset;
  std::string offer_id;
  RawJson offer;        ///< The offer's rules as in the catalogue; empty for plain `use`.
  std::string address;  ///< Other than the partner's; must be one of its hosts. Empty for the partner's.
};
struct TransferRequest {
  std::string agreement;
  std::string format;
  std::optional<DataAddress> data_address;  ///< For push: where to send; none for this node's own inlet.
  std::string address;
};
/// What this side does next in a process.
struct Act {
  MessageType message = MessageType::negotiation_termination;
  std::string code = {};
  std::vector<std::string> reason = {};
  RawJson offer = {};  ///< Of a counter-offer.
};

/// The connector: what happens to a message, in either role. Each message is one transaction over process, outbox and
/// evidence. Calls block; make them on the work pool. Safe from many threads.
class Connector {
 public:
  Connector(ConnectorParts parts, ConnectorSettings settings);
  ~Connector();
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  const ConnectorSettings& settings() const { return settings_; }
  /// When the port was only known after listening; before anything else happens.
  void set_address(std::string address) { settings_.address = std::move(address); }
  const ConnectorParts& parts() const { return parts_; }
  /// Takes up what a stop or crash left: sends what waits, ends what is overdue.
  Result<void> start();

  /// A partner's message about process `pid` (none: it begins one); `expected` are the types of that address. The
  /// answer as the protocol wants it, errors too.
  api::Response take(const Partner& partner, std::optional<std::string> pid, std::span<const MessageType> expected,
                     std::string_view body);
  api::Response state_of(const Partner& partner, ProcessKind kind, const std::string& pid) const;

  /// This side begins. The message is in the outbox when they return.
  Result<Process> request_negotiation(const store::Actor& actor, const NegotiationRequest& request);
  Result<Process> request_transfer(const store::Actor& actor, const TransferRequest& request);
  /// This side goes on. Errors: `conflict` when the state doesn't allow it.
  Result<Process> act(const store::Actor& actor, const std::string& pid, const Act& act);
  /// A person says yes to what the process waits for; with four eyes the second one makes it happen. Errors:
  /// `conflict` when nothing waits, `forbidden` when the same person said yes before.
  Result<Process> approve(const store::Actor& actor, const std::string& pid);
  /// Ends an agreement at once: running transfers are terminated, tokens are void, new uses refused.
  Result<Agreement> revoke(const store::Actor& actor, const std::string& agreement, const std::string& reason);

  /// One transaction with what follows from it: for what is beside the protocol (data plane, licences).
  Result<void> change(const store::Actor& actor, const std::function<Result<void>(class Turn&)>& work) {
    return run(actor, work);
  }

  /// The courier's outcome of entry `id`.
  void settle(const std::string& id, const Outcome& outcome);
  /// Sends what is due and ends what is overdue.
  void wake();
  std::size_t outbox_size() const { return queue_.size(); }
  /// Called after each change that is durable, one after the other and never with an older state than before, on the
  /// thread that made it; it must not change anything itself. Set before `start`.
  void on_change(std::function<void(const Process&)> listener) { listener_ = std::move(listener); }

  const store::Collection<Process>& processes() const { return processes_; }
  const store::Collection<Agreement>& agreements() const { return agreements_; }
  const store::Collection<OutboxEntry>& outbox() const { return outbox_; }
  const store::Collection<Meter>& meters() const { return meters_; }
  const store::Collection<DataToken>& tokens() const { return tokens_; }
  const EvidenceLog& evidence() const { return evidence_; }

 private:
  friend class Turn;
  using Work = std::function<Result<void>(class Turn&)>;
  /// One transaction with what follows from it.
  Result<void> run(const store::Actor& actor, const Work& work);
  void send_all(const std::vector<OutboxQueue::Item>& items);
  void send(const OutboxQueue::Item& item);
  void tell(const Process& changed);
  void tell_agreement(const std::string& id);
  /// When the process or agreement `id` must be looked at by itself; never, without a time.
  void set_deadline(const std::string& id, std::optional<Timestamp> due);
  Result<void> expire_process(class Turn& turn, const std::string& pid, Timestamp now);
  Result<Outbound> outbound_of(const OutboxEntry& entry);
  /// Where a partner may send to for this transfer alone.
  Result<std::optional<DataAddress>> own_inlet(const std::string& pid) const;
  Result<void> fill_push(const Process& process, const Partner& partner, OutboxEntry entry, Outbound& out);
  Result<void> settle_in(class Turn& turn, OutboxEntry entry, const Outcome& outcome, std::optional<Timestamp>& again);
  void expire();

  ConnectorParts parts_;
  ConnectorSettings settings_;
  store::Collection<Process> processes_;
  store::Collection<Agreement> agreements_;
  store::Collection<OutboxEntry> outbox_;
  store::Collection<Meter> meters_;
  store::Collection<DataToken> tokens_;
  EvidenceLog evidence_;
  OutboxQueue queue_;
  std::mutex telling_mutex_;  ///< Taken before `deadlines_mutex_`.
  std::mutex deadlines_mutex_;
  std::map<std::string, Timestamp> deadlines_;  ///< By process or agreement.
  std::multimap<Timestamp, std::string> by_deadline_;
  std::function<void(const Process&)> listener_;
};

}  // namespace hanse::dataspace
