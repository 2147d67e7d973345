#include "historian/join.hpp"

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "historian/internal/engine_under_test.hpp"
#include "historian/sketch.hpp"

namespace hanse::historian {
namespace {

using internal::EngineUnderTest;
using signal::Interpolation;

constexpr SignalId kTemperature{1}, kState{2}, kEvents{3};
const Timestamp kJoinStart{1'764'000'000'000'000'000};

Timestamp join_at_s(std::int64_t seconds) { return kJoinStart + seconds * 1s; }

class JoinSuite : public testing::Test {
 protected:
  JoinSuite() : test_(EngineUnderTest::Kind::sqlite_memory) {
    test_.open();
    SampleBatch batch;
    batch.add_real(kTemperature, join_at_s(-5), 0);
    batch.add_real(kTemperature, join_at_s(5), 10);
    batch.add_null(kTemperature, join_at_s(15));
    batch.add_real(kTemperature, join_at_s(25), 0);
    batch.add_integer(kTemperature, join_at_s(45), 20);
    batch.add_text(kState, join_at_s(7), "RUNNING");
    batch.add_text(kState, join_at_s(22), "STOPPED");
    batch.add_integer(kEvents, join_at_s(12), 1);
    batch.add_integer(kEvents, join_at_s(13), 2);
    EXPECT_TRUE(test_.engine().append(batch));
  }
  std::string column(SignalId signal, Interpolation interpolation, TimeRange range = {join_at_s(0), join_at_s(40)}) {
    const JoinColumn wanted{signal, interpolation};
    const auto table = join(test_.engine(), std::span{&wanted, 1}, range, 10s, now_).value();
    std::string out;
    for (const auto& value : table.columns[0]) {
      out += (out.empty() ? "" : " ") + (!value                ? "-"
                                         : value->text.empty() ? fmt::format("{}", value->sample.number())
                                                               : value->text);
    }
    return out;
  }
  EngineUnderTest test_;
  Timestamp now_ = join_at_s(1000);
};

TEST_F(JoinSuite, EachSignalFollowsItsRule) {
  EXPECT_EQ(column(kTemperature, Interpolation::step), "0 10 - 0") << "a null ends a value";
  EXPECT_EQ(column(kTemperature, Interpolation::linear), "5 - - 5")
      << "no line to or from a null; the last leads past the end";
  EXPECT_EQ(column(kState, Interpolation::step), "- RUNNING RUNNING STOPPED");
  EXPECT_EQ(column(kEvents, Interpolation::none), "- 1 - -");
  EXPECT_EQ(column(kTemperature, Interpolation::linear, {join_at_s(45), join_at_s(60)}), "20 -")
      << "no line into the unknown";
}

TEST_F(JoinSuite, NothingIsHeldIntoTheFuture) {
  now_ = join_at_s(25);
  EXPECT_EQ(column(kState, Interpolation::step), "- RUNNING RUNNING -")
      << "whether it still stands at 30 s isn't known";
  EXPECT_EQ(column(kState, Interpolation::step, {join_at_s(22), join_at_s(52)}), "STOPPED - -");
  now_ = join_at_s(30);
  EXPECT_EQ(column(kState, Interpolation::step), "- RUNNING RUNNING STOPPED") << "now itself is known";
  now_ = join_at_s(20);
  EXPECT_EQ(column(kState, Interpolation::step, {join_at_s(22), join_at_s(42)}), "STOPPED -")
      << "a sample with a time to come stands at its time";
  EXPECT_EQ(column(kTemperature, Interpolation::linear), "5 - - 5") << "a line between samples is known";
}

TEST_F(JoinSuite, SeveralShareOneAxis) {
  const std::array columns{JoinColumn{kTemperature, Interpolation::step}, JoinColumn{kState, Interpolation::step}};
  const auto table = join(test_.engine(), columns, {join_at_s(0), join_at_s(31)}, 10s, now_).value();
  EXPECT_EQ(table.times, (std::vector{join_at_s(0), join_at_s(10), join_at_s(20), join_at_s(30)}));
  ASSERT_EQ(table.columns.size(), 2U);
  EXPECT_EQ(table.columns[1][3]->text, "STOPPED");
  EXPECT_EQ(join(test_.engine(), columns, {join_at_s(0), join_at_s(31)}, 1us, now_).error().code, ErrorCode::too_large);
  EXPECT_EQ(join(test_.engine(), columns, {join_at_s(1), join_at_s(0)}, 1s, now_).error().code, ErrorCode::invalid);
  EXPECT_EQ(join(test_.engine(), columns, {join_at_s(0), join_at_s(1)}, 0s, now_).error().code, ErrorCode::invalid);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(join(test_.engine(), columns, {join_at_s(0), join_at_s(31)}, 10s, now_, stop.get_token()).error().code,
            ErrorCode::unavailable);
}

TEST(QuantileSketch, IsWithinOnePercentAndAdds) {
  Random random{41};
  for (const double scale : {1e-9, 1.0, 1e12}) {
    QuantileSketch all, first, second;
    std::vector<double> values;
    for (int i = 0; i < 10'000; ++i) {
      values.push_back(i % 100 == 0 ? 0 : random.normal(1, 2) * scale);
      all.add(values.back());
      (i % 2 == 0 ? first : second).add(values.back());
    }
    first.add(second);
    std::sort(values.begin(), values.end());
    for (const double quantile : {0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 1.0}) {
      const double exact = values[static_cast<std::size_t>(quantile * 9'999)];
      EXPECT_NEAR(*all.quantile(quantile), exact, std::fabs(exact) * 0.0101) << quantile;
      EXPECT_EQ(first.quantile(quantile), all.quantile(quantile));
    }
  }
  QuantileSketch few;
  EXPECT_FALSE(few.quantile(0.5));
  few.add(std::nan(""));
  EXPECT_EQ(few.count(), 0);
  few.add(std::numeric_limits<double>::infinity());
  EXPECT_EQ(few.quantile(0.5), std::numeric_limits<double>::infinity());
}

TEST_F(JoinSuite, SketchesByStep) {
  const auto buckets = sketches(test_.engine(), kTemperature, {join_at_s(-10), join_at_s(50)}, 20s).value();
  ASSERT_EQ(buckets.size(), 3U);
  EXPECT_EQ(buckets[0].sketch.count(), 2);
  EXPECT_EQ(buckets[1].sketch.count(), 1) << "the null doesn't count";
  EXPECT_NEAR(*buckets[2].sketch.quantile(1), 20, 0.2);
  EXPECT_EQ(sketches(test_.engine(), kTemperature, {join_at_s(0), join_at_s(50)}, 1ms).error().code,
            ErrorCode::too_large);
}

}  // namespace
}  // namespace hanse::historian
