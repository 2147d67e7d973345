#include "connectors/opcua/internal/following.hpp"

namespace hanse::connectors::opcua {
namespace {

/// A small controller: it can be read, and makes no subscription.
class Polled : public internal::Following {
 protected:
  static constexpr std::string_view kCount = "nsu=urn:press;s=Count";

  Polled() { server_.makes_subscriptions = false; }
  bool was_told(std::string_view words) const {
    return std::ranges::any_of(sink_.notices, [&](const Notice& notice) { return notice.message.contains(words); });
  }
  void set(std::size_t node, double value) {
    server_.nodes[node].value = data_value(value);
    server_.nodes[node].value.source_time = DateTime::from(now().time);
  }
};

TEST_F(Polled, is_read_in_a_cycle_over_registered_nodes) {
  make_client();
  connect();
  EXPECT_TRUE(was_told("3 of 3 values are read every 1000 ms, 3 of them as registered nodes")) << last_message();
  EXPECT_EQ(sink_.last(kTemp), "1");
  EXPECT_EQ(server_.nodes_registered, 3u);
  EXPECT_EQ(server_.reads_by_alias, 3u);
  const auto before = sink_.of(kTemp).size();
  for (int i = 0; i < 5; ++i) pass(1s);
  EXPECT_EQ(sink_.of(kTemp).size(), before) << "what stays the same is told once";
  EXPECT_EQ(server_.reads_by_alias, 18u);
  set(1, 42);
  pass(1s);
  EXPECT_EQ(sink_.last(kTemp), "42");
  EXPECT_EQ(server_.nodes_registered, 3u) << "once a session";
}

TEST_F(Polled, keeps_to_what_the_server_registers_at_once) {
  for (int i = 0; i < 97; ++i) {
    server_.nodes.push_back({.id = {2, static_cast<std::uint32_t>(i)},
                             .parent = {2, "Press1"},
                             .name = "V" + std::to_string(i),
                             .value = data_value(1.0)});
  }
  server_.registers_max = 30;
  make_client();
  connect();
  EXPECT_TRUE(was_told("100 of 100 values are read")) << last_message();
  EXPECT_EQ(server_.nodes_registered, 100u);
}

TEST_F(Polled, a_new_session_registers_anew_and_an_old_one_does_not) {
  make_client();
  connect();
  lose();
  EXPECT_EQ(nulls(kTemp), 1u);
  monotonic_ += 5s;
  connect();
  EXPECT_EQ(server_.sessions_created, 1u);
  EXPECT_EQ(server_.nodes_registered, 3u) << "the session went on";
  EXPECT_EQ(sink_.last(kTemp), "1") << "it holds again";
  lose();
  server_.restart();
  monotonic_ += 5s;
  set(1, 2);
  connect();
  EXPECT_EQ(server_.sessions_created, 2u);
  EXPECT_EQ(server_.nodes_registered, 6u);
  EXPECT_EQ(sink_.last(kTemp), "2");
  EXPECT_EQ(nulls(kTemp), 2u);
}

TEST_F(Polled, nodes_are_given_back_at_the_end) {
  make_client();
  connect();
  client_->close();
  (void)server_.answer(client_->take_output());
  EXPECT_EQ(server_.nodes_unregistered, 3u);
  EXPECT_FALSE(server_.has_session());
}

TEST_F(Polled, a_node_that_is_not_there_does_not_stop_the_others) {
  OpcuaSettings settings;
  settings.nodes = {{.node = std::string{kTemp}}, {.node = "nsu=urn:press;s=Nowhere"}, {.node = std::string{kCount}}};
  make_client(settings);
  connect();
  EXPECT_TRUE(was_told("2 of 3 values are read"));
  EXPECT_TRUE(was_told("refuses 1 values")) << last_message();
  set(2, 8);
  pass(1s);
  EXPECT_EQ(sink_.last(kCount), "8");
}

TEST_F(Polled, subscriptions_take_over_where_a_new_session_has_them) {
  make_client();
  connect();
  lose();
  server_.restart();
  server_.makes_subscriptions = true;
  monotonic_ += 5s;
  connect();
  publish();
  change(1, 7);
  EXPECT_EQ(sink_.last(kTemp), "7");
  const auto reads = server_.reads_by_alias;
  pass(3s);
  EXPECT_EQ(server_.reads_by_alias, reads);
}

TEST_F(Polled, one_that_answers_no_read_any_more_is_lost) {
  make_client();
  connect();
  for (int i = 0; i < 60 && client_->want() == Session::Want::exchange; ++i) {
    monotonic_ += 1s;
    client_->tick(now());
    (void)client_->take_output();  // Into the void.
  }
  EXPECT_EQ(client_->want(), Session::Want::end);
  EXPECT_EQ(client_->failure()->code, ErrorCode::timeout);
}

}  // namespace
}  // namespace hanse::connectors::opcua
