#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <charconv>
#include <map>

#include "base/assert.hpp"
#include "store/internal/connection.hpp"
#include "store/internal/dialect.hpp"

namespace hanse::store::internal {
namespace {

// Another process (`hanse backup`, `hanse journal verify`) holds the write lock for one commit at most.
constexpr int kBusyMs = 10'000;
// Debian's default, ON, costs a third of the throughput. FAST zeroes what is deleted within pages that are written
// anyway; pages that become free keep their bytes until somebody erases for good (run_purging).
constexpr const char* kSecureDelete = "PRAGMA secure_delete=FAST";

struct StatementCloser {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
struct DatabaseCloser {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

ErrorCode code_of(int status) {
  switch (status & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::corrupt;
    case SQLITE_CONSTRAINT:
      return ErrorCode::conflict;
    case SQLITE_TOOBIG:
      return ErrorCode::too_large;
    default:
      return ErrorCode::unavailable;
  }
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(sqlite3* database, std::string path) : database_(database), path_(std::move(path)) {}
  using Connection::run;
  Result<std::int64_t> run(std::string_view sql, std::span<const Value> values, const RowVisitor& visit) override {
    HANSE_TRY(Prepared * prepared, prepare(sql));
    return execute(*prepared, values, visit);
  }

  Result<void> run_many(std::string_view sql, std::span<const Value> values, std::size_t width) override {
    HANSE_TRY(Prepared * prepared, prepare(sql));
    for (std::size_t i = 0; i < values.size(); i += width) {
      HANSE_CHECK(execute(*prepared, values.subspan(i, width), {}));
    }
    return {};
  }

  Result<void> begin(Access access) override {
    // IMMEDIATE: a writer that began as a reader could not always become one.
    HANSE_CHECK(run(access == Access::write ? "BEGIN IMMEDIATE" : "BEGIN"));
    return {};
  }

  Result<void> commit() override {
    if (auto done = run("COMMIT"); !done) {
      // After a failed fsync nobody knows what the disk holds; a second attempt could report success without one.
      const int status = sqlite3_extended_errcode(database_.get()) & 0xff;
      if (status == SQLITE_IOERR || status == SQLITE_CORRUPT) usable_ = false;
      roll_back();
      return std::move(done).error();
    }
    return {};
  }
  void roll_back() override {
    if (in_transaction()) static_cast<void>(run("ROLLBACK"));
  }
  bool in_transaction() const override { return sqlite3_get_autocommit(database_.get()) == 0; }
  bool usable() const override { return usable_; }
  std::string dialect(std::string_view sql) const override {
    return fill_dialect(sql, "TEXT", "BLOB", "WITHOUT ROWID");
  }

  Result<std::int64_t> run_purging(std::string_view sql, std::span<const Value> values) override {
    HANSE_CHECK(run("PRAGMA secure_delete=ON"));
    auto changed = run(sql, values, {});
    static_cast<void>(run(kSecureDelete));
    if (!changed) return changed;
    HANSE_CHECK(overwrite_free_pages());
    // The log still holds the rows as they were written: empty it.
    HANSE_CHECK(run("PRAGMA wal_checkpoint(TRUNCATE)"));
    return changed;
  }

  /// Pages that earlier changes freed (merged chunks, replaced rows) still hold what was in them: fills them all with
  /// zeros, by a table that takes them and goes again.
  Result<void> overwrite_free_pages() {
    constexpr std::int64_t kPieceMax = 64 << 20;
    std::int64_t pages = 0, page_bytes = 0;
    const auto into = [](std::int64_t& out) {
      return [&out](const Row& row) {
        out = row.integer(0);
        return false;
      };
    };
    HANSE_CHECK(run("PRAGMA freelist_count", {}, into(pages)));
    HANSE_CHECK(run("PRAGMA page_size", {}, into(page_bytes)));
    if (pages == 0) return {};
    HANSE_CHECK(run("CREATE TABLE free_pages (filler BLOB)"));
    for (std::int64_t left = pages * page_bytes; left > 0; left -= kPieceMax) {
      HANSE_CHECK(run("INSERT INTO free_pages VALUES (zeroblob($1))", {Value{std::min(left, kPieceMax)}}));
    }
    HANSE_CHECK(run("DROP TABLE free_pages"));
    return {};
  }

  Result<void> check() override {
    std::string words;
    HANSE_CHECK(run("PRAGMA integrity_check(1)", {}, [&](const Row& row) {
      words = row.text(0);
      return false;
    }));
    if (words == "ok") return {};
    return fail(ErrorCode::corrupt, fmt::format("the database '{}' is damaged: {}", path_, words));
  }

  sqlite3* handle() { return database_.get(); }
  const std::string& path() const { return path_; }

  Error error(std::string_view doing) const {
    const int status = sqlite3_extended_errcode(database_.get());
    return fail(code_of(status), fmt::format("the database '{}' refuses to {}: {} ({})", path_, doing,
                                             sqlite3_errmsg(database_.get()), status));
  }

 private:
  struct Prepared {
    std::unique_ptr<sqlite3_stmt, StatementCloser> statement;
    std::vector<int> positions;  ///< Of $1, $2, ...: SQLite numbers named parameters by appearance, not by name.
  };

  Result<Prepared*> prepare(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return &known->second;
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made,
                           nullptr) != SQLITE_OK) {
      return error(fmt::format("prepare '{}'", sql));
    }
    Prepared prepared;
    prepared.statement.reset(made);
    for (int position = 1; position <= sqlite3_bind_parameter_count(made); ++position) {
      const std::string_view name = sqlite3_bind_parameter_name(made, position);
      std::size_t number = 0;
      std::from_chars(name.data() + 1, name.data() + name.size(), number);
      HANSE_ASSERT(number >= 1 && number <= 64);
      if (prepared.positions.size() < number) prepared.positions.resize(number);
      prepared.positions[number - 1] = position;
    }
    return &statements_.emplace(std::string{sql}, std::move(prepared)).first->second;
  }

  static int bind(sqlite3_stmt* statement, int position, const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, position, *number);
    const bool is_text = std::holds_alternative<std::string_view>(value);
    const auto view = is_text ? std::get<std::string_view>(value) : std::get<Bytes>(value).view;
    const char* data = view.data() ? view.data() : "";  // a null pointer would bind NULL
    if (is_text) return sqlite3_bind_text64(statement, position, data, view.size(), SQLITE_STATIC, SQLITE_UTF8);
    return sqlite3_bind_blob64(statement, position, data, view.size(), SQLITE_STATIC);
  }

  Result<std::int64_t> execute(Prepared& prepared, std::span<const Value> values, const RowVisitor& visit) {
    sqlite3_stmt* statement = prepared.statement.get();
    HANSE_ASSERT(values.size() == prepared.positions.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (bind(statement, prepared.positions[i], values[i]) != SQLITE_OK) return error("take a value");
    }
    const SqliteRow row{statement};
    const auto changes_before = sqlite3_total_changes64(database_.get());
    bool going = true;
    int status = SQLITE_ROW;
    while (going && (status = sqlite3_step(statement)) == SQLITE_ROW) going = !visit || visit(row);
    if (going && status != SQLITE_DONE) {
      auto failed = error("run a statement");
      sqlite3_reset(statement);
      return failed;
    }
    sqlite3_reset(statement);
    return sqlite3_total_changes64(database_.get()) - changes_before;
  }

  std::unique_ptr<sqlite3, DatabaseCloser> database_;
  std::string path_;
  std::map<std::string, Prepared, std::less<>> statements_;
  bool usable_ = true;
};

/// What it holds is nobody else's business; SQLite gives its log the same rights.
void make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
}

}  // namespace

Result<std::unique_ptr<Connection>> open_sqlite(const std::string& path, Access access) {
  if (access == Access::write && path != ":memory:") make_private_file(path);
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == Access::write ? SQLITE_OPEN_CREATE : 0);
  const int status = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  auto connection = std::make_unique<SqliteConnection>(opened, path);
  if (status != SQLITE_OK) return connection->error("open");
  sqlite3_busy_timeout(opened, kBusyMs);
  if (access == Access::read) {
    HANSE_CHECK(connection->run("PRAGMA query_only=1"));
    return connection;
  }
  // page_size before the first table and before WAL.
  for (const std::string_view pragma : {"PRAGMA page_size=16384", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
                                        kSecureDelete, "PRAGMA cache_size=-65536", "PRAGMA wal_autocheckpoint=2000",
                                        // What a group's savepoints would take back else goes through a temporary file,
                                        // made and removed for nearly each transaction.
                                        "PRAGMA temp_store=MEMORY"}) {
    HANSE_CHECK(connection->run(pragma));
  }
  return connection;
}

Result<void> copy_sqlite(Connection& from, const std::string& to) {
  auto* source = dynamic_cast<SqliteConnection*>(&from);
  HANSE_ASSERT(source != nullptr);
  if (::access(to.c_str(), F_OK) == 0) {
    return fail(ErrorCode::conflict, fmt::format("'{}' exists already; a backup never overwrites", to));
  }
  make_private_file(to);
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(to.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteConnection target{opened, to};
  if (status != SQLITE_OK) return target.error("open");
  sqlite3_backup* copy = sqlite3_backup_init(opened, "main", source->handle(), "main");
  if (copy == nullptr) return target.error("be written to");
  // All pages in one step: one snapshot of the source, whose writers go on in the log meanwhile.
  const int stepped = sqlite3_backup_step(copy, -1);
  const int finished = sqlite3_backup_finish(copy);
  if (stepped != SQLITE_DONE || finished != SQLITE_OK) return target.error("be written to");
  HANSE_CHECK(target.run("PRAGMA journal_mode=DELETE"));  // one file that stands alone
  return {};
}

}  // namespace hanse::store::internal
