// What every query answers, whatever of the data is in memory, in small chunks, merged, or read back after a crash.
#include "historian/engine.hpp"

#include <cmath>
#include <filesystem>

#include "base/random.hpp"
#include "historian/internal/engine_under_test.hpp"

namespace hanse::historian {
namespace {

using internal::EngineUnderTest;
using signal::Quality;
using signal::Sample;
using signal::ValueType;
using store::internal::TestDatabase;

constexpr SignalId kFirst{1}, kOther{65}, kThird{2};
const Timestamp kStart{1'764'000'000'000'000'000};  // a full hour

Timestamp at_s(std::int64_t seconds) { return kStart + seconds * 1s; }

class EngineSuite : public testing::TestWithParam<TestDatabase::Kind> {
 protected:
  void SetUp() override {
    if (!TestDatabase::available(GetParam())) GTEST_SKIP() << "HANSE_TEST_POSTGRES names no server";
    test_ = std::make_unique<EngineUnderTest>(GetParam());
    test_->open();
  }
  AppendCounts append(const SampleBatch& batch) {
    auto counts = engine().append(batch);
    EXPECT_TRUE(counts) << counts.error().message;
    return counts.value_or(AppendCounts{});
  }
  void must(const Result<void>& done) { ASSERT_TRUE(done) << done.error().message; }
  /// `count` values 0, 1, 2 ... a second apart.
  void ramp(SignalId signal, int count, int from = 0) {
    SampleBatch batch;
    for (int i = from; i < from + count; ++i) batch.add_real(signal, at_s(i), i);
    append(batch);
  }
  SampleBatch raw(SignalId signal, TimeRange range = {Timestamp::min(), Timestamp::max()},
                  std::size_t limit = 1'000'000) {
    auto batch = engine().raw(signal, range, limit);
    EXPECT_TRUE(batch) << batch.error().message;
    return batch.value_or(SampleBatch{});
  }
  std::string values(SignalId signal, TimeRange range = {Timestamp::min(), Timestamp::max()}) {
    std::string out;
    const auto batch = raw(signal, range);
    for (const auto& sample : batch.samples) {
      out += fmt::format("{}{}={}", out.empty() ? "" : " ", (sample.time - kStart) / 1s,
                         sample.type == ValueType::text   ? std::string{batch.text(sample)}
                         : sample.type == ValueType::null ? "null"
                                                          : fmt::format("{}", sample.number()));
    }
    return out;
  }
  Engine& engine() { return test_->engine(); }

  std::unique_ptr<EngineUnderTest> test_;
};

TEST_P(EngineSuite, KeepsAllTypesThroughSealAndRestart) {
  SampleBatch batch;
  batch.add_real(kFirst, at_s(0), -0.0);
  batch.add_null(kFirst, at_s(1));
  batch.add_real(kFirst, at_s(2), 4.25, Quality::uncertain);
  batch.add_integer(kOther, at_s(0), -7);
  batch.add_boolean(kOther, at_s(1), true);
  batch.add_text(kThird, at_s(0), "RUNNING");
  batch.add_text(kThird, at_s(1), "");
  append(batch);
  const std::string first = "0=-0 1=null 2=4.25", other = "0=-7 1=1", third = "0=RUNNING 1=";
  const auto check = [&] {
    EXPECT_EQ(values(kFirst), first);
    EXPECT_EQ(values(kOther), other);
    EXPECT_EQ(values(kThird), third);
    const std::array signals{kThird, SignalId{999}, kFirst};
    const auto last = engine().last(signals);
    ASSERT_EQ(last.size(), 3U);
    EXPECT_EQ(last[0]->text, "");
    EXPECT_EQ(last[0]->sample.time, at_s(1));
    EXPECT_FALSE(last[1]);
    EXPECT_EQ(last[2]->sample.real(), 4.25);
    EXPECT_EQ(last[2]->sample.quality, Quality::uncertain);
  };
  check();
  test_->crash();
  EXPECT_EQ(engine().figures().recovered, 7);
  check();
  must(engine().flush());
  check();
  test_->close();
  test_->open();
  EXPECT_EQ(engine().figures().recovered, 0);
  EXPECT_EQ(engine().figures().signals, 3);
  check();
}

TEST_P(EngineSuite, LateAndDoubleSamplesFindTheirPlace) {
  ramp(kFirst, 10);
  SampleBatch batch;
  batch.add_real(kFirst, at_s(3), 33);  // again
  batch.add_real(kFirst, at_s(12), 12);
  batch.add_real(kFirst, at_s(11), 11);   // late
  batch.add_real(kFirst, at_s(12), 120);  // the last one again
  const auto counts = append(batch);
  EXPECT_EQ(counts.stored, 4);
  EXPECT_EQ(counts.replaced, 2);
  EXPECT_EQ(counts.late, 2);
  const std::string all = "0=0 1=1 2=2 3=33 4=4 5=5 6=6 7=7 8=8 9=9 11=11 12=120";
  EXPECT_EQ(values(kFirst), all);
  must(engine().flush());
  EXPECT_EQ(values(kFirst), all);

  SampleBatch late;
  late.add_real(kFirst, at_s(-5), -5);  // before all
  late.add_real(kFirst, at_s(4), 44);   // into a chunk, another value
  late.add_real(kFirst, at_s(10), 10);  // a new one between
  late.add_real(kFirst, at_s(20), 20);
  append(late);
  const std::string more = "-5=-5 0=0 1=1 2=2 3=33 4=44 5=5 6=6 7=7 8=8 9=9 10=10 11=11 12=120 20=20";
  EXPECT_EQ(values(kFirst), more) << "memory over chunks";
  must(engine().flush());
  EXPECT_EQ(values(kFirst), more) << "merged into chunks";
  EXPECT_EQ(engine().figures().replaced, 3);
  EXPECT_EQ(engine().last(std::array{kFirst})[0]->sample.real(), 20);
  must(engine().compact());
  EXPECT_EQ(values(kFirst), more);
  EXPECT_EQ(engine().at(kFirst, at_s(4)).value()->sample.real(), 44);
  EXPECT_EQ(engine().at(kFirst, at_s(19)).value()->sample.real(), 120);
  EXPECT_FALSE(engine().at(kFirst, at_s(-6)).value());
}

TEST_P(EngineSuite, ASourcesClockMayJump) {
  const auto years = [](int count) { return kStart + count * 365 * 24h; };
  ramp(kFirst, 5);
  SampleBatch jumped;
  jumped.add_real(kFirst, years(30), 30);    // A clock that was set wrong, far ahead ...
  jumped.add_real(kFirst, years(-40), -40);  // ... and far behind.
  append(jumped);
  ramp(kFirst, 5, 5);  // Right again: late now, and all the same there.
  const auto check = [&] {
    EXPECT_EQ(values(kFirst, {at_s(0), at_s(100)}), "0=0 1=1 2=2 3=3 4=4 5=5 6=6 7=7 8=8 9=9");
    EXPECT_EQ(raw(kFirst).samples.size(), 12U);
    const auto hour = engine().aggregate(kFirst, {at_s(0), at_s(3600)}, 1h).value();
    EXPECT_EQ(hour.at(0).count, 10);
    EXPECT_EQ(hour.at(0).sum, 45);
    EXPECT_EQ(engine().at(kFirst, at_s(0) - 1s).value()->sample.real(), -40);
    const auto century = engine().downsample(kFirst, {years(-50), years(50)}, 100).value();
    std::int64_t drawn = 0;
    for (const auto& pixel : century) drawn += pixel.count;
    EXPECT_EQ(drawn, 12);
  };
  check();
  must(engine().flush());
  check();
  must(engine().compact());
  test_->crash();
  check();
}

TEST_P(EngineSuite, PagesThroughRawSamples) {
  for (int part = 0; part < 4; ++part) {
    ramp(kFirst, 250, part * 250);
    if (part < 3) must(engine().flush());
  }
  std::size_t seen = 0;
  for (Timestamp from = Timestamp::min();;) {
    const auto page = raw(kFirst, {from, Timestamp::max()}, 99);
    for (const auto& sample : page.samples) EXPECT_EQ(sample.real(), static_cast<double>(seen++));
    if (page.samples.size() < 99) break;
    from.ns = page.samples.back().time.ns + 1;
  }
  EXPECT_EQ(seen, 1000U);
  EXPECT_EQ(values(kFirst, {at_s(248), at_s(252)}), "248=248 249=249 250=250 251=251") << "the end isn't included";
  EXPECT_EQ(engine().raw(kFirst, {at_s(1), at_s(1)}, 10).error().code, ErrorCode::invalid);
  EXPECT_EQ(engine().raw(kFirst, {at_s(0), at_s(1)}, 0).error().code, ErrorCode::invalid);
}

TEST_P(EngineSuite, AggregatesByStepWithWhatReachesIn) {
  SampleBatch batch;
  batch.add_real(kFirst, at_s(0), 10);
  batch.add_real(kFirst, at_s(15), 20);
  batch.add_real(kFirst, at_s(18), 40);
  batch.add_null(kFirst, at_s(35));
  batch.add_real(kFirst, at_s(42), 1);
  append(batch);
  test_->clock.set(at_s(46));
  const auto check = [&] {
    const auto buckets = engine().aggregate(kFirst, {at_s(10), at_s(60)}, 10s).value();
    ASSERT_EQ(buckets.size(), 5U);
    EXPECT_EQ(buckets[0].begin, at_s(10));
    EXPECT_EQ(buckets[0].count, 2);
    EXPECT_EQ(buckets[0].min, 20);
    EXPECT_EQ(buckets[0].max, 40);
    EXPECT_EQ(buckets[0].sum, 60);
    EXPECT_EQ(buckets[0].first, 20);
    EXPECT_EQ(buckets[0].last, 40);
    EXPECT_DOUBLE_EQ(buckets[0].time_weighted_mean, (5 * 10 + 3 * 20 + 2 * 40) / 10.0);
    EXPECT_EQ(buckets[1].count, 0);
    EXPECT_DOUBLE_EQ(buckets[1].time_weighted_mean, 40) << "the value from before reaches in";
    EXPECT_EQ(buckets[2].count, 0);
    EXPECT_EQ(buckets[2].covered_ns, Duration{5s}.count()) << "a null ends it";
    EXPECT_EQ(buckets[3].count, 1);
    EXPECT_EQ(buckets[3].covered_ns, Duration{4s}.count()) << "now is at 46 s";
    EXPECT_EQ(buckets[4].covered_ns, 0) << "nothing reaches into the future";
  };
  check();
  must(engine().flush());
  check();
  EXPECT_EQ(engine().aggregate(kFirst, {at_s(0), at_s(1'000'000)}, 1s).error().code, ErrorCode::too_large);
  EXPECT_EQ(engine().aggregate(kFirst, {at_s(0), at_s(1)}, 0s).error().code, ErrorCode::invalid);
}

TEST_P(EngineSuite, StatesHaveDurations) {
  SampleBatch batch;
  batch.add_text(kThird, at_s(0), "ACTIVE");
  batch.add_text(kThird, at_s(10), "STOPPED");
  batch.add_text(kThird, at_s(15), "STOPPED");
  batch.add_text(kThird, at_s(30), "ACTIVE");
  append(batch);
  test_->clock.set(at_s(40));
  const auto check = [&] {
    const auto states = engine().state_durations(kThird, {at_s(5), at_s(100)}).value();
    ASSERT_EQ(states.size(), 2U);
    EXPECT_EQ(states[0].value, "ACTIVE");
    EXPECT_EQ(states[0].duration_ns, Duration{15s}.count());
    EXPECT_EQ(states[0].entered, 1) << "it came in with the first";
    EXPECT_EQ(states[1].value, "STOPPED");
    EXPECT_EQ(states[1].duration_ns, Duration{20s}.count());
    EXPECT_EQ(states[1].entered, 1);
  };
  check();
  must(engine().flush());
  check();
}

/// What the engine should answer, computed the plain way.
struct Model {
  std::map<std::int64_t, double> samples;

  std::vector<Bucket> aggregate(TimeRange range, Duration step, std::int64_t end_ns) const {
    std::vector<Bucket> out(static_cast<std::size_t>((range.end - range.begin + step - 1ns) / step));
    for (std::size_t i = 0; i < out.size(); ++i) {
      auto& bucket = out[i];
      bucket.begin = range.begin + static_cast<std::int64_t>(i) * step;
      const auto begin = bucket.begin.ns, end = std::min(begin + step.count(), range.end.ns);
      double integral = 0;
      auto sample = samples.lower_bound(begin);
      auto level = sample == samples.begin() ? samples.end() : std::prev(sample);
      auto since = begin;
      for (; sample != samples.end() && sample->first < end; ++sample) {
        if (level != samples.end()) {
          integral += level->second * static_cast<double>(sample->first - since);
          bucket.covered_ns += sample->first - since;
        }
        level = sample;
        since = sample->first;
        if (bucket.count++ == 0) bucket.first = bucket.min = bucket.max = sample->second;
        bucket.min = std::min(bucket.min, sample->second);
        bucket.max = std::max(bucket.max, sample->second);
        bucket.sum += sample->second;
        bucket.last = sample->second;
      }
      const auto until = std::min(end, end_ns);
      if (level != samples.end() && until > since) {
        integral += level->second * static_cast<double>(until - since);
        bucket.covered_ns += until - since;
      }
      if (bucket.covered_ns > 0) bucket.time_weighted_mean = integral / static_cast<double>(bucket.covered_ns);
    }
    return out;
  }
};

void expect_same(const std::vector<Bucket>& got, const std::vector<Bucket>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got[i].begin, expected[i].begin);
    ASSERT_EQ(got[i].count, expected[i].count) << i;
    ASSERT_EQ(got[i].covered_ns, expected[i].covered_ns) << i;
    ASSERT_NEAR(got[i].time_weighted_mean, expected[i].time_weighted_mean, 1e-6) << i;
    if (got[i].count == 0) continue;
    ASSERT_EQ(got[i].min, expected[i].min) << i;
    ASSERT_EQ(got[i].max, expected[i].max) << i;
    ASSERT_EQ(got[i].first, expected[i].first) << i;
    ASSERT_EQ(got[i].last, expected[i].last) << i;
    ASSERT_NEAR(got[i].sum, expected[i].sum, 1e-6 * std::abs(expected[i].sum) + 1e-6) << i;
  }
}

TEST_P(EngineSuite, AnswersAsAPlainModelWhateverHappened) {
  // Days at one sample every five seconds: enough for roll-ups by hour. Late ones, doubles, seals, merges and restarts
  // between.
  Random random{21};
  Model model;
  SampleBatch all;
  std::int64_t seconds = 0;
  double walk = 50;
  for (int round = 0; round < 30; ++round) {
    SampleBatch batch;
    for (int i = 0; i < 1500; ++i) {
      seconds += random.chance(0.001) ? random.integer(600, 20'000) : 5;
      walk = random.chance(0.7) ? walk : walk + std::round(random.normal(0, 100)) / 100;
      auto time = at_s(seconds);
      if (random.chance(0.01)) time = at_s(random.integer(0, seconds) / 5 * 5);
      batch.add_real(kFirst, time, walk);
      model.samples[time.ns] = walk;
    }
    append(batch);
    switch (random.integer(0, 4)) {
      case 0:
        must(engine().flush());
        break;
      case 1:
        must(engine().compact());
        break;
      case 2:
        must(engine().maintain());
        break;
      case 3:
        test_->crash();
        break;
      default:
        break;
    }
    const auto last = model.samples.rbegin()->first;
    test_->clock.set({last});
    for (const auto step : {Duration{1h}, Duration{24h}, Duration{17min}}) {
      const TimeRange range{at_s(random.integer(-5000, seconds / 2)),
                            at_s(random.integer(seconds / 2 + 1, seconds + 5000))};
      expect_same(engine().aggregate(kFirst, range, step).value(), model.aggregate(range, step, last));
    }
    const TimeRange day{at_s(0), at_s(24 * 3600 * (seconds / 24 / 3600 + 1))};
    expect_same(engine().aggregate(kFirst, day, 1h).value(), model.aggregate(day, 1h, last));
    const auto moment = at_s(random.integer(0, seconds));
    const auto found = std::prev(model.samples.upper_bound(moment.ns));
    const auto got = engine().at(kFirst, moment).value();
    ASSERT_TRUE(got);
    ASSERT_EQ(got->sample.time.ns, found->first);
    ASSERT_EQ(got->sample.real(), found->second);
  }
  const auto read = raw(kFirst);
  ASSERT_EQ(read.samples.size(), model.samples.size());
  auto expected = model.samples.begin();
  for (const auto& sample : read.samples) {
    ASSERT_EQ(sample.time.ns, expected->first);
    ASSERT_EQ(sample.real(), (expected++)->second);
  }
  EXPECT_GT(engine().figures().rollups_written, 0);
}

TEST_P(EngineSuite, TheHourUnderWayIsRolledUpWhileNothingFollows) {
  constexpr std::int64_t kCount = 10 * 360 + 100;  // 10 hours and a part, a sample each 10 s
  const auto hours = [&](std::int64_t until_s) {
    std::vector<std::int64_t> counts;
    const auto buckets = engine().aggregate(kFirst, {at_s(0), at_s(until_s)}, 1h).value();
    for (const auto& bucket : buckets) counts.push_back(bucket.count);
    return counts;
  };
  const auto add = [&](std::int64_t from, std::int64_t to) {
    SampleBatch batch;
    for (auto i = from; i < to; ++i) batch.add_real(kFirst, at_s(i * 10), static_cast<double>(i));
    append(batch);
  };
  std::vector<std::int64_t> expected(10, 360);
  add(0, kCount / 2);
  must(engine().flush());
  add(kCount / 2, kCount);
  must(engine().compact());
  test_->close();
  test_->open();
  test_->chunks().raw_scans = 0;
  expected.push_back(100);
  EXPECT_EQ(hours(kCount * 10), expected);
  EXPECT_EQ(test_->chunks().raw_scans, 0) << "no chunk is read for the last hour";

  // One in the middle that is late, then some that follow: the row doesn't count any more.
  SampleBatch late;
  late.add_real(kFirst, at_s(10 * 3600 + 5), 1);
  append(late);
  must(engine().flush());
  expected.back() = 101;
  EXPECT_EQ(hours(kCount * 10), expected);
  add(kCount, kCount + 50);
  must(engine().flush());
  expected.back() = 151;
  EXPECT_EQ(hours((kCount + 50) * 10), expected);
  // The next roll-up takes its place, and hours that are over are whole.
  add(kCount + 50, 25 * 360 + 7);
  must(engine().compact());
  expected.assign(25, 360);
  expected[10] = 361;
  expected.push_back(7);
  EXPECT_EQ(hours(25 * 3600 + 70), expected);
}

TEST_P(EngineSuite, WhatAMergeMadeOutlivesACrash) {
  SampleBatch batch;
  for (std::int64_t i = 0; i < 3700; ++i) batch.add_real(kFirst, at_s(i * 10), static_cast<double>(i));
  append(batch);
  must(engine().flush());
  ASSERT_EQ(engine().figures().rollups_written, 0) << "a seal alone makes none here";
  must(engine().compact());
  ASSERT_GT(engine().figures().rollups_written, 0);
  test_->crash();
  test_->chunks().raw_scans = 0;
  const auto hours = engine().aggregate(kFirst, {at_s(0), at_s(9 * 3600)}, 1h).value();
  for (const auto& hour : hours) EXPECT_EQ(hour.count, 360);
  EXPECT_EQ(test_->chunks().raw_scans, 0) << "the hours come from the roll-ups";
}

TEST_P(EngineSuite, DownsamplesToPixels) {
  Random random{22};
  SampleBatch batch;
  std::vector<double> values;
  constexpr int kCount = 60'000;
  for (int i = 0; i < kCount; ++i) {
    values.push_back(std::round(random.normal(0, 1000)) / 10);
    batch.add_real(kFirst, at_s(i * 10), values.back());
  }
  append(batch);
  must(engine().compact());
  EXPECT_GT(engine().figures().rollups_written, 0);
  const TimeRange range{at_s(0), at_s(kCount * 10)};
  for (const std::size_t width : {1U, 7U, 100U, 166U, 2000U}) {
    const auto pixels = engine().downsample(kFirst, range, width).value();
    EXPECT_LE(pixels.size(), width);
    EXPECT_GE(pixels.size() * 10, width * 9);
    std::size_t next = 0;
    for (const auto& pixel : pixels) {
      ASSERT_EQ(pixel.first_time, at_s(static_cast<std::int64_t>(next) * 10)) << "no sample is left out between pixels";
      double low = values[next], high = low;
      const auto first = next;
      for (; next < first + static_cast<std::size_t>(pixel.count); ++next)
        low = std::min(low, values[next]), high = std::max(high, values[next]);
      ASSERT_EQ(pixel.first, values[first]);
      ASSERT_EQ(pixel.last, values[next - 1]);
      ASSERT_EQ(pixel.last_time, at_s(static_cast<std::int64_t>(next - 1) * 10));
      ASSERT_EQ(pixel.min, low);
      ASSERT_EQ(pixel.max, high);
    }
    EXPECT_EQ(next, values.size());
  }
  EXPECT_EQ(engine().downsample(kFirst, range, 0).error().code, ErrorCode::invalid);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(engine().downsample(kFirst, range, 10'000, stop.get_token()).error().code, ErrorCode::unavailable);
}

TEST_P(EngineSuite, RawExpiresIntoMinutes) {
  test_->settings = {.raw_days = 1, .minute_days = 10, .classes = {{.name = "power", .raw_days = 0}}};
  test_->class_of = [](SignalId signal) { return std::string{signal == kOther ? "power" : "temperature"}; };
  test_->close();
  test_->open();
  SampleBatch batch;
  for (int i = 0; i < 3 * 86'400 / 5; ++i) {
    batch.add_real(kFirst, at_s(i * 5), i % 12);
    batch.add_real(kOther, at_s(i * 5), 1);
  }
  append(batch);
  must(engine().compact());
  const auto before = engine().aggregate(kFirst, {at_s(0), at_s(86'400)}, 1h).value();
  test_->clock.set(at_s(3 * 86'400));
  must(engine().maintain());
  EXPECT_GT(engine().figures().chunks_expired, 0);
  EXPECT_EQ(raw(kFirst, {at_s(0), at_s(3600)}).samples.size(), 0U);
  EXPECT_GT(raw(kFirst, {at_s(2 * 86'400), at_s(3 * 86'400)}).samples.size(), 17'000U);
  EXPECT_EQ(raw(kOther, {at_s(0), at_s(3600)}).samples.size(), 720U) << "its class is kept for ever";
  expect_same(engine().aggregate(kFirst, {at_s(0), at_s(86'400)}, 1h).value(), before);
  const auto minutes = engine().aggregate(kFirst, {at_s(600), at_s(720)}, 1min).value();
  EXPECT_EQ(minutes[0].count, 12);
  EXPECT_EQ(minutes[0].max, 11);
  EXPECT_DOUBLE_EQ(minutes[1].time_weighted_mean, 5.5);
  EXPECT_EQ(engine().at(kFirst, at_s(3600)).value()->sample.number(), 11) << "the last of the minute before";
  test_->clock.set(at_s(30 * 86'400));
  must(engine().maintain());
  EXPECT_EQ(engine().aggregate(kFirst, {at_s(600), at_s(720)}, 1min).value()[0].count, 0);
  EXPECT_EQ(engine().last(std::array{kFirst})[0]->sample.time, at_s(3 * 86'400 - 5)) << "the last value stays";
}

TEST_P(EngineSuite, EraseLeavesNothing) {
  SampleBatch batch;
  const std::string secret = "the-partner's-secret-recipe";
  for (int i = 0; i < 2000; ++i) batch.add_text(kThird, at_s(i), secret + std::to_string(i % 7));
  ramp(kFirst, 100);
  append(batch);
  must(engine().flush());
  batch.clear();
  batch.add_text(kThird, at_s(5000), secret);
  append(batch);

  must(engine().erase(kThird));

  EXPECT_EQ(raw(kThird).samples.size(), 0U);
  EXPECT_FALSE(engine().last(std::array{kThird})[0]);
  EXPECT_EQ(raw(kFirst).samples.size(), 100U);
  if (GetParam() == TestDatabase::Kind::sqlite_file) {
    for (const auto& folder : {test_->folder(), test_->record_folder()}) {
      for (const auto& file : std::filesystem::recursive_directory_iterator{folder}) {
        EXPECT_FALSE(internal::real_files().read(file.path().string()).value().contains(secret)) << file.path();
      }
    }
  }
  test_->crash();
  EXPECT_EQ(raw(kThird).samples.size(), 0U);
  EXPECT_EQ(raw(kFirst).samples.size(), 100U);
  batch.clear();
  batch.add_text(kThird, at_s(1), "new");
  append(batch);
  EXPECT_EQ(values(kThird), "1=new") << "the signal can be used again";
}

TEST_P(EngineSuite, ABackupAfterFlushHoldsAllThatWasAcknowledged) {
  ramp(kFirst, 1000);
  must(engine().flush());
  const auto copy = test_->folder() + "/backup.db";
  ASSERT_TRUE(test_->chunks().backup(copy));
  ramp(kFirst, 10, 1000);
  auto chunks = store::open_chunk_store("sqlite:" + copy).value();
  const auto restored = open_historian({.chunks = *chunks,
                                        .clock = test_->clock,
                                        .log = test_->log,
                                        .folder = test_->folder() + "/restored",
                                        .background = false},
                                       {})
                            .value();
  EXPECT_EQ(restored->raw(kFirst, {Timestamp::min(), Timestamp::max()}, 10'000).value().samples.size(), 1000U);
  SampleBatch batch;
  batch.add_real(kFirst, at_s(2000), 1);
  ASSERT_TRUE(restored->append(batch));
  EXPECT_EQ(restored->last(std::array{kFirst})[0]->sample.time, at_s(2000));
}

TEST_P(EngineSuite, RefusesWhatCantBeKept) {
  SampleBatch batch;
  batch.add_real(signal::kNoSignal, at_s(0), 1);
  EXPECT_EQ(engine().append(batch).error().code, ErrorCode::invalid);
  batch.clear();
  batch.add_real(SignalId{0xFFFF'FFFF}, at_s(0), 1);
  EXPECT_EQ(engine().append(batch).error().code, ErrorCode::invalid);
  batch.clear();
  batch.add_real(kFirst, Timestamp::min(), 1);
  EXPECT_EQ(engine().append(batch).error().code, ErrorCode::invalid);
  batch.clear();
  batch.add_text(kFirst, at_s(0), std::string(70'000, 'x'));
  EXPECT_EQ(engine().append(batch).error().code, ErrorCode::too_large);
  EXPECT_EQ(raw(kFirst).samples.size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(, EngineSuite, testing::ValuesIn(TestDatabase::kinds()), TestDatabase::name);

}  // namespace
}  // namespace hanse::historian
