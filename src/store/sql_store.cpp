#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "store/internal/connection_pool.hpp"
#include "store/internal/documents.hpp"
#include "store/internal/tables.hpp"
#include "store/store.hpp"

namespace hanse::store {
namespace {

using internal::Connection;

constexpr std::size_t kReadersMax = 8;
constexpr std::size_t kGroupMax = 256;

/// One caller that waits for its write. Lives on the caller's stack until `done`.
struct PendingWrite {
  const Actor& actor;
  const std::function<Result<void>(Transaction&)>& work;
  Result<void> result;
  std::vector<JournalEntry> entries;
  bool done = false;
};

class SqlStore final : public Store {
 public:
  SqlStore(std::string address, const Clock& clock, std::unique_ptr<Connection> writer)
      : clock_(clock), memory_(internal::is_memory(address)), readers_(std::move(address), kReadersMax),
        writer_(std::move(writer)), thread_([this] { run(); }) {}

  ~SqlStore() override {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    arrived_.notify_all();
  }

  Result<void> write(const Actor& actor, const std::function<Result<void>(Transaction&)>& work) override {
    PendingWrite pending{.actor = actor, .work = work, .result = {}, .entries = {}};
    std::unique_lock lock{mutex_};
    if (stopping_) return fail(ErrorCode::unavailable, "the store is closing");
    waiting_.push_back(&pending);
    arrived_.notify_one();
    finished_.wait(lock, [&pending] { return pending.done; });
    return std::move(pending.result);
  }

  Result<std::optional<Document>> get(std::string_view kind, std::string_view id) override {
    return read([&](Connection& connection) { return internal::read_document(connection, kind, id); });
  }
  Result<DocumentPage> list(const Query& query) override {
    return read([&](Connection& connection) { return internal::list_documents(connection, query); });
  }
  Result<std::vector<JournalEntry>> journal(std::int64_t sequence, std::int64_t limit, bool descending) override {
    return read([&](Connection& connection) { return internal::read_journal(connection, sequence, limit, descending); });
  }

  Result<std::int64_t> verify_journal() override {
    return read([](Connection& connection) -> Result<std::int64_t> {
      // One snapshot, so that a write meanwhile doesn't look like damage.
      HANSE_CHECK(connection.script("BEGIN"));
      auto verdict = internal::verify_chain(connection);
      (void)connection.script("ROLLBACK");
      return verdict;
    });
  }

  void listen(std::function<void(std::span<const JournalEntry>)> listener) override {
    const std::lock_guard lock{listeners_mutex_};
    listeners_.push_back(std::move(listener));
  }

  Result<void> backup(const std::string& path) override {
    return read([&](Connection& connection) { return connection.backup(path); });
  }

 private:
  // A memory database has one connection: readers take turns with the writer.
  template <class Work>
  auto read(Work&& work) -> decltype(work(std::declval<Connection&>())) {
    if (!memory_) return readers_.with(std::forward<Work>(work));
    const std::lock_guard lock{writer_mutex_};
    return work(*writer_);
  }

  void run() {
    std::vector<PendingWrite*> group;
    while (take_group(group)) {
      {
        const std::lock_guard lock{writer_mutex_};
        commit_group(group);
      }
      tell_listeners(group);
      {
        const std::lock_guard lock{mutex_};
        for (auto* pending : group) pending->done = true;
      }
      finished_.notify_all();
    }
  }

  /// Waits for writes and takes all that are there, up to the group's limit. False when the store closes.
  bool take_group(std::vector<PendingWrite*>& group) {
    group.clear();
    std::unique_lock lock{mutex_};
    arrived_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    while (!waiting_.empty() && group.size() < kGroupMax) {
      group.push_back(waiting_.front());
      waiting_.pop_front();
    }
    return !group.empty();
  }

  /// One transaction for the group, a savepoint for each: one that fails undoes only itself. When the commit fails, or
  /// the database threw the transaction away, all of them failed.
  void commit_group(std::vector<PendingWrite*>& group) {
    auto committed = begin();
    for (auto* pending : group) {
      if (!committed) break;
      pending->result = run_one(*pending);
      if (!writer_->in_transaction()) {
        committed = pending->result ? fail(ErrorCode::unavailable, "the database ended the transaction") : pending->result;
      }
    }
    if (committed) committed = journal_.finish(*writer_);
    if (committed) committed = writer_->script("COMMIT");
    if (committed) return;
    if (writer_->in_transaction()) (void)writer_->script("ROLLBACK");
    for (auto* pending : group) {
      pending->result = committed;
      pending->entries.clear();
    }
  }

  Result<void> begin() {
    HANSE_CHECK(writer_->script("BEGIN"));
    return journal_.begin(*writer_);
  }

  Result<void> run_one(PendingWrite& pending) {
    HANSE_CHECK(writer_->script("SAVEPOINT one"));
    const auto before = journal_.head();
    internal::SqlTransaction transaction{*writer_, journal_, pending.actor, clock_.now()};
    auto result = pending.work(transaction);
    if (!result) {
      journal_.go_back(before);
      if (writer_->in_transaction()) HANSE_CHECK(writer_->script("ROLLBACK TO SAVEPOINT one"));
    } else {
      pending.entries = transaction.take_entries();
    }
    if (writer_->in_transaction()) HANSE_CHECK(writer_->script("RELEASE SAVEPOINT one"));
    return result;
  }

  void tell_listeners(const std::vector<PendingWrite*>& group) {
    const std::lock_guard lock{listeners_mutex_};
    for (auto* pending : group) {
      if (pending->entries.empty()) continue;
      for (const auto& listener : listeners_) listener(pending->entries);
    }
  }

  const Clock& clock_;
  const bool memory_;
  internal::ConnectionPool readers_;
  std::mutex writer_mutex_;
  std::unique_ptr<Connection> writer_;
  internal::JournalWriter journal_;
  std::mutex listeners_mutex_;
  std::vector<std::function<void(std::span<const JournalEntry>)>> listeners_;
  std::mutex mutex_;
  std::condition_variable arrived_, finished_;
  std::deque<PendingWrite*> waiting_;
  bool stopping_ = false;
  std::jthread thread_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(std::string_view address, const Clock& clock) {
  HANSE_TRY(auto writer, internal::connect(address));
  HANSE_CHECK(internal::migrate(*writer, "document", internal::kDocumentMigrations));
  return std::unique_ptr<Store>{std::make_unique<SqlStore>(std::string{address}, clock, std::move(writer))};
}

}  // namespace hanse::store
