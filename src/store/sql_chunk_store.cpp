#include <fmt/format.h>

#include <array>
#include <mutex>

#include "store/chunk_store.hpp"
#include "store/internal/connection_pool.hpp"
#include "store/internal/tables.hpp"

namespace hanse::store {
namespace {

using internal::Blob;
using internal::Connection;
using internal::Row;
using internal::SqlValue;

constexpr std::size_t kReadersMax = 8;

Chunk chunk_of(const Row& row) {
  return {.series = static_cast<std::uint32_t>(row.integer(0)),
          .level = static_cast<std::uint8_t>(row.integer(1)),
          .begin_ns = row.integer(2),
          .end_ns = row.integer(3),
          .bytes = std::string{row.text(4)}};
}

Result<void> remove_one(Connection& connection, const ChunkKey& key) {
  const std::array<SqlValue, 3> values = {std::int64_t{key.series}, std::int64_t{key.level}, key.begin_ns};
  return connection.run("DELETE FROM chunk WHERE series = $1 AND level = $2 AND begin_ns = $3", values);
}

Result<void> add_one(Connection& connection, const Chunk& chunk) {
  const std::array<SqlValue, 5> values = {std::int64_t{chunk.series}, std::int64_t{chunk.level}, chunk.begin_ns,
                                          chunk.end_ns, Blob{chunk.bytes}};
  return connection.run("INSERT INTO chunk (series, level, begin_ns, end_ns, bytes) VALUES ($1, $2, $3, $4, $5)", values);
}

class SqlChunkStore final : public ChunkStore {
 public:
  SqlChunkStore(std::string address, std::unique_ptr<Connection> writer)
      : memory_(internal::is_memory(address)), readers_(std::move(address), kReadersMax), writer_(std::move(writer)) {}

  Result<void> change(std::span<const ChunkKey> remove, std::span<const Chunk> add) override {
    return write([&]() -> Result<void> {
      for (const auto& key : remove) HANSE_CHECK(remove_one(*writer_, key));
      for (const auto& chunk : add) {
        HANSE_CHECK(remove_one(*writer_, {chunk.series, chunk.level, chunk.begin_ns}));
        HANSE_CHECK(add_one(*writer_, chunk));
      }
      return {};
    });
  }

  Result<void> scan(std::uint32_t series, std::uint8_t level, std::int64_t begin_ns, std::int64_t end_ns,
                    const std::function<bool(const Chunk&)>& visit) override {
    const std::array<SqlValue, 4> values = {std::int64_t{series}, std::int64_t{level}, begin_ns, end_ns};
    return read([&](Connection& connection) {
      return connection.run(
          "SELECT series, level, begin_ns, end_ns, bytes FROM chunk WHERE series = $1 AND level = $2 AND end_ns >= $3 "
          "AND begin_ns <= $4 ORDER BY begin_ns",
          values, [&visit](const Row& row) { return visit(chunk_of(row)); });
    });
  }

  Result<void> list(const std::function<void(const ChunkKey&, std::int64_t, std::size_t)>& visit) override {
    return read([&](Connection& connection) {
      return connection.run(
          "SELECT series, level, begin_ns, end_ns, length(bytes) FROM chunk ORDER BY series, level, begin_ns", {},
          [&visit](const Row& row) {
            visit({static_cast<std::uint32_t>(row.integer(0)), static_cast<std::uint8_t>(row.integer(1)), row.integer(2)},
                  row.integer(3), static_cast<std::size_t>(row.integer(4)));
            return true;
          });
    });
  }

  Result<void> erase_series(std::uint32_t series, bool purge) override {
    const std::array<SqlValue, 1> values = {std::int64_t{series}};
    const auto erase = [&] { return write([&] { return writer_->run("DELETE FROM chunk WHERE series = $1", values); }); };
    return purge ? writer_->purge(erase) : erase();
  }

  Result<std::int64_t> erase_before(std::uint32_t series, std::uint8_t level, std::int64_t before_ns) override {
    std::int64_t erased = 0;
    const std::array<SqlValue, 3> values = {std::int64_t{series}, std::int64_t{level}, before_ns};
    HANSE_CHECK(write([&]() -> Result<void> {
      HANSE_CHECK(writer_->run("DELETE FROM chunk WHERE series = $1 AND level = $2 AND end_ns < $3", values));
      erased = writer_->changed();
      return {};
    }));
    return erased;
  }

  Result<void> backup(const std::string& path) override {
    return read([&](Connection& connection) { return connection.backup(path); });
  }

 private:
  template <class Work>
  auto read(Work&& work) -> decltype(work(std::declval<Connection&>())) {
    if (!memory_) return readers_.with(std::forward<Work>(work));
    const std::lock_guard lock{mutex_};
    return work(*writer_);
  }

  template <class Work>
  Result<void> write(Work&& work) {
    const std::lock_guard lock{mutex_};
    HANSE_CHECK(writer_->script("BEGIN"));
    Result<void> result = work();
    if (result) result = writer_->script("COMMIT");
    if (!result && writer_->in_transaction()) (void)writer_->script("ROLLBACK");
    return result;
  }

  const bool memory_;
  internal::ConnectionPool readers_;
  std::mutex mutex_;
  std::unique_ptr<Connection> writer_;
};

}  // namespace

Result<std::unique_ptr<ChunkStore>> open_chunk_store(std::string_view address) {
  HANSE_TRY(auto writer, internal::connect(address));
  HANSE_CHECK(internal::migrate(*writer, "chunk", internal::kChunkMigrations));
  return std::unique_ptr<ChunkStore>{std::make_unique<SqlChunkStore>(std::string{address}, std::move(writer))};
}

}  // namespace hanse::store
