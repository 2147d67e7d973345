#include "historian/sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/text.hpp"
#include "historian/sql_module.hpp"

namespace hanse::historian {
namespace {

constexpr int kOperationsBetweenLooks = 20'000;

/// What the callbacks of one query look at.
struct Watch {
  const std::vector<SqlTable>& tables;
  const Clock& clock;
  Duration deadline;
  sqlite3_int64 memory_max;
  const std::stop_token& stop;
  bool late = false;
  bool large = false;
};

int look(void* data) {
  auto& watch = *static_cast<Watch*>(data);
  watch.late = watch.clock.monotonic() > watch.deadline;
  watch.large = sqlite3_memory_used() > watch.memory_max;
  return watch.late || watch.large || watch.stop.stop_requested() ? 1 : 0;
}

bool is_table(const Watch& watch, std::string_view name) {
  return name == "json_each" || name == "json_tree" ||
         std::any_of(watch.tables.begin(), watch.tables.end(),
                     [&](const SqlTable& table) { return table.name == name; });
}

bool is_function(std::string_view name) {
  return name != "load_extension" && name != "fts3_tokenizer" && name != "sqlite_log";
}

int authorise(void* data, int action, const char* first, const char* second, const char*, const char*) {
  const auto& watch = *static_cast<const Watch*>(data);
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return is_function(second ? second : "") ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_READ: {
      // Without a column only rows are counted; the name may then be one that the query gave to a part of itself.
      const bool counts_only = !second || *second == '\0';
      return counts_only || is_table(watch, first ? first : "") ? SQLITE_OK : SQLITE_DENY;
    }
    default:
      return SQLITE_DENY;
  }
}

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct EndStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, EndStatement>;

void set_limits(sqlite3* database) {
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, 4 << 20);
  sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, static_cast<int>(kSqlTextBytesMax));
  sqlite3_limit(database, SQLITE_LIMIT_COLUMN, 500);
  sqlite3_limit(database, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_limit(database, SQLITE_LIMIT_COMPOUND_SELECT, 50);
  sqlite3_limit(database, SQLITE_LIMIT_VDBE_OP, 100'000);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(database, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200);
  sqlite3_limit(database, SQLITE_LIMIT_VARIABLE_NUMBER, 1000);
  sqlite3_limit(database, SQLITE_LIMIT_WORKER_THREADS, 0);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

Result<Database> open_database(const std::vector<SqlTable>& tables, const std::stop_token& stop) {
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
  const int status = sqlite3_open_v2(":memory:", &opened, flags, nullptr);
  Database database{opened};
  if (status != SQLITE_OK) return fail(ErrorCode::unavailable, "SQLite can't open a database in memory");
  // Sorting stays in memory too, where the limit sees it, and not in files.
  sqlite3_exec(opened, "PRAGMA temp_store=MEMORY", nullptr, nullptr, nullptr);
  set_limits(opened);
  for (const auto& table : tables) {
    HANSE_CHECK(add_sql_module(opened, table, stop));
    // SQLite connects a table at its first use, for which the authoriser, set after this, has no yes.
    sqlite3_exec(opened, fmt::format("SELECT 1 FROM \"{}\" WHERE 0", table.name).c_str(), nullptr, nullptr, nullptr);
  }
  return database;
}

Error sql_error(sqlite3* database) {
  std::string message = fmt::format("the SQL is wrong: {}", sqlite3_errmsg(database));
  if (const int offset = sqlite3_error_offset(database); offset >= 0)
    message += fmt::format(" (at character {})", offset + 1);
  return fail(ErrorCode::invalid, std::move(message), {{"sql", sqlite3_errmsg(database)}});
}

Result<Statement> prepare(sqlite3* database, std::string_view sql) {
  const auto one = [&](std::string_view text, const char** tail) -> Result<Statement> {
    sqlite3_stmt* made = nullptr;
    const int status = sqlite3_prepare_v2(database, text.data(), static_cast<int>(text.size()), &made, tail);
    Statement statement{made};
    if (status == SQLITE_AUTH) {
      return fail(
          ErrorCode::invalid,
          fmt::format("only SELECT on the tables listed in 'columns' is possible here: {}", sqlite3_errmsg(database)),
          {{"sql", "must be one SELECT"}});
    }
    if (status != SQLITE_OK) return sql_error(database);
    return statement;
  };
  if (sql.size() > kSqlTextBytesMax)
    return fail(ErrorCode::too_large, fmt::format("the SQL is over {} bytes", kSqlTextBytesMax));
  if (!is_utf8(sql)) return fail(ErrorCode::invalid, "the SQL is not UTF-8");
  if (sql.contains('\0')) return fail(ErrorCode::invalid, "the SQL holds a zero byte");
  const char* tail = nullptr;
  HANSE_TRY(auto statement, one(sql, &tail));
  if (!statement) return fail(ErrorCode::invalid, "there is no SQL", {{"sql", "must be one SELECT"}});
  HANSE_TRY(const auto second, one({tail, static_cast<std::size_t>(sql.data() + sql.size() - tail)}, nullptr));
  const bool reads = sqlite3_stmt_readonly(statement.get()) != 0 && sqlite3_column_count(statement.get()) > 0;
  if (second || !reads)
    return fail(ErrorCode::invalid, "only one SELECT is run at a time", {{"sql", "must be one SELECT"}});
  return statement;
}

Result<void> bind_one(sqlite3_stmt* statement, int index, JsonRef value, const std::string& path) {
  using Kind = JsonRef::Kind;
  int status = SQLITE_OK;
  switch (value.kind()) {
    case Kind::null:
      status = sqlite3_bind_null(statement, index);
      break;
    case Kind::boolean:
      status = sqlite3_bind_int(statement, index, value.boolean() ? 1 : 0);
      break;
    case Kind::integer:
      status = sqlite3_bind_int64(statement, index, value.integer());
      break;
    case Kind::real:
      status = sqlite3_bind_double(statement, index, value.real());
      break;
    case Kind::string: {
      const auto text = value.string();
      status = sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
      break;
    }
    default:
      return fail(ErrorCode::invalid, "the query has wrong parameters",
                  {{path, "must be a number, a text, true, false or null"}});
  }
  if (status != SQLITE_OK)
    return fail(ErrorCode::invalid, "the query has wrong parameters", {{path, sqlite3_errstr(status)}});
  return {};
}

Result<void> bind_list(sqlite3_stmt* statement, JsonRef list) {
  const auto wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
  if (list.size() != wanted) {
    return fail(ErrorCode::invalid, "the query has wrong parameters",
                {{"parameters", fmt::format("must be {} values, as the SQL has as many places", wanted)}});
  }
  for (std::size_t i = 0; i < wanted; ++i) {
    HANSE_CHECK(bind_one(statement, static_cast<int>(i) + 1, list.element(i), fmt::format("parameters[{}]", i)));
  }
  return {};
}

Result<void> bind_named(sqlite3_stmt* statement, JsonRef object) {
  std::size_t used = 0;
  for (int i = 1; i <= sqlite3_bind_parameter_count(statement); ++i) {
    const char* name = sqlite3_bind_parameter_name(statement, i);
    if (!name || *name == '?') {
      return fail(ErrorCode::invalid, "the query has wrong parameters",
                  {{"parameters", "must be a list, as the SQL's places have no names"}});
    }
    const auto value = object.find(name + 1);  // Without : @ or $.
    if (!value)
      return fail(ErrorCode::invalid, "the query has wrong parameters",
                  {{fmt::format("parameters.{}", name + 1), "is required"}});
    HANSE_CHECK(bind_one(statement, i, *value, fmt::format("parameters.{}", name + 1)));
    ++used;
  }
  if (used < object.size())
    return fail(ErrorCode::invalid, "the query has wrong parameters",
                {{"parameters", "has a name that the SQL doesn't"}});
  return {};
}

Result<void> bind(sqlite3_stmt* statement, const RawJson& parameters) {
  if (parameters.text.empty() || parameters.text == "null") {
    if (sqlite3_bind_parameter_count(statement) == 0) return {};
    return fail(ErrorCode::invalid, "the query has wrong parameters",
                {{"parameters", "is required, as the SQL has places for values"}});
  }
  HANSE_TRY(const auto document, JsonDocument::parse(parameters.text));
  switch (document.root().kind()) {
    case JsonRef::Kind::array:
      return bind_list(statement, document.root());
    case JsonRef::Kind::object:
      return bind_named(statement, document.root());
    default:
      return fail(ErrorCode::invalid, "the query has wrong parameters",
                  {{"parameters", "must be a list or an object"}});
  }
}

SqlValue column_of(sqlite3_stmt* statement, int column, std::size_t& bytes) {
  bytes += sizeof(SqlValue);
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, column);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      bytes += size;
      if (is_utf8({text, size})) return std::string{text, size};
      [[fallthrough]];  // A CAST can make a text of any bytes.
    }
    case SQLITE_BLOB: {  // As hex digits: JSON and CSV have no bytes.
      const auto* data = static_cast<const unsigned char*>(sqlite3_column_blob(statement, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      std::string hex;
      for (std::size_t i = 0; i < size; ++i) hex += fmt::format("{:02x}", data[i]);
      bytes += hex.size();
      return hex;
    }
    default:
      return std::monostate{};
  }
}

SqlTable columns_table(const std::vector<SqlTable>& tables) {
  std::vector<std::vector<SqlValue>> rows;
  constexpr std::array<const char*, 5> kTypes = {"any", "integer", "real", "text", "time"};
  for (const auto& table : tables) {
    for (const auto& column : table.columns) {
      rows.push_back({table.name, column.name, kTypes[static_cast<std::size_t>(column.type)],
                      std::int64_t{column.indexed}, column.summary, table.summary});
    }
  }
  return {.name = "columns",
          .summary = "What can be asked.",
          .columns = {{"table_name", SqlType::text},
                      {"column_name", SqlType::text},
                      {"type", SqlType::text},
                      {"indexed", SqlType::integer},
                      {"summary", SqlType::text},
                      {"table_summary", SqlType::text}},
          .open = [rows](const SqlFilter&) -> Result<std::unique_ptr<SqlRows>> { return sql_rows(rows); }};
}

}  // namespace

SqlReader::SqlReader(std::vector<SqlTable> tables, const Clock& clock) : tables_(std::move(tables)), clock_(clock) {
  tables_.push_back(columns_table(tables_));
}

Result<SqlResult> SqlReader::run(const SqlQuery& query) const {
  const Duration begin = clock_.monotonic();
  Watch watch{tables_, clock_, begin + std::min(query.time_limit, kSqlTimeMax),
              sqlite3_memory_used() + kSqlMemoryBytesMax, query.stop};
  HANSE_TRY(const auto database, open_database(tables_, query.stop));
  sqlite3_set_authorizer(database.get(), &authorise, &watch);
  sqlite3_progress_handler(database.get(), kOperationsBetweenLooks, &look, &watch);
  HANSE_TRY(const auto statement, prepare(database.get(), query.sql));
  HANSE_CHECK(bind(statement.get(), query.parameters));

  SqlResult result;
  const int columns = sqlite3_column_count(statement.get());
  for (int i = 0; i < columns; ++i) result.columns.emplace_back(sqlite3_column_name(statement.get(), i));
  const auto rows_max = std::clamp<std::int64_t>(query.rows_max, 1, kSqlRowsMax);
  std::size_t bytes = 0;
  int status = SQLITE_OK;
  while ((status = sqlite3_step(statement.get())) == SQLITE_ROW) {
    if (std::ssize(result.rows) == rows_max) {
      result.truncated = true;
      break;
    }
    auto& row = result.rows.emplace_back();
    for (int i = 0; i < columns; ++i) row.push_back(column_of(statement.get(), i, bytes));
    if (bytes > kSqlResultBytesMax)
      return fail(ErrorCode::too_large, fmt::format("the result is over {} bytes; ask for less", kSqlResultBytesMax));
  }
  if (query.stop.stop_requested()) return fail(ErrorCode::unavailable, "the query was stopped");
  if (watch.late) {
    return fail(ErrorCode::timeout,
                fmt::format("the query took over {}; name signals and a range of times, or allow it more time",
                            to_string(watch.deadline - begin)));
  }
  if (watch.large || status == SQLITE_NOMEM)
    return fail(ErrorCode::too_large, "the query needs too much memory; name signals and a range of times");
  if (status != SQLITE_ROW && status != SQLITE_DONE) return sql_error(database.get());
  result.elapsed = clock_.monotonic() - begin;
  return result;
}

}  // namespace hanse::historian
