#include "store/store.hpp"

#include <fmt/format.h>

#include <fstream>
#include <latch>

#include "store/chunk_store.hpp"
#include "store/collection.hpp"
#include "store/internal/database_under_test.hpp"

namespace hanse::store {
namespace {

using internal::TestDatabase;

const Actor kAnna{"user:anna"};

/// Every promise of the interface, kept on each database.
class StoreSuite : public testing::TestWithParam<TestDatabase::Kind> {
 protected:
  void SetUp() override {
    if (!TestDatabase::available(GetParam())) GTEST_SKIP() << "HANSE_TEST_POSTGRES names no server";
    database_ = std::make_unique<TestDatabase>(GetParam());
    open();
  }
  void open() {
    store_.reset();
    auto opened = open_store(database_->address(), clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }
  Result<std::int64_t> put(std::string_view id, std::string_view body, std::vector<IndexField> index = {},
                           std::optional<std::int64_t> expected = {}) {
    std::int64_t version = 0;
    HANSE_CHECK(store_->write(kAnna, [&](Transaction& transaction) -> Result<void> {
      HANSE_TRY(version, transaction.put("press", id, body, index, expected));
      return {};
    }));
    return version;
  }
  Result<void> remove(std::string_view id, std::optional<std::int64_t> expected = {}) {
    return store_->write(kAnna, [&](Transaction& transaction) { return transaction.remove("press", id, expected); });
  }
  std::vector<std::string> ids(const Query& query) {
    std::vector<std::string> out;
    Query page_query = query;
    for (;;) {
      const auto page = store_->list(page_query);
      if (!page) {
        ADD_FAILURE() << page.error().message;
        return out;
      }
      EXPECT_LE(static_cast<std::int64_t>(page->items.size()), query.limit);
      for (const auto& item : page->items) out.push_back(item.id);
      if (!page->next) return out;
      page_query.cursor = page->next;
    }
  }

  SimulatedClock clock_{Timestamp::from_ms(1'700'000'000'000)};
  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<Store> store_;
};

using Ids = std::vector<std::string>;

TEST_P(StoreSuite, KeepsADocumentWithItsVersionAndTime) {
  ASSERT_EQ(put("p1", R"({"a":1})").value(), 1);
  clock_.advance(1s);
  ASSERT_EQ(put("p1", R"({"a":2})").value(), 2);

  const auto found = store_->get("press", "p1").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->version, 2);
  EXPECT_EQ(found->body, R"({"a":2})");
  EXPECT_EQ(found->changed_at, Timestamp::from_ms(1'700'000'001'000));
  EXPECT_FALSE(store_->get("press", "p2").value());
  EXPECT_FALSE(store_->get("lathe", "p1").value());
}

TEST_P(StoreSuite, RefusesAStaleWriteAndNamesTheVersions) {
  ASSERT_TRUE(put("p1", "{}", {}, 0));

  const auto again = put("p1", "{}", {}, 0);
  const auto stale = put("p1", "{}", {}, 7);

  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(again.error().message, "there is already a press 'p1'");
  EXPECT_EQ(stale.error().message, "the press 'p1' was changed meanwhile: it is at version 1, not 7");
  EXPECT_EQ(put("p2", "{}", {}, 3).error().code, ErrorCode::conflict);
  EXPECT_EQ(put("p1", "{}", {}, 1).value(), 2);
}

TEST_P(StoreSuite, RemovesOnlyWhatIsThereInTheVersionExpected) {
  ASSERT_TRUE(put("p1", "{}", {{"site", "kiel"}}));

  EXPECT_EQ(remove("p2").error().code, ErrorCode::not_found);
  EXPECT_EQ(remove("p1", 2).error().code, ErrorCode::conflict);
  EXPECT_TRUE(remove("p1", 1));
  EXPECT_FALSE(store_->get("press", "p1").value());
  EXPECT_EQ(ids({.kind = "press", .equal = {{"site", "kiel"}}}), Ids{});
  EXPECT_EQ(put("p1", "{}").value(), 1);
}

TEST_P(StoreSuite, UndoesEverythingWhenTheWorkFails) {
  ASSERT_TRUE(put("p1", "{}"));
  std::size_t told = 0;
  store_->listen([&](std::span<const JournalEntry> entries) { told += entries.size(); });

  const auto outcome = store_->write(kAnna, [&](Transaction& transaction) -> Result<void> {
    HANSE_CHECK(transaction.put("press", "p2", "{}", {}, {}));
    HANSE_CHECK(transaction.remove("press", "p1", {}));
    HANSE_CHECK(transaction.next_number("n"));
    return fail(ErrorCode::invalid, "second thoughts");
  });

  EXPECT_EQ(outcome.error().message, "second thoughts");
  EXPECT_EQ(ids({.kind = "press"}), Ids{"p1"});
  EXPECT_EQ(store_->journal(0, 10, false)->size(), 1U);
  EXPECT_EQ(told, 0U);
}

TEST_P(StoreSuite, ShowsATransactionItsOwnWrites) {
  const auto outcome = store_->write(kAnna, [&](Transaction& transaction) -> Result<void> {
    HANSE_CHECK(transaction.put("press", "p1", R"({"a":1})", std::vector<IndexField>{{"site", "kiel"}}, 0));
    HANSE_TRY(const auto found, transaction.get("press", "p1"));
    EXPECT_EQ(found->version, 1);
    HANSE_TRY(const auto page, transaction.list({.kind = "press", .equal = {{"site", "kiel"}}}));
    EXPECT_EQ(page.items.size(), 1U);
    HANSE_TRY(const auto outside, store_->get("press", "p1"));
    EXPECT_TRUE(outside) << "a read within a write sees what it wrote";
    return {};
  });
  EXPECT_TRUE(outcome) << outcome.error().message;
}

TEST_P(StoreSuite, PagesByIdInBothDirections) {
  for (const auto* id : {"b", "a", "d", "c", "B", "ä"}) ASSERT_TRUE(put(id, "{}"));

  EXPECT_EQ(ids({.kind = "press", .limit = 2}), (Ids{"B", "a", "b", "c", "d", "ä"})) << "order is by bytes";
  EXPECT_EQ(ids({.kind = "press", .descending = true, .limit = 4}), (Ids{"ä", "d", "c", "b", "a", "B"}));
}

TEST_P(StoreSuite, FindsByEqualFieldsAndRanges) {
  ASSERT_TRUE(put("p1", "{}", {{"site", "kiel"}, {"state", "on"}, {"built", "2020"}}));
  ASSERT_TRUE(put("p2", "{}", {{"site", "kiel"}, {"state", "off"}, {"built", "2019"}}));
  ASSERT_TRUE(put("p3", "{}", {{"site", "lübeck"}, {"state", "on"}, {"built", "2021"}}));
  ASSERT_TRUE(put("p4", "{}", {{"site", "kiel"}, {"state", "on"}, {"built", "2019"}}));
  ASSERT_TRUE(put("p5", "{}"));

  EXPECT_EQ(ids({.kind = "press", .equal = {{"site", "kiel"}}, .limit = 1}), (Ids{"p1", "p2", "p4"}));
  EXPECT_EQ(ids({.kind = "press", .equal = {{"site", "kiel"}, {"state", "on"}}, .limit = 1}), (Ids{"p1", "p4"}));
  EXPECT_EQ(ids({.kind = "press", .range_field = "built", .limit = 1}), (Ids{"p2", "p4", "p1", "p3"}));
  EXPECT_EQ(ids({.kind = "press", .range_field = "built", .descending = true, .limit = 1}),
            (Ids{"p3", "p1", "p4", "p2"}));
  EXPECT_EQ(ids({.kind = "press", .range_field = "built", .range_begin = "2020", .range_end = "2021"}), Ids{"p1"});
  EXPECT_EQ(ids({.kind = "press", .equal = {{"state", "on"}}, .range_field = "built", .range_end = "2021", .limit = 1}),
            (Ids{"p4", "p1"}));
}

TEST_P(StoreSuite, MovesADocumentInItsIndexWhenItChanges) {
  ASSERT_TRUE(put("p1", "{}", {{"site", "kiel"}, {"tag", "a"}, {"tag", "b"}, {"tag", "b"}}));
  ASSERT_TRUE(put("p1", "{}", {{"site", "lübeck"}, {"tag", "b"}}));

  EXPECT_EQ(ids({.kind = "press", .equal = {{"site", "kiel"}}}), Ids{});
  EXPECT_EQ(ids({.kind = "press", .equal = {{"site", "lübeck"}}}), Ids{"p1"});
  EXPECT_EQ(ids({.kind = "press", .equal = {{"tag", "a"}}}), Ids{});
  EXPECT_EQ(ids({.kind = "press", .equal = {{"tag", "b"}}}), Ids{"p1"});
}

TEST_P(StoreSuite, RefusesWrongPagesAndTexts) {
  EXPECT_EQ(store_->list({.kind = "press", .limit = 0}).error().code, ErrorCode::invalid);
  EXPECT_EQ(store_->list({.kind = "press", .limit = 1001}).error().code, ErrorCode::invalid);
  for (const auto* cursor : {"x", "zz", "3939", "313a", "393a61"}) {
    EXPECT_EQ(store_->list({.kind = "press", .cursor = cursor}).error().code, ErrorCode::invalid) << cursor;
  }
  EXPECT_EQ(put(std::string_view{"a\0b", 3}, "{}").error().code, ErrorCode::invalid);
  EXPECT_EQ(put("a", "\xff").error().code, ErrorCode::invalid);
  EXPECT_EQ(put("", "{}").error().code, ErrorCode::invalid);
}

TEST_P(StoreSuite, GivesNumbersOnceEach) {
  std::vector<std::int64_t> numbers;
  for (const auto* name : {"signal", "signal", "order", "signal"}) {
    ASSERT_TRUE(store_->write(kAnna, [&](Transaction& transaction) -> Result<void> {
      HANSE_TRY(const auto number, transaction.next_number(name));
      numbers.push_back(number);
      return {};
    }));
  }
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, 2, 1, 3}));
}

TEST_P(StoreSuite, JournalsEveryChangeWithItsActor) {
  ASSERT_TRUE(put("p1", "{}"));
  ASSERT_TRUE(put("p1", R"({"a":1})"));
  ASSERT_TRUE(store_->write({"user:ben"}, [](Transaction& transaction) {
    return transaction.note("login", "user", "ben", R"({"peer":"::1"})");
  }));
  ASSERT_TRUE(remove("p1"));

  const auto entries = store_->journal(0, 10, false).value();
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].action, "create");
  EXPECT_EQ(entries[0].actor, "user:anna");
  EXPECT_EQ(entries[0].digest, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a") << "sha256sum of {}";
  // docs/formats/store.md's formula, computed by another program.
  EXPECT_EQ(entries[0].hash, "c26bb8895ed7cd6f980ccd8cbc469a45c1ff27c94205b0062cbc26c676d30e98");
  EXPECT_EQ(entries[1].action, "update");
  EXPECT_EQ(entries[1].version, 2);
  EXPECT_EQ(entries[2].detail, R"({"peer":"::1"})");
  EXPECT_EQ(entries[3].action, "delete");
  EXPECT_EQ(entries[3].sequence, 4);
  EXPECT_EQ(store_->journal(2, 1, false)->front().sequence, 3);
  EXPECT_EQ(store_->journal(4, 2, true)->front().sequence, 3);
  EXPECT_EQ(store_->verify_journal().value(), 4);
}

TEST_P(StoreSuite, KeepsEverythingOverARestart) {
  if (GetParam() == TestDatabase::Kind::sqlite_memory) return;
  ASSERT_TRUE(put("p1", "{}", {{"site", "kiel"}}));
  open();
  ASSERT_TRUE(put("p2", "{}", {{"site", "kiel"}}));

  EXPECT_EQ(ids({.kind = "press", .equal = {{"site", "kiel"}}}), (Ids{"p1", "p2"}));
  EXPECT_EQ(store_->verify_journal().value(), 2) << "the chain goes on where it ended";
}

TEST_P(StoreSuite, FindsAForgedEntryADocumentBehindItsBackAndAGap) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(put(fmt::format("p{}", i), "{}"));
  const auto spoil = [&](std::string_view sql, std::string_view undo) {
    database_->run(sql);
    const auto verdict = store_->verify_journal();
    EXPECT_FALSE(verdict) << sql;
    database_->run(undo);
    EXPECT_TRUE(store_->verify_journal()) << undo;
    return verdict ? Error{} : verdict.error();
  };
  if (GetParam() == TestDatabase::Kind::sqlite_memory) return;  // nobody else can reach it

  const auto forged = spoil("UPDATE journal SET actor = 'user:eve' WHERE sequence = 3",
                            "UPDATE journal SET actor = 'user:anna' WHERE sequence = 3");
  EXPECT_EQ(forged.code, ErrorCode::corrupt);
  EXPECT_EQ(forged.message, "the journal is broken at entry 3: its hash doesn't fit its content");
  const auto changed = spoil("UPDATE document SET body = '{\"a\":1}' WHERE id = 'p1'",
                             "UPDATE document SET body = '{}' WHERE id = 'p1'");
  EXPECT_EQ(changed.message, "the journal is broken at entry 2: the press 'p1' is not what it says");
  const auto hidden = spoil("UPDATE journal SET sequence = 100 WHERE sequence = 4",
                            "UPDATE journal SET sequence = 4 WHERE sequence = 100");
  EXPECT_EQ(hidden.message, "the journal is broken at entry 4: it is missing; the next one is 5");
  const auto cut = spoil("UPDATE journal SET sequence = -5 WHERE sequence = 5",
                         "UPDATE journal SET sequence = 5 WHERE sequence = -5");
  EXPECT_EQ(cut.message, "the journal ends at entry 4, but it had 5");
  database_->run("DELETE FROM document WHERE id = 'p4'");
  EXPECT_EQ(store_->verify_journal().error().message, "the journal tells of 5 documents, but 4 are there");
}

TEST_P(StoreSuite, TellsListenersInOrderOnceItIsCommitted) {
  std::vector<std::int64_t> told;
  store_->listen([&](std::span<const JournalEntry> entries) {
    for (const auto& entry : entries) {
      told.push_back(entry.sequence);
      EXPECT_TRUE(store_->get("press", entry.id).value()) << "it is visible by then";
    }
  });
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 10; ++i) EXPECT_TRUE(put(fmt::format("w{}-{}", writer, i), "{}"));
    });
  }
  writers.clear();

  ASSERT_EQ(told.size(), 40U);
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], static_cast<std::int64_t>(i) + 1);
}

TEST_P(StoreSuite, CommitsWhatWaitsTogetherAndDropsOnlyWhatFails) {
  std::latch first_runs{1}, go_on{1};
  std::jthread first{[&] {
    EXPECT_TRUE(store_->write(kAnna, [&](Transaction& transaction) -> Result<void> {
      first_runs.count_down();
      go_on.wait();
      HANSE_CHECK(transaction.put("press", "first", "{}", {}, {}));
      return {};
    }));
  }};
  first_runs.wait();
  std::vector<std::jthread> writers;
  std::latch started{8};
  std::atomic<int> failed = 0;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      started.count_down();
      const auto outcome = store_->write(kAnna, [&](Transaction& transaction) -> Result<void> {
        HANSE_CHECK(transaction.put("press", fmt::format("p{}", i), "{}", {}, {}));
        if (i % 2 == 1) return fail(ErrorCode::invalid, "odd");
        return {};
      });
      if (!outcome) ++failed;
    });
  }
  started.wait();
  go_on.count_down();
  writers.clear();
  first.join();

  EXPECT_EQ(failed, 4);
  EXPECT_EQ(ids({.kind = "press"}), (Ids{"first", "p0", "p2", "p4", "p6"}));
  EXPECT_EQ(store_->verify_journal().value(), 5);
}

TEST_P(StoreSuite, CountsRightWhenManyChangeOneDocument) {
  constexpr int kWriters = 4, kEach = 25;
  ASSERT_TRUE(put("counter", "0"));
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_TRUE(store_->write(kAnna, [&](Transaction& transaction) -> Result<void> {
          HANSE_TRY(const auto found, transaction.get("press", "counter"));
          HANSE_CHECK(
              transaction.put("press", "counter", std::to_string(std::stoi(found->body) + 1), {}, found->version));
          return {};
        }));
      }
    });
  }
  writers.clear();
  EXPECT_EQ(store_->get("press", "counter").value()->body, "100");
  EXPECT_EQ(store_->verify_journal().value(), 101);
}

TEST_P(StoreSuite, BacksUpWhileOthersWriteAndTheCopyIsWhole) {
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(put(fmt::format("p{}", i), "{}", {{"site", "kiel"}}));
  std::jthread writer{[&](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) EXPECT_TRUE(put(fmt::format("q{}", i), "{}"));
  }};
  const auto path = database_->folder() + "/backup.db";
  const auto done = store_->backup(path);
  writer.request_stop();
  writer.join();
  ASSERT_TRUE(done) << done.error().message;

  auto copy = open_store("sqlite:" + path, clock_);
  ASSERT_TRUE(copy) << copy.error().message;
  EXPECT_GE((*copy)->verify_journal().value(), 50);
  EXPECT_EQ((*copy)->list({.kind = "press", .equal = {{"site", "kiel"}}})->items.size(), 50U);
  EXPECT_EQ(store_->backup(path).error().code, ErrorCode::conflict) << "a backup never overwrites";
}

TEST_P(StoreSuite, RestoresABackupIntoAnEmptyDatabaseOnly) {
  ASSERT_TRUE(store_->write(kAnna, [](Transaction& transaction) -> Result<void> {
    const std::vector<IndexField> index{{"site", "kiel"}};
    for (int i = 0; i < 700; ++i) HANSE_CHECK(transaction.put("press", fmt::format("p{}", i), "{}", index, {}));
    return {};
  }));
  const auto path = database_->folder() + "/backup.db";
  ASSERT_TRUE(store_->backup(path));
  if (GetParam() == TestDatabase::Kind::sqlite_memory) {
    EXPECT_EQ(restore_backup(path, database_->address()).error().code, ErrorCode::invalid);
    return;
  }
  EXPECT_EQ(restore_backup(path, database_->address()).error().code, ErrorCode::conflict);

  TestDatabase other{GetParam()};
  const auto restored = restore_backup(path, other.address());
  ASSERT_TRUE(restored) << restored.error().message;
  auto copy = open_store(other.address(), clock_).value();
  EXPECT_EQ(copy->verify_journal().value(), 700);
  EXPECT_EQ(copy->list({.kind = "press", .equal = {{"site", "kiel"}}, .limit = 1000})->items.size(), 700U);
}

TEST_P(StoreSuite, RefusesADatabaseOfANewerHanse) {
  if (GetParam() == TestDatabase::Kind::sqlite_memory) return;
  database_->run("INSERT INTO migration (number) VALUES (1000)");
  store_.reset();
  const auto opened = open_store(database_->address(), clock_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::conflict);
}

INSTANTIATE_TEST_SUITE_P(, StoreSuite, testing::ValuesIn(TestDatabase::kinds()), TestDatabase::name);

TEST(RestoreBackup, RefusesWhatIsNoBackup) {
  TestDatabase database{TestDatabase::Kind::sqlite_file};
  const auto path = database.folder() + "/noise";
  std::ofstream{path} << std::string(100'000, 'x');
  EXPECT_EQ(restore_backup(path, database.address()).error().code, ErrorCode::corrupt);
  EXPECT_EQ(restore_backup(path + "2", database.address()).error().code, ErrorCode::not_found);
}

TEST(OpenStore, RefusesAddressesItDoesNotKnow) {
  const SimulatedClock clock{Timestamp{}};
  for (const auto* address : {"", "sqlite:", "mysql://x", "/tmp/x.db"}) {
    EXPECT_EQ(open_store(address, clock).error().code, ErrorCode::invalid) << address;
  }
  EXPECT_EQ(open_store("sqlite:/nowhere/at/all.db", clock).error().code, ErrorCode::unavailable);
  EXPECT_EQ(open_store("postgresql://localhost:1/x?connect_timeout=1", clock).error().code, ErrorCode::unavailable);
}

struct Press {
  std::string id;
  std::int64_t tonnes = 0;
  static std::vector<IndexField> index(const Press& press) {
    return {{"size", press.tonnes > 100 ? "large" : "small"}};
  }
};
HANSE_DESCRIBE(Press, (id, tonnes))

TEST(Collection, ReadsAndWritesRecords) {
  const SimulatedClock clock{Timestamp{}};
  auto store = open_store("sqlite::memory:", clock).value();
  const Collection<Press> presses{*store, "press"};
  ASSERT_EQ(presses.put(kAnna, {"p1", 80}, 0).value(), 1);
  ASSERT_EQ(presses.put(kAnna, {"p2", 800}).value(), 1);

  EXPECT_EQ(presses.get("p1")->record.tonnes, 80);
  EXPECT_EQ(presses.get("p9").error().message, "there is no press 'p9'");
  EXPECT_EQ(presses.list({.equal = {{"size", "large"}}})->items.at(0).record.id, "p2");
  EXPECT_EQ(presses.all()->size(), 2U);
  ASSERT_TRUE(presses.remove(kAnna, "p1", 1));
  EXPECT_FALSE(presses.find("p1").value());
}

}  // namespace
}  // namespace hanse::store
