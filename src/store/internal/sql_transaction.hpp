#pragma once

#include "store/internal/connection.hpp"
#include "store/store.hpp"

namespace hanse::store::internal {

/// One caller's part of a batch on the writer's connection.
class SqlTransaction final : public Transaction {
 public:
  SqlTransaction(Connection& connection, const Actor& actor, Timestamp now)
      : connection_(connection), actor_(actor), now_(now) {}

  Result<std::optional<Document>> get(std::string_view kind, std::string_view id) override;
  Result<DocumentPage> list(const Query& query) override;
  Result<std::int64_t> put(std::string_view kind, std::string_view id, std::string_view body,
                           std::span<const IndexField> index, std::optional<std::int64_t> expected) override;
  Result<void> remove(std::string_view kind, std::string_view id, std::optional<std::int64_t> expected) override;
  Result<void> note(std::string_view action, std::string_view kind, std::string_view id,
                    std::string_view detail_json) override;
  Result<std::int64_t> next_number(std::string_view name) override;

  /// Notes where the chain ends. Call it when the caller's work is done.
  Result<void> finish();
  std::vector<JournalEntry> take_entries() { return std::move(entries_); }

 private:
  Result<std::int64_t> version_of(std::string_view kind, std::string_view id);
  Result<void> write_index(std::string_view kind, std::string_view id, std::span<const IndexField> index, bool is_new);
  /// Gives the entry its place in the chain and stores it.
  Result<std::int64_t> append(JournalEntry entry);

  Connection& connection_;
  const Actor& actor_;
  Timestamp now_;
  std::vector<JournalEntry> entries_;
};

/// The entry on a row of `kJournalColumns`.
inline constexpr std::string_view kJournalColumns =
    "sequence, time_ns, actor, action, kind, id, version, digest, detail, hash";
JournalEntry read_entry(const Row& row);

}  // namespace hanse::store::internal
