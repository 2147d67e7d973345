#include "store/internal/sql_transaction.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/internal/document_query.hpp"
#include "store/internal/journal_chain.hpp"

namespace hanse::store::internal {
namespace {

using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;  // field, value

/// Both databases hold the same texts only if they are texts: PostgreSQL has no zero byte and checks UTF-8.
Result<void> check_text(std::string_view what, std::string_view text) {
  if (text.find('\0') == text.npos && is_utf8(text)) return {};
  return fail(ErrorCode::invalid, fmt::format("{} must be UTF-8 without zero bytes", what));
}

Error stale(std::string_view kind, std::string_view id, std::int64_t found, std::int64_t expected) {
  if (expected == 0) return fail(ErrorCode::conflict, fmt::format("there is already a {} '{}'", kind, id));
  if (found == 0) return fail(ErrorCode::conflict, fmt::format("the {} '{}' was deleted meanwhile", kind, id));
  return fail(ErrorCode::conflict,
              fmt::format("the {} '{}' was changed meanwhile: it is at version {}, not {}", kind, id, found, expected));
}

Pairs pairs_of(std::span<const IndexField> index) {
  Pairs pairs;
  for (const auto& field : index) pairs.emplace_back(field.name, field.text);
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

}  // namespace

JournalEntry read_entry(const Row& row) {
  return {.sequence = row.integer(0),
          .time = Timestamp{row.integer(1)},
          .actor = std::string{row.text(2)},
          .action = std::string{row.text(3)},
          .kind = std::string{row.text(4)},
          .id = std::string{row.text(5)},
          .version = row.integer(6),
          .digest = std::string{row.text(7)},
          .detail = std::string{row.text(8)},
          .hash = std::string{row.text(9)}};
}

Result<std::optional<Document>> SqlTransaction::get(std::string_view kind, std::string_view id) {
  return get_document(connection_, kind, id);
}

Result<DocumentPage> SqlTransaction::list(const Query& query) { return list_documents(connection_, query); }

Result<std::int64_t> SqlTransaction::version_of(std::string_view kind, std::string_view id) {
  std::int64_t version = 0;
  HANSE_CHECK(connection_.run("SELECT version FROM document WHERE kind = $1 AND id = $2", {Value{kind}, Value{id}},
                              [&](const Row& row) {
                                version = row.integer(0);
                                return false;
                              }));
  return version;
}

Result<std::int64_t> SqlTransaction::put(std::string_view kind, std::string_view id, std::string_view body,
                                         std::span<const IndexField> index, std::optional<std::int64_t> expected) {
  HANSE_CHECK(check_text("a record's kind", kind));
  HANSE_CHECK(check_text("a record's id", id));
  HANSE_CHECK(check_text("a record's body", body));
  if (kind.empty() || id.empty()) return fail(ErrorCode::invalid, "a record needs a kind and an id");
  HANSE_TRY(const auto found, version_of(kind, id));
  if (expected && *expected != found) return stale(kind, id, found, *expected);
  const std::int64_t version = found + 1;
  HANSE_TRY(const auto sequence, append({.action = found == 0 ? "create" : "update",
                                         .kind = std::string{kind},
                                         .id = std::string{id},
                                         .version = version,
                                         .digest = sha256_hex(body),
                                         .detail = ""}));
  HANSE_CHECK(connection_.run(
      "INSERT INTO document (kind, id, version, changed_ns, sequence, body) VALUES ($1, $2, $3, $4, $5, $6) "
      "ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, changed_ns = excluded.changed_ns, "
      "sequence = excluded.sequence, body = excluded.body",
      {Value{kind}, Value{id}, Value{version}, Value{now_.ns}, Value{sequence}, Value{body}}));
  HANSE_CHECK(write_index(kind, id, index, found == 0));
  return version;
}

Result<void> SqlTransaction::write_index(std::string_view kind, std::string_view id, std::span<const IndexField> index,
                                         bool is_new) {
  const auto wanted = pairs_of(index);
  for (const auto& [field, value] : wanted) {
    HANSE_CHECK(check_text("an index field", field));
    HANSE_CHECK(check_text("an index field's value", value));
  }
  std::vector<std::pair<std::string, std::string>> present;
  if (!is_new) {
    HANSE_CHECK(connection_.run("SELECT field, value FROM document_index WHERE kind = $1 AND id = $2",
                                {Value{kind}, Value{id}}, [&](const Row& row) {
                                  present.emplace_back(row.text(0), row.text(1));
                                  return true;
                                }));
    std::sort(present.begin(), present.end());
  }
  const Pairs there{present.begin(), present.end()};
  // Most changes leave most fields alone: only the difference is written.
  Pairs gone, added;
  std::set_difference(there.begin(), there.end(), wanted.begin(), wanted.end(), std::back_inserter(gone));
  std::set_difference(wanted.begin(), wanted.end(), there.begin(), there.end(), std::back_inserter(added));
  for (const auto& [field, value] : gone) {
    HANSE_CHECK(connection_.run("DELETE FROM document_index WHERE kind = $1 AND field = $2 AND value = $3 AND id = $4",
                                {Value{kind}, Value{field}, Value{value}, Value{id}}));
  }
  for (const auto& [field, value] : added) {
    HANSE_CHECK(connection_.run("INSERT INTO document_index (kind, field, value, id) VALUES ($1, $2, $3, $4)",
                                {Value{kind}, Value{field}, Value{value}, Value{id}}));
  }
  return {};
}

Result<void> SqlTransaction::remove(std::string_view kind, std::string_view id, std::optional<std::int64_t> expected) {
  HANSE_TRY(const auto found, version_of(kind, id));
  if (found == 0) return fail(ErrorCode::not_found, fmt::format("there is no {} '{}'", kind, id));
  if (expected && *expected != found) return stale(kind, id, found, *expected);
  HANSE_CHECK(connection_.run("DELETE FROM document_index WHERE kind = $1 AND id = $2", {Value{kind}, Value{id}}));
  HANSE_CHECK(connection_.run("DELETE FROM document WHERE kind = $1 AND id = $2", {Value{kind}, Value{id}}));
  HANSE_CHECK(append({.action = "delete",
                      .kind = std::string{kind},
                      .id = std::string{id},
                      .version = found + 1,
                      .digest = "",
                      .detail = ""}));
  return {};
}

Result<void> SqlTransaction::note(std::string_view action, std::string_view kind, std::string_view id,
                                  std::string_view detail_json) {
  for (const auto text : {action, kind, id, detail_json}) HANSE_CHECK(check_text("a journal entry", text));
  HANSE_CHECK(append({.action = std::string{action},
                      .kind = std::string{kind},
                      .id = std::string{id},
                      .version = 0,
                      .digest = "",
                      .detail = std::string{detail_json.empty() ? "{}" : detail_json}}));
  return {};
}

Result<std::int64_t> SqlTransaction::next_number(std::string_view name) {
  HANSE_CHECK(check_text("a row of numbers", name));
  std::int64_t number = 0;
  HANSE_CHECK(
      connection_.run("INSERT INTO number_row (name, last) VALUES ($1, 1) "
                      "ON CONFLICT (name) DO UPDATE SET last = number_row.last + 1 RETURNING last",
                      {Value{name}}, [&](const Row& row) {
                        number = row.integer(0);
                        return true;  // to the end: SQLite writes nothing of a statement left half-way
                      }));
  return number;
}

Result<void> SqlTransaction::finish() {
  if (entries_.empty()) return {};
  HANSE_CHECK(
      connection_.run("INSERT INTO journal_head (slot, sequence, hash) VALUES (1, $1, $2) "
                      "ON CONFLICT (slot) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
                      {Value{entries_.back().sequence}, Value{std::string_view{entries_.back().hash}}}));
  return {};
}

Result<std::int64_t> SqlTransaction::append(JournalEntry entry) {
  std::int64_t sequence = 0;
  std::string before;
  if (!entries_.empty()) {
    sequence = entries_.back().sequence;
    before = entries_.back().hash;
  } else {
    // Read, not remembered: another process may have written since.
    HANSE_CHECK(connection_.run("SELECT sequence, hash FROM journal_head WHERE slot = 1", {}, [&](const Row& row) {
      sequence = row.integer(0);
      before = row.text(1);
      return true;
    }));
  }
  HANSE_CHECK(check_text("an actor", actor_.id));
  entry.sequence = sequence + 1;
  entry.time = now_;
  entry.actor = actor_.id;
  entry.hash = chain_hash(before, entry);
  HANSE_CHECK(
      connection_.run("INSERT INTO journal (sequence, time_ns, actor, action, kind, id, version, digest, detail, hash) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                      {Value{entry.sequence}, Value{entry.time.ns}, Value{std::string_view{entry.actor}},
                       Value{std::string_view{entry.action}}, Value{std::string_view{entry.kind}},
                       Value{std::string_view{entry.id}}, Value{entry.version}, Value{std::string_view{entry.digest}},
                       Value{std::string_view{entry.detail}}, Value{std::string_view{entry.hash}}}));
  entries_.push_back(std::move(entry));
  return entries_.back().sequence;
}

}  // namespace hanse::store::internal
