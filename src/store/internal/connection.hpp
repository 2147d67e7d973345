#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace hanse::store::internal {

/// Bytes that are no text: BLOB, BYTEA.
struct Bytes {
  std::string_view view;
};
/// What a `$1` stands for. Views must live until the call returns.
using Value = std::variant<std::int64_t, std::string_view, Bytes>;

/// The row a statement stands on; views live until the next row.
class Row {
 public:
  virtual ~Row() = default;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;  ///< Also of bytes.
};
using RowVisitor = std::function<bool(const Row&)>;  ///< False stops.

enum class Access { read, write };

/// One connection of one driver. SQL is what both databases take, with `$1` parameters; statements are prepared once
/// and kept. Used by one thread at a time.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Runs one statement and shows its rows. Returns how many rows it changed.
  /// Errors: `unavailable`, `conflict` (a unique key), `corrupt`, `too_large`.
  virtual Result<std::int64_t> run(std::string_view sql, std::span<const Value> values, const RowVisitor& visit) = 0;
  /// The same statement for many rows of `width` values each; without a round trip each where the database is far.
  virtual Result<void> run_many(std::string_view sql, std::span<const Value> values, std::size_t width) = 0;
  /// Starts a transaction; for writing it waits for other processes' writers.
  virtual Result<void> begin(Access access) = 0;
  /// Errors: `unavailable` (nothing was written), `timeout` (the connection broke: whether it was written is unknown).
  virtual Result<void> commit() = 0;
  virtual void roll_back() = 0;
  /// False after an error that ended the transaction as a whole.
  virtual bool in_transaction() const = 0;
  /// False when this connection is lost: drop it and open another.
  virtual bool usable() const = 0;
  /// Replaces `{text}`, `{bytes}` and `{clustered}` in a table's definition by the words of this database.
  virtual std::string dialect(std::string_view sql) const = 0;
  /// Runs `sql`, which removes rows, so that what they held is overwritten where the database can do that. Outside of
  /// a transaction.
  virtual Result<std::int64_t> run_purging(std::string_view sql, std::span<const Value> values) = 0;
  /// Damage that the database itself can see. Errors: `corrupt`, with its words.
  virtual Result<void> check() = 0;

  Result<std::int64_t> run(std::string_view sql) { return run(sql, {}, {}); }
  Result<std::int64_t> run(std::string_view sql, std::initializer_list<Value> values, const RowVisitor& visit = {}) {
    return run(sql, std::span<const Value>{values.begin(), values.size()}, visit);
  }
};

/// `path` is a file or `:memory:`. Follows the measured opening sequence (docs/formats/store.md).
Result<std::unique_ptr<Connection>> open_sqlite(const std::string& path, Access access);
/// A consistent copy of an open SQLite file at `to`, which must not exist, while others go on writing.
Result<void> copy_sqlite(Connection& from, const std::string& to);
Result<std::unique_ptr<Connection>> open_postgresql(const std::string& url);

}  // namespace hanse::store::internal
