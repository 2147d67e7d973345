#include "node/archive/export.hpp"

#include "historian/engine.hpp"
#include "node/archive/archive_fixture.hpp"

namespace hanse::node {
namespace {

class ExportTest : public ArchiveFixture {
 protected:
  void SetUp() override {
    ArchiveFixture::SetUp();
    store = open_data();
    chunks = *store::open_chunk_store("sqlite:" + settings.data_folder + "/hanse.sqlite");
    history =
        *historian::open_historian({.chunks = *chunks, .clock = clock, .log = log, .folder = root + "/history"}, {});
    directory.put({{.number = signal::SignalId{1}, .asset = signal::AssetId{"press"}, .name = "power"},
                   {.number = signal::SignalId{1002}, .asset = signal::AssetId{"press"}, .name = "state"},
                   {.number = signal::SignalId{3}, .asset = signal::AssetId{"press"}, .name = "silent"}});
  }
  Result<Manifest> run() {
    const auto signals = directory.snapshot();
    return export_all({.store = *store, .history = *history, .signals = *signals, .clock = clock}, root + "/export");
  }
  std::string text(const std::string& name) const {
    const auto read = read_file(root + "/export/" + name, 100'000'000);
    return read ? *read : read.error().message;
  }

  Log log{clock, LogLevel::error, LogFormat::text};
  std::unique_ptr<store::Store> store;
  std::unique_ptr<store::ChunkStore> chunks;
  std::unique_ptr<historian::Engine> history;
  signal::Directory directory;
};

TEST_F(ExportTest, WritesEveryKindOfDocumentAsJsonLines) {
  put(*store, "asset", "press", R"({"id":"press","name":"Press \"4\""})");
  put(*store, "asset", "works", R"({"id":"works"})");
  put(*store, "order", "o1", R"({"id":"o1","quantity":5})");
  const auto made = run();
  ASSERT_TRUE(made) << to_string(made.error());

  EXPECT_EQ(
      text("documents/asset.jsonl"),
      R"({"id":"press","version":1,"changed_at":"2026-03-01T00:00:00Z","record":{"id":"press","name":"Press \"4\""}})"
      "\n"
      R"({"id":"works","version":1,"changed_at":"2026-03-01T00:00:00Z","record":{"id":"works"}})"
      "\n");
  EXPECT_TRUE(text("documents/order.jsonl").contains(R"("quantity":5)"));
  EXPECT_TRUE(check_archive(root + "/export")) << "each file is listed with its hash";
}

TEST_F(ExportTest, WritesTheJournalSoThatItsChainCanBeChecked) {
  put(*store, "thing", "a", "{}");
  const auto made = run();
  ASSERT_TRUE(made);

  const auto entry = store->journal(0, 1, false)->front();
  const auto line = JsonDocument::parse(text("journal.jsonl"));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->root().find("hash")->string(), entry.hash);
  EXPECT_EQ(line->root().find("actor")->string(), "user:anna");
  // As docs/formats/store.md says: the hash of the array of the fields.
  EXPECT_EQ(entry.hash, sha256_of(fmt::format(R"(["",1,{},"user:anna","create","thing","a",1,"{}",""])", entry.time.ns,
                                              entry.digest)));
  EXPECT_EQ(made->journal_hash, entry.hash);
}

TEST_F(ExportTest, WritesSamplesToTheBit) {
  signal::SampleBatch batch;
  const Timestamp begin = clock.now();
  batch.add_real(signal::SignalId{1}, begin, 0.1);
  batch.add_real(signal::SignalId{1}, begin + Duration{1}, 1e300, signal::Quality::uncertain);
  batch.add_text(signal::SignalId{1002}, begin, "RUN, \"fast\"");
  batch.add_null(signal::SignalId{1002}, begin + 1s);
  batch.add_boolean(signal::SignalId{1002}, begin + 2s, true);
  batch.add_integer(signal::SignalId{1002}, begin + 3s, -7);
  ASSERT_TRUE(history->append(batch));
  ASSERT_TRUE(run());

  EXPECT_EQ(text("history/0/1.csv"),
            "time,value,quality,type\n2026-03-01T00:00:00Z,0.1,good,real\n"
            "2026-03-01T00:00:00.000000001Z,1e+300,uncertain,real\n");
  EXPECT_EQ(
      text("history/1/1002.csv"),
      "time,value,quality,type\n2026-03-01T00:00:00Z,\"RUN, \"\"fast\"\"\",good,text\n"
      "2026-03-01T00:00:01Z,,bad,null\n2026-03-01T00:00:02Z,true,good,boolean\n2026-03-01T00:00:03Z,-7,good,integer\n");
  EXPECT_TRUE(text("history/0/3.csv").contains("can't read")) << "a signal without samples has no file";
}

TEST_F(ExportTest, WritesMoreSamplesThanFitIntoOneReading) {
  constexpr int kCount = 120'000;
  signal::SampleBatch batch;
  for (int i = 0; i < kCount; ++i) batch.add_integer(signal::SignalId{1}, clock.now() + Duration{1ms} * i, i);
  ASSERT_TRUE(history->append(batch));
  ASSERT_TRUE(run());

  const auto csv = text("history/0/1.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), kCount + 1);
  EXPECT_TRUE(csv.ends_with(",119999,good,integer\n"));
}

TEST_F(ExportTest, LeavesSecretsOut) {
  put(*store, "credential", "user:anna", R"({"id":"user:anna","hash":"$argon2id$x"})");
  put(*store, "session", "s", R"({"id":"s"})");
  put(*store, "settings_version", "v", R"({"id":"v","text":"password = 'x'"})");
  put(*store, "connection", "c",
      R"({"id":"c","settings":{"password":"hunter2","brokers":[{"client_secret":"x","host":"h"}]}})");
  ASSERT_TRUE(run());

  const auto files = *list_files(root + "/export");
  EXPECT_EQ(files,
            (std::vector<std::string>{"README.md", "documents/connection.jsonl", "journal.jsonl", "manifest.json"}));
  EXPECT_TRUE(
      text("documents/connection.jsonl")
          .contains(R"("settings":{"password":"********","brokers":[{"client_secret":"********","host":"h"}]})"));
}

TEST_F(ExportTest, NeverWritesOverAnything) {
  ASSERT_TRUE(run());
  EXPECT_EQ(run().error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace hanse::node
