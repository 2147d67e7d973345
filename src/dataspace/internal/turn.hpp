#pragma once

#include "dataspace/connector.hpp"

namespace hanse::dataspace {

/// Who acts when the connector does something by itself.
inline const store::Actor kSelf{"system:dataspace"};

/// One transaction of the connector: what it reads, changes and sends, and what must follow once that is durable.
class Turn {
 public:
  Turn(Connector& connector, store::Transaction& transaction)
      : connector_(connector), transaction_(transaction), now_(connector.parts_.clock.now()) {}

  Timestamp now() const { return now_; }
  Connector& connector() { return connector_; }
  store::Transaction& transaction() { return transaction_; }

  /// Reads within the transaction; nothing when there is none.
  template <class T>
  Result<std::optional<T>> find(const store::Collection<T>& collection, std::string_view id) {
    HANSE_TRY(const auto document, transaction_.get(collection.kind(), id));
    if (!document) return std::optional<T>{};
    HANSE_TRY(auto record, from_json<T>(document->body, UnknownMembers::ignore));
    return std::optional<T>{std::move(record)};
  }
  template <class T>
  Result<std::vector<T>> list(const store::Collection<T>& collection, store::IndexField equal) {
    HANSE_TRY(const auto page,
              transaction_.list({.kind = collection.kind(), .equal = {std::move(equal)}, .limit = 1000}));
    std::vector<T> out;
    for (const auto& document : page.items) {
      HANSE_TRY(auto record, from_json<T>(document.body, UnknownMembers::ignore));
      out.push_back(std::move(record));
    }
    return out;
  }

  /// Takes a partner's message; `status` and `body` become the answer. Errors only of the store.
  struct Answer {
    int status = 200;
    std::string body;
  };
  Result<Answer> receive(const Partner& partner, const std::optional<std::string>& pid, const Message& message);
  /// Moves the process by our own message and puts that into the outbox.
  Result<void> act(Process& process, const Act& act);
  /// Sends the data, or what is left of them from `offset` on.
  Result<void> push_data(Process& process, std::int64_t offset);
  /// What the node does by itself now that the process is where it is.
  Result<void> decide_next(Process& process);
  /// Makes the first message of a process.
  Result<void> begin(Process& process, Message message);
  /// Ends it on this side only: the partner can't be told, or told us.
  Result<void> end(Process& process, std::string code, std::vector<std::string> reason);
  Result<void> save(Process& process);
  Result<void> save(const Agreement& agreement);
  /// The agreement's time is over: so is the agreement, on this side.
  Result<void> expire_agreement(const std::string& id);
  Result<void> evidence(const std::string& partner, EvidenceKind kind, std::string subject, std::string detail,
                        int status = 0);
  Result<void> enqueue(OutboxEntry entry);
  Result<void> revoke_tokens(const std::string& transfer);
  Result<DataAddress> issue_token(const Process& process);
  /// To a partner that has the extensions; in order with all that is sent about any version of the agreement.
  Result<void> send_extension(const Partner& partner, const std::string& agreement, std::string path, std::string body);
  /// Forgets entries that need not go out any more.
  Result<void> forget(const std::vector<OutboxQueue::Item>& items);

  std::vector<OutboxQueue::Item> staged, dropped;
  std::vector<Process> changed;
  std::vector<std::string> changed_agreements;

 private:
  struct Refusal {
    int status = 400;
    std::string code;
    std::string reason;
  };
  Result<std::optional<Process>> find_process(const Partner& partner, const std::optional<std::string>& pid,
                                              const Message& message);
  Answer refuse(const Message& message, const Process* process, const Refusal& refusal) const;
  std::optional<Refusal> check_pids(const Process& process, const Message& message) const;
  static std::optional<Refusal> unreadable_rules(const RawJson& rules);
  Result<std::optional<Refusal>> begin_theirs(const Partner& partner, const Message& message, Process& process);
  Result<std::optional<Refusal>> apply(const Partner& partner, const Message& message, Process& process);
  Result<std::optional<Refusal>> check_transfer(const Partner& partner, const Message& message, Process& process);
  Result<void> decide_negotiation(Process& process);
  Result<void> decide_offer(Process& process);
  Result<void> decide_transfer(Process& process);
  Result<void> after_finalized(Process& process);
  std::vector<std::string> faults_of_agreement(const Process& process) const;
  Result<std::string> make_agreement(Process& process, const Partner& partner);
  Result<Partner> partner_of(const Process& process);
  Result<void> end_with_agreement(Process& process);
  Result<std::string> first_version(std::string agreement);

  Connector& connector_;
  store::Transaction& transaction_;
  const Timestamp now_;
};

}  // namespace hanse::dataspace
