#include "historian/sql_module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace hanse::historian {
namespace {

struct Table {
  sqlite3_vtab base{};  ///< First, as SQLite sees nothing else.
  const SqlTable* table = nullptr;
  std::stop_token stop = {};
};
/// What SQLite keeps of a table for as long as its database is open.
struct Registered {
  const SqlTable& table;
  std::stop_token stop;
};
struct Cursor {
  sqlite3_vtab_cursor base{};
  std::unique_ptr<SqlRows> rows;
  std::int64_t row = 0;
  bool at_end = false;
};

Table& of(sqlite3_vtab* table) { return *reinterpret_cast<Table*>(table); }
Cursor& of(sqlite3_vtab_cursor* cursor) { return *reinterpret_cast<Cursor*>(cursor); }

int failed(sqlite3_vtab* table, const Error& error) {
  sqlite3_free(table->zErrMsg);
  table->zErrMsg = sqlite3_mprintf("%s", error.message.c_str());
  return SQLITE_ERROR;
}

std::string sql_name(std::string_view name) { return fmt::format("\"{}\"", name); }

std::string declaration(const SqlTable& table) {
  std::string text = "CREATE TABLE x(";
  for (const auto& column : table.columns) {
    if (&column != table.columns.data()) text += ", ";
    text += sql_name(column.name);
    switch (column.type) {
      case SqlType::any:
        break;
      case SqlType::integer:
        text += " INTEGER";
        break;
      case SqlType::real:
        text += " REAL";
        break;
      case SqlType::text:
      case SqlType::time:
        text += " TEXT";
        break;
    }
  }
  return text + ")";
}

std::optional<std::size_t> time_column(const SqlTable& table) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].indexed && table.columns[i].type == SqlType::time) return i;
  }
  return std::nullopt;
}

// The plan as text: one letter per argument (= equality of a column, then < l > g e on the time) and the column's
// number, as in "=0;g1;l1;".
int best_index(sqlite3_vtab* vtab, sqlite3_index_info* info) {
  const SqlTable& table = *of(vtab).table;
  const auto time = time_column(table);
  double rows = table.rows_expected;
  std::string plan;
  int arguments = 0;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (!constraint.usable || constraint.iColumn < 0) continue;
    const auto column = static_cast<std::size_t>(constraint.iColumn);
    char letter = 0;
    if (time && column == *time) {
      switch (constraint.op) {
        case SQLITE_INDEX_CONSTRAINT_EQ:
          letter = 'e';
          break;
        case SQLITE_INDEX_CONSTRAINT_GT:
          letter = '>';
          break;
        case SQLITE_INDEX_CONSTRAINT_GE:
          letter = 'g';
          break;
        case SQLITE_INDEX_CONSTRAINT_LT:
          letter = '<';
          break;
        case SQLITE_INDEX_CONSTRAINT_LE:
          letter = 'l';
          break;
        default:
          break;
      }
    } else if (constraint.op == SQLITE_INDEX_CONSTRAINT_EQ && table.columns[column].indexed) {
      letter = '=';
    }
    if (letter == 0) continue;
    plan += fmt::format("{}{};", letter, column);
    info->aConstraintUsage[i].argvIndex = ++arguments;
    info->aConstraintUsage[i].omit = letter == '=' ? 0 : 1;  // Times are compared here, as times and not as texts.
    rows = letter == '=' ? std::min(rows, table.rows_expected_equal) : rows / 10;
  }
  info->idxStr = sqlite3_mprintf("%s", plan.c_str());
  if (!info->idxStr) return SQLITE_NOMEM;
  info->needToFreeIdxStr = 1;
  info->estimatedRows = static_cast<sqlite3_int64>(std::max(rows, 1.0));
  info->estimatedCost = std::max(rows, 1.0);
  return SQLITE_OK;
}

SqlValue value_of(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return sqlite3_value_int64(value);
    case SQLITE_FLOAT:
      return sqlite3_value_double(value);
    case SQLITE_TEXT:
      return std::string{reinterpret_cast<const char*>(sqlite3_value_text(value)),
                         static_cast<std::size_t>(sqlite3_value_bytes(value))};
    default:
      return std::monostate{};
  }
}

/// Narrows the filter by one condition on the time. False when it can't hold for any row.
Result<bool> narrow(SqlFilter& filter, char letter, sqlite3_value* value, const std::string& column) {
  if (sqlite3_value_type(value) == SQLITE_NULL) return false;
  const auto given = value_of(value);
  const auto* text = std::get_if<std::string>(&given);
  if (!text)
    return fail(
        ErrorCode::invalid,
        fmt::format("{} is compared with a number; compare it with a time like '2026-03-01T06:00:00Z'", column));
  HANSE_TRY(const Timestamp time, parse_sql_time(*text));
  const bool strict = letter == '<' || letter == '>';
  if (letter == '>' || letter == 'g' || letter == 'e')
    filter.begin = std::max(filter.begin, time + Duration{strict ? 1 : 0});
  if (letter == '<' || letter == 'l' || letter == 'e')
    filter.last = std::min(filter.last, time - Duration{strict ? 1 : 0});
  return filter.begin <= filter.last;
}

/// Nothing when no row can match.
Result<std::optional<SqlFilter>> filter_of(const Table& of_query, std::string_view plan, sqlite3_value** arguments) {
  const SqlTable& table = *of_query.table;
  SqlFilter filter;
  filter.stop = of_query.stop;
  filter.equal.resize(table.columns.size());
  while (!plan.empty()) {
    const char letter = plan.front();
    std::size_t column = 0;
    for (plan.remove_prefix(1); plan.front() != ';'; plan.remove_prefix(1))
      column = 10 * column + static_cast<std::size_t>(plan.front() - '0');
    plan.remove_prefix(1);
    sqlite3_value* value = *arguments++;
    if (letter == '=') {
      if (sqlite3_value_type(value) == SQLITE_NULL) return std::nullopt;
      filter.equal[column] = value_of(value);
      continue;
    }
    HANSE_TRY(const bool possible, narrow(filter, letter, value, table.columns[column].name));
    if (!possible) return std::nullopt;
  }
  return std::optional{std::move(filter)};
}

int connect(sqlite3* database, void* registered, int, const char* const*, sqlite3_vtab** out, char** why) {
  const auto& [described, stop] = *static_cast<const Registered*>(registered);
  if (const int status = sqlite3_declare_vtab(database, declaration(described).c_str()); status != SQLITE_OK) {
    *why = sqlite3_mprintf("%s", sqlite3_errmsg(database));
    return status;
  }
  auto made = std::make_unique<Table>();
  made->table = &described;
  made->stop = stop;
  *out = &made.release()->base;
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  const std::unique_ptr<Table> ending{&of(table)};
  return SQLITE_OK;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
  *out = &std::make_unique<Cursor>().release()->base;
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  const std::unique_ptr<Cursor> ending{&of(cursor)};
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* base) {
  Cursor& cursor = of(base);
  const auto more = cursor.rows->next();
  if (!more) return failed(base->pVtab, more.error());
  cursor.at_end = !*more;
  ++cursor.row;
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int, const char* plan, int, sqlite3_value** arguments) {
  Cursor& cursor = of(base);
  const Table& table = of(base->pVtab);
  cursor.row = 0;
  cursor.at_end = true;
  cursor.rows.reset();
  const auto wanted = filter_of(table, plan ? plan : "", arguments);
  if (!wanted) return failed(base->pVtab, wanted.error());
  if (!*wanted) return SQLITE_OK;
  auto rows = table.table->open(**wanted);
  if (!rows) return failed(base->pVtab, rows.error());
  cursor.rows = std::move(*rows);
  return next(base);
}

int at_end(sqlite3_vtab_cursor* cursor) { return of(cursor).at_end ? 1 : 0; }

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
  set_sql_result(context, of(cursor).rows->column(static_cast<std::size_t>(index)));
  return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
  *out = of(cursor).row;
  return SQLITE_OK;
}

void forget(void* registered) { const std::unique_ptr<Registered> ending{static_cast<Registered*>(registered)}; }

/// No xCreate: the table is there under its own name, and nothing can make another. No xUpdate: read-only.
constexpr sqlite3_module kModule = {.iVersion = 1,
                                    .xConnect = &connect,
                                    .xBestIndex = &best_index,
                                    .xDisconnect = &disconnect,
                                    .xOpen = &open,
                                    .xClose = &close,
                                    .xFilter = &filter,
                                    .xNext = &next,
                                    .xEof = &at_end,
                                    .xColumn = &column,
                                    .xRowid = &row_id};

}  // namespace

void set_sql_result(sqlite3_context* context, const SqlView& value) {
  const auto text = [&](std::string_view bytes) {
    sqlite3_result_text(context, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
  };
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    sqlite3_result_int64(context, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    sqlite3_result_double(context, *real);
  } else if (const auto* view = std::get_if<std::string_view>(&value)) {
    text(*view);
  } else if (const auto* time = std::get_if<Timestamp>(&value)) {
    text(sql_time(*time));
  } else {
    sqlite3_result_null(context);
  }
}

Result<void> add_sql_module(sqlite3* database, const SqlTable& table, const std::stop_token& stop) {
  auto registered = std::make_unique<Registered>(table, stop);
  const int status = sqlite3_create_module_v2(database, table.name.c_str(), &kModule, registered.release(), &forget);
  if (status == SQLITE_OK) return {};
  return fail(ErrorCode::invalid, fmt::format("table '{}': {}", table.name, sqlite3_errmsg(database)));
}

}  // namespace hanse::historian
