#include <unordered_map>

#include "store/chunk_store.hpp"
#include "store/internal/database.hpp"

namespace hanse::store {
namespace {

using internal::Bytes;
using internal::Connection;
using internal::Row;
using internal::Value;

constexpr std::string_view kUpsert =
    "INSERT INTO chunk (series, level, begin_ns, end_ns, bytes) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (series, level, begin_ns) DO UPDATE SET end_ns = excluded.end_ns, bytes = excluded.bytes";
constexpr std::string_view kRemove = "DELETE FROM chunk WHERE series = $1 AND level = $2 AND begin_ns = $3";
constexpr std::string_view kScan =
    "SELECT begin_ns, end_ns, bytes FROM chunk WHERE series = $1 AND level = $2 AND begin_ns >= $3 AND begin_ns <= $4 "
    "AND end_ns >= $5 ORDER BY begin_ns LIMIT $6";
constexpr std::string_view kList =
    "SELECT series, level, begin_ns, end_ns, LENGTH(bytes) FROM chunk WHERE (series, level, begin_ns) > ($1, $2, $3) "
    "ORDER BY series, level, begin_ns LIMIT $4";
constexpr std::int64_t kScannedAtOnce = 128;  // PostgreSQL hands over a whole answer: bounds what it holds
constexpr std::int64_t kListedAtOnce = 20'000;

/// The longest span of a series' chunks. The index orders chunks by where they begin; this says how far before a
/// range a chunk may begin that reaches into it.
class Spans {
 public:
  static std::uint64_t key(std::uint32_t series, std::uint8_t level) { return std::uint64_t{series} << 8 | level; }
  std::optional<std::int64_t> find(std::uint64_t key) {
    const std::lock_guard lock{mutex_};
    const auto known = longest_.find(key);
    return known == longest_.end() || !known->second.complete ? std::nullopt : std::optional{known->second.longest};
  }
  /// What the stored chunks of a series say.
  void loaded(std::uint64_t key, std::int64_t span) {
    const std::lock_guard lock{mutex_};
    auto& entry = longest_[key];
    entry = {std::max(entry.longest, span), true};
  }
  /// Also of series not loaded yet: the new chunk may be committed while somebody loads without it.
  void added(std::uint64_t key, std::int64_t span) {
    const std::lock_guard lock{mutex_};
    auto& entry = longest_[key];
    entry.longest = std::max(entry.longest, span);
  }

 private:
  struct Entry {
    std::int64_t longest = 0;
    bool complete = false;
  };
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, Entry> longest_;
};

class SqlChunkStore final : public ChunkStore {
 public:
  explicit SqlChunkStore(std::unique_ptr<internal::Database> database) : database_(std::move(database)) {}

  Result<void> change(std::span<const ChunkKey> remove, std::span<const Chunk> add) override {
    std::vector<Value> removed, added;
    for (const auto& key : remove) {
      removed.insert(removed.end(), {std::int64_t{key.series}, std::int64_t{key.level}, key.begin_ns});
    }
    for (const auto& chunk : add) {
      if (chunk.end_ns < chunk.begin_ns) return fail(ErrorCode::invalid, "a chunk can't end before it begins");
      added.insert(added.end(), {std::int64_t{chunk.series}, std::int64_t{chunk.level}, chunk.begin_ns, chunk.end_ns,
                                 Bytes{chunk.bytes}});
    }
    return database_->write(
        [&](Connection& connection) -> Result<void> {
          HANSE_CHECK(connection.run_many(kRemove, removed, 3));
          HANSE_CHECK(connection.run_many(kUpsert, added, 5));
          // Before anybody can see the chunks, so that no scan looks back too little.
          for (const auto& chunk : add) {
            spans_.added(Spans::key(chunk.series, chunk.level), span_of(chunk.begin_ns, chunk.end_ns));
          }
          return {};
        },
        {});
  }

  Result<void> scan(std::uint32_t series, std::uint8_t level, std::int64_t begin_ns, std::int64_t end_ns,
                    const std::function<bool(const Chunk&)>& visit) override {
    return database_->read([&](Connection& connection) -> Result<void> {
      HANSE_TRY(const auto longest, longest_span(connection, series, level));
      std::int64_t from = 0;
      if (__builtin_sub_overflow(begin_ns, longest, &from)) from = std::numeric_limits<std::int64_t>::min();
      Chunk chunk{.series = series, .level = level};
      for (bool going = true; going;) {
        std::int64_t rows = 0;
        HANSE_CHECK(connection.run(kScan,
                                   {Value{std::int64_t{series}}, Value{std::int64_t{level}}, Value{from}, Value{end_ns},
                                    Value{begin_ns}, Value{kScannedAtOnce}},
                                   [&](const Row& row) {
                                     chunk.begin_ns = row.integer(0);
                                     chunk.end_ns = row.integer(1);
                                     chunk.bytes = row.text(2);
                                     ++rows;
                                     going = visit(chunk);
                                     return going;
                                   }));
        if (rows < kScannedAtOnce || chunk.begin_ns == std::numeric_limits<std::int64_t>::max()) return {};
        from = chunk.begin_ns + 1;
      }
      return {};
    });
  }

  Result<void> list(const std::function<void(const ChunkKey&, std::int64_t, std::size_t)>& visit) override {
    return database_->read_snapshot([&](Connection& connection) -> Result<void> {
      std::int64_t series = -1, level = 0, begin_ns = 0, rows = kListedAtOnce;
      std::unordered_map<std::uint64_t, std::int64_t> longest;
      while (rows == kListedAtOnce) {
        rows = 0;
        const std::array values{Value{series}, Value{level}, Value{begin_ns}, Value{kListedAtOnce}};
        HANSE_CHECK(connection.run(kList, values, [&](const Row& row) {
          series = row.integer(0);
          level = row.integer(1);
          begin_ns = row.integer(2);
          ++rows;
          auto& span = longest[Spans::key(static_cast<std::uint32_t>(series), static_cast<std::uint8_t>(level))];
          span = std::max(span, span_of(begin_ns, row.integer(3)));
          visit({static_cast<std::uint32_t>(series), static_cast<std::uint8_t>(level), begin_ns}, row.integer(3),
                static_cast<std::size_t>(row.integer(4)));
          return true;
        }));
      }
      // What was read anyway saves each series' first scan from looking for it.
      for (const auto& [key, span] : longest) spans_.loaded(key, span);
      return {};
    });
  }

  Result<void> erase_series(std::uint32_t series, bool purge) override {
    static constexpr std::string_view kErase = "DELETE FROM chunk WHERE series = $1";
    const std::array values{Value{std::int64_t{series}}};
    if (purge) return erase_for_good(kErase, values);
    return database_->write(
        [&](Connection& connection) -> Result<void> {
          HANSE_CHECK(connection.run(kErase, values, {}));
          return {};
        },
        {});
  }

  Result<std::int64_t> erase_before(std::uint32_t series, std::uint8_t level, std::int64_t before_ns) override {
    std::int64_t erased = 0;
    HANSE_CHECK(database_->write(
        [&](Connection& connection) -> Result<void> {
          HANSE_TRY(erased, connection.run(
                                "DELETE FROM chunk WHERE series = $1 AND level = $2 AND begin_ns < $3 AND end_ns < $3",
                                {Value{std::int64_t{series}}, Value{std::int64_t{level}}, Value{before_ns}}));
          return {};
        },
        {}));
    return erased;
  }

  Result<void> backup(const std::string& path) override { return database_->backup(path); }

 private:
  static std::int64_t span_of(std::int64_t begin_ns, std::int64_t end_ns) {
    std::int64_t span = 0;
    return __builtin_sub_overflow(end_ns, begin_ns, &span) ? std::numeric_limits<std::int64_t>::max() : span;
  }

  Result<std::int64_t> longest_span(Connection& connection, std::uint32_t series, std::uint8_t level) {
    const auto key = Spans::key(series, level);
    if (const auto known = spans_.find(key)) return *known;
    std::int64_t longest = 0;
    HANSE_CHECK(connection.run("SELECT begin_ns, end_ns FROM chunk WHERE series = $1 AND level = $2",
                               {Value{std::int64_t{series}}, Value{std::int64_t{level}}}, [&](const Row& row) {
                                 longest = std::max(longest, span_of(row.integer(0), row.integer(1)));
                                 return true;
                               }));
    spans_.loaded(key, longest);
    return longest;
  }

  Result<void> erase_for_good(std::string_view sql, std::span<const Value> values) {
    return database_->maintain([&](Connection& connection) -> Result<void> {
      HANSE_CHECK(connection.run_purging(sql, values));
      return {};
    });
  }

  Spans spans_;
  std::unique_ptr<internal::Database> database_;
};

}  // namespace

Result<std::unique_ptr<ChunkStore>> open_chunk_store(std::string_view address) {
  HANSE_TRY(auto database, internal::Database::open(address));
  return std::make_unique<SqlChunkStore>(std::move(database));
}

}  // namespace hanse::store
