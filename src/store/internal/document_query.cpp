#include "store/internal/document_query.hpp"

#include <fmt/format.h>

#include <charconv>

namespace hanse::store::internal {
namespace {

/// Where a page ended: the value it was ordered by (empty when by id) and the id.
struct Cursor {
  std::string value, id;
};

std::string write_cursor(const Cursor& cursor) {
  const auto plain = fmt::format("{}:{}{}", cursor.value.size(), cursor.value, cursor.id);
  std::string out;
  for (const char c : plain) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

Result<Cursor> read_cursor(std::string_view text) {
  const auto wrong = [] {
    return fail(ErrorCode::invalid, "the cursor is not one that a page gave",
                {{"cursor", "is not one that a page gave"}});
  };
  std::string plain;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned byte = 0;
    const auto [end, status] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (status != std::errc{} || end != text.data() + i + 2) return wrong();
    plain += static_cast<char>(byte);
  }
  const auto colon = plain.find(':');
  std::size_t length = 0;
  if (text.size() % 2 != 0 || colon == plain.npos) return wrong();
  const auto [end, status] = std::from_chars(plain.data(), plain.data() + colon, length);
  if (status != std::errc{} || end != plain.data() + colon || length > plain.size() - colon - 1) return wrong();
  return Cursor{plain.substr(colon + 1, length), plain.substr(colon + 1 + length)};
}

/// Builds the text and its values side by side.
class QueryText {
 public:
  std::string parameter(Value value) {
    values_.push_back(value);
    return fmt::format("${}", values_.size());
  }
  std::span<const Value> values() const { return values_; }

 private:
  std::vector<Value> values_;
};

/// `from` is the index row that orders the page, or the document itself; each further field that must be equal is one
/// more index row. CROSS JOIN keeps SQLite to this order, which is the order of the page.
std::string select_text(const Query& query, const Cursor* cursor, QueryText& text) {
  const bool ranged = !query.range_field.empty();
  const bool by_index = ranged || !query.equal.empty();
  const auto kind = text.parameter(std::string_view{query.kind});
  std::string from = by_index ? "document_index i0" : "document d";
  std::string where = fmt::format("{}.kind = {}", by_index ? "i0" : "d", kind);
  std::size_t equal_begin = 0;
  if (ranged) {
    where += " AND i0.field = " + text.parameter(std::string_view{query.range_field});
    if (!query.range_begin.empty()) where += " AND i0.value >= " + text.parameter(std::string_view{query.range_begin});
    if (!query.range_end.empty()) where += " AND i0.value < " + text.parameter(std::string_view{query.range_end});
  } else if (by_index) {
    where += " AND i0.field = " + text.parameter(std::string_view{query.equal[0].name});
    where += " AND i0.value = " + text.parameter(std::string_view{query.equal[0].text});
    equal_begin = 1;
  }
  for (std::size_t i = equal_begin; i < query.equal.size(); ++i) {
    from += fmt::format(" CROSS JOIN document_index i{}", i + 1);
    where += fmt::format(" AND i{0}.kind = i0.kind AND i{0}.field = {1} AND i{0}.value = {2} AND i{0}.id = i0.id",
                         i + 1, text.parameter(std::string_view{query.equal[i].name}),
                         text.parameter(std::string_view{query.equal[i].text}));
  }
  if (by_index) {
    from += " CROSS JOIN document d";
    where += " AND d.kind = i0.kind AND d.id = i0.id";
  }
  const std::string_view id = by_index ? "i0.id" : "d.id";
  const std::string_view direction = query.descending ? " DESC" : "";
  const char after = query.descending ? '<' : '>';
  if (cursor && ranged) {
    where += fmt::format(" AND (i0.value, i0.id) {} ({}, {})", after, text.parameter(std::string_view{cursor->value}),
                         text.parameter(std::string_view{cursor->id}));
  } else if (cursor) {
    where += fmt::format(" AND {} {} {}", id, after, text.parameter(std::string_view{cursor->id}));
  }
  const auto order = ranged ? fmt::format("i0.value{0}, i0.id{0}", direction) : fmt::format("{}{}", id, direction);
  return fmt::format("SELECT {}{} FROM {} WHERE {} ORDER BY {} LIMIT {}", kDocumentColumns, ranged ? ", i0.value" : "",
                     from, where, order, text.parameter(query.limit + 1));
}

}  // namespace

Document read_document(const Row& row) {
  return {std::string{row.text(0)}, std::string{row.text(1)}, row.integer(2), Timestamp{row.integer(3)},
          std::string{row.text(4)}};
}

Result<DocumentPage> list_documents(Connection& connection, const Query& query) {
  if (query.limit < 1 || query.limit > 1000) {
    return fail(ErrorCode::invalid, "a page holds 1 to 1000 records", {{"limit", "must be from 1 to 1000"}});
  }
  Cursor cursor;
  if (query.cursor) {
    HANSE_TRY(cursor, read_cursor(*query.cursor));
  }
  QueryText text;
  const auto sql = select_text(query, query.cursor ? &cursor : nullptr, text);
  const bool ranged = !query.range_field.empty();
  DocumentPage page;
  Cursor last;
  bool more = false;
  HANSE_CHECK(connection.run(sql, text.values(), [&](const Row& row) {
    if (static_cast<std::int64_t>(page.items.size()) == query.limit) {
      more = true;
      return false;
    }
    page.items.push_back(read_document(row));
    last = {ranged ? std::string{row.text(5)} : std::string{}, page.items.back().id};
    return true;
  }));
  if (more) page.next = write_cursor(last);
  return page;
}

Result<std::optional<Document>> get_document(Connection& connection, std::string_view kind, std::string_view id) {
  static const auto kSql = fmt::format("SELECT {} FROM document d WHERE d.kind = $1 AND d.id = $2", kDocumentColumns);
  std::optional<Document> found;
  HANSE_CHECK(connection.run(kSql, {Value{kind}, Value{id}}, [&](const Row& row) {
    found = read_document(row);
    return false;
  }));
  return found;
}

}  // namespace hanse::store::internal
