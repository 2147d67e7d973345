#include "node/command_line.hpp"

#include <gtest/gtest.h>

namespace hanse::node {
namespace {

auto parse(std::vector<const char*> words) {
  words.insert(words.begin(), "hanse");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, ReadsCommandSettingsAndOptions) {
  auto line = parse({"replay", "mazak.txt", "--factor", "60", "--server.port", "9000", "--settings", "a.toml"});

  ASSERT_TRUE(line) << line.error().text;
  EXPECT_EQ(line->command, "replay");
  EXPECT_EQ(line->arguments, (std::vector<std::string>{"mazak.txt"}));
  EXPECT_EQ(line->option("factor"), "60");
  EXPECT_EQ(line->option("asset", "none"), "none");
  EXPECT_EQ(line->settings, (std::vector<std::pair<std::string, std::string>>{{"server.port", "9000"}}));
  EXPECT_EQ(line->settings_file, "a.toml");
}

TEST(CommandLine, ReadsCommandsOfTwoWords) {
  auto line = parse({"journal", "verify"});

  ASSERT_TRUE(line) << line.error().text;
  EXPECT_EQ(line->command, "journal verify");
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(parse({"dance"}).error().status, 2);
  EXPECT_EQ(parse({"serve", "--server.prot", "1"}).error().status, 2);
  EXPECT_EQ(parse({}).error().status, 2);
  EXPECT_EQ(parse({"backup"}).error().status, 2);
}

TEST(CommandLine, SuggestsTheNearestFlag) {
  EXPECT_NE(parse({"serve", "--server.prot", "1"}).error().text.find("did you mean 'server.port'?"), std::string::npos);
}

TEST(CommandLine, HelpIsNoFailure) {
  auto help = parse({"--help"});

  EXPECT_EQ(help.error().status, 0);
  EXPECT_NE(help.error().text.find("--server.port"), std::string::npos);
}

}  // namespace
}  // namespace hanse::node
