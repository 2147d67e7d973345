#include "connectors/opcua/session/stand_in.hpp"

#include "connectors/opcua/internal/following.hpp"

namespace hanse::connectors::opcua {
namespace {

using internal::Following;

const std::vector<std::string> kOthers{"b", "c"};

TEST(StandIn, asks_nobody_while_its_server_is_healthy) {
  StandIn set;
  EXPECT_EQ(set.own_level(200, 0s), StandIn::News::none);
  EXPECT_FALSE(set.next(kOthers, 1h));
}

TEST(StandIn, a_fallen_level_is_news_once_and_the_first_healthy_server_is_taken) {
  StandIn set;
  EXPECT_EQ(set.own_level(199, 5s), StandIn::News::fell);
  EXPECT_EQ(set.own_level(150, 5s), StandIn::News::none);
  EXPECT_EQ(set.next(kOthers, 5s), "b");
  EXPECT_FALSE(set.next(kOthers, 5s)) << "one at a time";
  EXPECT_EQ(set.told("b", 230), (StandIn::Better{.url = "b", .level = 230}));
}

TEST(StandIn, of_degraded_ones_the_best_of_the_round_is_taken_if_it_is_well_above) {
  StandIn set;
  set.own_level(100, 0s);
  EXPECT_EQ(set.next(kOthers, 0s), "b");
  EXPECT_FALSE(set.told("b", 120)) << "c may be better";
  EXPECT_EQ(set.next(kOthers, 0s), "c");
  EXPECT_EQ(set.told("c", 115), (StandIn::Better{.url = "b", .level = 120}));
}

TEST(StandIn, a_level_that_is_hardly_better_is_not_worth_it_and_the_next_round_comes_later) {
  StandIn set;
  set.own_level(100, 0s);
  for (const auto* url : {"b", "c"}) {
    EXPECT_EQ(set.next(kOthers, 0s), url);
    EXPECT_FALSE(set.told(url, url == kOthers[0] ? std::optional{109} : std::nullopt));
  }
  EXPECT_FALSE(set.next(kOthers, 29s));
  EXPECT_EQ(set.next(kOthers, 30s), "b");
}

TEST(StandIn, a_server_in_maintenance_is_left_for_any_with_data_but_never_for_one_without) {
  StandIn set;
  set.own_level(0, 0s);
  EXPECT_EQ(set.next(kOthers, 0s), "b");
  EXPECT_FALSE(set.told("b", 1));
  EXPECT_EQ(set.next(kOthers, 0s), "c");
  EXPECT_EQ(set.told("c", 2), (StandIn::Better{.url = "c", .level = 2}));
}

TEST(StandIn, one_that_recovered_meanwhile_is_kept) {
  StandIn set;
  set.own_level(100, 0s);
  EXPECT_EQ(set.next(kOthers, 0s), "b");
  EXPECT_EQ(set.own_level(255, 1s), StandIn::News::rose);
  EXPECT_FALSE(set.told("b", 255));
  EXPECT_FALSE(set.told("b", 255)) << "nobody asked";
}

TEST(StandIn, falling_further_asks_again_at_once) {
  StandIn set;
  set.own_level(100, 0s);
  EXPECT_EQ(set.next({"b"}, 0s), "b");
  EXPECT_FALSE(set.told("b", 100));
  EXPECT_FALSE(set.next({"b"}, 1s));
  EXPECT_EQ(set.own_level(1, 1s), StandIn::News::fell);
  EXPECT_EQ(set.next({"b"}, 1s), "b");
  EXPECT_EQ(set.told("b", 100), (StandIn::Better{.url = "b", .level = 100}));
}

/// A client of a set of two, whose server says something about itself.
class InASet : public Following {
 protected:
  InASet() {
    OpcuaSettings settings;
    settings.fallback_urls = {"opc.tcp://b:4840"};
    make_client(settings);
    connect();
    publish();
    publish();  // The values come with the second: the first had what the watched level says.
  }
  void say_level(std::uint8_t level) {
    server_.change_service_level(level);
    publish();
  }
};

TEST_F(InASet, a_server_that_serves_less_well_is_left_for_a_better_one) {
  EXPECT_TRUE(server_.is_level_watched());
  EXPECT_FALSE(client_->level_wanted()) << "it is healthy";
  say_level(150);
  EXPECT_NE(last_message().find("degraded: its service level is 150"), std::string::npos) << last_message();
  EXPECT_EQ(sink_.notices.back().kind, NoticeKind::gap);
  EXPECT_EQ(client_->level_wanted(), "opc.tcp://b:4840");
  EXPECT_EQ(client_->want(), Session::Want::exchange) << "data go on while the other is asked";
  client_->level_told("opc.tcp://b:4840", 255);
  EXPECT_NE(last_message().find("Changing over to opc.tcp://b:4840, whose service level is 255; here it is 150"),
            std::string::npos);
  EXPECT_EQ(client_->want(), Session::Want::connect);
  (void)server_.answer(client_->take_output());
  EXPECT_FALSE(server_.has_session()) << "left with a farewell";
  client_->move_on();
  EXPECT_EQ(client_->url(), "opc.tcp://b:4840");

  server_.service_level = 255;  // From here on it plays the other one.
  const auto made = server_.subscriptions_created;
  connect();
  publish();
  EXPECT_EQ(server_.subscriptions_created, made + 1) << "the numbers of the old ones are somebody else's there";
  change(1, 7.5);
  EXPECT_EQ(sink_.last(kTemp), "7.5");
  EXPECT_EQ(nulls(kTemp), 0u) << "nothing was lost, so nothing turned bad";
  EXPECT_FALSE(client_->level_wanted());
}

TEST_F(InASet, without_a_better_one_it_stays_and_asks_again_later) {
  say_level(150);
  ASSERT_TRUE(client_->level_wanted());
  client_->level_told("opc.tcp://b:4840", fail(ErrorCode::unavailable, "nobody there"));
  EXPECT_EQ(client_->want(), Session::Want::exchange);
  EXPECT_FALSE(client_->level_wanted());
  monotonic_ += 31s;
  change(1, 3.5);
  EXPECT_EQ(sink_.last(kTemp), "3.5");
  ASSERT_TRUE(client_->level_wanted());
  say_level(255);
  EXPECT_NE(last_message().find("healthy"), std::string::npos) << last_message();
  client_->level_told("opc.tcp://b:4840", 255);
  EXPECT_EQ(client_->want(), Session::Want::exchange) << "it recovered meanwhile";
}

TEST_F(Following, a_server_alone_is_not_asked_how_well_it_serves) {
  make_client();
  connect();
  publish();
  EXPECT_FALSE(server_.is_level_watched());
}

}  // namespace
}  // namespace hanse::connectors::opcua
