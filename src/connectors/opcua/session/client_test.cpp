#include "connectors/opcua/internal/following.hpp"

namespace hanse::connectors::opcua {
namespace {

using internal::Following;

TEST_F(Following, finds_all_variables_and_follows_them) {
  make_client();
  connect();
  publish();
  EXPECT_EQ(sink_.declared.size(), 3u);
  EXPECT_EQ(sink_.declared.at(std::string{kTemp}).device, "Press1");
  EXPECT_EQ(sink_.last(kTemp), "1");
  change(1, 2.5);
  EXPECT_EQ(sink_.last(kTemp), "2.5");
  EXPECT_EQ(server_.sessions_created, 1u);
}

TEST_F(Following, a_cut_line_turns_values_bad_once_and_the_old_session_goes_on) {
  make_client();
  connect();
  publish();
  change(1, 2);
  lose();
  lose();
  EXPECT_EQ(nulls(kTemp), 1u);
  EXPECT_EQ(sink_.notices_of(NoticeKind::disconnected), 1u);
  monotonic_ += 5s;
  change(1, 3, true);  // Sent into the dead socket.
  change(1, 4, true);
  connect();
  EXPECT_EQ(server_.sessions_created, 1u) << "taken up again";
  EXPECT_EQ(server_.subscriptions_created, 1u);
  const auto values = sink_.of(kTemp);
  const auto has = [&](std::string_view text) {
    return std::ranges::any_of(values, [&](const auto& v) { return v.text == text; });
  };
  EXPECT_TRUE(has("3") && has("4")) << "republished";
  EXPECT_EQ(sink_.last("nsu=urn:press;s=Count"), "1") << "what did not change holds again";
  EXPECT_EQ(nulls(kTemp), 1u);
}

TEST_F(Following, a_session_that_is_gone_takes_its_subscriptions_over) {
  make_client();
  connect();
  publish();
  lose();
  server_.drop_session();
  monotonic_ += 100s;
  connect();
  EXPECT_EQ(server_.sessions_created, 2u);
  EXPECT_EQ(server_.subscriptions_created, 1u) << "transferred";
  EXPECT_EQ(sink_.last("nsu=urn:press;s=Count"), "1");
}

TEST_F(Following, a_hundred_restarts_with_moving_namespaces_leave_one_bad_sample_each) {
  make_client();
  connect();
  publish();
  for (int i = 1; i <= 100; ++i) {
    lose();
    server_.restart();
    monotonic_ += 10s;
    server_.namespaces.insert(server_.namespaces.begin() + 1, "urn:extra:" + std::to_string(i));
    for (auto& node : server_.nodes) {
      ++node.id.space;
      if (node.parent.space != 0) ++node.parent.space;
    }
    server_.nodes.push_back(
        {.id = {1, "filler" + std::to_string(i)}, .parent = {1, "x"}, .name = "filler", .value = {}});
    connect();
    publish();
    ASSERT_EQ(sink_.last(kTemp), "1") << i;
    ASSERT_EQ(nulls(kTemp), static_cast<std::size_t>(i));
    ASSERT_EQ(client_->points().size(), 3u);
  }
}

TEST_F(Following, a_hundred_outages_are_filled_from_the_servers_history_without_a_point_lost) {
  server_.history["Temp"] = {};
  make_client();
  connect();
  publish();
  for (int i = 1; i <= 100; ++i) {
    change(1, i);
    lose();
    server_.restart();
    for (int missed = 1; missed <= 3; ++missed) {  // While nobody listens.
      monotonic_ += 2s;
      server_.nodes[1].value = data_value(i + missed / 10.0);
      server_.nodes[1].value.source_time = DateTime::from(now().time);
      server_.history["Temp"].push_back(server_.nodes[1].value);
    }
    monotonic_ += 2s;
    connect();
    publish();
    ASSERT_EQ(nulls(kTemp), static_cast<std::size_t>(i)) << "one STALE an outage";
    ASSERT_EQ(nulls("nsu=urn:press;s=Count"), static_cast<std::size_t>(i));
    ASSERT_EQ(client_->points().size(), 3u);
  }
  std::set<std::string> seen;
  for (const auto& value : sink_.of(kTemp)) seen.insert(value.text);
  for (int i = 1; i <= 100; ++i) {
    for (const auto* part : {"", ".1", ".2", ".3"})
      EXPECT_TRUE(seen.contains(std::to_string(i) + part)) << i << part << " is lost";
  }
}

TEST_F(Following, a_hundred_thousand_nodes_are_browsed_and_followed) {
  constexpr std::uint32_t kNodes = 100'000;
  server_.nodes.reserve(kNodes + 200);
  for (std::uint32_t i = 0; i < kNodes; ++i) {
    if (i % 1000 == 0) {
      server_.nodes.push_back(
          {.id = {2, kNodes + i}, .parent = 85, .name = "Line", .node_class = NodeClass::object, .value = {}});
    }
    server_.nodes.push_back(
        {.id = {2, i}, .parent = {2, kNodes + i / 1000 * 1000}, .name = "V", .value = data_value(1.0)});
  }
  server_.items_per_call_reported = 1000;
  server_.references_max = 300;
  OpcuaSettings settings;
  settings.nodes_max = kNodes;
  settings.nodes_max += 3;
  make_client(settings);
  connect();
  EXPECT_EQ(client_->points().size(), kNodes + 3);
  EXPECT_EQ(server_.items_created, kNodes + 3);
  EXPECT_EQ(server_.continuation_points, 0u);
}

TEST_F(Following, a_clock_that_goes_wrong_is_told) {
  for (const auto& [ahead, words] :
       {std::pair<Duration, std::string_view>{1h, "3600 s ahead of ours"}, {-10min, "600 s behind ours"}, {1min, ""}}) {
    server_.restart();
    server_.clock = now().time + ahead;
    sink_.notices.clear();
    make_client();
    connect();
    const auto told = std::ranges::find_if(sink_.notices, [](const Notice& notice) {
      return notice.kind == NoticeKind::condition && notice.message.contains("clock");
    });
    ASSERT_EQ(told != sink_.notices.end(), !words.empty());
    if (!words.empty()) {
      EXPECT_TRUE(told->message.contains(words)) << told->message;
    }
  }
}

TEST_F(Following, a_lost_notification_is_asked_for_again) {
  make_client();
  connect();
  publish();
  change(1, 2, true);
  change(1, 3);
  const auto values = sink_.of(kTemp);
  ASSERT_GE(values.size(), 3u);
  EXPECT_TRUE(std::ranges::any_of(values, [](const auto& v) { return v.text == "2"; }));
  EXPECT_EQ(sink_.notices_of(NoticeKind::gap), 0u);
}

TEST_F(Following, a_notification_that_cannot_be_had_is_a_gap_that_is_said) {
  make_client();
  connect();
  publish();
  server_.forgets_notifications = true;
  change(1, 2, true);
  change(2, 7);
  EXPECT_EQ(sink_.notices_of(NoticeKind::gap), 1u);
  EXPECT_EQ(sink_.last(kTemp), "2") << "read again";
}

TEST_F(Following, notifications_are_acknowledged) {
  make_client();
  connect();
  publish();
  for (int i = 0; i < 20; ++i) change(1, i);
  EXPECT_LE(server_.kept(), 6u);
}

TEST_F(Following, data_alone_is_a_sign_of_life_and_silence_is_none) {
  make_client();
  connect();
  publish();
  for (int i = 0; i < 100; ++i) {
    pass(3s);
    ASSERT_EQ(client_->want(), Session::Want::exchange) << i;
    change(1, i);
  }
  server_.publishes = false;
  pass(30s);
  EXPECT_EQ(client_->want(), Session::Want::end);
  EXPECT_EQ(client_->failure()->code, ErrorCode::timeout);
}

TEST_F(Following, one_illegal_node_does_not_stop_the_others) {
  OpcuaSettings settings;
  settings.nodes = {
      {.node = "nsu=urn:press;s=Temp"}, {.node = "nsu=urn:press;s=Nowhere"}, {.node = "nsu=urn:gone;i=1"}};
  make_client(settings);
  connect();
  publish();
  EXPECT_EQ(sink_.last(kTemp), "1");
  ASSERT_EQ(sink_.notices_of(NoticeKind::rejected), 1u);
  EXPECT_NE(last_message().find("2 values"), std::string::npos) << last_message();
  // It comes later: tried again.
  server_.nodes.push_back({.id = {2, "Nowhere"}, .parent = {2, "Press1"}, .name = "Nowhere", .value = data_value(9.0)});
  for (int i = 0; i < 30; ++i) {
    publish();
    pass(3s);
  }
  publish();
  EXPECT_EQ(sink_.last("nsu=urn:press;s=Nowhere"), "9");
}

TEST_F(Following, a_server_that_lies_about_its_limit_gets_smaller_batches) {
  for (int i = 0; i < 997; ++i) {
    server_.nodes.push_back({.id = {2, "V" + std::to_string(i)},
                             .parent = {2, "Press1"},
                             .name = "V" + std::to_string(i),
                             .value = data_value(1.0)});
  }
  server_.items_per_call_reported = 1000;
  server_.items_per_call_borne = 130;
  make_client();
  connect();
  publish();
  EXPECT_EQ(server_.items_created, 1000u);
  EXPECT_EQ(*std::ranges::max_element(server_.batches), 125u);
}

TEST_F(Following, a_server_of_few_subscriptions_gets_no_more_and_small_ones_no_more_items) {
  for (int i = 0; i < 11'997; ++i) {
    server_.nodes.push_back({.id = {2, static_cast<std::uint32_t>(i)},
                             .parent = {2, "Press1"},
                             .name = "V" + std::to_string(i),
                             .value = data_value(1.0)});
  }
  server_.items_per_call_reported = 1000;
  OpcuaSettings settings;
  settings.nodes_max = 100'000;
  settings.events = false;
  for (const auto& [subscriptions, items, made] : {std::tuple{0U, 0U, 3U}, {2U, 0U, 2U}, {0U, 2000U, 6U}}) {
    server_.restart();
    server_.subscriptions_created = server_.items_created = 0;
    server_.limits = {{24098, subscriptions}, {24104, items}};
    make_client(settings);
    connect();
    EXPECT_EQ(server_.subscriptions_created, made);
    EXPECT_EQ(server_.items_created, 12'000u);
    const bool told = std::ranges::any_of(sink_.notices, [](const Notice& notice) {
      return notice.message.contains("at most 2 subscriptions a session");
    });
    EXPECT_EQ(told, made != 3u) << "from the second on";
  }
}

TEST_F(Following, what_holds_is_known_before_all_is_followed_again) {
  make_client();
  connect();
  publish();
  lose();
  server_.restart();
  monotonic_ += 10s;
  connect();  // Nothing was published yet.
  EXPECT_EQ(sink_.last(kTemp), "1");
  const auto before = sink_.of(kTemp).size();
  publish();
  EXPECT_EQ(nulls(kTemp), 1u);
  EXPECT_LE(sink_.of(kTemp).size(), before + 1);
}

TEST_F(Following, a_server_out_of_reach_is_not_asked_for_its_endpoints_again) {
  make_client();
  connect();
  publish();
  EXPECT_EQ(server_.endpoints_told, 1u);
  lose();
  for (int i = 0; i < 5; ++i) lose();  // No socket came about.
  server_.restart();
  monotonic_ += 10s;
  connect();
  EXPECT_EQ(server_.endpoints_told, 1u);
  EXPECT_EQ(sink_.last(kTemp), "1");
}

TEST_F(Following, a_refused_filter_is_applied_here) {
  server_.refuses_filters = true;
  OpcuaSettings settings;
  settings.nodes = {{.node = "nsu=urn:press;s=Temp", .deadband = 0.5}};
  make_client(settings);
  connect();
  publish();
  for (const double value : {1.1, 1.2, 1.6, 1.7}) change(1, value);
  std::vector<std::string> texts;
  for (const auto& value : sink_.of(kTemp)) texts.push_back(value.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"1", "1.6"}));
}

TEST_F(Following, lost_subscriptions_are_made_anew) {
  make_client();
  connect();
  publish();
  server_.fail_publish(status::kBadNoSubscription);
  client_->receive(server_.take_output(), now());
  exchange();
  EXPECT_EQ(server_.subscriptions_created, 2u);
  publish();
  EXPECT_EQ(sink_.last(kTemp), "1");
}

TEST_F(Following, too_many_publish_requests_are_not_insisted_on) {
  make_client();
  connect();
  publish();
  for (int i = 0; i < 10; ++i) {
    server_.fail_publish(status::kBadTooManyPublishRequests);
    client_->receive(server_.take_output(), now());
    exchange();
  }
  EXPECT_EQ(client_->want(), Session::Want::exchange);
  EXPECT_LE(server_.publish_requests(), 2u);
}

TEST_F(Following, browsing_uses_each_continuation_point_or_gives_it_back) {
  for (int i = 0; i < 5000; ++i) {
    server_.nodes.push_back({.id = {2, static_cast<std::uint32_t>(i)},
                             .parent = {2, "Press1"},
                             .name = "V" + std::to_string(i),
                             .value = data_value(1.0)});
  }
  server_.references_max = 100;
  OpcuaSettings settings;
  settings.nodes_max = 3000;
  make_client(settings);
  connect();
  EXPECT_EQ(client_->points().size(), 3000u);
  EXPECT_EQ(server_.continuation_points, 0u);
}

TEST_F(Following, times_from_beyond_the_calendar_break_nothing) {
  make_client();
  connect();
  publish();
  for (const auto ticks : {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    auto value = data_value(5.0);
    value.source_time = DateTime{ticks};
    server_.change(1, value);
    publish();
  }
  lose();
  connect();
  EXPECT_EQ(nulls(kTemp), 1u);
  EXPECT_EQ(sink_.last("nsu=urn:press;s=Count"), "1");
}

TEST_F(Following, the_channel_is_renewed_in_time) {
  server_.lifetime_ms = 60'000;
  make_client();
  connect();
  publish();
  for (int i = 0; i < 40; ++i) {
    pass(3s);
    change(1, i);
  }
  EXPECT_EQ(server_.renewals, 2u);
  EXPECT_EQ(sink_.last(kTemp), "39");
}

TEST_F(Following, a_deadband_in_percent_is_the_servers_and_without_it_is_ours_by_the_values_range) {
  for (const bool refuses : {false, true}) {
    server_.refuses_filters = refuses;
    server_.restart();
    sink_.notices.clear();
    OpcuaSettings settings;
    settings.nodes = {{.node = std::string{kTemp}, .deadband_percent = 10}};
    if (!refuses) {
      server_.nodes.push_back({.id = {2, "Temp.Range"},
                               .parent = {2, "Temp"},
                               .name = "EURange",
                               .value = data_value(Box<ExtensionObject>{wrap(Range{.low = 0, .high = 50})})});
    }
    make_client(settings);
    connect();
    publish();
    const auto filter = unwrap<DataChangeFilter>(server_.last_filter);
    ASSERT_TRUE(filter);
    EXPECT_EQ(filter->deadband_type, DeadbandType::percent);
    EXPECT_EQ(filter->deadband_value, 10);
    const auto said =
        refuses ? "of 0 values are left out by the server, of 1 here" : "of 1 values are left out by the server";
    EXPECT_TRUE(std::ranges::any_of(sink_.notices, [&](const Notice& n) { return n.message.contains(said); })) << said;
  }
  const auto before = sink_.of(kTemp).size();
  for (const double value : {4.0, 5.0, 6.5, 10.0}) change(1, value);  // From 1, with 10 % of 50.
  std::vector<std::string> texts;
  for (const auto& value : sink_.of(kTemp)) texts.push_back(value.text);
  texts.erase(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_EQ(texts, (std::vector<std::string>{"6.5"}));
}

TEST_F(Following, named_nodes_are_asked_for_their_unit) {
  EngineeringUnits celsius{.unit_id = 4408652, .display_name = {.locale = {}, .text = "°C"}};
  server_.nodes.push_back({.id = {2, "Temp.Unit"},
                           .parent = {2, "Temp"},
                           .name = "EngineeringUnits",
                           .value = data_value(Box<ExtensionObject>{wrap(celsius)})});
  OpcuaSettings settings;
  settings.nodes = {{.node = "nsu=urn:press;s=Count"}, {.node = std::string{kTemp}}};
  make_client(settings);
  connect();
  EXPECT_EQ(sink_.declared.at(std::string{kTemp}).unit, "Cel");
  EXPECT_EQ(sink_.declared.at("nsu=urn:press;s=Count").unit, "");
}

TEST_F(Following, the_servers_own_set_is_tried_when_it_is_lost) {
  server_.redundancy_support = 2;
  server_.redundant_uris = {"urn:a", "urn:b"};
  for (const auto* uri : {"urn:b", "urn:stranger"}) {
    ApplicationDescription other;
    other.application_uri = std::string{uri};
    other.discovery_urls.emplace_back(std::string{"opc.tcp://b:4840"} + (uri == std::string{"urn:b"} ? "" : "1"));
    other.discovery_urls.emplace_back(std::string{"https://b:443"});
    server_.known_servers.push_back(other);
  }
  make_client();
  connect();
  publish();
  EXPECT_EQ(client_->session().learned_urls(), std::vector<std::string>{"opc.tcp://b:4840"});
  EXPECT_NE(sink_.notices.front().message.find("warm set of 2"), std::string::npos) << sink_.notices.front().message;
  lose();
  EXPECT_EQ(client_->url(), "opc.tcp://server:4840") << "the old session first";
  lose();
  EXPECT_EQ(client_->url(), "opc.tcp://b:4840");
  connect();
  publish();
  EXPECT_EQ(sink_.last(kTemp), "1");
  lose();
  lose();
  EXPECT_EQ(client_->url(), "opc.tcp://server:4840");
}

TEST_F(Following, a_server_without_data_is_passed_over_while_there_are_others) {
  OpcuaSettings settings;
  settings.fallback_urls = {"opc.tcp://b:4840"};
  make_client(settings);
  server_.service_level = 1;
  connect();
  EXPECT_EQ(client_->want(), Session::Want::end);
  EXPECT_NE(client_->failure()->message.find("service level is 1"), std::string::npos) << client_->failure()->message;
  lose();
  EXPECT_EQ(client_->url(), "opc.tcp://b:4840");
  connect();  // It has none either: one of them has to do.
  publish();
  EXPECT_EQ(client_->want(), Session::Want::exchange);
  EXPECT_EQ(sink_.last(kTemp), "1");
}

TEST_F(Following, without_security_is_over_when_its_time_is) {
  OpcuaSettings settings;
  make_client(settings);
  settings.url = "opc.tcp://server:4840";
  settings.security_policy = PolicyChoice::none;
  settings.unsecured_until = now().time - 1s;
  client_ = std::make_unique<Client>(settings, store_, sink_);
  connect();
  EXPECT_EQ(client_->want(), Session::Want::end);
  EXPECT_EQ(client_->failure()->code, ErrorCode::forbidden);
}

}  // namespace
}  // namespace hanse::connectors::opcua
