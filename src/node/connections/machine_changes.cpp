#include "node/connections/machine_changes.hpp"

#include <fmt/format.h>

#include <future>

#include "base/random.hpp"

namespace hanse::node {
namespace {

/// Two people, not one person and his program: a token acts for somebody who may be the other one.
Result<void> check_person(const std::string& who) {
  if (who.starts_with("user:")) return {};
  return fail(ErrorCode::forbidden, "changes at machines are asked for and decided by people, not by programs");
}

/// The answer on its way back; one that is dropped unsaid is an answer, too.
class Answer {
 public:
  ~Answer() {
    if (!told_) promise_.set_value(fail(ErrorCode::timeout, "the connection ended before the machine answered"));
  }
  void tell(Result<std::string> answer) {
    if (!std::exchange(told_, true)) promise_.set_value(std::move(answer));
  }
  std::future<Result<std::string>> future() { return promise_.get_future(); }

 private:
  std::promise<Result<std::string>> promise_;
  bool told_ = false;
};

}  // namespace

std::vector<store::IndexField> MachineChange::index(const MachineChange& change) {
  return {{kRequestedAt, fmt::format("{:020}", change.requested_at.ns)}};
}

Result<void> MachineChanges::start() {
  HANSE_TRY(const auto all, records_.all());
  for (const auto& item : all) {
    if (item.record.state != ChangeState::approved) continue;
    auto change = item.record;
    change.state = ChangeState::unknown;
    change.answer = "the node ended before the machine answered: look at the machine whether it was done";
    HANSE_CHECK(keep("system:node", "unknown", change, item.version));
  }
  return {};
}

Result<MachineChange> MachineChanges::request(const std::string& who, MachineChange change) {
  HANSE_CHECK(check_person(who));
  HANSE_CHECK(connections_.check_command(change.connection, change.command));
  const auto connection = connections_.find(change.connection);
  change.id = secure_random_hex(10);
  change.asset = connection ? connection->asset : std::string{};
  change.state = ChangeState::pending;
  change.requested_by = who;
  change.requested_at = clock_.now();
  HANSE_CHECK(keep(who, "request", change, 0));
  return change;
}

Result<MachineChange> MachineChanges::approve(const std::string& who, const std::string& id) {
  HANSE_CHECK(check_person(who));
  HANSE_TRY(auto stored, pending(id));
  auto& change = stored.record;
  if (change.requested_by == who)
    return fail(ErrorCode::forbidden, "you asked for this change yourself; a second person has to approve it");
  HANSE_CHECK(connections_.check_command(change.connection, change.command));
  change.state = ChangeState::approved;
  change.decided_by = who;
  change.decided_at = clock_.now();
  // Of two who approve at once the second gets a conflict here: it is sent once.
  HANSE_TRY(const auto version, keep(who, "approve", change, stored.version));
  auto answer = send(change);
  change.state = answer                                      ? ChangeState::done
                 : answer.error().code == ErrorCode::timeout ? ChangeState::unknown
                                                             : ChangeState::failed;
  change.answer = answer ? std::move(*answer) : answer.error().message;
  HANSE_CHECK(keep(who, describe::enum_name(change.state), change, version));
  return change;
}

Result<MachineChange> MachineChanges::refuse(const std::string& who, const std::string& id) {
  HANSE_CHECK(check_person(who));
  HANSE_TRY(auto stored, pending(id));
  stored.record.state = ChangeState::refused;
  stored.record.decided_by = who;
  stored.record.decided_at = clock_.now();
  HANSE_CHECK(keep(who, "refuse", stored.record, stored.version));
  return stored.record;
}

Result<MachineChange> MachineChanges::get(const std::string& id) const {
  HANSE_TRY(auto stored, records_.get(id));
  return as_of_now(std::move(stored.record));
}

Result<store::StoredPage<MachineChange>> MachineChanges::list(std::optional<std::string> cursor,
                                                              std::int64_t limit) const {
  HANSE_TRY(auto page, records_.list({.kind = {},
                                      .equal = {},
                                      .range_field = MachineChange::kRequestedAt,
                                      .descending = true,
                                      .cursor = std::move(cursor),
                                      .limit = limit}));
  for (auto& item : page.items) item.record = as_of_now(std::move(item.record));
  return page;
}

Result<store::Stored<MachineChange>> MachineChanges::pending(const std::string& id) const {
  HANSE_TRY(auto stored, records_.get(id));
  const auto state = as_of_now(stored.record).state;
  if (state == ChangeState::pending) return stored;
  return fail(ErrorCode::conflict, fmt::format("this change is {}; ask for it anew", describe::enum_name(state)));
}

MachineChange MachineChanges::as_of_now(MachineChange change) const {
  if (change.state == ChangeState::pending && clock_.now() - change.requested_at > kPendingMax)
    change.state = ChangeState::expired;
  return change;
}

Result<std::int64_t> MachineChanges::keep(const std::string& who, std::string_view act, const MachineChange& change,
                                          std::int64_t expected) {
  std::int64_t version = 0;
  HANSE_CHECK(store_.write({who}, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_TRY(version, records_.put(transaction, change, expected));
    // What was changed stands in the chain itself, not only in a record.
    return transaction.note(act, records_.kind(), change.id, to_json(change));
  }));
  return version;
}

Result<std::string> MachineChanges::send(const MachineChange& change) const {
  const auto answer = std::make_shared<Answer>();
  auto future = answer->future();
  connections_.command(change.connection, change.command,
                       [answer](Result<std::string> told) { answer->tell(std::move(told)); });
  if (future.wait_for(answer_max_) != std::future_status::ready)
    return fail(ErrorCode::timeout, "no answer came in time: look at the machine whether it was done");
  return future.get();
}

}  // namespace hanse::node
