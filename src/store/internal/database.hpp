#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/internal/connection.hpp"

namespace hanse::store::internal {

enum class DatabaseKind { sqlite_file, sqlite_memory, postgresql };
struct DatabasePlace {
  DatabaseKind kind;
  std::string target;  ///< Path or URL.
};
/// Of `sqlite:PATH`, `sqlite::memory:` or `postgresql://...`. Errors: `invalid`.
Result<DatabasePlace> parse_address(std::string_view address);

/// One database with one writer thread and a pool of readers. Writes queue; the writer puts all that wait into one
/// transaction, each in a savepoint of its own, commits once and wakes them all (group commit).
class Database {
 public:
  /// Opens and migrates. Errors: as `open_store`.
  static Result<std::unique_ptr<Database>> open(std::string_view address);
  /// For `open` only.
  explicit Database(DatabasePlace place) : place_(std::move(place)) {}
  /// Finishes what waits.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  using Work = std::function<Result<void>(Connection&)>;
  /// Runs `work` on the writer's thread and returns when it is durable. `committed` runs there after the commit and
  /// before this returns, in the order of commits. Never call it from within `work` or `committed`.
  Result<void> write(const Work& work, const std::function<void()>& committed);
  /// Runs `work` with a connection for reading; within a write, with the writer's own, so that it sees what it wrote.
  Result<void> read(const Work& work);
  /// `read` in one snapshot.
  Result<void> read_snapshot(const Work& work);
  /// Runs `work` alone on the writer's thread outside of any transaction.
  Result<void> maintain(const Work& work);
  /// A consistent copy as one SQLite file at `path`, whichever driver this is.
  Result<void> backup(const std::string& path);

 private:
  struct Waiting {
    const Work* work;
    const std::function<void()>* committed;
    bool alone;  ///< Outside of a transaction.
    Result<void> outcome;
    bool done = false;
  };

  Result<std::unique_ptr<Connection>> connect(Access access) const;
  Result<void> submit(Waiting& waiting);
  void run_writer(const std::stop_token& stop);
  void run_batch(std::vector<Waiting*>& batch);
  Result<void> run_in_transaction(std::vector<Waiting*>& batch);
  Result<void> run_one(Waiting& waiting, bool savepoint);
  Result<std::unique_ptr<Connection>> take_reader();
  void give_back(std::unique_ptr<Connection> reader);
  bool on_writer_thread() const { return std::this_thread::get_id() == writer_thread_.get_id(); }

  const DatabasePlace place_;
  std::unique_ptr<Connection> writer_;
  std::mutex memory_mutex_;  ///< Of `writer_` when readers share it: a database in memory has one connection.
  bool broken_ = false;      ///< A failed fsync: only the writer's thread looks at it.

  std::mutex readers_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<Connection>> readers_;
  std::size_t readers_out_ = 0;

  std::mutex queue_mutex_;
  std::condition_variable_any queue_filled_;
  std::condition_variable done_;
  std::deque<Waiting*> queue_;
  std::jthread writer_thread_;  // last: stops first
};

}  // namespace hanse::store::internal
