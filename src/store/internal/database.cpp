#include "store/internal/database.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "store/internal/copy.hpp"
#include "store/internal/migrations.hpp"

namespace hanse::store::internal {
namespace {

constexpr std::size_t kReadersMax = 8;
/// Bounds how long the first of a batch waits for the last.
constexpr std::size_t kBatchMax = 512;
constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kMemory = ":memory:";

bool is_postgresql(std::string_view address) {
  return address.starts_with("postgresql://") || address.starts_with("postgres://");
}

}  // namespace

Result<DatabasePlace> parse_address(std::string_view address) {
  if (is_postgresql(address)) return DatabasePlace{DatabaseKind::postgresql, std::string{address}};
  if (!address.starts_with(kSqlite) || address.size() == kSqlite.size()) {
    return fail(ErrorCode::invalid, "the store's address must be sqlite:PATH, sqlite::memory: or postgresql://...");
  }
  const auto target = address.substr(kSqlite.size());
  return DatabasePlace{target == kMemory ? DatabaseKind::sqlite_memory : DatabaseKind::sqlite_file,
                       std::string{target}};
}

Result<std::unique_ptr<Database>> Database::open(std::string_view address) {
  HANSE_TRY(auto place, parse_address(address));
  auto database = std::make_unique<Database>(std::move(place));
  HANSE_TRY(database->writer_, database->connect(Access::write));
  HANSE_CHECK(migrate(*database->writer_));
  database->writer_thread_ =
      std::jthread{[made = database.get()](const std::stop_token& stop) { made->run_writer(stop); }};
  return database;
}

Database::~Database() {
  writer_thread_.request_stop();
  if (writer_thread_.joinable()) writer_thread_.join();
}

Result<std::unique_ptr<Connection>> Database::connect(Access access) const {
  return place_.kind == DatabaseKind::postgresql ? open_postgresql(place_.target) : open_sqlite(place_.target, access);
}

Result<void> Database::write(const Work& work, const std::function<void()>& committed) {
  Waiting waiting{.work = &work, .committed = &committed, .alone = false, .outcome = {}};
  return submit(waiting);
}

Result<void> Database::maintain(const Work& work) {
  Waiting waiting{.work = &work, .committed = nullptr, .alone = true, .outcome = {}};
  return submit(waiting);
}

Result<void> Database::submit(Waiting& waiting) {
  HANSE_ASSERT(!on_writer_thread());  // a write within a write would wait for itself
  std::unique_lock lock{queue_mutex_};
  queue_.push_back(&waiting);
  queue_filled_.notify_one();
  done_.wait(lock, [&] { return waiting.done; });
  return std::move(waiting.outcome);
}

void Database::run_writer(const std::stop_token& stop) {
  std::vector<Waiting*> batch;
  for (;;) {
    {
      std::unique_lock lock{queue_mutex_};
      if (!queue_filled_.wait(lock, stop, [&] { return !queue_.empty(); })) return;
      batch.clear();
      while (!queue_.empty() && batch.size() < kBatchMax) {
        const bool alone = queue_.front()->alone;
        if (alone && !batch.empty()) break;
        batch.push_back(queue_.front());
        queue_.pop_front();
        if (alone) break;
      }
    }
    {
      std::unique_lock memory{memory_mutex_, std::defer_lock};
      if (place_.kind == DatabaseKind::sqlite_memory) memory.lock();
      run_batch(batch);
    }
    for (auto* waiting : batch) {
      if (waiting->outcome && waiting->committed && *waiting->committed) (*waiting->committed)();
    }
    {
      const std::lock_guard lock{queue_mutex_};
      for (auto* waiting : batch) waiting->done = true;
    }
    done_.notify_all();
  }
}

void Database::run_batch(std::vector<Waiting*>& batch) {
  const auto all_fail = [&](const Error& error) {
    for (auto* waiting : batch) {
      if (waiting->outcome) waiting->outcome = error;
    }
  };
  if (broken_) {
    return all_fail(fail(ErrorCode::unavailable,
                         "the disk failed while the store was committing; nothing is written until the disk is checked "
                         "and the node started again"));
  }
  if (!writer_ || !writer_->usable()) {
    auto connected = connect(Access::write);
    if (!connected) return all_fail(connected.error());
    writer_ = *std::move(connected);
  }
  if (batch.front()->alone) {
    batch.front()->outcome = (*batch.front()->work)(*writer_);
    return;
  }
  if (auto done = run_in_transaction(batch); !done) {
    all_fail(done.error());
    writer_->roll_back();
    if (!writer_->usable() && place_.kind != DatabaseKind::postgresql) broken_ = true;
  }
}

Result<void> Database::run_in_transaction(std::vector<Waiting*>& batch) {
  HANSE_CHECK(writer_->begin(Access::write));
  const bool savepoint = batch.size() > 1;
  std::size_t kept = 0;
  for (auto* waiting : batch) {
    waiting->outcome = run_one(*waiting, savepoint);
    if (waiting->outcome) {
      ++kept;
    } else if (!writer_->in_transaction()) {
      // The database gave up the whole transaction (disk full, connection lost): what ran before is gone, too.
      return Error{waiting->outcome.error()};
    }
  }
  if (kept == 0) {
    writer_->roll_back();
    return {};
  }
  return writer_->commit();
}

Result<void> Database::run_one(Waiting& waiting, bool savepoint) {
  if (!savepoint) return (*waiting.work)(*writer_);
  HANSE_CHECK(writer_->run("SAVEPOINT one"));
  auto outcome = (*waiting.work)(*writer_);
  if (!writer_->in_transaction()) {
    return outcome ? fail(ErrorCode::unavailable, "the database gave up a transaction") : std::move(outcome);
  }
  if (!outcome) {
    if (auto undone = writer_->run("ROLLBACK TO one"); !undone) {
      writer_->roll_back();
      return outcome;
    }
  }
  if (auto released = writer_->run("RELEASE one"); !released && outcome) {
    static_cast<void>(writer_->run("ROLLBACK TO one"));  // the work hid a statement that failed
    return std::move(released).error();
  }
  return outcome;
}

Result<std::unique_ptr<Connection>> Database::take_reader() {
  {
    std::unique_lock lock{readers_mutex_};
    reader_free_.wait(lock, [&] { return readers_out_ < kReadersMax; });
    ++readers_out_;
    if (!readers_.empty()) {
      auto reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
  }
  auto made = connect(Access::read);
  if (!made) give_back(nullptr);
  return made;
}

void Database::give_back(std::unique_ptr<Connection> reader) {
  {
    const std::lock_guard lock{readers_mutex_};
    --readers_out_;
    if (reader && reader->usable() && !reader->in_transaction()) readers_.push_back(std::move(reader));
  }
  reader_free_.notify_one();
}

Result<void> Database::read(const Work& work) {
  if (on_writer_thread()) return work(*writer_);
  if (place_.kind == DatabaseKind::sqlite_memory) {
    const std::lock_guard lock{memory_mutex_};
    return work(*writer_);
  }
  HANSE_TRY(auto reader, take_reader());
  auto outcome = work(*reader);
  give_back(std::move(reader));
  return outcome;
}

Result<void> Database::read_snapshot(const Work& work) {
  if (on_writer_thread()) return read(work);
  return read([&](Connection& connection) -> Result<void> {
    HANSE_CHECK(connection.begin(Access::read));
    auto outcome = work(connection);
    connection.roll_back();
    return outcome;
  });
}

Result<void> Database::backup(const std::string& path) {
  if (place_.kind != DatabaseKind::postgresql) {
    return read([&](Connection& connection) { return copy_sqlite(connection, path); });
  }
  return read_snapshot([&](Connection& connection) { return copy_to_sqlite(connection, path); });
}

}  // namespace hanse::store::internal
