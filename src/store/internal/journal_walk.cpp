#include "store/internal/journal_walk.hpp"

#include <fmt/format.h>

#include "store/internal/journal_chain.hpp"
#include "store/internal/sql_transaction.hpp"

namespace hanse::store::internal {
namespace {

constexpr std::int64_t kAtOnce = 5'000;

struct Walk {
  std::int64_t checked = 0;
  std::int64_t living = 0;  ///< Documents that the journal says exist.
  std::string hash;
};

Error broken(std::int64_t sequence, std::string_view how) {
  return fail(ErrorCode::corrupt, fmt::format("the journal is broken at entry {}: {}", sequence, how));
}

std::optional<Error> check_entry(const JournalEntry& entry, Walk& walk) {
  if (entry.sequence != walk.checked + 1) {
    return broken(walk.checked + 1, fmt::format("it is missing; the next one is {}", entry.sequence));
  }
  if (entry.hash != chain_hash(walk.hash, entry)) return broken(entry.sequence, "its hash doesn't fit its content");
  walk.hash = entry.hash;
  ++walk.checked;
  if (entry.version > 0 && entry.action == "create") ++walk.living;
  if (entry.version > 0 && entry.action == "delete") --walk.living;
  return {};
}

Result<void> walk_chain(Connection& connection, Walk& walk) {
  static const auto kSql =
      fmt::format("SELECT {} FROM journal WHERE sequence > $1 ORDER BY sequence LIMIT $2", kJournalColumns);
  for (;;) {
    const auto before = walk.checked;
    std::optional<Error> wrong;
    HANSE_CHECK(connection.run(kSql, {Value{walk.checked}, Value{kAtOnce}}, [&](const Row& row) {
      wrong = check_entry(read_entry(row), walk);
      return !wrong.has_value();
    }));
    if (wrong) return *std::move(wrong);
    if (walk.checked == before) return {};
  }
}

/// A tail cut off leaves a chain that fits; the head says how far it went.
Result<void> compare_head(Connection& connection, const Walk& walk) {
  std::int64_t sequence = 0;
  std::string hash;
  HANSE_CHECK(connection.run("SELECT sequence, hash FROM journal_head WHERE slot = 1", {}, [&](const Row& row) {
    sequence = row.integer(0);
    hash = row.text(1);
    return true;
  }));
  if (sequence == walk.checked && hash == walk.hash) return {};
  return fail(ErrorCode::corrupt, fmt::format("the journal ends at entry {}, but it had {}", walk.checked, sequence));
}

/// A document changed behind the journal's back has another digest than the entry of its last change.
Result<std::int64_t> compare_documents(Connection& connection) {
  static constexpr std::string_view kSql =
      "SELECT d.kind, d.id, d.sequence, d.body, d.version, COALESCE(j.digest, ''), COALESCE(j.kind, ''), "
      "COALESCE(j.id, ''), COALESCE(j.version, 0) FROM document d LEFT JOIN journal j ON j.sequence = d.sequence "
      "WHERE (d.kind, d.id) > ($1, $2) ORDER BY d.kind, d.id LIMIT $3";
  std::string kind, id;
  std::int64_t count = 0;
  for (;;) {
    std::optional<Error> wrong;
    const auto before = count;
    const std::string after_kind = kind, after_id = id;
    HANSE_CHECK(
        connection.run(kSql, {Value{std::string_view{after_kind}}, Value{std::string_view{after_id}}, Value{kAtOnce}},
                       [&](const Row& row) {
                         kind = row.text(0);
                         id = row.text(1);
                         ++count;
                         const bool fits = row.text(6) == kind && row.text(7) == id &&
                                           row.integer(8) == row.integer(4) && row.text(5) == sha256_hex(row.text(3));
                         if (!fits)
                           wrong = broken(row.integer(2), fmt::format("the {} '{}' is not what it says", kind, id));
                         return fits;
                       }));
    if (wrong) return *std::move(wrong);
    if (count == before) return count;
  }
}

}  // namespace

Result<std::int64_t> walk_journal(Connection& connection) {
  Walk walk;
  HANSE_CHECK(walk_chain(connection, walk));
  HANSE_CHECK(compare_head(connection, walk));
  HANSE_TRY(const auto documents, compare_documents(connection));
  if (documents != walk.living) {
    return fail(ErrorCode::corrupt,
                fmt::format("the journal tells of {} documents, but {} are there", walk.living, documents));
  }
  return walk.checked;
}

}  // namespace hanse::store::internal
