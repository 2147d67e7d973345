#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "historian/sql_table.hpp"

namespace hanse::historian {

inline constexpr std::size_t kSqlTextBytesMax = 100'000;
inline constexpr std::int64_t kSqlRowsMax = 100'000;
inline constexpr std::size_t kSqlResultBytesMax = 64u << 20;
inline constexpr std::int64_t kSqlMemoryBytesMax = 256 << 20;  ///< What SQLite may take more than when the query began.
inline constexpr Duration kSqlTimeMax = 60s;

struct SqlQuery {
  std::string_view sql;          ///< One SELECT.
  RawJson parameters = {};       ///< A list for `?`, an object for `:name`; empty for none.
  std::int64_t rows_max = 1000;  ///< More are cut, and the result says so.
  Duration time_limit = 10s;
  std::stop_token stop = {};
};

struct SqlResult {
  std::vector<std::string> columns;
  std::vector<std::vector<SqlValue>> rows;
  bool truncated = false;  ///< There were more rows.
  Duration elapsed{};
};

/// Reads tables with SQLite's SQL and nothing else: an empty database in memory, whose only tables are the given ones
/// (and `columns`, which lists them). SELECT only; no PRAGMA, ATTACH or extension. Safe from many threads; blocking.
class SqlReader {
 public:
  SqlReader(std::vector<SqlTable> tables, const Clock& clock);

  /// Errors: `invalid` (the SQL, with SQLite's words; a parameter), `too_large` (memory, size of the result),
  /// `timeout`, `unavailable` (stopped); of the tables.
  Result<SqlResult> run(const SqlQuery& query) const;

 private:
  std::vector<SqlTable> tables_;
  const Clock& clock_;
};

/// `{"columns":["a"],"rows":[[1]],"truncated":false,"elapsed_ms":3}`
std::string sql_json(const SqlResult& result);
/// With a header row; null is an empty cell.
std::string sql_csv(const SqlResult& result);
/// For a terminal: columns under their names, numbers right-aligned.
std::string sql_text(const SqlResult& result);

}  // namespace hanse::historian
