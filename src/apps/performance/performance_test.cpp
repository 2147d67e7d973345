#include "apps/performance/performance.hpp"

#include <gtest/gtest.h>

#include "apps/engine.hpp"
#include "base/random.hpp"

namespace hanse::apps::performance {
namespace {

using plant::EventKind;
using signal::Meaning;
using signal::SignalId;

Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }

/// Keeps samples in memory, as much of a history as a replay needs.
class MemoryHistory final : public historian::Historian {
 public:
  Result<historian::AppendCounts> append(const signal::SampleBatch& batch) override {
    for (const auto& sample : batch.samples) all_.add_from(batch, sample);
    std::stable_sort(all_.samples.begin(), all_.samples.end(),
                     [](const auto& a, const auto& b) { return a.time < b.time; });
    return historian::AppendCounts{};
  }
  Result<signal::SampleBatch> raw(SignalId number, historian::TimeRange range, std::size_t, std::stop_token) override {
    signal::SampleBatch out;
    for (const auto& sample : all_.samples) {
      if (sample.signal == number && sample.time >= range.begin && sample.time < range.end) out.add_from(all_, sample);
    }
    return out;
  }
  Result<std::optional<historian::LastValue>> at(SignalId number, Timestamp time) override {
    std::optional<historian::LastValue> found;
    for (const auto& sample : all_.samples) {
      if (sample.signal != number || sample.time > time) continue;
      found =
          historian::LastValue{sample, sample.type == signal::ValueType::text ? std::string{all_.text(sample)} : ""};
    }
    return found;
  }
  std::vector<std::optional<historian::LastValue>> last(std::span<const SignalId>) override { return {}; }
  Result<std::vector<historian::Bucket>> aggregate(SignalId, historian::TimeRange, Duration, std::stop_token) override {
    return std::vector<historian::Bucket>{};
  }
  Result<std::vector<historian::Pixel>> downsample(SignalId, historian::TimeRange, std::size_t,
                                                   std::stop_token) override {
    return std::vector<historian::Pixel>{};
  }
  Result<std::vector<historian::StateDuration>> state_durations(SignalId, historian::TimeRange,
                                                                std::stop_token) override {
    return std::vector<historian::StateDuration>{};
  }
  Result<void> erase(SignalId) override { return {}; }
  Result<void> flush() override { return {}; }

 private:
  signal::SampleBatch all_;
};

/// A plant with one line and one press, an engine with the app, and verbs.
class PressLine : public testing::Test {
 protected:
  void SetUp() override {
    store = store::open_store("sqlite::memory:", clock).value();
    plant = plant::Plant::open(*store, clock, directory).value();
    const store::Actor actor{"user:test"};
    ASSERT_TRUE(plant->put<plant::Asset>(
        actor, {{.id = AssetId{"line-1"}, .name = "Line 1", .level = plant::Level::line},
                {.id = AssetId{"press-4"}, .name = "Press 4", .parent = AssetId{"line-1"}, .kind = "press"}}));
    ASSERT_TRUE(
        plant->put<plant::Product>(actor, plant::Product{.id = "bracket", .name = "Bracket", .ideal_cycle_s = 10}));
    ASSERT_TRUE(plant->put<plant::ReasonCode>(
        actor, plant::ReasonCode{.id = "hydraulic-pressure", .name = "hydraulic pressure"}));
    execution = make("execution", Meaning::execution, signal::ValueType::text);
    parts = make("part_count", Meaning::part_count, signal::ValueType::integer);
    scrap = make("scrap_count", Meaning::scrap_count, signal::ValueType::integer);
    product = make("product", Meaning::product, signal::ValueType::text);
    alarm = make("alarm", Meaning::alarm, signal::ValueType::text);
    start_engine(start);
  }

  void start_engine(Timestamp now) {
    engine.reset();
    EngineContext context{.plant = *plant, .directory = directory, .history = &history};
    context.write = [this](signal::SampleBatch batch) {
      for (const auto& sample : batch.samples) kpis.push_back(sample);
    };
    const std::array manifests{manifest()};
    engine = std::make_unique<Engine>(context, manifests);
    ASSERT_TRUE(engine->start(now));
    routes = engine->routes();
  }

  SignalId make(std::string name, Meaning meaning, signal::ValueType type) {
    return plant->catalogue()
        .create({"user:test"},
                {{.asset = AssetId{"press-4"}, .name = std::move(name), .meaning = meaning, .type = type}})
        .value()
        .front();
  }

  void say(SignalId number, Timestamp time, std::string text) {
    signal::SampleBatch batch;
    batch.add_text(number, time, std::move(text));
    ASSERT_TRUE(history.append(batch));
    engine->offer(batch);
  }
  void count(SignalId number, Timestamp time, std::int64_t value) {
    signal::SampleBatch batch;
    batch.add_integer(number, time, value);
    ASSERT_TRUE(history.append(batch));
    engine->offer(batch);
  }

  JsonDocument call(api::Method method, const std::string& path,
                    std::map<std::string, std::string, std::less<>> parameters, std::string body = {}) {
    for (const auto& route : routes) {
      if (route.path != "/api/v1/apps/" + path || route.method != method) continue;
      const auto response = route.handle({.parameters = std::move(parameters),
                                          .body = body,
                                          .content_type = "application/json",
                                          .caller = {.id = "user:anna"}});
      EXPECT_TRUE(response) << to_string(response.error());
      return JsonDocument::parse(response ? response->body : "null").value();
    }
    ADD_FAILURE() << "no route " << path;
    return JsonDocument::parse("null").value();
  }

  /// An hour: product, 50 min of work with 300 parts of which 6 are scrap, then a stop.
  void work_an_hour() {
    say(product, start, "bracket");
    say(execution, start, "ACTIVE");
    count(parts, start, 1000);
    count(scrap, start, 7);
    engine->step(start + 1s);
    for (int minute = 1; minute <= 50; ++minute) {
      count(parts, start + minute * 1min - 1s, 1000 + minute * 6);
      if (minute % 10 == 0) count(scrap, start + minute * 1min - 1s, 7 + minute / 10);
      engine->step(start + minute * 1min);
    }
    say(alarm, start + 50min, "E42 hydraulic pressure low");
    say(execution, start + 50min, "STOPPED");
    engine->step(start + 60min);
  }

  const Timestamp start = at("2026-03-02T06:00:00Z");
  SimulatedClock clock{start};
  std::unique_ptr<store::Store> store;
  signal::Directory directory;
  MemoryHistory history;
  std::unique_ptr<plant::Plant> plant;
  std::unique_ptr<Engine> engine;
  std::vector<api::Route> routes;
  std::vector<signal::Sample> kpis;
  SignalId execution{}, parts{}, scrap{}, product{}, alarm{};
};

TEST_F(PressLine, ReportIsWhatTheSignalsSaid) {
  work_an_hour();

  const auto report =
      call(api::Method::get, "performance/assets/{id}/report",
           {{"id", "press-4"}, {"from", to_string(start)}, {"to", to_string(start + 60min)}, {"by", "product"}});

  const auto elements = *report.root().find("elements");
  EXPECT_EQ(elements.find("producing_ns")->integer(), 50 * 60'000'000'000);
  EXPECT_EQ(elements.find("breakdown_ns")->integer(), 10 * 60'000'000'000);
  EXPECT_EQ(elements.find("good")->real(), 295);
  EXPECT_EQ(elements.find("scrap")->real(), 5);
  for (std::size_t i = 0; i < report.root().find("kpis")->size(); ++i) {
    const auto kpi = report.root().find("kpis")->element(i);
    if (kpi.find("id")->string() != "oee") continue;
    EXPECT_NEAR(kpi.find("value")->real(), 2950.0 / 3600, 1e-12);
  }
  EXPECT_EQ(report.root().find("rows")->element(0).find("key")->string(), "bracket");
}

TEST_F(PressLine, TheFirstMinutesAreTooFewForAFigure) {
  say(execution, start, "ACTIVE");
  count(parts, start, 1000);
  engine->step(start + 1s);
  count(parts, start + 2min, 1001);  // Begun before anybody looked.
  engine->step(start + 2min);

  const auto board = call(api::Method::get, "performance/board", {});

  const auto machine = board.root().find("lines")->element(0).find("machines")->element(0);
  EXPECT_EQ(machine.find("oee")->kind(), JsonRef::Kind::null);
  EXPECT_NE(machine.find("missing")->string().find("figures begin at"), std::string_view::npos)
      << machine.find("missing")->string();
}

TEST_F(PressLine, AReportOfTheLineSumsItsMachines) {
  work_an_hour();

  const auto report = call(api::Method::get, "performance/assets/{id}/report",
                           {{"id", "line-1"}, {"from", to_string(start)}, {"to", to_string(start + 60min)}});

  EXPECT_EQ(report.root().find("machines")->integer(), 1);
  EXPECT_EQ(report.root().find("elements")->find("good")->real(), 295);
}

TEST_F(PressLine, AStopIsAFindingWithItsReasonAndEndsWhenItRunsAgain) {
  work_an_hour();

  ASSERT_EQ(engine->findings().open().size(), 1u);
  EXPECT_EQ(engine->findings().open()[0].title, "Press 4 stands: E42 hydraulic pressure low, 10 min");

  call(api::Method::post, "performance/assets/{id}/reason", {{"id", "press-4"}},
       R"({"begin":")" + to_string(start + 50min) + R"(","reason":"hydraulic-pressure","comment":"pump"})");
  engine->step(start + 64min);
  EXPECT_EQ(engine->findings().open()[0].title, "Press 4 stands: hydraulic pressure, 14 min");

  say(alarm, start + 65min, "");
  say(execution, start + 65min, "ACTIVE");
  engine->step(start + 66min);
  EXPECT_TRUE(engine->findings().open().empty());
}

TEST_F(PressLine, AReasonThatAPersonGaveStandsInTheParetoAndCanBeCorrected) {
  work_an_hour();
  const auto give = [&](const std::string& reason) {
    call(api::Method::post, "performance/assets/{id}/reason", {{"id", "press-4"}},
         R"({"begin":")" + to_string(start + 50min) + R"(","reason":")" + reason + "\"}");
    clock.advance(1s);
  };
  ASSERT_TRUE(plant->put<plant::ReasonCode>({"user:test"}, plant::ReasonCode{.id = "tool", .name = "Tool broke"}));
  engine->step(start + 60min + 1s);
  give("hydraulic-pressure");
  give("tool");
  engine->step(start + 61min);

  const auto downtimes = call(api::Method::get, "performance/assets/{id}/downtimes",
                              {{"id", "press-4"}, {"from", to_string(start)}, {"to", to_string(start + 60min)}});

  ASSERT_EQ(downtimes.root().find("pareto")->size(), 1u);
  EXPECT_EQ(downtimes.root().find("pareto")->element(0).find("name")->string(), "Tool broke");
  EXPECT_EQ(downtimes.root().find("stops")->element(0).find("ns")->integer(), 10 * 60'000'000'000);
}

TEST_F(PressLine, BoardShowsStateReasonPartsAndTarget) {
  work_an_hour();

  const auto board = call(api::Method::get, "performance/board", {});

  const auto line = board.root().find("lines")->element(0);
  EXPECT_EQ(line.find("name")->string(), "Line 1");
  const auto press = line.find("machines")->element(0);
  EXPECT_EQ(press.find("state")->string(), "down");
  EXPECT_EQ(press.find("since")->string(), to_string(start + 50min));
  EXPECT_EQ(press.find("good")->real(), 295);
  EXPECT_EQ(press.find("target")->real(), 306) << "3600 s / 10 s * 0.85";
}

TEST_F(PressLine, BoardShowsMachinesThatAreEnteredAndNotConnected) {
  work_an_hour();
  const auto before = call(api::Method::get, "performance/board", {});
  const AssetId line_id{"line-1"};
  ASSERT_TRUE(plant->put<plant::Asset>(
      {"user:test"}, {{.id = AssetId{"press-5"}, .name = "Press 5", .parent = line_id},
                      {.id = AssetId{"main-meter"}, .name = "Meter", .parent = line_id, .kind = "meter"}}));
  engine->step(start + 61min);

  const auto board = call(api::Method::get, "performance/board", {});

  const auto line = board.root().find("lines")->element(0);
  ASSERT_EQ(line.find("machines")->size(), 2u) << "a meter isn't a machine";
  const auto added = line.find("machines")->element(1);
  EXPECT_EQ(added.find("asset")->string(), "press-5");
  EXPECT_EQ(added.find("state")->string(), "offline");
  EXPECT_EQ(added.find("missing")->string(), "no signal yet: connect it");
  EXPECT_EQ(line.find("good")->real(), before.root().find("lines")->element(0).find("good")->real());
}

TEST_F(PressLine, FiguresGoToHistoryAsSignalsOfTheMachine) {
  work_an_hour();

  const auto signals = directory.snapshot();
  const auto* oee = signals->find(AssetId{"press-4"}, "oee");
  ASSERT_NE(oee, nullptr);
  EXPECT_EQ(oee->meaning, Meaning::kpi);
  EXPECT_TRUE(std::any_of(kpis.begin(), kpis.end(), [&](const auto& sample) { return sample.signal == oee->number; }));
}

TEST_F(PressLine, PartsBelongToTheProductThatRanWhenTheyWereCounted) {
  say(product, start, "bracket");
  count(parts, start, 0);
  count(parts, start + 10s, 3);
  say(product, start + 20s, "lid");
  count(parts, start + 30s, 8);
  engine->step(start + 2min);

  const auto report =
      call(api::Method::get, "performance/assets/{id}/report",
           {{"id", "press-4"}, {"from", to_string(start)}, {"to", to_string(start + 2min)}, {"by", "product"}});

  const auto rows = *report.root().find("rows");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows.element(0).find("elements")->find("good")->real(), 3);
  EXPECT_EQ(rows.element(1).find("elements")->find("good")->real(), 5);
}

TEST_F(PressLine, AMachineThatFallsSilentWhileProducingIsOffline) {
  say(execution, start, "ACTIVE");
  engine->step(start + 1s);
  engine->step(start + 20min);

  const auto states = call(api::Method::get, "performance/assets/{id}/states",
                           {{"id", "press-4"}, {"from", to_string(start)}, {"to", to_string(start + 20min)}});

  ASSERT_EQ(states.root().find("items")->size(), 2u);
  EXPECT_EQ(states.root().find("items")->element(1).find("state")->string(), "offline");
  EXPECT_EQ(states.root().find("items")->element(1).find("begin")->string(), to_string(start + 15min));
}

TEST_F(PressLine, ABadValueOfTheExecutionIsOfflineAndNotDown) {
  say(execution, start, "ACTIVE");
  signal::SampleBatch batch;
  batch.add_null(execution, start + 5min);
  engine->offer(batch);
  engine->step(start + 6min);

  const auto board = call(api::Method::get, "performance/board", {});
  EXPECT_EQ(board.root().find("lines")->element(0).find("machines")->element(0).find("state")->string(), "offline");
}

TEST_F(PressLine, WhatASourceKeptWhileCutOffFillsTheOfflineTime) {
  say(execution, start, "ACTIVE");
  signal::SampleBatch gone;
  gone.add_null(execution, start + 10min);
  engine->offer(gone);
  engine->step(start + 11min);
  say(execution, start + 30min, "ACTIVE");
  engine->step(start + 31min);
  say(execution, start + 12min, "ACTIVE");
  say(execution, start + 20min, "STOPPED");
  engine->step(start + 32min);

  const auto report = call(api::Method::get, "performance/assets/{id}/report",
                           {{"id", "press-4"}, {"from", to_string(start)}, {"to", to_string(start + 30min)}});

  const auto elements = *report.root().find("elements");
  EXPECT_EQ(elements.find("no_data_ns")->integer(), 2 * 60'000'000'000);
  EXPECT_EQ(elements.find("producing_ns")->integer(), 18 * 60'000'000'000);
  EXPECT_EQ(elements.find("waiting_ns")->integer(), 10 * 60'000'000'000);
}

TEST_F(PressLine, ARestartKnowsStateAndShiftFromTheEvents) {
  work_an_hour();

  start_engine(start + 5h);
  engine->step(start + 5h + 1s);

  const auto board = call(api::Method::get, "performance/board", {});
  const auto press = board.root().find("lines")->element(0).find("machines")->element(0);
  EXPECT_EQ(press.find("state")->string(), "down");
  EXPECT_EQ(press.find("since")->string(), to_string(start + 50min));
  EXPECT_EQ(press.find("good")->real(), 295);
}

TEST_F(PressLine, AReplayAtAnyMomentFindsTheSameEvents) {
  work_an_hour();
  say(alarm, start + 70min, "");
  say(execution, start + 70min, "ACTIVE");
  for (int minute = 71; minute <= 200; ++minute) {
    count(parts, start + minute * 1min - 20s, 1300 + (minute - 70) * 5);
    if (minute % 40 == 0) say(execution, start + minute * 1min - 10s, "FEED_HOLD");
    if (minute % 40 == 2) say(execution, start + minute * 1min - 10s, "ACTIVE");
    engine->step(start + minute * 1min + 10s);
  }
  const Span all{start - 1h, start + 24h};
  const auto events = plant->events().all(AssetId{"press-4"}, all).value();
  ASSERT_GT(events.size(), 150u);

  for (const Duration later : {Duration{200min + 30s}, Duration{215min}, Duration{239min}, Duration{260min}}) {
    start_engine(start + later);
    EXPECT_EQ(plant->events().all(AssetId{"press-4"}, all).value(), events) << to_string(later);
  }
}

/// Everything a step puts out, as text.
std::string text_of(const Outputs& outputs) {
  std::string text = to_json(outputs.events) + to_json(outputs.findings);
  for (const auto& sample : outputs.samples)
    text += sample.asset.value + sample.name + to_string(sample.time) + std::to_string(sample.value);
  return text;
}

TEST_F(PressLine, SameInputsGiveSameOutputs) {
  const auto run = [&] {
    Performance app{{}, {.settings = {}, .templates = plant->templates(), .events = plant->events()}};
    std::string text;
    hanse::Random random{42};
    for (int second = 0; second < 7200; second += 20) {
      Inputs inputs{.now = start + second * 1s, .signals = directory.snapshot(), .records = plant->records()};
      const auto words = std::to_array<std::string>({"ACTIVE", "STOPPED", "FEED_HOLD", "READY", "UNAVAILABLE", "?"});
      if (random.chance(0.1))
        inputs.batch.add_text(execution, inputs.now, words[static_cast<std::size_t>(random.integer(0, 5))]);
      if (random.chance(0.5)) inputs.batch.add_integer(parts, inputs.now, second / 10);
      if (random.chance(0.05)) inputs.batch.add_integer(scrap, inputs.now, second / 500);
      text += text_of(app.step(inputs));
    }
    return text;
  };

  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace hanse::apps::performance
