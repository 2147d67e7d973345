#include "connectors/opcua/session/client.hpp"

#include <unistd.h>

#include <filesystem>

#include "connectors/opcua/internal/test_server.hpp"
#include "connectors/recording_sink.hpp"

namespace hanse::connectors::opcua {
namespace {

/// A client and a server in memory, and a clock that moves when it is told to.
class Following : public testing::Test {
 protected:
  static constexpr std::string_view kTemp = "nsu=urn:press;s=Temp";

  Following() { fill(); }
  ~Following() override { std::filesystem::remove_all(folder_); }

  void fill() {
    server_.nodes.push_back(
        {.id = {2, "Press1"}, .parent = 85, .name = "Press1", .node_class = NodeClass::object, .value = {}});
    for (const auto* name : {"Temp", "Count", "State"}) {
      server_.nodes.push_back({.id = {2, name}, .parent = {2, "Press1"}, .name = name, .value = data_value(1.0)});
    }
  }
  void make_client(OpcuaSettings settings = {}) {
    settings.url = "opc.tcp://server:4840";
    settings.security_policy = PolicyChoice::none;
    settings.unsecured_until = Timestamp::max();
    settings.certificate_folder = folder_;
    client_ = std::make_unique<Client>(settings, store_, sink_);
  }
  Now now() const { return {.time = Timestamp{1'790'000'000'000'000'000} + monotonic_, .monotonic = monotonic_}; }
  /// Hands bytes to and fro until neither has anything to say.
  void exchange() {
    for (int i = 0; i < 1000; ++i) {
      const auto request = client_->take_output();
      auto response = server_.answer(request);
      if (client_->want() == Session::Want::connect) {
        client_->move_on();
        server_.connected();
        client_->connected(now());
        continue;
      }
      if (request.empty() && response.empty()) return;
      client_->receive(response, now());
    }
    FAIL() << "client and server talk without an end";
  }
  void connect() {
    server_.connected();
    client_->connected(now());
    exchange();
  }
  void publish(bool lose = false) {
    server_.publish(lose);
    client_->receive(server_.take_output(), now());
    exchange();
  }
  void change(std::size_t node, double value, bool lose = false) {
    monotonic_ += 10ms;
    auto changed = data_value(value);
    changed.source_time = DateTime::from(now().time);
    server_.change(node, std::move(changed));
    publish(lose);
  }
  void pass(Duration time) {
    monotonic_ += time;
    client_->tick(now());
    exchange();
  }
  void lose() { client_->lost(fail(ErrorCode::unavailable, "the line is cut"), now().time); }
  std::size_t nulls(std::string_view address) const {
    const auto all = sink_.of(address);
    return static_cast<std::size_t>(std::ranges::count(all, signal::ValueType::null, &RecordingSink::Value::type));
  }
  std::string last_message() const { return sink_.notices.empty() ? "" : sink_.notices.back().message; }

  std::string folder_ =
      (std::filesystem::temp_directory_path() / ("hanse-opcua-client-" + std::to_string(::getpid()))).string();
  FolderCertificateStore store_{{.folder = folder_, .application_uri = "urn:test"}};
  RecordingSink sink_;
  internal::TestServer server_;
  std::unique_ptr<Client> client_;
  Duration monotonic_{};
};

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

/// What a client that may change `settings` answers to one command.
class Changing : public Following {
 protected:
  static constexpr std::string_view kObject = "nsu=urn:press;s=Press1", kMethod = "nsu=urn:press;s=Reset";

  Changing() {
    server_.nodes.push_back(
        {.id = {2, "Reset"}, .parent = {2, "Press1"}, .name = "Reset", .node_class = NodeClass::method, .value = {}});
    OpcuaSettings settings;
    settings.writable = {{.node = std::string{kTemp}, .low = 0, .high = 100}};
    settings.callable = {{.object = std::string{kObject}, .method = std::string{kMethod}}};
    make_client(settings);
    connect();
    publish();
  }
  void ask(Command command) {
    answer_.reset();
    client_->command(std::move(command), [this](Result<std::string> answer) {
      EXPECT_FALSE(answer_) << "told once";
      answer_ = std::move(answer);
    });
  }
  void write(std::string_view node, std::string_view value) {
    ask({.address = std::string{node}, .method = {}, .value = {std::string{value}}});
    exchange();
  }
  void call(std::string_view arguments) {
    ask({.address = std::string{kObject}, .method = std::string{kMethod}, .value = {std::string{arguments}}});
    exchange();
  }
  std::optional<ErrorCode> refusal() const {
    return answer_ && !*answer_ ? std::optional{answer_->error().code} : std::nullopt;
  }
  std::string why() const { return answer_ && !*answer_ ? answer_->error().message : "no error"; }

  std::optional<Result<std::string>> answer_;
};

TEST_F(Changing, a_value_on_the_list_is_written_as_the_servers_type_and_read_back) {
  write(kTemp, "25");
  ASSERT_TRUE(answer_ && *answer_) << why();
  EXPECT_EQ(**answer_, "written; it was 1, the server reads 25 now");
  EXPECT_EQ(std::get<double>(server_.nodes[1].value.value.value), 25.0);
}

TEST_F(Changing, nothing_is_sent_that_is_not_on_the_list_or_outside_its_limits) {
  write("nsu=urn:press;s=Count", "25");
  EXPECT_EQ(refusal(), ErrorCode::forbidden) << why();
  write("ns=2;s=Temp", "25");
  EXPECT_EQ(refusal(), ErrorCode::forbidden) << "the same node under another name is another name";
  for (const auto* value : {"-1", "101", "\"25\"", "[5, 200]", "true", "not json", ""}) {
    write(kTemp, value);
    EXPECT_EQ(refusal(), ErrorCode::invalid) << value << ": " << why();
  }
  ask({.address = std::string{kTemp}, .method = std::string{kMethod}, .value = {"[]"}});
  EXPECT_EQ(refusal(), ErrorCode::forbidden) << why();
  exchange();
  EXPECT_EQ(server_.writes, 0u);
  EXPECT_TRUE(server_.calls.empty());
}

TEST_F(Changing, a_refusal_of_the_server_is_told_with_its_reason) {
  server_.answer_to_change = StatusCode{0x803B0000};
  write(kTemp, "25");
  EXPECT_EQ(refusal(), ErrorCode::unavailable);
  EXPECT_NE(why().find("BadNotWritable"), std::string::npos) << why();
  call("[]");
  EXPECT_EQ(refusal(), ErrorCode::unavailable);
}

TEST_F(Changing, what_was_sent_when_the_line_broke_is_unknown_and_never_sent_again) {
  ask({.address = std::string{kTemp}, .method = {}, .value = {"25"}});
  client_->receive(server_.answer(client_->take_output()), now());  // The type is known now,
  EXPECT_FALSE(client_->take_output().empty()) << "the write is sent into the dead socket";
  lose();
  EXPECT_EQ(refusal(), ErrorCode::timeout) << why();
  connect();
  publish();
  EXPECT_EQ(server_.writes, 0u);
}

TEST_F(Changing, an_answer_that_does_not_tell_whether_it_was_done_is_no_refusal) {
  for (const std::uint32_t open : {0x800A0000u, 0x80050000u, 0x80010000u}) {  // BadTimeout and its like
    server_.answer_to_change = StatusCode{open};
    write(kTemp, "25");
    EXPECT_EQ(refusal(), ErrorCode::timeout) << why();
    call("[]");
    EXPECT_EQ(refusal(), ErrorCode::timeout) << why();
  }
  server_.answer_to_change = {};
  server_.garbles_changes = true;
  write(kTemp, "26");
  EXPECT_EQ(refusal(), ErrorCode::timeout) << why();
  EXPECT_EQ(std::get<double>(server_.nodes[1].value.value.value), 26.0) << "it was done";
}

TEST_F(Changing, a_line_that_broke_before_anything_was_sent_says_so) {
  ask({.address = std::string{kTemp}, .method = {}, .value = {"25"}});
  lose();
  EXPECT_EQ(refusal(), ErrorCode::unavailable) << why();
  write(kTemp, "25");
  EXPECT_EQ(refusal(), ErrorCode::unavailable) << "no session";
}

TEST_F(Changing, a_method_gets_its_arguments_in_the_types_that_it_names) {
  call("[]");
  ASSERT_TRUE(answer_ && *answer_) << why();
  EXPECT_EQ(**answer_, "called");
  Array<ExtensionObject> arguments;
  arguments.push_back(wrap(Argument{.name = "Count", .data_type = 7, .description = {}}));
  arguments.push_back(wrap(Argument{.name = "Who", .data_type = 12, .description = {}}));
  server_.nodes.push_back({.id = {2, "Reset.In"},
                           .parent = {2, "Reset"},
                           .name = "InputArguments",
                           .value = data_value(std::move(arguments))});
  call(R"([7, "anna"])");
  ASSERT_TRUE(answer_ && *answer_) << why();
  EXPECT_EQ(**answer_, "called; it answered 7, anna");
  ASSERT_EQ(server_.calls.size(), 2u);
  EXPECT_EQ(server_.calls[1].input_arguments[0].type(), Builtin::uint32);
  for (const auto* wrong : {"[]", "[7]", "[-7, \"anna\"]", "{}"}) {
    call(wrong);
    EXPECT_EQ(refusal(), ErrorCode::invalid) << wrong;
  }
  EXPECT_EQ(server_.calls.size(), 2u);
}

TEST_F(Following, a_connection_without_a_list_only_reads) {
  make_client();
  connect();
  publish();
  std::optional<Result<std::string>> answer;
  client_->command({.address = std::string{kTemp}, .method = {}, .value = {"25"}},
                   [&](Result<std::string> told) { answer = std::move(told); });
  exchange();
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().code, ErrorCode::forbidden);
  EXPECT_EQ(server_.writes, 0u);
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
