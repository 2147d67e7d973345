#include "historian/table_routes.hpp"

#include "historian/routes_testing.hpp"

namespace hanse::historian {
namespace {

constexpr Timestamp kTableStart{1'764'000'000'000'000'000};  // 2025-11-24T16:00:00Z

class TableRoutes : public testing::Test {
 protected:
  std::string get(std::string_view target) {
    return HistoryUnderTest::call(table_routes(test_.history(), test_.directory, test_.clock),
                                  fmt::format("GET /api/v1/history/{}", target));
  }

  HistoryUnderTest test_;
};

TEST_F(TableRoutes, JoinSignalsByTheirKind) {
  SampleBatch batch;
  batch.add_real(HistoryUnderTest::kHeat, kTableStart, 100);
  batch.add_real(HistoryUnderTest::kHeat, kTableStart + 4s, 140);
  batch.add_integer(HistoryUnderTest::kParts, kTableStart + 1s, 7);
  batch.add_text(HistoryUnderTest::kState, kTableStart, "RUN");
  batch.add_text(HistoryUnderTest::kState, kTableStart + 2s, "STOP");
  test_.append(batch);
  const std::string at = "&from=2025-11-24T16:00:00Z&to=2025-11-24T16:00:04Z&step=1s";
  EXPECT_EQ(get("joined?signals=4,2,3" + at),
            R"({"t":[1764000000000,1764000001000,1764000002000,1764000003000],"series":[)"
            R"({"signal":4,"values":[100,110,120,130]},)"
            R"({"signal":2,"values":[null,7,7,7]},)"
            R"({"signal":3,"values":["RUN","RUN","STOP","STOP"]}]})");
  EXPECT_EQ(get("joined?signals=4&interpolation=step" + at),
            R"({"t":[1764000000000,1764000001000,1764000002000,1764000003000],"series":[)"
            R"({"signal":4,"values":[100,100,100,100]}]})");
}

TEST_F(TableRoutes, TellHowValuesAreSpread) {
  std::vector<double> values(100);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i + 1);
  test_.append(HistoryUnderTest::kPower, kTableStart, values);
  const auto document = JsonDocument::parse(
      get("quantiles?signals=1&from=2025-11-24T16:00:00Z&to=2025-11-24T16:03:20Z&step=100s&quantiles=0,0.5,0.95,1"));
  ASSERT_TRUE(document);
  const auto series = document->root().find("series")->element(0);
  EXPECT_EQ(series.find("count")->element(0).integer(), 100);
  EXPECT_EQ(series.find("count")->element(1).integer(), 0);
  const auto columns = *series.find("values");
  EXPECT_EQ(columns.find("0")->element(0).real(), 1);
  EXPECT_NEAR(columns.find("0.5")->element(0).real(), 50, 1);
  EXPECT_NEAR(columns.find("0.95")->element(0).real(), 95, 1);
  EXPECT_EQ(columns.find("1")->element(0).real(), 100);
  EXPECT_EQ(columns.find("0.5")->element(1).text(), "null") << "nothing was measured there";
}

TEST_F(TableRoutes, RefuseWhatIsTooMuchAndSayWhichField) {
  const std::string hour = "&from=2025-11-24T16:00:00Z&to=2025-11-24T17:00:00Z";
  EXPECT_EQ(get("joined?signals=1,99&step=60s" + hour), "there is no signal 99");
  EXPECT_EQ(get("joined?signals=1&step=1ms" + hour),
            "the request has wrong parameters: step: makes 3600000 steps of this range; 100000 is the limit");
  EXPECT_EQ(get("joined?signals=1&step=0s" + hour),
            "the request has wrong parameters: step: must be longer than nothing");
  EXPECT_EQ(get("quantiles?signals=1&step=100ms" + hour),
            "the request has wrong parameters: step: makes 36000 steps of this range; 10000 is the limit");
  EXPECT_EQ(get("quantiles?signals=1&step=60s&quantiles=1.5" + hour),
            "the request has wrong parameters: quantiles: must be 0 to 1");
  const std::string none = "the request has wrong parameters: signals: must name one at least, as in 1,2";
  EXPECT_EQ(get("joined?signals=&step=60s" + hour), none);
  EXPECT_EQ(get("quantiles?signals=&step=60s" + hour), none);
  std::string many = "1";
  for (int i = 0; i < 64; ++i) many += ",1";
  EXPECT_TRUE(get("joined?signals=" + many + "&step=60s" + hour).contains("signals: ")) << "65 are over the limit";
  EXPECT_TRUE(get("quantiles?signals=" + many.substr(0, 33) + "&step=60s" + hour).contains("signals: "));
}

}  // namespace
}  // namespace hanse::historian
