#include "connectors/mtconnect/shdr.hpp"

namespace hanse::connectors::mtconnect {
namespace {

constexpr Timestamp kArrival{42};

ShdrShape shape(std::string_view key) {
  if (key == "cond") return ShdrShape::condition;
  if (key == "msg") return ShdrShape::message;
  if (key == "ts") return ShdrShape::time_series;
  if (key == "set") return ShdrShape::data_set;
  if (key == "table") return ShdrShape::table;
  return key == "value" ? ShdrShape::value : ShdrShape::unknown;
}

ShdrLine read(std::string_view text) {
  ShdrLine line;
  const auto parsed = parse_shdr_line(text, shape, kArrival, line);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return line;
}

TEST(Shdr, one_line_carries_several_values_of_one_moment) {
  const auto line = read("2017-06-27T08:44:43.221Z|Xabs|1.5|mode|AUTOMATIC|Yabs|UNAVAILABLE");
  ASSERT_EQ(line.observations.size(), 3u);
  EXPECT_EQ(line.observations[1].item, "mode");
  EXPECT_EQ(line.observations[1].value, "AUTOMATIC");
  EXPECT_EQ(line.observations[2].time, *parse_timestamp("2017-06-27T08:44:43.221Z"));
}

TEST(Shdr, a_time_may_be_missing_or_carry_a_duration) {
  EXPECT_EQ(read("|value|1").observations[0].time, kArrival);
  EXPECT_EQ(read("2017-06-27T08:44:43Z@2.5|value|1").observations[0].time, *parse_timestamp("2017-06-27T08:44:43Z"));
  EXPECT_EQ(read("2017-06-27T08:44:43|value|1").observations[0].time, *parse_timestamp("2017-06-27T08:44:43Z"));
}

TEST(Shdr, conditions_are_known_by_the_model_or_by_their_fields) {
  for (const auto* text : {"|cond|FAULT|406|2|HIGH|MEMORY PROTECT", "|unknown|Fault|406|2|HIGH|MEMORY PROTECT"}) {
    const auto line = read(text);
    ASSERT_EQ(line.observations.size(), 1u);
    EXPECT_EQ(line.observations[0].level, Level::fault);
    EXPECT_EQ(line.observations[0].native_code, "406");
    EXPECT_EQ(line.observations[0].severity, "2");
    EXPECT_EQ(line.observations[0].qualifier, "HIGH");
    EXPECT_EQ(line.observations[0].value, "MEMORY PROTECT");
  }
  EXPECT_EQ(read("|cond|Normal||||").observations[0].level, Level::normal);
  EXPECT_EQ(read("|unknown|normal").observations[0].level, Level::none) << "a value may be the word normal";
}

TEST(Shdr, messages_and_time_series_take_their_own_fields) {
  const auto message = read("|msg|12|Change tool|value|3");
  ASSERT_EQ(message.observations.size(), 2u);
  EXPECT_EQ(message.observations[0].native_code, "12");
  EXPECT_EQ(message.observations[0].value, "Change tool");
  const auto series = read("|ts|4|100|1 2 3 4");
  EXPECT_EQ(series.observations[0].sample_rate, 100);
  EXPECT_EQ(series.observations[0].value, "1 2 3 4");
}

TEST(Shdr, data_sets_with_quotes_removals_and_reset) {
  const auto line = read("|set|:MANUAL a=1 b='two words' c= d {x} e={1 2}");
  EXPECT_TRUE(line.observations[0].reset);
  ASSERT_EQ(line.entries.size(), 6u);
  EXPECT_EQ(line.entries[1].value, "two words");
  EXPECT_TRUE(line.entries[2].removed);
  EXPECT_TRUE(line.entries[3].removed);
  EXPECT_EQ(line.entries[5].value, "1 2");
}

TEST(Shdr, tables_have_rows_of_cells) {
  const auto line = read("|table|G54={X=1.5 Y=2} G55={X=3}");
  ASSERT_EQ(line.entries.size(), 3u);
  EXPECT_EQ(line.entries[0].key, "G54");
  EXPECT_EQ(line.entries[0].cell, "X");
  EXPECT_EQ(line.entries[2].value, "3");
}

TEST(Shdr, quoted_values_may_hold_bars) {
  const auto line = read(R"(|a|"left \| right"|b|"in" quotes)");
  ASSERT_EQ(line.observations.size(), 2u);
  EXPECT_EQ(line.observations[0].value, "left | right");
  EXPECT_EQ(line.observations[1].value, "\"in\" quotes");
}

TEST(Shdr, commands_pongs_and_assets_are_no_observations) {
  EXPECT_EQ(read("* PONG 10000").pong, Duration{10s});
  EXPECT_EQ(read("* PONG").kind, ShdrLine::Kind::pong);
  EXPECT_EQ(read("* device: M1").kind, ShdrLine::Kind::command);
  EXPECT_EQ(read("2020-01-01T00:00:00Z|@ASSET@|T1|CuttingTool|<CuttingTool/>").kind, ShdrLine::Kind::asset);
  EXPECT_EQ(read("2020-01-01T00:00:00Z|@ASSET@|T1|CuttingTool|--multiline--AB").multiline_end, "--multiline--AB");
}

TEST(Shdr, wrong_lines_are_refused_with_the_reason) {
  ShdrLine line;
  EXPECT_FALSE(parse_shdr_line("yesterday|a|1", shape, kArrival, line));
  EXPECT_FALSE(parse_shdr_line("no bars at all", shape, kArrival, line));
  EXPECT_FALSE(parse_shdr_line("|a", shape, kArrival, line));
  EXPECT_FALSE(parse_shdr_line("|cond|sideways|1|2|3|4", shape, kArrival, line));
}

TEST(ShdrLines, come_whole_however_the_bytes_are_cut) {
  ShdrLineReader reader;
  std::vector<std::string> lines;
  for (const char c : std::string_view{"|a|1\r\n\n|b|2\nrest"}) {
    reader.feed({&c, 1});
    while (auto line = reader.next()) lines.push_back(*line);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"|a|1", "", "|b|2"}));
}

TEST(ShdrLines, an_endless_line_is_dropped_and_the_next_one_read) {
  ShdrLineReader reader;
  for (int i = 0; i < 5; ++i) {
    reader.feed(std::string(512 * 1024, 'x'));
    EXPECT_FALSE(reader.next());
  }
  reader.feed("\n|a|1\n");
  EXPECT_EQ(reader.next(), "|a|1");
  EXPECT_EQ(reader.dropped(), 1u);
}

}  // namespace
}  // namespace hanse::connectors::mtconnect
