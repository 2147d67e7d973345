#include "historian/routes.hpp"

#include "historian/prometheus_routes.hpp"
#include "historian/routes_testing.hpp"
#include "historian/sql_routes.hpp"
#include "historian/sql_samples.hpp"
#include "historian/table_routes.hpp"

namespace hanse::historian {
namespace {

constexpr Timestamp kRoutesStart{1'764'000'000'000'000'000};  // 2025-11-24T16:00:00Z

class HistoryRoutes : public testing::Test {
 protected:
  std::string get(std::string_view target) {
    return HistoryUnderTest::call(routes(test_.history(), test_.directory),
                                  fmt::format("GET /api/v1/history/{}", target));
  }

  HistoryUnderTest test_;
};

TEST_F(HistoryRoutes, AnswerTheLastValueOfEachSignalAndNullForNone) {
  SampleBatch batch;
  batch.add_integer(HistoryUnderTest::kParts, kRoutesStart + 1500ms, 7, signal::Quality::uncertain);
  batch.add_text(HistoryUnderTest::kState, kRoutesStart, "RUN \"1\"");
  batch.add_null(HistoryUnderTest::kHeat, kRoutesStart);
  test_.append(batch);

  EXPECT_EQ(get("last?signals=3,1,2,4"),
            R"({"items":[{"signal":3,"time_ms":1764000000000,"value":"RUN \"1\"","quality":"good"},)"
            R"({"signal":1,"time_ms":null,"value":null,"quality":"bad"},)"
            R"({"signal":2,"time_ms":1764000001500,"value":7,"quality":"uncertain"},)"
            R"({"signal":4,"time_ms":1764000000000,"value":null,"quality":"bad"}]})");
}

TEST_F(HistoryRoutes, SayWhichSignalIsUnknownAndWhatIsMissing) {
  EXPECT_EQ(get("last?signals=1,99"), "there is no signal 99");
  EXPECT_EQ(get("last"), "the request has wrong parameters: signals: is required");
  for (const auto* route : {"last?signals=", "chart?signals=&from=2025-11-24T16:00:00Z&to=2025-11-24T17:00:00Z",
                            "aggregate?signals=&from=2025-11-24T16:00:00Z&to=2025-11-24T17:00:00Z&step=60s"}) {
    EXPECT_EQ(get(route), "the request has wrong parameters: signals: must name one at least, as in 1,2") << route;
  }
  EXPECT_EQ(get("chart?signals=1&from=2025-11-24T16:00:00Z&to=2025-11-24T15:00:00Z"),
            "the request has wrong parameters: to: must be after from");
  EXPECT_TRUE(get("chart?signals=1&from=2025-11-24T16:00:00Z&to=2025-11-24T17:00:00Z&pixels=20000")
                  .contains("pixels: must be"));
  EXPECT_EQ(get("aggregate?signals=1&from=2025-11-24T16:00:00Z&to=2025-11-24T17:00:00Z&step=1ms"),
            "the request has wrong parameters: step: makes 3600000 steps of this range; 100000 is the limit");
  EXPECT_EQ(get("raw?signal=1&from=2025-11-24T16:00:00Z&cursor=x"), "the cursor is not one of ours");
}

TEST_F(HistoryRoutes, DrawNoMorePointsThanPixels) {
  std::vector<double> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 10);
  test_.append(HistoryUnderTest::kPower, kRoutesStart, values);

  const auto chart = get("chart?signals=1&from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&pixels=50");
  const auto document =
      JsonDocument::parse(get("chart?signals=1,3&from=2025-11-24T16:00:00Z&to=2025-11-24T16:16:40Z&pixels=50"));

  ASSERT_TRUE(document);
  const auto series = document->root().find("series")->element(0);
  EXPECT_LE(series.find("t")->size(), 50u);
  EXPECT_GE(series.find("t")->size(), 45u);
  for (const auto* column : {"min", "max", "last"}) EXPECT_EQ(series.find(column)->size(), series.find("t")->size());
  EXPECT_EQ(series.find("max")->element(3).real(), 9);
  EXPECT_EQ(document->root().find("series")->element(1).find("t")->size(), 0u) << "a text has no chart";
  EXPECT_TRUE(chart.starts_with(R"({"series":[{"signal":1,"t":[17640)")) << chart;
}

TEST_F(HistoryRoutes, BeginAChartWithWhatReachesIn) {
  test_.append(HistoryUnderTest::kPower, kRoutesStart, {5});
  EXPECT_EQ(get("chart?signals=1&from=2025-11-24T17:00:00Z&to=2025-11-24T18:00:00Z&pixels=10"),
            R"({"series":[{"signal":1,"t":[1764003600000],"min":[5],"max":[5],"last":[5]}]})");
}

TEST_F(HistoryRoutes, PageRawSamplesByCursor) {
  test_.append(HistoryUnderTest::kPower, kRoutesStart, {1, 2.5, 3});
  EXPECT_EQ(
      get("raw?signal=1&from=2025-11-24T16:00:00Z&limit=2"),
      R"({"items":[{"time":"2025-11-24T16:00:00Z","value":1,"quality":"good"},{"time":"2025-11-24T16:00:01Z","value":2.5,"quality":"good"}],"next":"1764000002000000000"})");
  EXPECT_EQ(get("raw?signal=1&from=2025-11-24T16:00:00Z&limit=2&cursor=1764000002000000000"),
            R"({"items":[{"time":"2025-11-24T16:00:02Z","value":3,"quality":"good"}],"next":null})");
}

TEST_F(HistoryRoutes, AggregateBySteps) {
  test_.append(HistoryUnderTest::kPower, kRoutesStart, {1, 2, 3, 4});
  EXPECT_EQ(
      get("aggregate?signals=1&from=2025-11-24T15:59:58Z&to=2025-11-24T16:00:04Z&step=2s&functions=count,mean,max"),
      R"({"t":[1763999998000,1764000000000,1764000002000],"series":[{"signal":1,"values":{"count":[0,2,2],"max":[null,2,4],"mean":[null,1.5,3.5]}}]})");
}

TEST_F(HistoryRoutes, SayHowLongEachStateLasted) {
  SampleBatch batch;
  batch.add_text(HistoryUnderTest::kState, kRoutesStart, "RUN");
  batch.add_text(HistoryUnderTest::kState, kRoutesStart + 10s, "STOP");
  test_.append(batch);
  const auto states = get("states?signal=3&from=2025-11-24T16:00:00Z&to=2025-11-24T16:00:30Z");
  EXPECT_TRUE(states.contains(R"({"value":"RUN","duration_ns":10000000000,"entered":1})")) << states;
  EXPECT_TRUE(states.contains(R"({"value":"STOP","duration_ns":20000000000,"entered":1})")) << states;
}

TEST_F(HistoryRoutes, EndWhenTheirAskerHasGone) {
  test_.append(HistoryUnderTest::kPower, kRoutesStart, std::vector<double>(5000, 1.5));
  ASSERT_TRUE(test_.history().flush());
  std::stop_source gone;
  gone.request_stop();
  auto all = routes(test_.history(), test_.directory);
  for (auto& route : table_routes(test_.history(), test_.directory, test_.clock)) all.push_back(std::move(route));
  for (auto& route : sql_routes(sample_tables(test_.history(), test_.directory, test_.clock), test_.clock))
    all.push_back(std::move(route));
  for (auto& route :
       prometheus_routes({.history = test_.history(), .directory = test_.directory, .clock = test_.clock}))
    all.push_back(std::move(route));
  const std::string range = "from=2025-11-24T16:00:00Z&to=2025-11-24T17:00:00Z";
  const auto ask = [&](std::string_view target, std::string_view body = {}) {
    return HistoryUnderTest::call(all, target, body, "application/json", gone.get_token());
  };
  for (const auto& question :
       {"chart?signals=1&" + range, "raw?signal=1&" + range, "aggregate?signals=1&step=1min&" + range,
        "states?signal=1&" + range, "joined?signals=1&step=1min&" + range, "quantiles?signals=1&step=1min&" + range}) {
    EXPECT_EQ(ask("GET /api/v1/history/" + question), "the query was stopped") << question;
  }
  for (const auto* table : {"samples WHERE signal = 1",
                            "steps WHERE step = '1min' AND time BETWEEN '2025-11-24 16:00' AND '2025-11-24 17:00'"}) {
    const auto body = fmt::format(R"({{"sql":"SELECT count(*) FROM {}"}})", table);
    EXPECT_EQ(ask("POST /api/v1/sql", body), "the query was stopped") << table;
  }
  const auto answer = ask("GET /prometheus/api/v1/query_range?query=power&start=1764000000&end=1764003600&step=60");
  EXPECT_TRUE(answer.starts_with("503 ") && answer.contains("the query was stopped")) << answer;
}

}  // namespace
}  // namespace hanse::historian
