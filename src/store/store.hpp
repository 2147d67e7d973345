#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace hanse::store {

/// Who changes something, as the journal names it: `user:anna`, `connection:line1`, `system:retention`.
struct Actor {
  std::string id;
};

/// A value that a kind declares for finding: text compares by bytes, numbers as numbers.
struct IndexField {
  std::string name;
  std::string text;  ///< Times as RFC 3339 with nine digits, so that text order is time order.
};

/// A versioned record as the store sees it: opaque JSON.
struct Document {
  std::string kind;
  std::string id;
  std::int64_t version = 0;  ///< 1 at creation, one more with each change.
  Timestamp changed_at;
  std::string body;
};

/// Which documents of a kind, in which order. One field at most may carry a range; others are equal or absent.
struct Query {
  std::string kind;
  std::vector<IndexField> equal;       ///< All must hold.
  std::string range_field;             ///< Empty: by id.
  std::string range_begin, range_end;  ///< [begin, end) of the field's text; an empty end is open.
  bool descending = false;
  std::optional<std::string> cursor;  ///< As a page before returned it.
  std::int64_t limit = 100;           ///< 1 to 1000.
};

struct DocumentPage {
  std::vector<Document> items;
  std::optional<std::string> next;
};

/// One change, chained to the one before it.
struct JournalEntry {
  std::int64_t sequence = 0;
  Timestamp time;
  std::string actor;
  std::string action;  ///< `create`, `update`, `delete`, or a verb of a room: `login`, `write`, `release`.
  std::string kind;
  std::string id;
  std::int64_t version = 0;
  std::string digest;  ///< SHA-256 of the body, hex.
  std::string detail;  ///< JSON; for acts that are no documents.
  std::string hash;    ///< SHA-256 over the entry before's hash and this entry's fields, hex.
};

/// What a write may do. Lives inside `Store::write` only.
class Transaction {
 public:
  virtual ~Transaction() = default;
  virtual Result<std::optional<Document>> get(std::string_view kind, std::string_view id) = 0;
  virtual Result<DocumentPage> list(const Query& query) = 0;
  /// Writes and journals. `expected`: absent for any, 0 for "must not exist", else the version it must have.
  /// Returns the new version. Errors: `conflict` when another version is there.
  virtual Result<std::int64_t> put(std::string_view kind, std::string_view id, std::string_view body,
                                   std::span<const IndexField> index, std::optional<std::int64_t> expected) = 0;
  /// Errors: `not_found`, `conflict`.
  virtual Result<void> remove(std::string_view kind, std::string_view id, std::optional<std::int64_t> expected) = 0;
  /// Journals an act that changes no document.
  virtual Result<void> note(std::string_view action, std::string_view kind, std::string_view id,
                            std::string_view detail_json) = 0;
  /// The next number of a named row: 1, 2, 3, ... never given twice.
  virtual Result<std::int64_t> next_number(std::string_view name) = 0;
};

/// Documents with a journal. Blocking: call it on the work pool. Safe from many threads; writes queue for one writer
/// that commits many at once (group commit), and each returns when its own is durable.
class Store {
 public:
  virtual ~Store() = default;
  /// Runs `work` in a transaction, on the writer's thread; an error from it undoes everything. Nothing is visible,
  /// journaled or told to listeners unless it is committed. `work` must not call `write` and should be short: others
  /// wait. Errors: of `work`; `unavailable` when the database refuses (nothing was written); `timeout` when the
  /// connection broke during the commit (whether it was written is unknown).
  virtual Result<void> write(const Actor& actor, const std::function<Result<void>(Transaction&)>& work) = 0;
  virtual Result<std::optional<Document>> get(std::string_view kind, std::string_view id) = 0;
  virtual Result<DocumentPage> list(const Query& query) = 0;

  /// Entries after `sequence`, oldest first (or newest first, before it, when `descending`), at most `limit`.
  virtual Result<std::vector<JournalEntry>> journal(std::int64_t sequence, std::int64_t limit, bool descending) = 0;
  /// Walks the whole chain and compares each document with the entry of its last change. Errors: `corrupt`, naming the
  /// first entry that doesn't fit. Returns how many were checked.
  virtual Result<std::int64_t> verify_journal() = 0;
  /// Called after each commit and before the write returns, in order of sequence, from the writer's thread: be quick,
  /// don't write, and take no lock that anybody holds across a write. Lives as long as the store.
  virtual void listen(std::function<void(std::span<const JournalEntry>)> listener) = 0;

  /// A consistent copy as a new SQLite file, from either database, while others go on writing. Errors: `conflict` when
  /// the file exists.
  virtual Result<void> backup(const std::string& path) = 0;
};

/// `sqlite:PATH`, `sqlite::memory:` or `postgresql://...`. Makes and migrates the tables.
/// Errors: `unavailable` (can't open), `corrupt`, `invalid` (the address), `conflict` (made by a newer Hanse).
Result<std::unique_ptr<Store>> open_store(std::string_view address, const Clock& clock);

/// Copies a file that `backup` of a Store or ChunkStore made into the database at `address`, checking both first.
/// What the backup holds must be absent there: a restore never mixes two plants. Errors: `not_found`, `corrupt`,
/// `conflict`, `invalid`.
Result<void> restore_backup(const std::string& path, std::string_view address);

}  // namespace hanse::store
