#include "store/internal/documents.hpp"

#include <fmt/format.h>

#include <array>

namespace hanse::store::internal {
namespace {

constexpr std::int64_t kLimitMax = 1000;
constexpr char kCursorSeparator = '\x1f';

Document document_of(const Row& row) {
  return {.kind = std::string{row.text(0)},
          .id = std::string{row.text(1)},
          .version = row.integer(2),
          .changed_at = {row.integer(3)},
          .body = std::string{row.text(4)}};
}

/// The list's SQL with its values. The field that orders drives; the others are looked up for each candidate.
struct ListStatement {
  std::string sql;
  std::vector<SqlValue> values;

  std::string bind(SqlValue value) {
    values.push_back(value);
    return fmt::format("${}", values.size());
  }
};

Result<std::pair<std::string_view, std::string_view>> split_cursor(const Query& query) {
  const std::string_view cursor = *query.cursor;
  const auto separator = cursor.rfind(kCursorSeparator);
  if (separator == std::string_view::npos) {
    return fail(ErrorCode::invalid, "the request has wrong parameters", {{"cursor", "is not one that a page gave"}});
  }
  return std::pair{cursor.substr(0, separator), cursor.substr(separator + 1)};
}

Result<ListStatement> list_statement(const Query& query) {
  ListStatement out;
  const bool ranged = !query.range_field.empty();
  const std::string key = ranged ? "r.value" : "d.id";
  const std::string kind = out.bind(std::string_view{query.kind});
  // CROSS JOIN keeps SQLite's planner from starting at an unselective field.
  out.sql = fmt::format("SELECT d.kind, d.id, d.version, d.changed_ns, d.body, {} FROM ", key);
  std::string where = " WHERE ";
  std::string from, joined;
  if (ranged) {
    from = "document_index r";
    where += fmt::format("r.kind = {} AND r.field = {}", kind, out.bind(std::string_view{query.range_field}));
    if (!query.range_begin.empty()) where += fmt::format(" AND r.value >= {}", out.bind(std::string_view{query.range_begin}));
    if (!query.range_end.empty()) where += fmt::format(" AND r.value < {}", out.bind(std::string_view{query.range_end}));
    joined = "r.id";
  }
  for (std::size_t i = 0; i < query.equal.size(); ++i) {
    const std::string name = fmt::format("e{}", i);
    from += (from.empty() ? "" : " CROSS JOIN ") + ("document_index " + name);
    where += fmt::format("{}{}.kind = {} AND {}.field = {} AND {}.value = {}", where == " WHERE " ? "" : " AND ", name, kind,
                         name, out.bind(std::string_view{query.equal[i].name}), name,
                         out.bind(std::string_view{query.equal[i].text}));
    if (!joined.empty()) where += fmt::format(" AND {}.id = {}", name, joined);
    if (joined.empty()) joined = name + ".id";
  }
  from += (from.empty() ? "document d" : " CROSS JOIN document d");
  where += fmt::format("{}d.kind = {}", where == " WHERE " ? "" : " AND ", kind);
  if (!joined.empty()) where += fmt::format(" AND d.id = {}", joined);
  // Without a range the order is the id's: that of the first index row where there is one, so the index serves it.
  const std::string id = joined.empty() ? "d.id" : joined;
  const char* relation = query.descending ? "<" : ">";
  if (query.cursor) {
    HANSE_TRY(const auto position, split_cursor(query));
    where += ranged ? fmt::format(" AND (r.value, r.id) {} ({}, {})", relation, out.bind(position.first), out.bind(position.second))
                    : fmt::format(" AND {} {} {}", id, relation, out.bind(position.second));
  }
  const char* direction = query.descending ? " DESC" : "";
  const std::string order = ranged ? fmt::format("r.value{0}, r.id{0}", direction) : id + direction;
  out.sql += from + where + fmt::format(" ORDER BY {} LIMIT {}", order, out.bind(query.limit + 1));
  return out;
}

Error wrong_version(std::string_view kind, std::string_view id, std::int64_t expected, std::int64_t found) {
  if (expected == 0) return fail(ErrorCode::conflict, fmt::format("there is a {} '{}' already", kind, id));
  if (found == 0) return fail(ErrorCode::not_found, fmt::format("there is no {} '{}'", kind, id));
  return fail(ErrorCode::conflict, fmt::format("the {} '{}' was changed by somebody else: it is at version {}, you changed {}",
                                               kind, id, found, expected));
}

}  // namespace

Result<std::optional<Document>> read_document(Connection& connection, std::string_view kind, std::string_view id) {
  std::optional<Document> found;
  const std::array<SqlValue, 2> values = {kind, id};
  HANSE_CHECK(connection.run("SELECT kind, id, version, changed_ns, body FROM document WHERE kind = $1 AND id = $2", values,
                             [&found](const Row& row) {
                               found = document_of(row);
                               return true;
                             }));
  return found;
}

Result<DocumentPage> list_documents(Connection& connection, const Query& query) {
  if (query.limit < 1 || query.limit > kLimitMax) {
    return fail(ErrorCode::invalid, "the request has wrong parameters",
                {{"limit", fmt::format("must be 1 to {}", kLimitMax)}});
  }
  HANSE_TRY(const auto statement, list_statement(query));
  DocumentPage page;
  std::string last_key;
  HANSE_CHECK(connection.run(statement.sql, statement.values, [&](const Row& row) {
    if (static_cast<std::int64_t>(page.items.size()) == query.limit) {
      page.next = last_key + kCursorSeparator + page.items.back().id;
      return false;
    }
    page.items.push_back(document_of(row));
    last_key = row.text(5);
    return true;
  }));
  return page;
}

Result<std::optional<Document>> SqlTransaction::get(std::string_view kind, std::string_view id) {
  return read_document(connection_, kind, id);
}

Result<DocumentPage> SqlTransaction::list(const Query& query) { return list_documents(connection_, query); }

Result<std::int64_t> SqlTransaction::version_of(std::string_view kind, std::string_view id) {
  std::int64_t version = 0;
  const std::array<SqlValue, 2> values = {kind, id};
  HANSE_CHECK(connection_.run("SELECT version FROM document WHERE kind = $1 AND id = $2", values, [&version](const Row& row) {
    version = row.integer(0);
    return true;
  }));
  return version;
}

Result<void> SqlTransaction::write_index(std::string_view kind, std::string_view id, std::span<const IndexField> index,
                                         bool fresh) {
  if (!fresh) {
    const std::array<SqlValue, 2> values = {kind, id};
    HANSE_CHECK(connection_.run("DELETE FROM document_index WHERE kind = $1 AND id = $2", values));
  }
  for (const auto& field : index) {
    const std::array<SqlValue, 4> values = {kind, std::string_view{field.name}, std::string_view{field.text}, id};
    HANSE_CHECK(connection_.run(
        "INSERT INTO document_index (kind, field, value, id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", values));
  }
  return {};
}

Result<void> SqlTransaction::journal(JournalEntry entry) {
  entry.time = now_;
  entry.actor = actor_.id;
  HANSE_CHECK(journal_.append(connection_, entry));
  entries_.push_back(std::move(entry));
  return {};
}

Result<std::int64_t> SqlTransaction::put(std::string_view kind, std::string_view id, std::string_view body,
                                         std::span<const IndexField> index, std::optional<std::int64_t> expected) {
  HANSE_TRY(const auto found, version_of(kind, id));
  if (expected && *expected != found) return wrong_version(kind, id, *expected, found);
  const std::int64_t version = found + 1;
  const std::array<SqlValue, 5> values = {kind, id, version, now_.ns, body};
  HANSE_CHECK(connection_.run(
      "INSERT INTO document (kind, id, version, changed_ns, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, id) "
      "DO UPDATE SET version = excluded.version, changed_ns = excluded.changed_ns, body = excluded.body",
      values));
  HANSE_CHECK(write_index(kind, id, index, found == 0));
  HANSE_CHECK(journal({.action = found == 0 ? "create" : "update", .kind = std::string{kind}, .id = std::string{id},
                       .version = version, .digest = sha256_hex(body), .detail = {}}));
  return version;
}

Result<void> SqlTransaction::remove(std::string_view kind, std::string_view id, std::optional<std::int64_t> expected) {
  HANSE_TRY(const auto found, version_of(kind, id));
  if (found == 0 || (expected && *expected != found)) return wrong_version(kind, id, expected.value_or(-1), found);
  const std::array<SqlValue, 2> values = {kind, id};
  HANSE_CHECK(connection_.run("DELETE FROM document WHERE kind = $1 AND id = $2", values));
  HANSE_CHECK(connection_.run("DELETE FROM document_index WHERE kind = $1 AND id = $2", values));
  return journal({.action = "delete", .kind = std::string{kind}, .id = std::string{id}, .version = found, .digest = {},
                  .detail = {}});
}

Result<void> SqlTransaction::note(std::string_view action, std::string_view kind, std::string_view id,
                                  std::string_view detail_json) {
  return journal({.action = std::string{action}, .kind = std::string{kind}, .id = std::string{id}, .version = 0,
                  .digest = {}, .detail = std::string{detail_json}});
}

Result<std::int64_t> SqlTransaction::next_number(std::string_view name) {
  std::int64_t number = 0;
  const std::array<SqlValue, 1> values = {name};
  HANSE_CHECK(connection_.run(
      "INSERT INTO number_row (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = number_row.value + 1 "
      "RETURNING value",
      values, [&number](const Row& row) {
        number = row.integer(0);
        return true;
      }));
  return number;
}

}  // namespace hanse::store::internal
