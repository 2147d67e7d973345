#include <fmt/format.h>

#include "store/internal/database.hpp"
#include "store/internal/document_query.hpp"
#include "store/internal/journal_walk.hpp"
#include "store/internal/sql_transaction.hpp"
#include "store/store.hpp"

namespace hanse::store {
namespace {

using internal::Connection;
using internal::Row;
using internal::Value;

Result<void> done(Result<std::int64_t> changed) {
  if (!changed) return std::move(changed).error();
  return {};
}

class SqlStore final : public Store {
 public:
  SqlStore(std::unique_ptr<internal::Database> database, const Clock& clock)
      : clock_(clock), database_(std::move(database)) {}

  Result<void> write(const Actor& actor, const std::function<Result<void>(Transaction&)>& work) override {
    std::vector<JournalEntry> entries;
    return database_->write(
        [&](Connection& connection) -> Result<void> {
          internal::SqlTransaction transaction{connection, actor, clock_.now()};
          HANSE_CHECK(work(transaction));
          HANSE_CHECK(transaction.finish());
          entries = transaction.take_entries();
          return {};
        },
        [&] { tell(entries); });
  }

  Result<std::optional<Document>> get(std::string_view kind, std::string_view id) override {
    std::optional<Document> found;
    HANSE_CHECK(database_->read([&](Connection& connection) -> Result<void> {
      HANSE_TRY(found, internal::get_document(connection, kind, id));
      return {};
    }));
    return found;
  }

  Result<DocumentPage> list(const Query& query) override {
    DocumentPage page;
    HANSE_CHECK(database_->read([&](Connection& connection) -> Result<void> {
      HANSE_TRY(page, internal::list_documents(connection, query));
      return {};
    }));
    return page;
  }

  Result<std::vector<JournalEntry>> journal(std::int64_t sequence, std::int64_t limit, bool descending) override {
    static const auto kForward =
        fmt::format("SELECT {} FROM journal WHERE sequence > $1 ORDER BY sequence LIMIT $2", internal::kJournalColumns);
    static const auto kBackward = fmt::format(
        "SELECT {} FROM journal WHERE sequence < $1 ORDER BY sequence DESC LIMIT $2", internal::kJournalColumns);
    std::vector<JournalEntry> entries;
    const auto read = database_->read([&](Connection& connection) -> Result<void> {
      const auto keep = [&](const Row& row) {
        entries.push_back(internal::read_entry(row));
        return true;
      };
      return done(connection.run(descending ? kBackward : kForward, {Value{sequence}, Value{limit}}, keep));
    });
    if (!read) return Error{read.error()};
    return entries;
  }

  Result<std::int64_t> verify_journal() override {
    std::int64_t checked = 0;
    HANSE_CHECK(database_->read_snapshot([&](Connection& connection) -> Result<void> {
      HANSE_TRY(checked, internal::walk_journal(connection));
      return {};
    }));
    return checked;
  }

  void listen(std::function<void(std::span<const JournalEntry>)> listener) override {
    const std::lock_guard lock{listeners_mutex_};
    listeners_.push_back(std::move(listener));
  }

  Result<void> backup(const std::string& path) override { return database_->backup(path); }

 private:
  void tell(std::span<const JournalEntry> entries) {
    if (entries.empty()) return;
    std::vector<std::function<void(std::span<const JournalEntry>)>> listeners;
    {
      const std::lock_guard lock{listeners_mutex_};
      listeners = listeners_;
    }
    for (const auto& listener : listeners) listener(entries);
  }

  const Clock& clock_;
  std::mutex listeners_mutex_;
  std::vector<std::function<void(std::span<const JournalEntry>)>> listeners_;
  std::unique_ptr<internal::Database> database_;  // last: its writer calls the listeners
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(std::string_view address, const Clock& clock) {
  HANSE_TRY(auto database, internal::Database::open(address));
  return std::make_unique<SqlStore>(std::move(database), clock);
}

}  // namespace hanse::store
