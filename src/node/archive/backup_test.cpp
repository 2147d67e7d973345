#include "node/archive/backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>

#include "historian/engine.hpp"
#include "node/archive/archive_fixture.hpp"
#include "node/system/data_folder.hpp"

namespace hanse::node {
namespace {

namespace fs = std::filesystem;

class BackupTest : public ArchiveFixture {
 protected:
  /// Turns one bit of a file of the backup.
  void flip(const std::string& name, std::uintmax_t at) const {
    const auto path = path_in(backup_folder(), name);
    const int file = ::open(path.c_str(), O_RDWR);
    char byte = 0;
    ASSERT_EQ(::pread(file, &byte, 1, static_cast<off_t>(at)), 1) << path;
    byte = static_cast<char>(byte ^ 0x10);
    ASSERT_EQ(::pwrite(file, &byte, 1, static_cast<off_t>(at)), 1);
    ::close(file);
  }
  void expect_refused(ErrorCode code, const std::string& part) {
    const auto restored = restore(fresh(), clock, backup_folder());
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code, code) << to_string(restored.error());
    EXPECT_TRUE(to_string(restored.error()).contains(part)) << to_string(restored.error());
    EXPECT_FALSE(fs::exists(fresh().data_folder + "/hanse.sqlite"));
  }
};

TEST_F(BackupTest, BringsEverythingBack) {
  fill_data();
  const auto made = back_up();
  ASSERT_TRUE(made) << to_string(made.error());

  const auto restored = restore(fresh(), clock, backup_folder());

  ASSERT_TRUE(restored) << to_string(restored.error());
  EXPECT_EQ(restored->journal_entries, 51);
  EXPECT_EQ(restored->journal_hash.size(), 64u);
  EXPECT_EQ(*read_file(fresh().data_folder + "/history/wal/000001.log", 10'000), std::string(5000, 'h'));
  EXPECT_EQ(*read_file(fresh().data_folder + "/tls/localhost.crt", 100), "certificate");
  EXPECT_EQ(*read_file(fresh().data_folder + "/partners/signing.key", 100), "key");
  const auto store = *store::open_store("sqlite:" + fresh().data_folder + "/hanse.sqlite", clock);
  EXPECT_EQ(store->list({.kind = "asset", .limit = 1000})->items.size(), 50u);
  EXPECT_EQ(*verify_journal(fresh(), clock), 53) << "and the end of the session and the restore";
}

TEST_F(BackupTest, RestoreEndsTheSessionsAndIsInTheJournal) {
  fill_data();
  ASSERT_TRUE(back_up());
  ASSERT_TRUE(restore(fresh(), clock, backup_folder()));

  const auto store = *store::open_store("sqlite:" + fresh().data_folder + "/hanse.sqlite", clock);
  EXPECT_TRUE(store->list({.kind = "session"})->items.empty());
  const auto last = store->journal(1000, 1, true)->front();
  EXPECT_EQ(last.action + ' ' + last.actor, "restore system:restore");
}

TEST_F(BackupTest, IsReadableByItsOwnerOnly) {
  fill_data();
  ASSERT_TRUE(back_up());
  for (const auto& entry : fs::recursive_directory_iterator{backup_folder()}) {
    struct stat facts{};
    ASSERT_EQ(::stat(entry.path().c_str(), &facts), 0);
    EXPECT_TRUE(!entry.is_regular_file() || (facts.st_mode & 077u) == 0) << entry.path();
  }
}

TEST_F(BackupTest, AnyFlippedBitIsFoundAndNamed) {
  fill_data();
  ASSERT_TRUE(back_up());
  const auto names = *list_files(backup_folder());
  ASSERT_EQ(names.size(), 5u);
  for (const auto& name : names) {
    const auto size = fs::file_size(path_in(backup_folder(), name));
    for (std::uintmax_t step = 0; step < 20; ++step) {
      const auto at = (size - 1) * step / 19;
      flip(name, at);
      expect_refused(ErrorCode::corrupt, name);
      flip(name, at);
    }
  }
  EXPECT_TRUE(restore(fresh(), clock, backup_folder())) << "and it is whole again";
}

TEST_F(BackupTest, ATruncatedFileIsFound) {
  fill_data();
  ASSERT_TRUE(back_up());
  fs::resize_file(path_in(backup_folder(), "store.sqlite"),
                  fs::file_size(path_in(backup_folder(), "store.sqlite")) - 16384);
  expect_refused(ErrorCode::corrupt, "store.sqlite: has ");
}

TEST_F(BackupTest, AMissingAndAForeignFileAreFoundTogether) {
  fill_data();
  ASSERT_TRUE(back_up());
  fs::remove(path_in(backup_folder(), "history/wal/000001.log"));
  ASSERT_TRUE(write_file(path_in(backup_folder(), "history/evil.log"), "x"));

  expect_refused(ErrorCode::corrupt, "history/wal/000001.log: is missing");
  expect_refused(ErrorCode::corrupt, "history/evil.log: doesn't belong to the archive");
}

TEST_F(BackupTest, AnUnfinishedBackupIsNone) {
  fill_data();
  ASSERT_TRUE(back_up());
  fs::remove(path_in(backup_folder(), kManifestName));
  expect_refused(ErrorCode::not_found, "was never finished");
}

TEST_F(BackupTest, ARewrittenJournalIsFoundEvenWithAFittingManifest) {
  fill_data();
  ASSERT_TRUE(back_up());
  auto manifest = *check_archive(backup_folder());
  fs::remove(path_in(backup_folder(), kManifestName));
  manifest.journal_hash[0] = manifest.journal_hash[0] == '0' ? '1' : '0';
  ASSERT_TRUE(write_manifest(backup_folder(), manifest));

  expect_refused(ErrorCode::corrupt, "doesn't end as its manifest says");
}

TEST_F(BackupTest, RestoreRefusesAFolderThatHoldsSomething) {
  fill_data();
  ASSERT_TRUE(back_up());
  const auto onto_itself = restore(settings, clock, backup_folder());

  ASSERT_FALSE(onto_itself);
  EXPECT_EQ(onto_itself.error().code, ErrorCode::conflict);
  EXPECT_EQ(*verify_journal(settings, clock), 51) << "and leaves it as it was";
}

TEST_F(BackupTest, RestoreRefusesAFolderThatANodeHolds) {
  fill_data();
  ASSERT_TRUE(back_up());
  const auto other = DataFolder::open(fresh().data_folder);
  ASSERT_TRUE(other);
  EXPECT_EQ(restore(fresh(), clock, backup_folder()).error().code, ErrorCode::conflict);
}

TEST_F(BackupTest, NeverWritesOverAnything) {
  fill_data();
  ASSERT_TRUE(back_up());
  const auto again = back_up();
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_TRUE(check_backup_folder(backup_folder()));
}

TEST_F(BackupTest, NoDataMakeNoBackup) {
  EXPECT_EQ(back_up().error().code, ErrorCode::not_found);
  EXPECT_FALSE(fs::exists(settings.data_folder)) << "looking makes nothing";
  EXPECT_EQ(verify_journal(settings, clock).error().code, ErrorCode::not_found);
}

TEST_F(BackupTest, AFailingSourceLeavesNothingThatLooksLikeABackup) {
  fill_data();
  const std::vector<BackupSource> sources{{.name = "history", .write = [](const std::string&) -> Result<void> {
                                             return fail(ErrorCode::unavailable, "disk full");
                                           }}};

  EXPECT_FALSE(backup(settings, clock, backup_folder(), sources));
  EXPECT_TRUE(fs::is_empty(backup_folder()));
}

TEST_F(BackupTest, HoldsAWholeChainWhileOthersWrite) {
  fill_data();
  const auto store = open_data();
  std::atomic<int> written = 0;
  std::jthread writer{[&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      put(*store, "asset", fmt::format("new-{}", written.load()), R"({"id":"x"})");
      ++written;
    }
  }};
  while (written < 5) std::this_thread::yield();
  const int before = written;
  const auto made = back_up();
  writer.request_stop();
  writer.join();
  ASSERT_TRUE(made) << to_string(made.error());

  ASSERT_TRUE(restore(fresh(), clock, backup_folder()));
  EXPECT_GE(made->journal_entries, 51 + before) << "what was acknowledged before is in it";
  EXPECT_TRUE(verify_journal(settings, clock)) << "and the running node is none the worse";
}

TEST_F(BackupTest, HoldsTheHistoryOfARunningNodeChunksOrNot) {
  const auto store = open_data();
  const Log log{clock, LogLevel::error, LogFormat::text};
  const auto chunks_of = [](const Settings& of) {
    return *store::open_chunk_store("sqlite:" + of.data_folder + "/hanse.sqlite");
  };
  const auto open = [&](store::ChunkStore& chunks, const Settings& of) {
    return *historian::open_historian(
        {.chunks = chunks, .clock = clock, .log = log, .folder = of.data_folder + "/history", .background = false}, {});
  };
  const auto chunks = chunks_of(settings);
  const auto history = open(*chunks, settings);
  const auto begin = clock.now();
  const auto append = [&](int first, int count) {
    signal::SampleBatch batch;
    for (int i = first; i < first + count; ++i) batch.add_real(signal::SignalId{7}, begin + Duration{1s} * i, i);
    ASSERT_TRUE(history->append(batch));
  };
  append(0, 1000);
  ASSERT_TRUE(history->flush());
  append(1000, 500);

  const auto history_files = folder_source("history", settings.data_folder + "/history");
  // The worst moment: what was in the write-ahead record when it was copied is in chunks when the database is.
  const std::vector<BackupSource> sources{{.name = "history", .write = [&](const std::string& folder) -> Result<void> {
                                             HANSE_CHECK(history_files.write(folder));
                                             return history->flush();
                                           }}};
  const auto made = backup(settings, clock, backup_folder(), sources);
  ASSERT_TRUE(made) << to_string(made.error());
  append(1500, 100);
  const auto restored = restore(fresh(), clock, backup_folder());
  ASSERT_TRUE(restored) << to_string(restored.error());

  const auto fresh_chunks = chunks_of(fresh());
  const auto back = open(*fresh_chunks, fresh())->raw(signal::SignalId{7}, {begin, Timestamp::max()}, 10'000);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->samples.size(), 1500u);
  for (int i = 0; i < 1500; ++i) EXPECT_EQ(back->samples[static_cast<std::size_t>(i)].real(), i);
}

TEST(Manifest, LeadsNowhereOutside) {
  for (const auto* path : {"", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "./a", "..", "."})
    EXPECT_FALSE(is_inner_path(path)) << path;
  for (const auto* path : {"a", "a/b.c", "history/wal/000001.log", ".hidden", "a..b"})
    EXPECT_TRUE(is_inner_path(path)) << path;
  Manifest manifest{
      .program = "0.1.0", .made = {}, .journal_hash = {}, .files = {{"../../etc/x", 0, "ab"}}, .digest = {}};
  manifest.digest = sha256_of(to_json(manifest));

  const auto parsed = parse_manifest(to_json(manifest));
  ASSERT_FALSE(parsed);
  EXPECT_TRUE(parsed.error().message.contains("outside of the archive")) << parsed.error().message;
}

TEST(Manifest, OfANewerHanseIsNotCalledDamaged) {
  const auto parsed = parse_manifest(R"({"format":2,"other":"members"})");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::conflict);
  EXPECT_EQ(parse_manifest(R"({"format":0,"files":[],"digest":"x"})").error().code, ErrorCode::corrupt);
  EXPECT_EQ(parse_manifest("[]").error().code, ErrorCode::corrupt);
  EXPECT_EQ(parse_manifest("{").error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace hanse::node
