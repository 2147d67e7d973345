#include "store/internal/copy.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "store/internal/migrations.hpp"

namespace hanse::store::internal {
namespace {

/// `columns` begin with the key, in order; a letter each in `types`: i(nteger), t(ext), b(ytes).
struct Table {
  std::string_view name;
  std::array<std::string_view, 10> columns;
  std::string_view types;
  std::size_t key_size;
};

constexpr std::array kTables = {
    Table{"document", {"kind", "id", "version", "changed_ns", "sequence", "body"}, "ttiiit", 2},
    Table{"document_index", {"kind", "field", "value", "id"}, "tttt", 4},
    Table{"journal",
          {"sequence", "time_ns", "actor", "action", "kind", "id", "version", "digest", "detail", "hash"},
          "iittttittt",
          1},
    Table{"journal_head", {"slot", "sequence", "hash"}, "iit", 1},
    Table{"number_row", {"name", "last"}, "ti", 1},
    Table{"chunk", {"series", "level", "begin_ns", "end_ns", "bytes"}, "iiiib", 3},
};
constexpr std::int64_t kRowsAtOnce = 500;

/// One row, owned: the source's views end with its row.
struct Copied {
  std::int64_t number = 0;
  std::string text;
};

std::string list_of(const Table& table, std::size_t count, bool as_parameters) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ", ";
    out += as_parameters ? fmt::format("${}", i + 1) : std::string{table.columns[i]};
  }
  return out;
}

Value value_of(const Copied& cell, char type) {
  if (type == 'i') return cell.number;
  if (type == 'b') return Bytes{cell.text};
  return std::string_view{cell.text};
}

Result<bool> has_rows(const Table& table, Connection& connection) {
  bool found = false;
  HANSE_CHECK(connection.run(fmt::format("SELECT 1 FROM {} LIMIT 1", table.name), {}, [&](const Row&) {
    found = true;
    return false;
  }));
  return found;
}

Result<void> copy_table(const Table& table, Connection& from, Connection& to) {
  const std::size_t width = table.types.size();
  const auto key = list_of(table, table.key_size, false);
  const auto first =
      fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT {}", list_of(table, width, false), table.name, key, kRowsAtOnce);
  const auto following =
      fmt::format("SELECT {} FROM {} WHERE ({}) > ({}) ORDER BY {} LIMIT {}", list_of(table, width, false), table.name,
                  key, list_of(table, table.key_size, true), key, kRowsAtOnce);
  const auto insert = fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name, list_of(table, width, false),
                                  list_of(table, width, true));
  std::vector<Copied> last;
  for (;;) {
    std::vector<Copied> cells;
    std::vector<Value> after;
    for (std::size_t i = 0; i < last.size(); ++i) after.push_back(value_of(last[i], table.types[i]));
    HANSE_CHECK(from.run(after.empty() ? first : following, after, [&](const Row& row) {
      for (std::size_t i = 0; i < width; ++i) {
        const int column = static_cast<int>(i);
        const bool number = table.types[i] == 'i';
        cells.push_back({number ? row.integer(column) : 0, number ? std::string{} : std::string{row.text(column)}});
      }
      return true;
    }));
    if (cells.empty()) return {};
    std::vector<Value> values;
    values.reserve(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) values.push_back(value_of(cells[i], table.types[i % width]));
    HANSE_CHECK(to.run_many(insert, values, width));
    const auto last_row = cells.end() - static_cast<std::ptrdiff_t>(width);
    last.assign(last_row, last_row + static_cast<std::ptrdiff_t>(table.key_size));
  }
}

}  // namespace

Result<void> copy_rows(Connection& from, Connection& to) {
  for (const auto& table : kTables) {
    HANSE_TRY(const bool any, has_rows(table, from));
    if (!any) continue;
    HANSE_TRY(const bool occupied, has_rows(table, to));
    if (occupied) {
      return fail(ErrorCode::conflict,
                  fmt::format("the target already has rows of '{}'; restore into an empty one", table.name));
    }
    HANSE_CHECK(copy_table(table, from, to));
  }
  return {};
}

Result<void> copy_to_sqlite(Connection& from, const std::string& path) {
  if (::access(path.c_str(), F_OK) == 0) {
    return fail(ErrorCode::conflict, fmt::format("'{}' exists already; a backup never overwrites", path));
  }
  HANSE_TRY(auto to, open_sqlite(path, Access::write));
  HANSE_CHECK(migrate(*to));
  HANSE_CHECK(to->begin(Access::write));
  if (auto copied = copy_rows(from, *to); !copied) {
    to->roll_back();
    return copied;
  }
  HANSE_CHECK(to->commit());
  HANSE_CHECK(to->run("PRAGMA journal_mode=DELETE"));
  return {};
}

}  // namespace hanse::store::internal
