#include "store/chunk_store.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <limits>

#include "store/internal/database_under_test.hpp"
#include "store/store.hpp"

namespace hanse::store {
namespace {

using internal::TestDatabase;
constexpr auto kFirst = std::numeric_limits<std::int64_t>::min();
constexpr auto kLast = std::numeric_limits<std::int64_t>::max();

class ChunkSuite : public testing::TestWithParam<TestDatabase::Kind> {
 protected:
  void SetUp() override {
    if (!TestDatabase::available(GetParam())) GTEST_SKIP() << "HANSE_TEST_POSTGRES names no server";
    database_ = std::make_unique<TestDatabase>(GetParam());
    open();
  }
  void open() {
    chunks_.reset();
    auto opened = open_chunk_store(database_->address());
    ASSERT_TRUE(opened) << opened.error().message;
    chunks_ = *std::move(opened);
  }
  void add(std::vector<Chunk> chunks) {
    const auto done = chunks_->change({}, chunks);
    ASSERT_TRUE(done) << done.error().message;
  }
  /// `bytes` of all that overlap, joined.
  std::string scan(std::uint32_t series, std::uint8_t level, std::int64_t begin_ns, std::int64_t end_ns) {
    std::string out;
    EXPECT_TRUE(chunks_->scan(series, level, begin_ns, end_ns, [&](const Chunk& chunk) {
      out += (out.empty() ? "" : " ") + chunk.bytes;
      return true;
    }));
    return out;
  }

  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<ChunkStore> chunks_;
};

TEST_P(ChunkSuite, FindsWhatOverlapsARangeInOrder) {
  add({{1, 0, 20, 29, "c"}, {1, 0, 0, 9, "a"}, {1, 0, 10, 19, "b"}, {1, 1, 0, 99, "roll-up"}, {2, 0, 0, 99, "other"}});

  EXPECT_EQ(scan(1, 0, kFirst, kLast), "a b c");
  EXPECT_EQ(scan(1, 0, 9, 10), "a b") << "both ends are included";
  EXPECT_EQ(scan(1, 0, 12, 13), "b");
  EXPECT_EQ(scan(1, 0, 30, 40), "");
  EXPECT_EQ(scan(1, 1, 50, 50), "roll-up");
  EXPECT_EQ(scan(3, 0, kFirst, kLast), "");
}

TEST_P(ChunkSuite, FindsALongChunkThatBeganFarBefore) {
  for (int i = 0; i < 50; ++i) add({{1, 0, i * 10, i * 10 + 5, "."}});
  EXPECT_EQ(scan(1, 0, 481, 481), ".") << "the longest span is known by now";
  add({{1, 0, -7, 1'000'000, "long"}});

  EXPECT_EQ(scan(1, 0, 481, 481), "long .");
  open();
  EXPECT_EQ(scan(1, 0, 900, 900), GetParam() == TestDatabase::Kind::sqlite_memory ? "" : "long");
}

TEST_P(ChunkSuite, ReplacesAndRemovesInOneTransaction) {
  add({{1, 0, 0, 9, "a"}, {1, 0, 10, 19, "b"}});
  const std::vector<ChunkKey> remove{{1, 0, 0}, {1, 0, 77}};
  const std::vector<Chunk> replace{{1, 0, 10, 25, "B"}, {1, 0, 30, 39, "c"}};

  ASSERT_TRUE(chunks_->change(remove, replace));

  EXPECT_EQ(scan(1, 0, kFirst, kLast), "B c");
  EXPECT_EQ(scan(1, 0, 25, 25), "B");
  const std::vector<Chunk> wrong{{1, 0, 50, 59, "d"}, {1, 0, 10, 9, "x"}};
  EXPECT_EQ(chunks_->change({}, wrong).error().code, ErrorCode::invalid);
  EXPECT_EQ(scan(1, 0, 50, 50), "") << "nothing of a wrong change is written";
}

TEST_P(ChunkSuite, KeepsAnyBytesAndManyChunks) {
  std::vector<Chunk> chunks;
  for (int i = 0; i < 1000; ++i) {
    std::string bytes(static_cast<std::size_t>(i), static_cast<char>(i));
    bytes += '\0';
    chunks.push_back({.series = 4'000'000'000U, .level = 255, .begin_ns = i, .end_ns = i, .bytes = bytes});
  }
  add(chunks);

  int seen = 0;
  ASSERT_TRUE(chunks_->scan(4'000'000'000U, 255, 0, kLast, [&](const Chunk& chunk) {
    EXPECT_EQ(chunk.bytes, chunks[static_cast<std::size_t>(seen)].bytes);
    return ++seen < 900;
  }));
  EXPECT_EQ(seen, 900) << "it stops when told to";
  std::size_t listed = 0, bytes = 0;
  ASSERT_TRUE(chunks_->list([&](const ChunkKey& key, std::int64_t end_ns, std::size_t size) {
    EXPECT_EQ(key, (ChunkKey{4'000'000'000U, 255, end_ns}));
    ++listed;
    bytes += size;
  }));
  EXPECT_EQ(listed, 1000U);
  EXPECT_EQ(bytes, 1000U * 999 / 2 + 1000);
}

TEST_P(ChunkSuite, DropsWhatIsOld) {
  add({{1, 0, 0, 9, "a"}, {1, 0, 5, 25, "b"}, {1, 0, 20, 29, "c"}, {1, 1, 0, 9, "r"}, {2, 0, 0, 9, "o"}});

  EXPECT_EQ(chunks_->erase_before(1, 0, 20).value(), 1);

  EXPECT_EQ(scan(1, 0, kFirst, kLast), "b c");
  EXPECT_EQ(scan(1, 1, kFirst, kLast), "r");
  ASSERT_TRUE(chunks_->erase_series(1, false));
  EXPECT_EQ(scan(1, 0, kFirst, kLast) + scan(1, 1, kFirst, kLast), "");
  EXPECT_EQ(scan(2, 0, kFirst, kLast), "o");
}

TEST_P(ChunkSuite, PurgeLeavesNoTraceInTheFiles) {
  const std::string secret = "the-shape-of-a-secret-part";
  std::string bytes;
  for (int i = 0; i < 2000; ++i) bytes += secret;
  add({{1, 0, 0, 9, bytes}, {2, 0, 0, 9, "kept"}});

  ASSERT_TRUE(chunks_->erase_series(1, true));

  EXPECT_EQ(scan(1, 0, kFirst, kLast), "");
  EXPECT_EQ(scan(2, 0, kFirst, kLast), "kept");
  if (GetParam() != TestDatabase::Kind::sqlite_file) return;
  for (const auto* file : {"/hanse.db", "/hanse.db-wal"}) {
    std::ifstream in{database_->folder() + file, std::ios::binary};
    const std::string all{std::istreambuf_iterator<char>{in}, {}};
    EXPECT_FALSE(all.contains(secret)) << file;
  }
}

TEST_P(ChunkSuite, PurgeReachesWhatWasMergedBefore) {
  const auto shape_of = [](int series) { return fmt::format("the-shape-of-a-secret-part-{};", series); };
  const auto of = [&](int series, int repeats) {
    std::string bytes;
    for (int i = 0; i < repeats; ++i) bytes += shape_of(series);
    return bytes;
  };
  // Small and large chunks of two series, written, merged into others and dropped: pages and parts of pages are free.
  for (int series : {1, 2}) {
    std::vector<Chunk> pieces;
    std::vector<ChunkKey> keys;
    for (int i = 0; i < 200; ++i) {
      pieces.push_back({static_cast<std::uint32_t>(series), 0, i * 10, i * 10 + 9, of(series, 1 + i * 7)});
      keys.push_back({static_cast<std::uint32_t>(series), 0, i * 10});
    }
    add(pieces);
    const std::vector<Chunk> merged{{static_cast<std::uint32_t>(series), 1, 0, 2000, "merged"}};
    ASSERT_TRUE(chunks_->change(keys, merged));
  }

  ASSERT_TRUE(chunks_->erase_series(1, true));

  EXPECT_EQ(scan(2, 1, kFirst, kLast), "merged");
  if (GetParam() != TestDatabase::Kind::sqlite_file) return;
  for (const auto* file : {"/hanse.db", "/hanse.db-wal"}) {
    std::ifstream in{database_->folder() + file, std::ios::binary};
    const std::string all{std::istreambuf_iterator<char>{in}, {}};
    EXPECT_FALSE(all.contains(shape_of(1))) << file;
  }
}

TEST_P(ChunkSuite, SharesADatabaseWithDocumentsAndComesBackFromABackup) {
  add({{1, 0, 0, 9, "a"}, {1, 0, 10, 19, std::string(100'000, 'b')}});
  const SimulatedClock clock{Timestamp{}};
  if (GetParam() != TestDatabase::Kind::sqlite_memory) {
    auto documents = open_store(database_->address(), clock).value();
    ASSERT_TRUE(
        documents->write({"a"}, [](Transaction& transaction) { return transaction.note("x", "y", "z", "{}"); }));
  }
  const auto path = database_->folder() + "/backup.db";
  ASSERT_TRUE(chunks_->backup(path));
  if (GetParam() == TestDatabase::Kind::sqlite_memory) return;

  TestDatabase other{GetParam()};
  ASSERT_TRUE(restore_backup(path, other.address()));
  auto copy = open_chunk_store(other.address()).value();
  std::size_t bytes = 0;
  ASSERT_TRUE(copy->scan(1, 0, kFirst, kLast, [&](const Chunk& chunk) {
    bytes += chunk.bytes.size();
    return true;
  }));
  EXPECT_EQ(bytes, 100'001U);
  EXPECT_EQ(open_store(other.address(), clock).value()->verify_journal().value(), 1);
}

INSTANTIATE_TEST_SUITE_P(, ChunkSuite, testing::ValuesIn(TestDatabase::kinds()), TestDatabase::name);

}  // namespace
}  // namespace hanse::store
