// The write-ahead record on disks that fail: what was acknowledged comes back, what wasn't doesn't, damage is noticed.
#include "historian/internal/write_ahead.hpp"

#include <future>
#include <set>
#include <thread>

#include "base/random.hpp"
#include "historian/internal/batch_codec.hpp"
#include "historian/internal/engine_under_test.hpp"

namespace hanse::historian::internal {
namespace {

using signal::SignalId;

std::string framed(std::string_view payload) {
  std::string out;
  const auto start = WriteAhead::open_frame(out);
  out += payload;
  WriteAhead::close_frame(out, start);
  return out;
}

class RecordSuite : public testing::Test {
 protected:
  /// Opens again; what is read stands in `read`.
  void open(Position position_min = 0) {
    record_.reset();
    read = "";
    replayed = {};
    auto opened = WriteAhead::open(
        disk, "record", position_min,
        [&](Position position, std::string_view payload) {
          EXPECT_GT(position, last_position);
          last_position = position;
          read += (read.empty() ? "" : " ") + std::string{payload};
        },
        replayed);
    ASSERT_TRUE(opened) << opened.error().message;
    record_.emplace(*std::move(opened));
    last_position = 0;
  }
  Result<Position> append(std::string_view payload) { return record_->append(framed(payload)); }
  std::string& newest() { return disk.content.rbegin()->second->bytes; }

  FailingFiles disk;
  std::optional<WriteAhead> record_;
  std::string read;
  WriteAhead::Replayed replayed;
  Position last_position = 0;
};

TEST_F(RecordSuite, ComesBackInOrderAndIsCut) {
  open();
  for (const auto* word : {"a", "b", ""}) ASSERT_TRUE(append(word));
  const auto middle = record_->position();
  ASSERT_TRUE(append("c"));
  ASSERT_TRUE(record_->rotate());
  ASSERT_TRUE(append("d"));
  ASSERT_TRUE(record_->drop_before(middle));
  open();
  EXPECT_EQ(read, "a b  c d") << "a file goes when all of it may go";
  const auto position = record_->position();
  ASSERT_TRUE(record_->drop_before(position));
  open();
  EXPECT_EQ(read, "");
  EXPECT_GE(record_->position(), position) << "positions are never given twice";
  open(1'000'000);
  EXPECT_GT(record_->position(), 1'000'000U);
}

TEST_F(RecordSuite, ATornWriteIsLeftOutWhereverItTore) {
  open();
  ASSERT_TRUE(append("kept"));
  const auto whole = newest();
  const auto torn = framed(std::string(100, 'x'));
  for (std::size_t size = 0; size < torn.size(); ++size) {
    disk.content.clear();
    auto file = std::make_shared<FailingFiles::Content>();
    file->bytes = whole + torn.substr(0, size);
    disk.content["record/record-0000000000000001"] = file;
    open();
    EXPECT_EQ(read, "kept") << size;
    EXPECT_EQ(replayed.torn_bytes, static_cast<std::int64_t>(size));
    EXPECT_EQ(replayed.damaged_bytes, 0);
    ASSERT_TRUE(append("next"));
    open();
    EXPECT_EQ(read, "kept next") << size;
    EXPECT_EQ(replayed.damaged_bytes, 0) << "still what a crash cut off";
  }
}

TEST_F(RecordSuite, EveryFlippedBitIsNoticed) {
  open();
  for (const auto* word : {"first", "second", "third"}) ASSERT_TRUE(append(word));
  const auto content = disk.content;
  const auto path = content.rbegin()->first;
  const auto whole = newest();
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    disk.content.clear();
    auto file = std::make_shared<FailingFiles::Content>();
    file->bytes = whole;
    file->bytes[bit / 8] = static_cast<char>(file->bytes[bit / 8] ^ (1 << bit % 8));
    disk.content[path] = file;
    open();
    EXPECT_GT(replayed.damaged_bytes + replayed.torn_bytes, 0) << bit;
    // Whatever was hit, nothing is read that wasn't written, and at most one record is lost.
    const std::set<std::string> fine{"first second third", "second third", "first third", "first second"};
    EXPECT_TRUE(fine.contains(read)) << bit << ": " << read;
  }
}

TEST_F(RecordSuite, AFullDiskRefusesAndGoesOnWhenThereIsRoom) {
  open();
  ASSERT_TRUE(append("kept"));
  disk.room = 10;
  EXPECT_EQ(append("too much").error().code, ErrorCode::unavailable);
  EXPECT_FALSE(record_->failed());
  disk.room = 1000;
  ASSERT_TRUE(append("fits"));
  open();
  EXPECT_EQ(read, "kept fits");
  EXPECT_EQ(replayed.torn_bytes + replayed.damaged_bytes, 0);
}

TEST_F(RecordSuite, AfterAFailedSyncNothingIsTakenAnyMore) {
  open();
  ASSERT_TRUE(append("kept"));
  disk.sync_fails = true;
  EXPECT_EQ(append("lost").error().code, ErrorCode::unavailable);
  disk.sync_fails = false;
  const int syncs = disk.syncs;
  EXPECT_EQ(append("more").error().code, ErrorCode::unavailable);
  EXPECT_TRUE(record_->failed());
  EXPECT_EQ(disk.syncs, syncs) << "the disk isn't asked again";
  open();
  EXPECT_EQ(read, "kept") << "what failed was never acknowledged";
  ASSERT_TRUE(append("new"));
}

TEST_F(RecordSuite, AReadOnlyDiskIsSaidSo) {
  open();
  ASSERT_TRUE(append("kept"));
  disk.read_only = true;
  record_.reset();
  const auto opened = WriteAhead::open(disk, "record", 0, [](Position, std::string_view) {}, replayed);
  EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
}

TEST(BatchCodec, ComesBackAsItWas) {
  Random random{31};
  for (int round = 0; round < 200; ++round) {
    signal::SampleBatch batch;
    for (auto count = random.integer(0, 200); count > 0; --count) {
      const SignalId signal{static_cast<std::uint32_t>(random.chance(0.7) ? count : random.integer(0, 0xFFFFFF))};
      const Timestamp time{random.chance(0.7) ? 1'764'000'000'000'000'000 : static_cast<std::int64_t>(random())};
      switch (random.integer(0, 4)) {
        case 0:
          batch.add_real(signal, time, random.normal(0, 1), signal::Quality::uncertain);
          break;
        case 1:
          batch.add_integer(signal, time, static_cast<std::int64_t>(random()));
          break;
        case 2:
          batch.add_boolean(signal, time, random.chance(0.5));
          break;
        case 3:
          batch.add_text(signal, time, std::string(static_cast<std::size_t>(random.integer(0, 9)), 'x'));
          break;
        default:
          batch.add_null(signal, time);
          break;
      }
    }
    std::string bytes;
    encode_batch(batch, bytes);
    const auto read = decode_batch(bytes).value();
    ASSERT_EQ(read.texts, batch.texts);
    ASSERT_EQ(read.samples.size(), batch.samples.size());
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
      ASSERT_EQ(std::memcmp(&read.samples[i].bits, &batch.samples[i].bits, 8), 0);
      ASSERT_EQ(read.samples[i].time, batch.samples[i].time);
      ASSERT_EQ(read.samples[i].signal, batch.samples[i].signal);
      ASSERT_EQ(read.samples[i].type, batch.samples[i].type);
      ASSERT_EQ(read.samples[i].quality, batch.samples[i].quality);
    }
    for (std::size_t size = 0; size < bytes.size(); size += 7) {
      EXPECT_FALSE(decode_batch(std::string_view{bytes}.substr(0, size))) << "a part is no batch";
    }
  }
}

class FaultSuite : public testing::Test {
 protected:
  FaultSuite() : test_(EngineUnderTest::Kind::sqlite_file, LogLevel::warning) {
    test_.files = &disk_;
    test_.open();
  }
  Result<AppendCounts> append(int from, int count) {
    SampleBatch batch;
    for (int i = from; i < from + count; ++i)
      batch.add_real(SignalId{5}, Timestamp{1'764'000'000'000'000'000 + i * 1'000'000'000LL}, i);
    return test_.engine().append(batch);
  }
  std::size_t kept() {
    return test_.engine().raw(SignalId{5}, {Timestamp::min(), Timestamp::max()}, 100'000).value().samples.size();
  }

  FailingFiles disk_;
  EngineUnderTest test_;
};

TEST_F(FaultSuite, ALossOfPowerKeepsWhatWasAcknowledged) {
  Random random{32};
  int next = 0;
  for (int round = 0; round < 50; ++round) {
    for (auto batches = random.integer(1, 5); batches > 0; --batches) {
      const auto count = static_cast<int>(random.integer(1, 300));
      ASSERT_TRUE(append(next, count));
      next += count;
    }
    if (random.chance(0.3)) {
      ASSERT_TRUE(test_.engine().flush());
    }
    disk_.lose_power(static_cast<std::size_t>(random.integer(0, 50)));
    test_.crash();
    ASSERT_EQ(kept(), static_cast<std::size_t>(next));
  }
}

TEST_F(FaultSuite, WhatTheDiskRefusedIsNotKept) {
  ASSERT_TRUE(append(0, 10));
  disk_.room = 20;
  EXPECT_EQ(append(10, 10).error().code, ErrorCode::unavailable);
  EXPECT_EQ(kept(), 10U) << "nothing of it is seen";
  disk_.room = 1 << 20;
  ASSERT_TRUE(append(20, 10));
  disk_.sync_fails = true;
  EXPECT_EQ(append(30, 10).error().code, ErrorCode::unavailable);
  disk_.sync_fails = false;
  EXPECT_EQ(append(40, 10).error().code, ErrorCode::unavailable) << "a failed flush of the disk is final";
  EXPECT_TRUE(test_.engine().figures().failed);
  EXPECT_EQ(kept(), 20U);
  test_.crash();
  EXPECT_EQ(kept(), 20U);
  EXPECT_FALSE(test_.engine().figures().failed);
  ASSERT_TRUE(append(50, 10));
}

TEST_F(FaultSuite, ASlowDiskHoldsUpAppendsOnlyAndIsToldAbout) {
  ASSERT_TRUE(append(0, 10));
  disk_.on_sync = [this] {
    test_.clock.advance(2500ms);
    // Another thread reads meanwhile; it sees what was acknowledged, and nothing of what isn't yet.
    auto reading = std::async(std::launch::async, [this] { return kept(); });
    ASSERT_EQ(reading.wait_for(20s), std::future_status::ready) << "a read waits for the slow disk";
    EXPECT_EQ(reading.get(), 10U);
  };
  testing::internal::CaptureStderr();
  ASSERT_TRUE(append(10, 10));
  const auto said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("the disk is slow"), std::string::npos) << said;
  EXPECT_NE(said.find("took_ms=\"2500\""), std::string::npos) << said;
  EXPECT_EQ(test_.engine().figures().commit_ms, 2500);
  disk_.on_sync = {};
  ASSERT_TRUE(append(20, 10));
  EXPECT_EQ(test_.engine().figures().commit_ms, 0) << "it is quick again";
  EXPECT_EQ(test_.engine().figures().commit_ms_max, 2500);
  EXPECT_FALSE(test_.engine().figures().failed);
  disk_.lose_power();
  test_.crash();
  EXPECT_EQ(kept(), 30U);
}

TEST_F(FaultSuite, ADiskThatStaysSlowIsSaidOnceAMinute) {
  const auto said = [this](int from, Duration took) {
    disk_.on_sync = [this, took] { test_.clock.advance(took); };
    testing::internal::CaptureStderr();
    EXPECT_TRUE(append(from, 10));
    return !testing::internal::GetCapturedStderr().empty();
  };
  EXPECT_FALSE(said(0, 999ms)) << "not slow yet";
  EXPECT_TRUE(said(10, 1s));
  EXPECT_FALSE(said(20, 58s)) << "within the minute";
  EXPECT_TRUE(said(30, 3s));
  disk_.on_sync = {};
}

TEST_F(FaultSuite, AStoreThatRefusesLosesNothing) {
  ASSERT_TRUE(append(0, 100));
  test_.chunks().refuses = true;
  EXPECT_FALSE(test_.engine().flush());
  ASSERT_TRUE(append(100, 100));
  EXPECT_EQ(kept(), 200U);
  EXPECT_FALSE(test_.engine().flush());
  test_.chunks().refuses = false;
  ASSERT_TRUE(test_.engine().flush());
  ASSERT_TRUE(test_.engine().flush());
  EXPECT_EQ(kept(), 200U);
  EXPECT_EQ(test_.engine().figures().memory_samples, 0);
  test_.crash();
  EXPECT_EQ(kept(), 200U);
  EXPECT_EQ(test_.engine().figures().recovered, 0);
}

TEST_F(FaultSuite, ADamagedChunkIsReportedAndSetApart) {
  for (int part = 0; part < 3; ++part) {
    ASSERT_TRUE(append(part * 100, 100));
    ASSERT_TRUE(test_.engine().flush());
  }
  std::vector<store::Chunk> chunks;
  ASSERT_TRUE(test_.chunks().scan(5, 0, Timestamp::min().ns, Timestamp::max().ns, [&](const store::Chunk& chunk) {
    chunks.push_back(chunk);
    return true;
  }));
  ASSERT_EQ(chunks.size(), 3U);
  chunks[1].bytes[chunks[1].bytes.size() / 2] ^= 1;
  ASSERT_TRUE(test_.chunks().change({}, std::span{&chunks[1], 1}));
  EXPECT_EQ(kept(), 200U) << "the others are read";
  EXPECT_EQ(kept(), 200U);
  EXPECT_EQ(test_.engine().figures().damaged_chunks, 1) << "reported once";
  EXPECT_EQ(test_.engine().verify({}).value(), 3);
  EXPECT_EQ(test_.engine().verify({}).value(), 2) << "it was set apart";
  ASSERT_TRUE(test_.engine().compact());
  EXPECT_EQ(kept(), 200U);
  int apart = 0;
  ASSERT_TRUE(test_.chunks().scan(5, 250, Timestamp::min().ns, Timestamp::max().ns, [&](const store::Chunk& chunk) {
    apart += chunk.bytes == chunks[1].bytes ? 1 : 0;
    return true;
  }));
  EXPECT_EQ(apart, 1) << "and not thrown away";
}

TEST_F(FaultSuite, ADamagedStateRowIsFoundAgainInTheChunks) {
  ASSERT_TRUE(append(0, 1000));
  ASSERT_TRUE(test_.engine().flush());
  const store::Chunk damaged{.series = 0xFFFF'FF00 + 5, .level = 255, .bytes = "nonsense"};
  ASSERT_TRUE(test_.chunks().change({}, std::span{&damaged, 1}));
  test_.crash();
  EXPECT_EQ(kept(), 1000U);
  EXPECT_EQ(test_.engine().last(std::array{SignalId{5}})[0]->sample.real(), 999);
  ASSERT_TRUE(append(1000, 10));
  ASSERT_TRUE(test_.engine().compact());
  EXPECT_EQ(kept(), 1010U);
}

TEST_F(FaultSuite, ManyWritersShareFlushesAndReadersSeeWholeSignals) {
  test_.settings.memory_samples_max = 10'000;
  test_.background = true;
  test_.crash();
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  for (std::uint32_t writer = 0; writer < 4; ++writer) {
    threads.emplace_back([this, writer] {
      for (int i = 0; i < 100; ++i) {
        SampleBatch batch;
        for (int j = 0; j < 100; ++j)
          batch.add_integer(SignalId{10 + writer}, Timestamp{1'764'000'000'000'000'000 + (i * 100 + j) * 1'000'000LL},
                            i * 100 + j);
        EXPECT_TRUE(test_.engine().append(batch));
      }
    });
  }
  std::jthread reader{[&] {
    while (!stop) {
      for (std::uint32_t signal = 10; signal < 14; ++signal) {
        const auto batch = test_.engine().raw(SignalId{signal}, {Timestamp::min(), Timestamp::max()}, 100'000).value();
        // A prefix of what is written, in whole batches, without a hole.
        if (batch.samples.size() % 100 != 0) ++wrong;
        for (std::size_t i = 0; i < batch.samples.size(); ++i)
          wrong += batch.samples[i].integer() == static_cast<std::int64_t>(i) ? 0 : 1;
      }
    }
  }};
  threads.clear();
  stop = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(test_.engine().figures().commits, 400);
  EXPECT_GT(test_.engine().figures().chunks_sealed, 0);
  for (std::uint32_t signal = 10; signal < 14; ++signal) {
    EXPECT_EQ(
        test_.engine().raw(SignalId{signal}, {Timestamp::min(), Timestamp::max()}, 100'000).value().samples.size(),
        10'000U);
  }
}

TEST_F(FaultSuite, AMillionSignalsOfWhichFewAreActive) {
  SampleBatch batch;
  for (std::uint32_t signal = 1; signal <= 1'000'000; ++signal)
    batch.add_real(SignalId{signal}, Timestamp{1'764'000'000'000'000'000}, signal);
  ASSERT_TRUE(test_.engine().append(batch));
  EXPECT_EQ(test_.engine().figures().signals, 1'000'000);
  ASSERT_TRUE(append(1, 1000));
  ASSERT_TRUE(test_.engine().flush());
  test_.crash();
  EXPECT_EQ(test_.engine().figures().signals, 1'000'000);
  EXPECT_EQ(test_.engine().last(std::array{SignalId{777'777}})[0]->sample.real(), 777'777);
  EXPECT_EQ(kept(), 1001U);
}

}  // namespace
}  // namespace hanse::historian::internal
