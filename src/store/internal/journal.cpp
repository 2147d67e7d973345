#include "store/internal/journal.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <map>

#include "base/json.hpp"

namespace hanse::store::internal {
namespace {

constexpr std::int64_t kVerifyBatch = 1000;
constexpr std::string_view kColumns = "sequence, time_ns, actor, action, kind, id, version, digest, detail, hash";

JournalEntry entry_of(const Row& row) {
  return {.sequence = row.integer(0),
          .time = {row.integer(1)},
          .actor = std::string{row.text(2)},
          .action = std::string{row.text(3)},
          .kind = std::string{row.text(4)},
          .id = std::string{row.text(5)},
          .version = row.integer(6),
          .digest = std::string{row.text(7)},
          .detail = std::string{row.text(8)},
          .hash = std::string{row.text(9)}};
}

Result<JournalWriter::Head> read_head(Connection& connection) {
  JournalWriter::Head head;
  HANSE_CHECK(connection.run("SELECT sequence, hash FROM journal_head WHERE slot = 1", {}, [&head](const Row& row) {
    head = {row.integer(0), std::string{row.text(1)}};
    return true;
  }));
  return head;
}

using DigestByDocument = std::map<std::pair<std::string, std::string>, std::string>;

Result<void> verify_documents(Connection& connection, const DigestByDocument& digests) {
  std::size_t seen = 0;
  Error wrong{};
  HANSE_CHECK(connection.run("SELECT kind, id, body FROM document", {}, [&](const Row& row) {
    ++seen;
    const auto known = digests.find({std::string{row.text(0)}, std::string{row.text(1)}});
    if (known != digests.end() && known->second == sha256_hex(row.text(2))) return true;
    wrong = fail(ErrorCode::corrupt,
                 fmt::format("the {} '{}' is not what the journal says was written", row.text(0), row.text(1)));
    return false;
  }));
  if (!wrong.message.empty()) return wrong;
  if (seen != digests.size()) {
    return fail(ErrorCode::corrupt, fmt::format("the journal tells of {} records, but {} are there", digests.size(), seen));
  }
  return {};
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(digest.size() * 2);
  for (const auto byte : digest) {
    hex += kHex[byte >> 4];
    hex += kHex[byte & 15];
  }
  return hex;
}

std::string chain_hash(std::string_view hash_before, const JournalEntry& entry) {
  std::string text = "[";
  json::append_string(text, hash_before);
  for (const auto number : {entry.sequence, entry.time.ns}) {
    text += ',';
    json::append_integer(text, number);
  }
  for (const auto* field : {&entry.actor, &entry.action, &entry.kind, &entry.id}) {
    text += ',';
    json::append_string(text, *field);
  }
  text += ',';
  json::append_integer(text, entry.version);
  for (const auto* field : {&entry.digest, &entry.detail}) {
    text += ',';
    json::append_string(text, *field);
  }
  return sha256_hex(text + "]");
}

Result<void> JournalWriter::begin(Connection& connection) {
  HANSE_TRY(head_, read_head(connection));
  return {};
}

Result<void> JournalWriter::append(Connection& connection, JournalEntry& entry) {
  entry.sequence = head_.sequence + 1;
  entry.hash = chain_hash(head_.hash, entry);
  const std::array<SqlValue, 10> values = {entry.sequence,  entry.time.ns,
                                           std::string_view{entry.actor},  std::string_view{entry.action},
                                           std::string_view{entry.kind},   std::string_view{entry.id},
                                           entry.version,    std::string_view{entry.digest},
                                           std::string_view{entry.detail}, std::string_view{entry.hash}};
  HANSE_CHECK(connection.run(
      "INSERT INTO journal (sequence, time_ns, actor, action, kind, id, version, digest, detail, hash) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      values));
  head_ = {entry.sequence, entry.hash};
  return {};
}

Result<void> JournalWriter::finish(Connection& connection) const {
  const std::array<SqlValue, 2> values = {head_.sequence, std::string_view{head_.hash}};
  return connection.run(
      "INSERT INTO journal_head (slot, sequence, hash) VALUES (1, $1, $2) "
      "ON CONFLICT (slot) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
      values);
}

Result<std::vector<JournalEntry>> read_journal(Connection& connection, std::int64_t sequence, std::int64_t limit,
                                               bool descending) {
  std::vector<JournalEntry> entries;
  const std::array<SqlValue, 2> values = {sequence, limit};
  const std::string sql = descending
      ? fmt::format("SELECT {} FROM journal WHERE sequence < $1 ORDER BY sequence DESC LIMIT $2", kColumns)
      : fmt::format("SELECT {} FROM journal WHERE sequence > $1 ORDER BY sequence LIMIT $2", kColumns);
  HANSE_CHECK(connection.run(sql, values, [&entries](const Row& row) {
    entries.push_back(entry_of(row));
    return true;
  }));
  return entries;
}

Result<std::int64_t> verify_chain(Connection& connection) {
  JournalWriter::Head at;
  DigestByDocument digests;
  for (;;) {
    HANSE_TRY(const auto entries, read_journal(connection, at.sequence, kVerifyBatch, false));
    for (const auto& entry : entries) {
      if (entry.sequence != at.sequence + 1) {
        return fail(ErrorCode::corrupt, fmt::format("journal entry {} is missing", at.sequence + 1));
      }
      if (chain_hash(at.hash, entry) != entry.hash) {
        return fail(ErrorCode::corrupt, fmt::format("journal entry {} ({} {} '{}' by {}) was changed or follows a changed one",
                                                    entry.sequence, entry.action, entry.kind, entry.id, entry.actor));
      }
      at = {entry.sequence, entry.hash};
      if (entry.action == "delete") {
        digests.erase({entry.kind, entry.id});
      } else if (!entry.digest.empty()) {
        digests[{entry.kind, entry.id}] = entry.digest;
      }
    }
    if (static_cast<std::int64_t>(entries.size()) < kVerifyBatch) break;
  }
  HANSE_TRY(const auto head, read_head(connection));
  if (head.sequence != at.sequence || head.hash != at.hash) {
    return fail(ErrorCode::corrupt, fmt::format("the journal ends at entry {}, but it had {}", at.sequence, head.sequence));
  }
  HANSE_CHECK(verify_documents(connection, digests));
  return at.sequence;
}

}  // namespace hanse::store::internal
