#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"

namespace hanse::store::internal {

/// Bytes to bind as a blob instead of a text.
struct Blob {
  std::string_view bytes;
};
/// What is bound to `$1`, `$2`, ...; the views must live until the call returns.
using SqlValue = std::variant<std::monostate, std::int64_t, std::string_view, Blob>;

/// One row of a result, valid during the call it is handed to.
class Row {
 public:
  virtual ~Row() = default;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;  ///< Also of a blob.
  virtual bool is_null(int column) const = 0;
};
using RowVisitor = std::function<bool(const Row&)>;

/// One connection to a database: a thin driver. Used by one thread at a time. SQL is what SQLite and PostgreSQL both
/// accept; in migrations `{text}` and `{blob}` stand for the types whose names differ.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Statements without parameters and results.
  virtual Result<void> script(std::string_view sql) = 0;
  /// One prepared and kept statement. `visit` may be empty; it returns false to stop.
  /// Errors: `unavailable` (disk full, lost connection, ...), `conflict` (a unique key), `corrupt`.
  virtual Result<void> run(std::string_view sql, std::span<const SqlValue> values, const RowVisitor& visit = {}) = 0;
  /// How many rows the last `run` changed.
  virtual std::int64_t changed() const = 0;
  /// True while a transaction is open: an error may have ended it.
  virtual bool in_transaction() const = 0;
  virtual Result<void> backup(const std::string& path) = 0;
  /// Overwrites pages freed by the deletes of `work`, so that the bytes are gone.
  virtual Result<void> purge(const std::function<Result<void>()>& work) = 0;
  virtual std::string_view text_type() const = 0;
  virtual std::string_view blob_type() const = 0;
};

/// `sqlite:PATH`, `sqlite::memory:`, `postgresql://...`. Errors: `invalid`, `unavailable`, `corrupt`.
Result<std::unique_ptr<Connection>> connect(std::string_view address);
/// A private database: it can't be opened twice.
bool is_memory(std::string_view address);

/// Brings the tables of `component` to the newest of `migrations` (1, 2, ... in order), each in a transaction.
/// Errors: `conflict` when a newer Hanse made them.
Result<void> migrate(Connection& connection, std::string_view component, std::span<const std::string_view> migrations);

Result<std::unique_ptr<Connection>> connect_sqlite(const std::string& path);
Result<std::unique_ptr<Connection>> connect_postgres(const std::string& address);

}  // namespace hanse::store::internal
