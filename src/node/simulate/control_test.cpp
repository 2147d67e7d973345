#include "node/simulate/control.hpp"

#include <gtest/gtest.h>

#include "node/simulate/demo_files.hpp"

namespace hanse::node::simulate {
namespace {

constexpr Timestamp kNow{1'772'323'200'000'000'000};

class ControlTest : public testing::Test {
 protected:
  simulation::Factory factory_{*simulation::read_scenario(demo_file("ventilator-plant.json")), 1, kNow - 1h};
  SpeakingPlant plant_{factory_, {.wall_begin = kNow, .simulated_begin = kNow, .factor = 60}};
  Control control_{plant_, "secret"};

  Control::Answer ask(std::string method, std::string target, std::string body = "") {
    return control_.answer({.method = std::move(method),
                            .target = std::move(target),
                            .headers = {{"authorization", "Bearer secret"}},
                            .body = std::move(body)});
  }
};

TEST_F(ControlTest, TellsTheStateToWhoHasTheToken) {
  const auto state = from_json<SimulationState>(ask("GET", "/state").body);
  ASSERT_TRUE(state);

  EXPECT_EQ(state->machines.size(), 20u);
  EXPECT_EQ(state->lines.size(), 3u);
  EXPECT_EQ(control_.answer({.method = "GET", .target = "/state"}).status, 401);
  EXPECT_EQ(
      control_.answer({.method = "GET", .target = "/state", .headers = {{"authorization", "Bearer secre"}}}).status,
      401);
}

TEST_F(ControlTest, MakesATroubleForMinutesOnTheWall) {
  const auto made = ask("POST", "/troubles", R"({"kind":"break","asset":"press-02","minutes":5})");
  const auto trouble = from_json<simulation::Trouble>(made.body);
  ASSERT_TRUE(trouble) << made.body;

  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(*trouble->ends - trouble->begins, 5min);
  plant_.advance(kNow + 4min);
  EXPECT_EQ(factory_.read(*factory_.find_machine("press-02")).condition, simulation::Condition::down);
  plant_.advance(kNow + 5min + 1s);
  EXPECT_TRUE(factory_.troubles().empty());
}

TEST_F(ControlTest, EndsATroubleOnce) {
  const auto trouble =
      from_json<simulation::Trouble>(ask("POST", "/troubles", R"({"kind":"jam","asset":"assembly"})").body);
  ASSERT_TRUE(trouble);

  EXPECT_EQ(ask("DELETE", "/troubles/" + trouble->id).status, 204);
  EXPECT_EQ(ask("DELETE", "/troubles/" + trouble->id).status, 404);
}

TEST_F(ControlTest, RefusesWithTheFieldThatIsWrong) {
  const auto wrong = from_json<ControlError>(ask("POST", "/troubles", R"({"kind":"fire","asset":"press-02"})").body);
  ASSERT_TRUE(wrong);

  EXPECT_EQ(wrong->fields.at("kind"), "must be one of break, drift, lose_network, jam");
  EXPECT_EQ(ask("POST", "/troubles", R"({"kind":"break","asset":"press-99"})").status, 404);
  EXPECT_EQ(ask("POST", "/troubles", "{").status, 400);
  EXPECT_EQ(ask("GET", "/else").status, 404);
}

TEST(HttpRequest, IsTakenWhenItIsWhole) {
  std::string bytes = "POST /troubles HTTP/1.1\r\nContent-Length: 4\r\nX-A: b\r\n\r\nab";
  auto half = take_http_request(bytes);
  ASSERT_TRUE(half);
  EXPECT_FALSE(*half);
  bytes += "cdGET / HTTP/1.0\r\n\r\n";
  const auto first = take_http_request(bytes);
  const auto second = take_http_request(bytes);
  ASSERT_TRUE(first && *first && second && *second);

  EXPECT_EQ((*first)->body, "abcd");
  EXPECT_EQ((*first)->headers.at("x-a"), "b");
  EXPECT_FALSE((*second)->keep_alive);
  EXPECT_EQ(bytes, "");
}

TEST(HttpRequest, IsRefusedWhenItIsNone) {
  std::string noise = "\x16\x03\x01 hello\r\n\r\n";
  std::string endless(20'000, 'a');
  std::string huge = "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n";

  EXPECT_EQ(take_http_request(noise).error().code, ErrorCode::invalid);
  EXPECT_EQ(take_http_request(endless).error().code, ErrorCode::too_large);
  EXPECT_EQ(take_http_request(huge).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace hanse::node::simulate
