#include "plant/calendar.hpp"

#include <gtest/gtest.h>

namespace hanse::plant {
namespace {

Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }

Calendar three_shifts() {
  const std::vector<Weekday> week{Weekday::mon, Weekday::tue, Weekday::wed, Weekday::thu,
                                  Weekday::fri, Weekday::sat, Weekday::sun};
  return {.id = "three",
          .name = "Three shifts",
          .time_zone = "Europe/Berlin",
          .shifts = {{.name = "early", .days = week, .begin = "06:00", .end = "14:00", .breaks = {{"09:00", "09:30"}}},
                     {.name = "late", .days = week, .begin = "14:00", .end = "22:00", .breaks = {}},
                     {.name = "night", .days = week, .begin = "22:00", .end = "06:00", .breaks = {{"01:00", "01:30"}}}},
          .exceptions = {}};
}

TEST(TimeZone, KnowsSummerAndWinterOffsets) {
  const auto berlin = TimeZone::load("Europe/Berlin").value();
  EXPECT_EQ(berlin->offset_at(at("2026-01-15T12:00:00Z")).count(), 3600);
  EXPECT_EQ(berlin->offset_at(at("2026-07-15T12:00:00Z")).count(), 7200);
  EXPECT_EQ(berlin->offset_at(at("2026-03-29T00:59:59Z")).count(), 3600);
  EXPECT_EQ(berlin->offset_at(at("2026-03-29T01:00:00Z")).count(), 7200);
  EXPECT_EQ(berlin->offset_at(at("2150-07-15T12:00:00Z")).count(), 7200) << "by the rule at the file's end";
}

TEST(TimeZone, KnowsTheSouthernHemisphere) {
  const auto sydney = TimeZone::load("Australia/Sydney").value();
  EXPECT_EQ(sydney->offset_at(at("2060-01-15T00:00:00Z")).count(), 11 * 3600);
  EXPECT_EQ(sydney->offset_at(at("2060-07-15T00:00:00Z")).count(), 10 * 3600);
}

TEST(TimeZone, MovesASkippedWallTimeForwardAndTakesTheFirstOfTwo) {
  const auto berlin = TimeZone::load("Europe/Berlin").value();
  const auto spring = std::chrono::local_days{std::chrono::year{2026} / 3 / 29} + std::chrono::minutes{150};
  EXPECT_EQ(to_string(berlin->to_utc(spring)), "2026-03-29T01:30:00Z");
  const auto autumn = std::chrono::local_days{std::chrono::year{2026} / 10 / 25} + std::chrono::minutes{150};
  EXPECT_EQ(to_string(berlin->to_utc(autumn)), "2026-10-25T00:30:00Z");
}

TEST(TimeZone, ReadsPosixRulesAndRefusesOthers) {
  EXPECT_EQ(TimeZone::parse_rule("<+0330>-3:30").value().standard_s, 12'600);
  EXPECT_TRUE(TimeZone::parse_rule("EST5EDT,M3.2.0,M11.1.0").value().has_summer);
  EXPECT_TRUE(TimeZone::parse_rule("AAA3BBB,J60/2,300/-1:30").has_value());
  for (const auto* wrong : {"", "X", "CET", "CET-1CEST", "CET-1CEST,M13.1.0,M1.1.0", "CET-1CEST,M3.5.0", "CET-1x"}) {
    EXPECT_FALSE(TimeZone::parse_rule(wrong)) << wrong;
  }
}

TEST(TimeZone, RefusesNamesThatLeaveTheDatabase) {
  EXPECT_EQ(TimeZone::load("../../etc/passwd").error().code, ErrorCode::invalid);
  EXPECT_EQ(TimeZone::load("Europe/Atlantis").error().code, ErrorCode::not_found);
  EXPECT_EQ(TimeZone::load("Europe").error().code, ErrorCode::not_found) << "a folder";
}

TEST(TimeZone, RefusesDamagedFiles) {
  EXPECT_EQ(TimeZone::parse("TZif2").error().code, ErrorCode::corrupt);
  EXPECT_EQ(TimeZone::parse(std::string(200, 'x')).error().code, ErrorCode::corrupt);
}

TEST(Calendar, NightShiftIsSevenHoursLongWhenSummerTimeBeginsAndNineWhenItEnds) {
  const auto zone = TimeZone::load("Europe/Berlin").value();
  const auto spring = shifts_between(three_shifts(), *zone, {at("2026-03-28T22:00:00Z"), at("2026-03-29T03:00:00Z")});
  ASSERT_EQ(spring.size(), 1u);
  EXPECT_EQ(spring[0].name, "night");
  EXPECT_EQ(spring[0].date, "2026-03-28");
  EXPECT_EQ(spring[0].span.length(), 7h);
  EXPECT_EQ(spring[0].breaks[0].length(), 30min);

  const auto autumn = shifts_between(three_shifts(), *zone, {at("2026-10-24T22:00:00Z"), at("2026-10-25T03:00:00Z")});
  ASSERT_EQ(autumn.size(), 1u);
  EXPECT_EQ(autumn[0].span.length(), 9h);
}

TEST(Calendar, DaysAreTwentyThreeAndTwentyFiveHoursLongWhereTheClockChanges) {
  const auto zone = TimeZone::load("Europe/Berlin").value();
  const auto days = days_between(*zone, {at("2026-03-28T12:00:00Z"), at("2026-03-30T12:00:00Z")});
  ASSERT_EQ(days.size(), 3u);
  EXPECT_EQ(days[1].date, "2026-03-29");
  EXPECT_EQ(days[1].span.length(), 23h);
  EXPECT_EQ(days_between(*zone, {at("2026-10-25T10:00:00Z"), at("2026-10-25T11:00:00Z")})[0].span.length(), 25h);
}

TEST(Calendar, ExceptionsReplaceThePattern) {
  auto calendar = three_shifts();
  calendar.exceptions = {{.name = "Christmas", .first = "2026-12-24", .last = "2026-12-26", .shifts = {}},
                         {.name = "Stock-taking",
                          .first = "2026-12-26",
                          .last = "",
                          .shifts = {{.name = "special", .days = {}, .begin = "08:00", .end = "12:00", .breaks = {}}}}};
  const auto zone = TimeZone::load("Europe/Berlin").value();
  const auto shifts = shifts_between(calendar, *zone, {at("2026-12-24T06:00:00Z"), at("2026-12-26T20:00:00Z")});
  ASSERT_EQ(shifts.size(), 1u);
  EXPECT_EQ(shifts[0].name, "special");
  EXPECT_EQ(to_string(shifts[0].span.begin), "2026-12-26T07:00:00Z");
}

TEST(Calendar, SaysEachWrongFieldWithItsPath) {
  const auto wrong = from_json<Calendar>(
      R"({"id":"a","name":"A","time_zone":"Mars/Base","shifts":[{"name":"x","days":[],"begin":"6","end":"14:00"}],
          "exceptions":[{"first":"2026-02-30"}]})");
  ASSERT_FALSE(wrong);
  std::vector<std::string> paths;
  for (const auto& field : wrong.error().fields) paths.push_back(field.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"time_zone", "shifts[0].begin", "shifts[0].days", "exceptions[0].first",
                                             "exceptions[0].last"}));
}

}  // namespace
}  // namespace hanse::plant
