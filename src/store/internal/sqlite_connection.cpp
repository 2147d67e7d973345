#include <fmt/format.h>
#include <sqlite3.h>

#include <unordered_map>

#include "store/internal/connection.hpp"

namespace hanse::store::internal {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

Error error_of(sqlite3* database, int code) {
  const auto message = fmt::format("the database says: {}", database ? sqlite3_errmsg(database) : sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return fail(ErrorCode::conflict, message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return fail(ErrorCode::corrupt, message);
    default: return fail(ErrorCode::unavailable, message);
  }
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return bytes ? std::string_view{bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))}
                 : std::string_view{};
  }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

 private:
  sqlite3_stmt* statement_;
};

class SqliteConnection final : public Connection {
 public:
  explicit SqliteConnection(Database database) : database_(std::move(database)) {}

  Result<void> script(std::string_view sql) override {
    const int code = sqlite3_exec(database_.get(), std::string{sql}.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error_of(database_.get(), code);
    return {};
  }

  Result<void> run(std::string_view sql, std::span<const SqlValue> values, const RowVisitor& visit) override {
    HANSE_TRY(auto* statement, prepared(sql));
    bind(statement, values);
    const SqliteRow row{statement};
    int code = sqlite3_step(statement);
    while (code == SQLITE_ROW) {
      if (visit && !visit(row)) break;
      code = sqlite3_step(statement);
    }
    Result<void> result;
    if (code != SQLITE_ROW && code != SQLITE_DONE) result = error_of(database_.get(), code);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return result;
  }

  std::int64_t changed() const override { return sqlite3_changes64(database_.get()); }
  bool in_transaction() const override { return sqlite3_get_autocommit(database_.get()) == 0; }

  Result<void> backup(const std::string& path) override {
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    const Database target{raw};
    if (opened != SQLITE_OK) return error_of(target.get(), opened);
    auto* copy = sqlite3_backup_init(target.get(), "main", database_.get(), "main");
    if (!copy) return error_of(target.get(), sqlite3_errcode(target.get()));
    // One step copies all pages under one read snapshot (WAL), so writers go on and the copy is of one moment.
    const int stepped = sqlite3_backup_step(copy, -1);
    const int finished = sqlite3_backup_finish(copy);
    if (stepped != SQLITE_DONE) return error_of(target.get(), stepped);
    if (finished != SQLITE_OK) return error_of(target.get(), finished);
    return {};
  }

  Result<void> purge(const std::function<Result<void>()>& work) override {
    HANSE_CHECK(script("PRAGMA secure_delete=ON"));
    auto result = work();
    HANSE_CHECK(script("PRAGMA secure_delete=OFF"));
    if (result) result = script("PRAGMA wal_checkpoint(TRUNCATE)");
    return result;
  }

  std::string_view text_type() const override { return "TEXT"; }
  std::string_view blob_type() const override { return "BLOB"; }

 private:
  Result<sqlite3_stmt*> prepared(std::string_view sql) {
    const auto known = statements_.find(std::string{sql});
    if (known != statements_.end()) return known->second.get();
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    Statement statement{raw};
    if (code != SQLITE_OK) return error_of(database_.get(), code);
    statements_[std::string{sql}] = std::move(statement);
    return raw;
  }

  // `$1` is a *named* parameter in SQLite, numbered by first appearance: it is bound by its name.
  static void bind(sqlite3_stmt* statement, std::span<const SqlValue> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const int index = sqlite3_bind_parameter_index(statement, fmt::format("${}", i + 1).c_str());
      if (index == 0) continue;
      if (const auto* integer = std::get_if<std::int64_t>(&values[i])) {
        sqlite3_bind_int64(statement, index, *integer);
      } else if (const auto* text = std::get_if<std::string_view>(&values[i])) {
        sqlite3_bind_text64(statement, index, text->data() ? text->data() : "", text->size(), SQLITE_STATIC, SQLITE_UTF8);
      } else if (const auto* blob = std::get_if<Blob>(&values[i])) {
        sqlite3_bind_blob64(statement, index, blob->bytes.data() ? blob->bytes.data() : "", blob->bytes.size(),
                            SQLITE_STATIC);
      } else {
        sqlite3_bind_null(statement, index);
      }
    }
  }

  Database database_;
  std::unordered_map<std::string, Statement> statements_;  // after the database: finalized before it closes
};

// Order matters: the page size is fixed by the first table and by WAL. Debian's SQLite has secure_delete on, which
// costs a third of the throughput; purging is explicit instead.
constexpr std::string_view kOpening =
    "PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=OFF;"
    "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=2000; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000;"
    "PRAGMA temp_store=MEMORY;";

}  // namespace

Result<std::unique_ptr<Connection>> connect_sqlite(const std::string& path) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database{raw};
  if (code != SQLITE_OK) {
    return fail(ErrorCode::unavailable, fmt::format("can't open the database '{}': {}", path, sqlite3_errstr(code)));
  }
  auto connection = std::make_unique<SqliteConnection>(std::move(database));
  if (auto opened = connection->script(kOpening); !opened) {
    return fail(opened.error().code, fmt::format("can't open the database '{}': {}", path, opened.error().message));
  }
  return std::unique_ptr<Connection>{std::move(connection)};
}

}  // namespace hanse::store::internal
