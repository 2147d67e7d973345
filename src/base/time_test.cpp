#include "base/time.hpp"

#include <gtest/gtest.h>

namespace hanse {
namespace {

TEST(Timestamp, RoundTripsRfc3339) {
  for (const auto* text : {"1970-01-01T00:00:00Z", "2026-03-01T06:00:00.250Z", "2024-02-29T23:59:59.123456Z",
                           "1969-12-31T23:59:59.999999999Z"}) {
    auto time = parse_timestamp(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_string(*time), text);
  }
}

TEST(Timestamp, ReadsOffsets) {
  EXPECT_EQ(parse_timestamp("2026-03-01T08:00:00+02:00")->ns, parse_timestamp("2026-03-01T06:00:00Z")->ns);
  EXPECT_EQ(parse_timestamp("2026-03-01T01:00:00-0500")->ns, parse_timestamp("2026-03-01T06:00:00Z")->ns);
}

TEST(Timestamp, RefusesWhatIsNoTime) {
  for (const auto* text : {"", "2026", "2026-02-30T00:00:00Z", "2026-03-01T25:00:00Z", "2026-03-01T06:00:00",
                           "2026-03-01T06:00:00.Z", "2026-03-01T06:00:00Zx", "9999-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(Timestamp, CutsToMillisecondsDownwards) {
  EXPECT_EQ((Timestamp{-1}.ms()), -1);
  EXPECT_EQ((Timestamp{1'999'999}.ms()), 1);
}

TEST(Duration, RoundTrips) {
  for (const auto* text : {"0s", "90s", "250ms", "1h", "7us", "1w"}) {
    auto duration = parse_duration(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(to_string(*duration), text);
  }
  EXPECT_FALSE(parse_duration("5"));
  EXPECT_FALSE(parse_duration("1.5h"));
  EXPECT_FALSE(parse_duration("99999999999999d"));
}

}  // namespace
}  // namespace hanse
