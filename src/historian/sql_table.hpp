#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace hanse::historian {

/// A value in a row: nothing, a whole number, a number, a text or an instant. Instants show as RFC 3339 with nine
/// digits, so that the order of texts is the order of times.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string, Timestamp>;
/// The same, lent: a text is valid until the next row.
using SqlView = std::variant<std::monostate, std::int64_t, double, std::string_view, Timestamp>;

enum class SqlType { any, integer, real, text, time };

struct SqlColumn {
  std::string name;
  SqlType type = SqlType::any;
  bool indexed = false;  ///< `column = value` is handed to `open` (any type), and ranges when it is a time.
  std::string summary = {};
};

/// What of the WHERE clause reaches the table: hints that narrow the scan. Rows outside of `equal` may be returned all
/// the same (SQLite checks again); rows outside of the time range may not.
struct SqlFilter {
  std::vector<std::optional<SqlValue>> equal;  ///< By column.
  Timestamp begin = Timestamp::min();          ///< Of the first indexed time column: from `begin`
  Timestamp last = Timestamp::max();           ///< to `last`, both included.
  std::stop_token stop = {};                   ///< Nobody waits for the rows any more.
  /// The text wanted of a column, if it is one.
  const std::string* text(std::size_t column) const;
  std::optional<std::int64_t> integer(std::size_t column) const;
};

/// Rows on their way. One thread at a time.
class SqlRows {
 public:
  virtual ~SqlRows() = default;
  /// To the next row, first of all to the first; false when there is none.
  virtual Result<bool> next() = 0;
  virtual SqlView column(std::size_t index) const = 0;
};

/// One table of the SQL interface, over whatever holds the rows. A room hands in its tables through the node.
struct SqlTable {
  std::string name;
  std::string summary;
  std::vector<SqlColumn> columns;
  std::function<Result<std::unique_ptr<SqlRows>>(const SqlFilter&)> open;
  double rows_expected = 10'000;    ///< Without any condition; for SQLite's plan.
  double rows_expected_equal = 10;  ///< With an equality on an indexed column.
};

/// One page of rows that are read page by page.
struct SqlPage {
  std::vector<std::vector<SqlValue>> rows;
  std::optional<std::string> next;  ///< Absent on the last.
};
/// Rows by pages: `read` is given nothing, then each page's `next`.
std::unique_ptr<SqlRows> sql_pages(std::function<Result<SqlPage>(const std::optional<std::string>& cursor)> read);
/// Rows that are in memory.
std::unique_ptr<SqlRows> sql_rows(std::vector<std::vector<SqlValue>> rows);

/// `2026-03-01`, `2026-03-01 06:00`, `2026-03-01T06:00:00.5+01:00`; UTC without a zone. Errors: `invalid`.
Result<Timestamp> parse_sql_time(std::string_view text);
/// `2026-03-01T06:00:00.250000000Z`
std::string sql_time(Timestamp time);

}  // namespace hanse::historian
