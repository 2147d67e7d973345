#pragma once

#include "store/internal/connection.hpp"
#include "store/store.hpp"

namespace hanse::store::internal {

/// SHA-256 as 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);
/// The entry's hash: SHA-256 over the JSON array of the hash before and all fields but `hash`; docs/formats/store.md.
std::string chain_hash(std::string_view hash_before, const JournalEntry& entry);

/// Appends to the chain within the caller's transaction.
class JournalWriter {
 public:
  /// Reads the head. Call it when a transaction begins: another process may have written.
  Result<void> begin(Connection& connection);
  /// Fills in sequence and hash, and writes. The head is written by `finish`.
  Result<void> append(Connection& connection, JournalEntry& entry);
  Result<void> finish(Connection& connection) const;
  /// Where the chain stands, to go back to when a savepoint is undone.
  struct Head {
    std::int64_t sequence = 0;
    std::string hash;
  };
  const Head& head() const { return head_; }
  void go_back(Head head) { head_ = std::move(head); }

 private:
  Head head_;
};

Result<std::vector<JournalEntry>> read_journal(Connection& connection, std::int64_t sequence, std::int64_t limit,
                                               bool descending);
/// See `Store::verify_journal`. Also checks that the newest body of each document is the journaled one.
Result<std::int64_t> verify_chain(Connection& connection);

}  // namespace hanse::store::internal
