#pragma once

#include <atomic>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "historian/engine.hpp"
#include "historian/internal/files.hpp"
#include "store/internal/database_under_test.hpp"

namespace hanse::historian::internal {

/// A store that refuses to be written to when told.
class RefusingChunks final : public store::ChunkStore {
 public:
  explicit RefusingChunks(std::unique_ptr<store::ChunkStore> chunks) : chunks_(std::move(chunks)) {}
  Result<void> change(std::span<const store::ChunkKey> remove, std::span<const store::Chunk> add) override {
    if (refuses) return fail(ErrorCode::unavailable, "the store refuses");
    return chunks_->change(remove, add);
  }
  Result<void> scan(std::uint32_t series, std::uint8_t level, std::int64_t begin_ns, std::int64_t end_ns,
                    const std::function<bool(const store::Chunk&)>& visit) override {
    ++scans;
    if (level == 0) ++raw_scans;
    return chunks_->scan(series, level, begin_ns, end_ns, visit);
  }
  Result<void> list(const std::function<void(const store::ChunkKey&, std::int64_t, std::size_t)>& visit) override {
    return chunks_->list(visit);
  }
  Result<void> erase_series(std::uint32_t series, bool purge) override { return chunks_->erase_series(series, purge); }
  Result<std::int64_t> erase_before(std::uint32_t series, std::uint8_t level, std::int64_t before_ns) override {
    return chunks_->erase_before(series, level, before_ns);
  }
  Result<void> backup(const std::string& path) override { return chunks_->backup(path); }

  std::atomic<bool> refuses = false;
  std::atomic<int> scans = 0, raw_scans = 0;

 private:
  std::unique_ptr<store::ChunkStore> chunks_;
};

/// An engine on a database and a folder of its own, closed and opened again at will. No background unless asked for:
/// what is sealed when is the test's to say.
class EngineUnderTest {
 public:
  using Kind = store::internal::TestDatabase::Kind;
  explicit EngineUnderTest(Kind kind, LogLevel level = LogLevel::error)
      : log(clock, level, LogFormat::text), database_(kind), kind_(kind) {}
  ~EngineUnderTest();

  void open();
  void close();
  /// Ends the engine as kill -9 would: nothing more is sealed. Then opens it again.
  void crash();

  Engine& engine() { return *engine_; }
  RefusingChunks& chunks() { return *chunks_; }
  std::string record_folder() const { return database_.folder() + "-record"; }
  const std::string& folder() const { return database_.folder(); }
  const std::string& address() const { return database_.address(); }

  HistorianSettings settings{.raw_days = 0};
  SimulatedClock clock{Timestamp{1'764'000'000'000'000'000}};
  Log log;
  Files* files = nullptr;
  bool background = false;
  std::function<std::string(SignalId)> class_of;

 private:
  store::internal::TestDatabase database_;
  Kind kind_;
  std::unique_ptr<RefusingChunks> chunks_;
  std::unique_ptr<Engine> engine_;
};

/// A disk in memory that fails when told, and can lose what wasn't synced.
class FailingFiles final : public Files {
 public:
  struct Content {
    std::string bytes;
    std::size_t synced = 0;
  };
  Result<void> make_folder(const std::string&) override { return {}; }
  Result<std::vector<std::string>> list(const std::string& folder) override;
  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::string> read(const std::string& path) override;
  Result<void> remove(const std::string& path) override;

  /// As after a loss of power: of what wasn't synced `kept` bytes are there.
  void lose_power(std::size_t kept = 0);

  std::map<std::string, std::shared_ptr<Content>> content;
  std::size_t room = std::numeric_limits<std::size_t>::max();  ///< Bytes that still fit.
  bool sync_fails = false;
  std::function<void()> on_sync = {};  ///< Called while a flush is under way: a slow disk.
  bool read_only = false;
  int syncs = 0;
};

}  // namespace hanse::historian::internal
