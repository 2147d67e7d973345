#include "store/store.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include "store/chunk_store.hpp"
#include "store/internal/connection.hpp"

namespace hanse::store {
namespace {

const Actor kAnna{"user:anna"};

/// One suite, three databases. PostgreSQL runs when HANSE_TEST_POSTGRES names one.
class StoreTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "memory") address_ = "sqlite::memory:";
    if (GetParam() == "file") {
      folder_ = std::filesystem::temp_directory_path() / ("hanse-store-" + std::to_string(getpid()));
      std::filesystem::create_directories(folder_);
      address_ = "sqlite:" + (folder_ / "store.db").string();
    }
    if (GetParam() == "postgres") {
      const char* address = std::getenv("HANSE_TEST_POSTGRES");
      if (!address) GTEST_SKIP() << "no PostgreSQL: HANSE_TEST_POSTGRES isn't set";
      address_ = address;
      drop_postgres_tables();
    }
    store_ = must(open_store(address_, clock_));
  }

  void TearDown() override {
    store_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  template <class T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(to_string(result.error()));  // GoogleTest reports it
    return *std::move(result);
  }

  void drop_postgres_tables() {
    auto connection = must(internal::connect(address_));
    ASSERT_TRUE(connection->script(
        "DROP TABLE IF EXISTS document, document_index, journal, journal_head, number_row, migration, chunk"));
  }

  Result<std::int64_t> put(std::string_view id, std::string_view body, std::vector<IndexField> index = {},
                           std::optional<std::int64_t> expected = {}) {
    std::int64_t version = 0;
    HANSE_CHECK(store_->write(kAnna, [&](Transaction& transaction) -> Result<void> {
      HANSE_TRY(version, transaction.put("thing", id, body, index, expected));
      return {};
    }));
    return version;
  }

  std::vector<std::string> ids(const Query& query) {
    std::vector<std::string> found;
    auto page = must(store_->list(query));
    for (const auto& item : page.items) found.push_back(item.id);
    return found;
  }

  SimulatedClock clock_{*parse_timestamp("2026-03-01T06:00:00Z")};
  std::string address_;
  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreTest, CountsVersionsAndReadsBack) {
  EXPECT_EQ(must(put("a", R"({"x":1})")), 1);
  clock_.advance(1s);
  EXPECT_EQ(must(put("a", R"({"x":"é"})")), 2);

  auto found = must(store_->get("thing", "a"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->version, 2);
  EXPECT_EQ(found->body, R"({"x":"é"})");
  EXPECT_EQ(to_string(found->changed_at), "2026-03-01T06:00:01Z");
  EXPECT_FALSE(must(store_->get("thing", "b")));
}

TEST_P(StoreTest, RefusesAStaleWrite) {
  must(put("a", "{}"));
  must(put("a", "{}", {}, 1));

  EXPECT_EQ(put("a", "{}", {}, 1).error().code, ErrorCode::conflict);
  EXPECT_EQ(put("a", "{}", {}, 0).error().code, ErrorCode::conflict);
  EXPECT_EQ(put("b", "{}", {}, 3).error().code, ErrorCode::not_found);
  EXPECT_EQ(must(store_->get("thing", "a"))->version, 2);
}

TEST_P(StoreTest, UndoesAllOfAFailedWrite) {
  const auto result = store_->write(kAnna, [](Transaction& transaction) -> Result<void> {
    HANSE_CHECK(transaction.put("thing", "a", "{}", {}, {}));
    return fail(ErrorCode::invalid, "on purpose");
  });

  EXPECT_EQ(result.error().message, "on purpose");
  EXPECT_FALSE(must(store_->get("thing", "a")));
  EXPECT_TRUE(must(store_->journal(0, 10, false)).empty());
}

TEST_P(StoreTest, PagesByIdBothWays) {
  for (const char* id : {"b", "a", "d", "c", "Z"}) must(put(id, "{}"));
  must(store_->write(kAnna, [](Transaction& transaction) -> Result<void> {
    HANSE_CHECK(transaction.put("other", "x", "{}", {}, {}));
    return {};
  }) ? Result<int>{1} : Result<int>{0});

  auto first = must(store_->list({.kind = "thing", .limit = 3}));
  ASSERT_TRUE(first.next);
  EXPECT_EQ(first.items.back().id, "b");
  EXPECT_EQ(ids({.kind = "thing", .cursor = first.next}), (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(ids({.kind = "thing", .descending = true, .limit = 2}), (std::vector<std::string>{"d", "c"}));
  EXPECT_EQ(store_->list({.kind = "thing", .limit = 0}).error().code, ErrorCode::invalid);
  EXPECT_EQ(store_->list({.kind = "thing", .cursor = "nonsense"}).error().code, ErrorCode::invalid);
}

TEST_P(StoreTest, FindsByFieldsAndRange) {
  must(put("1", "{}", {{"colour", "red"}, {"time", "2026-01"}}));
  must(put("2", "{}", {{"colour", "blue"}, {"time", "2026-02"}}));
  must(put("3", "{}", {{"colour", "red"}, {"time", "2026-03"}}));
  must(put("4", "{}", {{"colour", "red"}, {"time", "2026-03"}}));

  EXPECT_EQ(ids({.kind = "thing", .equal = {{"colour", "red"}}}), (std::vector<std::string>{"1", "3", "4"}));
  EXPECT_EQ(ids({.kind = "thing", .equal = {{"colour", "red"}}, .range_field = "time", .range_begin = "2026-02"}),
            (std::vector<std::string>{"3", "4"}));
  EXPECT_EQ(ids({.kind = "thing", .range_field = "time", .range_end = "2026-03"}), (std::vector<std::string>{"1", "2"}));
  auto page = must(store_->list({.kind = "thing", .range_field = "time", .descending = true, .limit = 1}));
  EXPECT_EQ(page.items[0].id, "4");
  EXPECT_EQ(ids({.kind = "thing", .range_field = "time", .descending = true, .cursor = page.next}),
            (std::vector<std::string>{"3", "2", "1"}));
}

TEST_P(StoreTest, ForgetsOldFieldsWithTheirRecord) {
  must(put("1", "{}", {{"colour", "red"}}));
  must(put("1", "{}", {{"colour", "blue"}}));
  EXPECT_TRUE(ids({.kind = "thing", .equal = {{"colour", "red"}}}).empty());

  ASSERT_TRUE(store_->write(kAnna, [](Transaction& transaction) { return transaction.remove("thing", "1", 2); }));
  EXPECT_TRUE(ids({.kind = "thing", .equal = {{"colour", "blue"}}}).empty());
  EXPECT_EQ(store_->write(kAnna, [](Transaction& transaction) { return transaction.remove("thing", "1", {}); }).error().code,
            ErrorCode::not_found);
}

TEST_P(StoreTest, JournalsEveryChangeInAChain) {
  must(put("a", "{}"));
  must(put("a", "{1}"));
  ASSERT_TRUE(store_->write(kAnna, [](Transaction& transaction) { return transaction.note("login", "user", "anna", "{}"); }));
  ASSERT_TRUE(store_->write(kAnna, [](Transaction& transaction) { return transaction.remove("thing", "a", {}); }));

  const auto entries = must(store_->journal(0, 10, false));
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].action, "create");
  EXPECT_EQ(entries[1].version, 2);
  EXPECT_EQ(entries[2].action, "login");
  EXPECT_EQ(entries[3].action, "delete");
  EXPECT_EQ(entries[3].actor, "user:anna");
  EXPECT_EQ(must(store_->journal(entries[2].sequence, 10, true)).front().sequence, 2);
  EXPECT_EQ(must(store_->verify_journal()), 4);
}

TEST_P(StoreTest, TellsListenersAfterTheCommitInOrder) {
  std::vector<std::int64_t> heard;
  store_->listen([&heard](std::span<const JournalEntry> entries) {
    for (const auto& entry : entries) heard.push_back(entry.sequence);
  });

  must(put("a", "{}"));
  must(put("b", "{}"));

  EXPECT_EQ(heard, (std::vector<std::int64_t>{1, 2}));
}

TEST_P(StoreTest, GivesNumbersOnce) {
  std::set<std::int64_t> numbers;
  std::mutex mutex;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 25; ++j) {
          std::int64_t number = 0;
          EXPECT_TRUE(store_->write(kAnna, [&](Transaction& transaction) -> Result<void> {
            HANSE_TRY(number, transaction.next_number("signal"));
            return {};
          }));
          const std::lock_guard lock{mutex};
          numbers.insert(number);
        }
      });
    }
  }

  EXPECT_EQ(numbers.size(), 100u);
  EXPECT_EQ(*numbers.rbegin(), 100);
}

INSTANTIATE_TEST_SUITE_P(Databases, StoreTest, testing::Values("memory", "file", "postgres"),
                         [](const auto& database) { return database.param; });

using StoreFileTest = StoreTest;

TEST_P(StoreFileTest, NoticesAChangedEntryAMissingOneAndAChangedRecord) {
  must(put("a", "{}"));
  must(put("b", "{}"));
  must(put("c", "{}"));
  auto intruder = must(internal::connect(address_));

  ASSERT_TRUE(intruder->script("UPDATE journal SET actor = 'user:eve' WHERE sequence = 2"));
  EXPECT_NE(store_->verify_journal().error().message.find("entry 2"), std::string::npos);
  ASSERT_TRUE(intruder->script("UPDATE journal SET actor = 'user:anna' WHERE sequence = 2"));
  EXPECT_TRUE(store_->verify_journal());
  ASSERT_TRUE(intruder->script("UPDATE document SET body = '[]' WHERE id = 'b'"));
  EXPECT_NE(store_->verify_journal().error().message.find("'b'"), std::string::npos);
  ASSERT_TRUE(intruder->script("UPDATE document SET body = '{}' WHERE id = 'b'"));
  ASSERT_TRUE(intruder->script("DELETE FROM journal WHERE sequence = 3"));
  EXPECT_EQ(store_->verify_journal().error().code, ErrorCode::corrupt);
}

TEST_P(StoreFileTest, KeepsEverythingOverAReopen) {
  must(put("a", "{}"));
  store_.reset();
  store_ = must(open_store(address_, clock_));

  EXPECT_TRUE(must(store_->get("thing", "a")));
  EXPECT_EQ(must(put("a", "{}")), 2);
  EXPECT_EQ(must(store_->verify_journal()), 2);
}

INSTANTIATE_TEST_SUITE_P(Databases, StoreFileTest, testing::Values("file", "postgres"),
                         [](const auto& database) { return database.param; });

TEST(Store, RefusesAddressesItDoesNotKnowWithoutRepeatingThem) {
  SimulatedClock clock{Timestamp{}};
  const auto store = open_store("mysql://root:secret@host/db", clock);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().message.find("secret"), std::string::npos);
}

TEST(Store, RefusesAStoreOfANewerHanse) {
  const auto path = std::filesystem::temp_directory_path() / ("hanse-newer-" + std::to_string(getpid()) + ".db");
  const std::string address = "sqlite:" + path.string();
  SimulatedClock clock{Timestamp{}};
  { ASSERT_TRUE(open_store(address, clock)); }
  { ASSERT_TRUE((*internal::connect(address))->script("UPDATE migration SET number = 99")); }

  EXPECT_EQ(open_store(address, clock).error().code, ErrorCode::conflict);
  std::filesystem::remove(path);
}

class ChunkStoreTest : public StoreTest {};

TEST_P(ChunkStoreTest, ScansWhatOverlapsInOrder) {
  auto chunks = must(open_chunk_store(address_));
  const std::string bytes{"\0\xff\x01", 3};
  const std::vector<Chunk> add = {{7, 0, 200, 299, "c"}, {7, 0, 100, 199, bytes}, {7, 1, 100, 199, "r"}, {8, 0, 0, 1, "x"}};
  ASSERT_TRUE(chunks->change({}, add));

  std::vector<std::string> found;
  ASSERT_TRUE(chunks->scan(7, 0, 150, 200, [&found](const Chunk& chunk) {
    found.push_back(chunk.bytes);
    return true;
  }));
  EXPECT_EQ(found, (std::vector<std::string>{bytes, "c"}));

  const std::vector<ChunkKey> remove = {{7, 0, 100}};
  const std::vector<Chunk> replace = {{7, 0, 200, 250, "d"}};
  ASSERT_TRUE(chunks->change(remove, replace));
  std::size_t listed = 0;
  ASSERT_TRUE(chunks->list([&listed](const ChunkKey&, std::int64_t, std::size_t size) { listed += size; }));
  EXPECT_EQ(listed, 3u);
  EXPECT_EQ(must(chunks->erase_before(7, 0, 1000)), 1);
  ASSERT_TRUE(chunks->erase_series(7, true));
  found.clear();
  ASSERT_TRUE(chunks->scan(7, 1, 0, 1000, [&found](const Chunk& chunk) {
    found.push_back(chunk.bytes);
    return true;
  }));
  EXPECT_TRUE(found.empty());
}

INSTANTIATE_TEST_SUITE_P(Databases, ChunkStoreTest, testing::Values("memory", "file", "postgres"),
                         [](const auto& database) { return database.param; });

}  // namespace
}  // namespace hanse::store
