#include "historian/sql_steps.hpp"

#include "historian/routes_testing.hpp"
#include "historian/sql.hpp"

namespace hanse::historian {
namespace {

constexpr Timestamp kStepsStart{1'764'000'000'000'000'000};  // 2025-11-24T16:00:00Z
constexpr std::string_view kRange = " AND time >= '2025-11-24 16:00' AND time < '2025-11-24 16:00:04'";

class SqlSteps : public testing::Test {
 protected:
  std::string run(std::string_view sql) {
    const SqlReader reader{step_tables(test_.history(), test_.directory, clock_), clock_};
    const auto result = reader.run({.sql = sql, .rows_max = 100'000});
    if (!result) return to_string(result.error());
    const auto json = sql_json(*result);
    const auto begin = json.find("\"rows\":") + 7;
    return json.substr(begin, json.find(",\"truncated\"") - begin);
  }

  HistoryUnderTest test_;
  SimulatedClock clock_{kStepsStart + 1h};
};

TEST_F(SqlSteps, JoinedPutsSignalsOnOneAxisByTheirKind) {
  SampleBatch batch;
  batch.add_real(HistoryUnderTest::kHeat, kStepsStart, 100);
  batch.add_real(HistoryUnderTest::kHeat, kStepsStart + 4s, 140);
  batch.add_text(HistoryUnderTest::kState, kStepsStart + 1s, "RUN");
  test_.append(batch);
  EXPECT_EQ(
      run(fmt::format("SELECT strftime('%S', time), max(value) FILTER (WHERE signal = 4), max(value) FILTER (WHERE "
                      "signal = 3) FROM joined WHERE step = '1s'{} GROUP BY time",
                      kRange)),
      R"([["00",100,null],["01",110,"RUN"],["02",120,"RUN"],["03",130,"RUN"]])");
}

TEST_F(SqlSteps, JoinedHoldsNothingIntoTheFuture) {
  test_.append(HistoryUnderTest::kParts, kStepsStart, {7});
  clock_.advance(-1h + 2s);
  EXPECT_EQ(run(fmt::format("SELECT value FROM joined WHERE signal = 2 AND step = '1s'{}", kRange)),
            "[[7],[7],[7],[null]]");
}

TEST_F(SqlSteps, QuantilesOfEachStep) {
  std::vector<double> values(100);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i + 1);
  test_.append(HistoryUnderTest::kPower, kStepsStart, values);
  const std::string hour = " AND signal = 1 AND time >= '2025-11-24 16:00' AND time < '2025-11-24 17:00'";
  EXPECT_EQ(run("SELECT count, round(value / 95, 1) FROM quantiles WHERE step = '1h' AND quantile = 0.95" + hour),
            "[[100,1]]");
  EXPECT_EQ(run("SELECT count(*), min(quantile), max(quantile) FROM quantiles WHERE step = '1h'" + hour),
            "[[5,0.05,0.95]]");
  EXPECT_EQ(run("SELECT quantile, value FROM quantiles WHERE step = '1h' AND quantile IN (0, 1)" + hour),
            "[[0,1],[1,100]]");
  EXPECT_NE(run("SELECT value FROM quantiles WHERE step = '1h' AND quantile = 95" + hour).find("0 to 1"),
            std::string::npos);
}

TEST_F(SqlSteps, AskForStepAndRange) {
  for (const auto* table : {"steps", "joined", "quantiles"}) {
    EXPECT_NE(run(fmt::format("SELECT * FROM {}", table)).find(fmt::format("{} needs step = '1h'", table)),
              std::string::npos);
    EXPECT_NE(run(fmt::format("SELECT * FROM {} WHERE step = '1ns'{}", table, kRange)).find("take longer ones"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace hanse::historian
