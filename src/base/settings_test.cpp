#include "base/settings.hpp"

#include <gtest/gtest.h>

#include <array>

namespace hanse {

struct ServerPart {
  std::int64_t port = 8080;
  std::string password;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "port", .summary = "TCP port.", .min = 1, .max = 65535},
                      FieldNote{.field = "password", .secret = true}};
  }
};
HANSE_DESCRIBE(ServerPart, (port, password))
struct WholeSettings {
  std::string data_folder = "data";
  ServerPart server;
};
HANSE_DESCRIBE(WholeSettings, (data_folder, server))

namespace {

TEST(Settings, FlagsWinOverEnvironmentOverFile) {
  auto settings = load_settings<WholeSettings>({.toml = "data_folder = \"a\"\n[server]\nport = 1\n",
                                                .environment = {{"HANSE_SERVER_PORT", "2"}, {"HANSE_DATA_FOLDER", "b"}},
                                                .flags = {{"server.port", "3"}}});

  ASSERT_TRUE(settings) << to_string(settings.error());
  EXPECT_EQ(settings->server.port, 3);
  EXPECT_EQ(settings->data_folder, "b");
}

TEST(Settings, RefusesUnknownNamesWithTheNearest) {
  auto from_file = load_settings<WholeSettings>({.toml = "[server]\nprot = 1\n", .environment = {}, .flags = {}});
  auto from_others = load_settings<WholeSettings>(
      {.toml = "", .environment = {{"HANSE_SERVER_PROT", "2"}}, .flags = {{"server.poort", "3"}}});

  ASSERT_FALSE(from_file);
  EXPECT_EQ(from_file.error().fields.at(0), (FieldError{"server.prot", "unknown field 'prot'; did you mean 'port'?"}));
  ASSERT_FALSE(from_others);
  EXPECT_EQ(from_others.error().fields.at(0).message,
            "unknown environment variable 'HANSE_SERVER_PROT'; did you mean 'HANSE_SERVER_PORT'?");
  EXPECT_EQ(from_others.error().fields.at(1).message, "unknown option 'server.poort'; did you mean 'server.port'?");
}

TEST(Settings, SaysWhatWouldBeRight) {
  auto settings = load_settings<WholeSettings>(
      {.toml = "", .environment = {}, .flags = {{"server.port", "0"}, {"server.port", "http"}}});

  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().fields.at(0).message, "must be at least 1");
  EXPECT_EQ(settings.error().fields.at(1).message, "must be a whole number, not a text");
}

TEST(Settings, MasksSecretsInTheList) {
  WholeSettings settings;
  settings.server.password = "open sesame";

  const auto list = list_settings(settings);

  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[1].path, "server.port");
  EXPECT_EQ(list[1].variable, "HANSE_SERVER_PORT");
  EXPECT_EQ(list[2].value, "\"********\"");
}

TEST(Toml, SaysWhereItIsWrong) {
  auto json = toml_to_json("a = 1\nb = \n");

  ASSERT_FALSE(json);
  EXPECT_NE(json.error().message.find("line 2"), std::string::npos) << json.error().message;
}

TEST(Toml, KeepsTablesListsAndDates) {
  EXPECT_EQ(*toml_to_json("a = [1, 2.5]\n[b]\nc = true\nd = 2026-03-01\n"),
            R"({"a":[1,2.5],"b":{"c":true,"d":"2026-03-01"}})");
}

}  // namespace
}  // namespace hanse
