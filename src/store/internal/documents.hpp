#pragma once

#include "store/internal/connection.hpp"
#include "store/internal/journal.hpp"
#include "store/store.hpp"

namespace hanse::store::internal {

Result<std::optional<Document>> read_document(Connection& connection, std::string_view kind, std::string_view id);
Result<DocumentPage> list_documents(Connection& connection, const Query& query);

/// One unit of work on the writer's connection, between a savepoint and its release.
class SqlTransaction final : public Transaction {
 public:
  SqlTransaction(Connection& connection, JournalWriter& journal, const Actor& actor, Timestamp now)
      : connection_(connection), journal_(journal), actor_(actor), now_(now) {}
  Result<std::optional<Document>> get(std::string_view kind, std::string_view id) override;
  Result<DocumentPage> list(const Query& query) override;
  Result<std::int64_t> put(std::string_view kind, std::string_view id, std::string_view body,
                           std::span<const IndexField> index, std::optional<std::int64_t> expected) override;
  Result<void> remove(std::string_view kind, std::string_view id, std::optional<std::int64_t> expected) override;
  Result<void> note(std::string_view action, std::string_view kind, std::string_view id,
                    std::string_view detail_json) override;
  Result<std::int64_t> next_number(std::string_view name) override;
  /// What this unit journaled.
  std::vector<JournalEntry> take_entries() { return std::move(entries_); }

 private:
  Result<std::int64_t> version_of(std::string_view kind, std::string_view id);
  Result<void> write_index(std::string_view kind, std::string_view id, std::span<const IndexField> index, bool fresh);
  Result<void> journal(JournalEntry entry);

  Connection& connection_;
  JournalWriter& journal_;
  const Actor& actor_;
  Timestamp now_;
  std::vector<JournalEntry> entries_;
};

}  // namespace hanse::store::internal
