#include "store/internal/migrations.hpp"

#include <fmt/format.h>

#include <array>

#include "store/internal/dialect.hpp"

namespace hanse::store::internal {
namespace {

/// Statements of one step, in order. A step that was released is never changed; a new one is added.
struct Migration {
  std::int64_t number;
  std::span<const std::string_view> statements;
};

// Documented to the byte in docs/formats/store.md.
constexpr std::array<std::string_view, 9> kFirst = {
    "CREATE TABLE document (kind {text} NOT NULL, id {text} NOT NULL, version BIGINT NOT NULL, "
    "changed_ns BIGINT NOT NULL, sequence BIGINT NOT NULL, body {text} NOT NULL)",
    "CREATE UNIQUE INDEX document_key ON document (kind, id)",
    "CREATE TABLE document_index (kind {text} NOT NULL, field {text} NOT NULL, value {text} NOT NULL, "
    "id {text} NOT NULL, PRIMARY KEY (kind, field, value, id)) {clustered}",
    "CREATE INDEX document_index_id ON document_index (kind, id)",
    "CREATE TABLE journal (sequence BIGINT NOT NULL PRIMARY KEY, time_ns BIGINT NOT NULL, actor {text} NOT NULL, "
    "action {text} NOT NULL, kind {text} NOT NULL, id {text} NOT NULL, version BIGINT NOT NULL, "
    "digest {text} NOT NULL, detail {text} NOT NULL, hash {text} NOT NULL) {clustered}",
    "CREATE TABLE journal_head (slot BIGINT NOT NULL PRIMARY KEY, sequence BIGINT NOT NULL, hash {text} NOT NULL)",
    "CREATE TABLE number_row (name {text} NOT NULL PRIMARY KEY, last BIGINT NOT NULL)",
    "CREATE TABLE chunk (series BIGINT NOT NULL, level BIGINT NOT NULL, begin_ns BIGINT NOT NULL, "
    "end_ns BIGINT NOT NULL, bytes {bytes} NOT NULL)",
    "CREATE UNIQUE INDEX chunk_key ON chunk (series, level, begin_ns)",
};

constexpr std::array kMigrations = {Migration{1, kFirst}};

Result<void> migrate_within(Connection& connection) {
  HANSE_CHECK(connection.run("CREATE TABLE IF NOT EXISTS migration (number BIGINT NOT NULL PRIMARY KEY)"));
  HANSE_TRY(const auto reached, migration_of(connection));
  if (reached > newest_migration()) {
    return fail(ErrorCode::conflict,
                fmt::format("the database has layout {}, made by a newer Hanse; this one knows up to {}", reached,
                            newest_migration()));
  }
  for (const auto& migration : kMigrations) {
    if (migration.number <= reached) continue;
    for (const auto statement : migration.statements) HANSE_CHECK(connection.run(connection.dialect(statement)));
    HANSE_CHECK(connection.run("INSERT INTO migration (number) VALUES ($1)", {Value{migration.number}}));
  }
  return {};
}

}  // namespace

std::int64_t newest_migration() { return kMigrations.back().number; }

Result<std::int64_t> migration_of(Connection& connection) {
  std::int64_t reached = 0;
  HANSE_CHECK(connection.run("SELECT COALESCE(MAX(number), 0) FROM migration", {}, [&](const Row& row) {
    reached = row.integer(0);
    return false;
  }));
  return reached;
}

Result<void> migrate(Connection& connection) {
  HANSE_CHECK(connection.begin(Access::write));
  if (auto done = migrate_within(connection); !done) {
    connection.roll_back();
    return done;
  }
  return connection.commit();
}

std::string fill_dialect(std::string_view sql, std::string_view text, std::string_view bytes,
                         std::string_view clustered) {
  std::string out;
  while (!sql.empty()) {
    const auto open = sql.find('{');
    out += sql.substr(0, open);
    if (open == sql.npos) break;
    const auto close = sql.find('}', open);
    const auto word = sql.substr(open + 1, close - open - 1);
    out += word == "text" ? text : word == "bytes" ? bytes : clustered;
    sql.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace hanse::store::internal
