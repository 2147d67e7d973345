#include "historian/prometheus_pattern.hpp"
#include "historian/prometheus_routes.hpp"
#include "historian/routes_testing.hpp"

namespace hanse::historian {
namespace {

constexpr Timestamp kQueryStart{1'764'000'000'000'000'000};  // 1764000000 s

bool matches(std::string_view pattern, std::string_view text) {
  const auto made = LabelPattern::create(pattern);
  EXPECT_TRUE(made) << pattern << ": " << made.error().message;
  return made && made->matches(text);
}

TEST(LabelPattern, MatchesTheWholeText) {
  EXPECT_TRUE(matches("press-.*", "press-1"));
  EXPECT_FALSE(matches("press", "press-1"));
  EXPECT_TRUE(matches("a|bc|", ""));
  EXPECT_TRUE(matches("(a|b)+c?", "abba"));
  EXPECT_TRUE(matches("[a-c]{2,3}\\d", "abc7"));
  EXPECT_FALSE(matches("[a-c]{2,3}\\d", "abcc7"));
  EXPECT_TRUE(matches("[^a-c\\d]\\.x", "z.x"));
  EXPECT_FALSE(matches("[^a-c\\d]\\.x", "7.x"));
  EXPECT_TRUE(matches("(?i)Press-\\w{1,}", "pRESS-a1"));
  EXPECT_TRUE(matches("M.ller", "Müller"));
  EXPECT_TRUE(matches("^(?:a)$", "a"));
  EXPECT_TRUE(matches("(|a)*b", "aab"));
}

TEST(LabelPattern, TakesNoLongerForANastyPattern) {
  EXPECT_FALSE(matches("(a*)*(a|aa)+(a?){30}b", std::string(2000, 'a')));
}

TEST(LabelPattern, SaysWhatIsWrong) {
  const auto wrong = [](std::string_view pattern) { return LabelPattern::create(pattern).error().message; };
  EXPECT_EQ(wrong("(a"), "the pattern has a ( without its ) (at character 3)");
  EXPECT_EQ(wrong("a)"), "the pattern has a ) without its ( (at character 2)");
  EXPECT_EQ(wrong("*a"),
            "the pattern has a sign without what it belongs to; write \\ before it to mean itself (at character 1)");
  EXPECT_EQ(wrong("[a"), "the pattern has a [ without its ] (at character 3)");
  EXPECT_TRUE(wrong("((a{1000}){1000}){1000}").contains("repeats too much"));
  EXPECT_TRUE(wrong("(?=a)").contains("(? that isn't understood"));
}

TEST(PromQuery, SaysWhatIsWrongAndWhatIsNotSupported) {
  const auto wrong = [](std::string_view query) {
    const auto parsed = parse_prom_query(query);
    return parsed ? "parsed" : parsed.error().message;
  };
  EXPECT_EQ(wrong("power{"), "character 7: the query ends where a label's name is expected");
  EXPECT_EQ(wrong("power{asset=press}"), "character 13: 'press' stands where a text in quotes is expected");
  EXPECT_EQ(wrong("{}"), "character 1: a selector must name a metric or a label's value; {asset!=\"\"} takes all");
  EXPECT_EQ(wrong("rate(power)"), "character 1: rate takes a metric with a range, as in power[5m] as argument 1");
  EXPECT_EQ(wrong("sum(power[5m])"),
            "character 1: sum adds up over signals; for one signal's samples take sum_over_time");
  EXPECT_EQ(wrong("topk(3, power)"),
            "character 1: 'topk' is not supported here; docs/reference/history.md lists what is");
  EXPECT_EQ(
      wrong("histogram_quantile(0.9, x)"),
      "character 1: the function 'histogram_quantile' is not supported here; docs/reference/history.md lists what is");
  EXPECT_EQ(wrong("a and b"), "character 3: 'and' is not supported here; docs/reference/history.md lists what is");
  EXPECT_EQ(wrong("1 > 2"), "character 3: two numbers are compared with bool, as in 1 > bool 2");
  EXPECT_EQ(wrong("power[5x]"), "character 8: a number ends in letters");
  EXPECT_EQ(wrong("power +"), "character 8: the query ends where a metric, a function or a number is expected");
  EXPECT_EQ(wrong("power{asset=~\"(\"}"), "character 14: the pattern has a ( without its ) (at character 2)");
  EXPECT_EQ(wrong(std::string(100, '(')), "character 62: the query is nested too deep");
  EXPECT_EQ(wrong("sum without (unit) (rate(power{asset!~\"x|y\"}[1h30m] offset 5m)) * -2 ^ 2 >= bool 0"), "parsed");
}

class Prometheus : public testing::Test {
 protected:
  Prometheus() {
    test_.append(HistoryUnderTest::kPower, kQueryStart, std::vector<double>(61, 3.5));
    SampleBatch batch;
    for (int i = 0; i <= 60; ++i) {
      batch.add_integer(HistoryUnderTest::kParts, kQueryStart + Duration{1s} * i,
                        i < 30 ? 2 * i : 2 * (i - 30));  // Begins anew.
      batch.add_real(HistoryUnderTest::kHeat, kQueryStart + Duration{1s} * i, i);
    }
    test_.append(batch);
  }
  std::vector<api::Route> routes() {
    return prometheus_routes({.history = test_.history(),
                              .directory = test_.directory,
                              .clock = test_.clock,
                              .site_of = [](const signal::AssetId& asset) {
                                return std::string{asset.value.starts_with("press") ? "north" : ""};
                              }});
  }
  static std::string form(std::string_view text) {
    std::string out;
    for (const char c : text) {
      const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
      out += plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
  }
  std::string get(std::string_view target) {
    return HistoryUnderTest::call(routes(), fmt::format("GET /prometheus/api/v1/{}", target));
  }
  /// The result at `seconds` after the start.
  std::string at(std::string_view query, int seconds = 60) {
    const auto body = get(fmt::format("query?query={}&time={}", form(query), 1'764'000'000 + seconds));
    const auto begin = body.find("\"result\":");
    return begin == std::string::npos ? body : body.substr(begin + 9, body.size() - begin - 11);
  }

  HistoryUnderTest test_;
};

TEST_F(Prometheus, NamesASignalByItsLabels) {
  EXPECT_EQ(
      at("power"),
      R"([{"metric":{"__name__":"power","asset":"press-1","meaning":"power","signal":"power","site":"north","unit":"kW"},"value":[1764000060,"3.5"]}])");
  EXPECT_EQ(
      at("{asset=~\"press.*\",meaning!=\"power\"}"),
      R"([{"metric":{"__name__":"parts","asset":"press-1","meaning":"part_count","signal":"parts","site":"north"},"value":[1764000060,"60"]}])");
  EXPECT_EQ(prom_metric_name("1 Spindle (°)"), "_1_Spindle_____");
}

TEST_F(Prometheus, LooksBackNoFurtherThanAllowed) {
  EXPECT_TRUE(at("heat", 60 + 299).contains("\"60\""));
  EXPECT_EQ(at("heat", 60 + 300), "[]") << "a linear value is stale after five minutes";
  EXPECT_TRUE(at("power", 86'400).contains("\"3.5\"")) << "a step value holds until the next";
  EXPECT_EQ(at("power", -1), "[]");
  EXPECT_TRUE(at("heat offset 1m", 120).contains("\"60\""));
}

TEST_F(Prometheus, ComputesOverWindowsAsPrometheusDoes) {
  // Ten samples of (50, 60], first at 51: nine seconds between first and last, one before the first.
  EXPECT_TRUE(at("sum_over_time(heat[10s])").contains("\"555\""));
  EXPECT_TRUE(at("avg_over_time(heat[10s])").contains("\"55.5\""));
  EXPECT_TRUE(at("min_over_time(heat[10s])").contains("\"51\""));
  EXPECT_TRUE(at("count_over_time(heat[10s])").contains("\"10\""));
  EXPECT_TRUE(at("rate(heat[10s])").contains("\"1\"")) << at("rate(heat[10s])");
  // 16 up from 42 to 58, then anew from 0 to 60: 76 within 39 s, stretched to 40 s.
  EXPECT_TRUE(at("increase(parts[40s])").contains("\"77.9487")) << at("increase(parts[40s])");
  EXPECT_TRUE(at("last_over_time(heat[10s])").contains("\"__name__\":\"heat\""));
  EXPECT_FALSE(at("rate(heat[10s])").contains("__name__"));
}

TEST_F(Prometheus, AggregatesAndComputes) {
  EXPECT_EQ(
      at("sum by (asset) ({asset!=\"\"})"),
      R"([{"metric":{"asset":"oven-1"},"value":[1764000060,"60"]},{"metric":{"asset":"press-1"},"value":[1764000060,"63.5"]}])");
  EXPECT_EQ(at("count({asset!=\"\"})"), R"([{"metric":{},"value":[1764000060,"3"]}])");
  EXPECT_EQ(at("max without (signal, meaning, unit, asset) ({asset=\"press-1\"})"),
            R"([{"metric":{"site":"north"},"value":[1764000060,"60"]}])");
  EXPECT_EQ(at("parts / on(asset) power"),
            R"([{"metric":{"asset":"press-1"},"value":[1764000060,"17.142857142857142"]}])");
  EXPECT_EQ(at("sum({asset!=\"\"} > 3.5)"), R"([{"metric":{},"value":[1764000060,"120"]}])");
  EXPECT_EQ(at("-2 ^ 2 * 3 + 1"), R"([1764000060,"-11"])");
  EXPECT_EQ(at("2 ^ 3 ^ 2"), R"([1764000060,"512"])");
  EXPECT_EQ(at("vector(7 % 4) >= bool 3"), R"([{"metric":{},"value":[1764000060,"1"]}])");
  EXPECT_EQ(at("scalar(sum(power)) / 0"), R"([1764000060,"+Inf"])");
  EXPECT_TRUE(at("{asset=\"press-1\"} + on(asset) power").contains("finds two series with the same labels"));
}

TEST_F(Prometheus, AnswersARangeAsAMatrix) {
  const auto body = HistoryUnderTest::call(routes(), "POST /prometheus/api/v1/query_range",
                                           "query=heat%20*%202&start=1764000000&end=1764000020&step=10",
                                           "application/x-www-form-urlencoded");
  EXPECT_EQ(
      body,
      R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"asset":"oven-1","meaning":"temperature","signal":"heat","unit":"Cel"},)"
      R"("values":[[1764000000,"0"],[1764000010,"20"],[1764000020,"40"]]}]}})");
  EXPECT_EQ(
      get("query_range?query=1&start=0&end=1764000000&step=1"),
      R"(400 {"status":"error","errorType":"bad_data","error":"the range has 1764000001 steps and 11000 is the limit; take a longer step"})");
  EXPECT_EQ(
      get("query?query=%29"),
      R"(400 {"status":"error","errorType":"bad_data","error":"parameter 'query': character 1: ')' stands where a metric, a function or a number is expected"})");
}

TEST_F(Prometheus, RefusesTimesThatRunOver) {
  EXPECT_TRUE(get("query?query=heat&time=9e9").contains("is outside the years 1811 to 2128"));
  EXPECT_TRUE(get("query?query=heat&time=1700-01-01T00:00:00Z").contains("is outside the years 1811 to 2128"));
  EXPECT_EQ(at("rate(heat[29y] offset 29y)", -670'000'000), "[]");
  EXPECT_TRUE(at("heat offset 100y").contains("'100y' is not a duration"));
}

TEST_F(Prometheus, GivesTheSameFromBucketsAsFromSamples) {
  std::vector<double> values(250'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 1000);
  test_.append(HistoryUnderTest::kHeat, kQueryStart, values);
  const StepGrid grid{.start = kQueryStart + 1000s, .step = 1000s, .count = 249};
  const auto* heat = test_.directory.snapshot()->find(HistoryUnderTest::kHeat);

  const auto windows = windows_at(test_.history(), heat->number, grid, 2000s);
  const auto last = values_at(test_.history(), *heat, grid, 5min);

  ASSERT_TRUE(windows && last);
  EXPECT_EQ((*windows)[100].count, 2000);
  EXPECT_EQ((*windows)[100].sum, 999'000);
  EXPECT_EQ((*windows)[100].min, 0);
  EXPECT_EQ((*windows)[100].max, 999);
  EXPECT_EQ((*windows)[100].first, 1);
  EXPECT_EQ((*windows)[100].last, 0);
  EXPECT_EQ((*windows)[100].increase, 1997) << "998 up, to zero, 999 up, to zero";
  for (const double value : *last) EXPECT_EQ(value, 0);
  const auto wrong = windows_at(test_.history(), heat->number, grid, Duration{1999s + 1ns});
  EXPECT_TRUE(!wrong && wrong.error().message.contains("take a step that divides the window"));
}

TEST_F(Prometheus, ListsLabelsSeriesAndMetadata) {
  EXPECT_EQ(get("labels"), R"({"status":"success","data":["__name__","asset","meaning","signal","site","unit"]})");
  EXPECT_EQ(get("label/asset/values"), R"({"status":"success","data":["oven-1","press-1"]})");
  EXPECT_EQ(get("label/__name__/values?match[]=" + form("{asset=\"oven-1\"}")),
            R"({"status":"success","data":["heat"]})");
  EXPECT_EQ(
      get("series?match[]=heat"),
      R"({"status":"success","data":[{"__name__":"heat","asset":"oven-1","meaning":"temperature","signal":"heat","unit":"Cel"}]})");
  EXPECT_EQ(get("series"),
            R"(400 {"status":"error","errorType":"bad_data","error":"parameter 'match[]' is required"})");
  EXPECT_EQ(get("metadata?metric=parts"),
            R"({"status":"success","data":{"parts":[{"type":"counter","help":"","unit":""}]}})");
  EXPECT_TRUE(get("status/buildinfo").contains("\"version\":\"2.42.0\""));
}

}  // namespace
}  // namespace hanse::historian
