#include "apps/engine.hpp"

#include <gtest/gtest.h>

namespace hanse::apps {
namespace {

using signal::Meaning;

/// Keeps what it was given.
struct Diary {
  std::vector<Inputs> steps;
};
Diary* diary = nullptr;  // A manifest's `make` is a plain function: the test's own place for what its app saw.

class Witness final : public App {
 public:
  Outputs step(const Inputs& inputs) override {
    diary->steps.push_back(inputs);
    Outputs out;
    for (const auto& sample : inputs.batch.samples) {
      const auto* entry = inputs.signals->find(sample.signal);
      out.events.push_back({.id = "seen." + to_string(sample.time),
                            .time = sample.time,
                            .asset = entry->asset,
                            .kind = plant::EventKind::alarm,
                            .state = {},
                            .reason = "seen",
                            .source = "signal"});
      out.samples.push_back({entry->asset, "seen", "1", sample.time, 1});
      out.findings.push_back({.app = "", .key = "seen", .asset = entry->asset, .title = "Seen", .begin = sample.time});
    }
    return out;
  }
  std::vector<api::Route> routes() override { return {}; }
};

Manifest witness() {
  return {.id = "witness",
          .title = "Witness",
          .summary = "Sees.",
          .reads = {{.meaning = Meaning::power, .unit = "kW"}},
          .warm_up = 10min,
          .event_memory = 1h,
          .settings_schema = nullptr,
          .make = [](const AppContext&) -> Result<std::unique_ptr<App>> {
            return std::unique_ptr<App>{std::make_unique<Witness>()};
          }};
}

/// A history of one signal: one value a minute.
class MinuteHistory final : public historian::Historian {
 public:
  explicit MinuteHistory(signal::SignalId number) : number_(number) {}
  Result<historian::AppendCounts> append(const signal::SampleBatch&) override { return historian::AppendCounts{}; }
  std::vector<std::optional<historian::LastValue>> last(std::span<const signal::SignalId>) override { return {}; }
  Result<signal::SampleBatch> raw(signal::SignalId number, historian::TimeRange range, std::size_t,
                                  std::stop_token) override {
    signal::SampleBatch batch;
    if (number != number_) return batch;
    for (auto time = range.begin; time < range.end; time += 1min) batch.add_real(number, time, 1);
    return batch;
  }
  Result<std::optional<historian::LastValue>> at(signal::SignalId, Timestamp) override {
    return std::optional<historian::LastValue>{};
  }
  Result<std::vector<historian::Bucket>> aggregate(signal::SignalId, historian::TimeRange, Duration,
                                                   std::stop_token) override {
    return std::vector<historian::Bucket>{};
  }
  Result<std::vector<historian::Pixel>> downsample(signal::SignalId, historian::TimeRange, std::size_t,
                                                   std::stop_token) override {
    return std::vector<historian::Pixel>{};
  }
  Result<std::vector<historian::StateDuration>> state_durations(signal::SignalId, historian::TimeRange,
                                                                std::stop_token) override {
    return std::vector<historian::StateDuration>{};
  }
  Result<void> erase(signal::SignalId) override { return {}; }
  Result<void> flush() override { return {}; }

 private:
  signal::SignalId number_;
};

class EngineTest : public testing::Test {
 protected:
  void SetUp() override {
    diary = &seen;
    store = store::open_store("sqlite::memory:", clock).value();
    plant = plant::Plant::open(*store, clock, directory).value();
    ASSERT_TRUE(plant->put<plant::Asset>({"user:test"}, plant::Asset{.id = plant::AssetId{"m"}, .name = "M"}));
    power = make("power", Meaning::power, "kW");
    watts = make("watts", Meaning::power, "W");
    speed = make("speed", Meaning::speed, "kW");
  }
  signal::SignalId make(std::string name, Meaning meaning, std::string unit) {
    return plant->catalogue()
        .create({"user:test"},
                {{.asset = plant::AssetId{"m"}, .name = std::move(name), .meaning = meaning, .unit = std::move(unit)}})
        .value()
        .front();
  }
  std::unique_ptr<Engine> started(historian::Historian* history = nullptr) {
    const std::array manifests{witness()};
    EngineContext context{.plant = *plant, .directory = directory, .history = history};
    context.write = [this](signal::SampleBatch batch) { written += batch.samples.size(); };
    auto engine = std::make_unique<Engine>(context, manifests);
    EXPECT_TRUE(engine->start(start));
    return engine;
  }
  static signal::SampleBatch batch_of(std::initializer_list<std::pair<signal::SignalId, Timestamp>> samples) {
    signal::SampleBatch batch;
    for (const auto& [number, time] : samples) batch.add_real(number, time, 1);
    return batch;
  }

  const Timestamp start = parse_timestamp("2026-03-02T06:00:30Z").value();
  SimulatedClock clock{start};
  Diary seen;
  std::unique_ptr<store::Store> store;
  signal::Directory directory;
  std::unique_ptr<plant::Plant> plant;
  signal::SignalId power{}, watts{}, speed{};
  std::size_t written = 0;
};

TEST_F(EngineTest, GivesAnAppOnlyTheMeaningAndUnitItReads) {
  const auto engine = started();
  seen.steps.clear();

  engine->offer(batch_of({{power, start}, {watts, start}, {speed, start}, {signal::SignalId{999}, start}}));
  engine->step(start + 1s);

  ASSERT_EQ(seen.steps.size(), 1u);
  ASSERT_EQ(seen.steps[0].batch.samples.size(), 1u);
  EXPECT_EQ(seen.steps[0].batch.samples[0].signal, power);
}

TEST_F(EngineTest, HandsSamplesOverInOrderOfTimeWhoeverWasFirst) {
  const auto engine = started();
  seen.steps.clear();

  engine->offer(batch_of({{power, start + 2s}}));
  engine->offer(batch_of({{power, start + 1s}, {power, start}}));
  engine->step(start + 3s);

  EXPECT_TRUE(std::is_sorted(seen.steps[0].batch.samples.begin(), seen.steps[0].batch.samples.end(),
                             [](const auto& a, const auto& b) { return a.time < b.time; }));
}

TEST_F(EngineTest, NowNeverRunsBackwards) {
  const auto engine = started();
  engine->step(start + 10s);
  engine->step(start + 5s);
  EXPECT_EQ(seen.steps.back().now, start + 10s);
}

TEST_F(EngineTest, KeepsEventsFindingsAndSignalsOfWhatItComputed) {
  const auto engine = started();
  engine->offer(batch_of({{power, start}}));
  engine->step(start + 1s);

  EXPECT_EQ(written, 1u);
  EXPECT_NE(directory.snapshot()->find(plant::AssetId{"m"}, "seen"), nullptr);
  EXPECT_EQ(plant->events().all(plant::AssetId{"m"}, {start, start + 1s}).value().size(), 1u);
  EXPECT_EQ(engine->findings().open().size(), 1u);
  EXPECT_EQ(engine->figures()[0].events_out, 1);
}

TEST_F(EngineTest, ReplaysFromAFullMinuteAndAddsNothingTwice) {
  MinuteHistory history{power};
  {
    const auto first = started(&history);
  }
  EXPECT_EQ(seen.steps.front().now, parse_timestamp("2026-03-02T05:50:00Z").value());
  EXPECT_TRUE(seen.steps.front().replaying);
  const plant::Span all{start - 1h, start + 1h};
  const auto once = plant->events().all(plant::AssetId{"m"}, all).value();
  EXPECT_EQ(once.size(), 11u);

  const auto again = started(&history);

  EXPECT_EQ(plant->events().all(plant::AssetId{"m"}, all).value(), once);
  EXPECT_EQ(written, 0u) << "what was computed then is in the history already";
}

TEST_F(EngineTest, TellsAppsWhatPeopleSayAndNotWhatTheySaidThemselves) {
  const auto engine = started();
  seen.steps.clear();
  const auto event = [&](std::string id, std::string source) {
    return plant::ProductionEvent{.id = std::move(id),
                                  .time = start,
                                  .asset = plant::AssetId{"m"},
                                  .kind = plant::EventKind::reason,
                                  .state = {},
                                  .reason = "r",
                                  .source = std::move(source)};
  };
  const std::vector events{event("1", "person"), event("2", "signal")};
  ASSERT_TRUE(plant->events().append({"user:anna"}, events));
  engine->step(start + 1s);

  ASSERT_EQ(seen.steps[0].events.size(), 1u);
  EXPECT_EQ(seen.steps[0].events[0].id, "1");
}

TEST_F(EngineTest, AFindingThatWasOpenIsOpenAfterARestart) {
  {
    const auto engine = started();
    engine->offer(batch_of({{power, start}}));
    engine->step(start + 1s);
  }
  EXPECT_EQ(started()->findings().open().size(), 1u);
}

}  // namespace
}  // namespace hanse::apps
