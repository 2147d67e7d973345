#include "connectors/mtconnect/agent_session.hpp"

#include "connectors/mtconnect/internal/test_documents.hpp"
#include "connectors/recording_sink.hpp"

namespace hanse::connectors::mtconnect {
namespace {

using internal::Numbers;
using internal::observation;
using internal::streams_document;
using Next = AgentSession::Next;

constexpr auto kItems =
    R"(<DataItem id="x" category="SAMPLE" type="LOAD"/><DataItem id="e" category="EVENT" type="EXECUTION"/>)";

class Agent : public ::testing::Test {
 protected:
  Next answer(const std::string& text) {
    auto document = parse_document(text);
    EXPECT_TRUE(document);
    now += 1s;
    auto next = session.on_document(std::move(*document), now);
    EXPECT_TRUE(next) << (next ? "" : next.error().message);
    return next ? *next : Next::request;
  }
  Next refuse(const std::string& code, std::uint64_t instance = 1) {
    return answer(fmt::format(
        R"(<MTConnectError><Header instanceId="{}"/><Errors><Error errorCode="{}">no</Error></Errors></MTConnectError>)",
        instance, code));
  }
  /// Probe, current with `x` = 1 at 10, `e` = READY at 11.
  void follow(std::uint64_t instance = 1, Numbers numbers = {.first = 1, .next = 12}) {
    numbers.instance = instance;
    answer(internal::probe_document(kItems, instance));
    answer(streams_document(numbers, observation("Load", "x", numbers.next - 2, "1"),
                            observation("Execution", "e", numbers.next - 1, "READY")));
    ASSERT_TRUE(session.following());
  }
  std::string target() const { return session.request().target; }

  RecordingSink sink;
  Translator translator{sink};
  AgentSession session{{}, translator, sink};
  Timestamp now = *parse_timestamp("2026-03-01T07:00:00Z");
};

TEST_F(Agent, is_asked_for_probe_current_and_then_a_stream_from_the_next_sequence) {
  session.begin();
  EXPECT_EQ(target(), "/probe");
  answer(internal::probe_document(kItems));
  EXPECT_EQ(target(), "/current");
  follow();
  EXPECT_EQ(target(), "/sample?from=12&interval=100&heartbeat=10000&count=1000");
  EXPECT_TRUE(session.request().streaming);
  EXPECT_EQ(session.request().time_limit, 21s);
  EXPECT_EQ(sink.last("x"), "1");
  EXPECT_EQ(sink.last("e"), "READY");
  EXPECT_EQ(sink.of("x")[0].time, *parse_timestamp("2026-03-01T06:00:10Z")) << "the source's time is kept";
}

TEST_F(Agent, a_stream_goes_on_and_drops_what_came_twice) {
  follow();
  EXPECT_EQ(
      answer(streams_document({.next = 14}, observation("Load", "x", 12, "2") + observation("Load", "x", 13, "3"))),
      Next::read);
  answer(streams_document({.next = 15}, observation("Load", "x", 13, "3") + observation("Load", "x", 14, "4")));
  EXPECT_EQ(sink.of("x").size(), 4u);
  EXPECT_EQ(session.next_sequence(), 15u);
  answer(streams_document({.next = 40}, ""));  // A heartbeat moves on, too.
  EXPECT_EQ(session.next_sequence(), 40u);
}

TEST_F(Agent, elements_grouped_by_component_are_applied_in_order_of_sequence) {
  follow();
  answer(streams_document({.next = 15}, observation("Load", "x", 14, "9") + observation("Load", "x", 12, "7"),
                          observation("Execution", "e", 13, "ACTIVE")));
  EXPECT_EQ(sink.last("x"), "9");
}

TEST_F(Agent, a_restart_is_noticed_though_the_request_succeeds) {  // cppagent #39: silent mix of two runs' data
  follow();
  EXPECT_EQ(answer(streams_document({.instance = 2, .next = 14}, observation("Load", "x", 13, "999"))), Next::request);
  EXPECT_EQ(target(), "/probe");
  EXPECT_EQ(sink.notices_of(NoticeKind::gap), 1u);
  for (const auto& value : sink.of("x")) EXPECT_NE(value.text, "999");
  follow(2, {.next = 500});
  EXPECT_EQ(session.next_sequence(), 500u) << "the old number is forgotten (cppagent #505: bogus from after a restart)";
  EXPECT_EQ(sink.notices_of(NoticeKind::gap), 1u) << "told once";
}

TEST_F(Agent, a_restart_between_connections_is_a_gap) {
  follow();
  session.on_lost(now);
  session.begin();
  follow(2, {.next = 5});
  EXPECT_EQ(sink.notices_of(NoticeKind::gap), 1u);
  ASSERT_TRUE(sink.notices.back().begin && sink.notices.back().end);
  EXPECT_LT(*sink.notices.back().begin, *sink.notices.back().end);
}

TEST_F(Agent, out_of_range_is_a_gap_and_not_chased) {
  follow();
  EXPECT_EQ(refuse("OUT_OF_RANGE"), Next::request);
  EXPECT_EQ(target(), "/current");
  EXPECT_EQ(sink.notices_of(NoticeKind::gap), 1u);
  answer(streams_document({.first = 900, .next = 1000}, observation("Load", "x", 999, "5")));
  EXPECT_EQ(session.next_sequence(), 1000u);
}

TEST_F(Agent, an_overrun_buffer_is_a_gap_told_with_its_numbers) {
  follow();
  EXPECT_EQ(answer(streams_document({.first = 50, .next = 60}, observation("Load", "x", 55, "5"))), Next::request);
  answer(streams_document({.first = 52, .next = 62}, observation("Load", "x", 61, "6")));
  ASSERT_EQ(sink.notices_of(NoticeKind::gap), 1u);
  EXPECT_NE(sink.notices.back().message.find("12 to 51"), std::string::npos) << sink.notices.back().message;
  EXPECT_EQ(session.next_sequence(), 62u);
}

TEST_F(Agent, after_a_short_loss_nothing_is_missing_and_unchanged_values_stand_again) {
  follow();
  const auto lost = now + 1s;
  session.on_lost(lost);
  EXPECT_EQ(sink.last("x"), "null");
  session.begin();
  answer(internal::probe_document(kItems));
  // While we were away `e` changed (12); `x` did not.
  answer(
      streams_document({.next = 13}, observation("Load", "x", 10, "1"), observation("Execution", "e", 12, "ACTIVE")));
  EXPECT_EQ(sink.last("x"), "1");
  EXPECT_EQ(sink.of("x").back().time, lost + Duration{1}) << "as valid as before, from right after the loss";
  EXPECT_EQ(sink.last("e"), "null") << "comes with its own time from the samples";
  EXPECT_EQ(target().substr(0, 15), "/sample?from=12");
  answer(streams_document({.next = 13}, "", observation("Execution", "e", 12, "ACTIVE")));
  EXPECT_EQ(sink.last("e"), "ACTIVE");
  EXPECT_EQ(sink.notices_of(NoticeKind::gap), 0u);
}

TEST_F(Agent, a_changed_device_model_is_read_again_without_a_gap) {
  follow();
  auto document = streams_document({.next = 13}, observation("Load", "x", 12, "2"));
  document.insert(document.find("instanceId"), R"(deviceModelChangeTime="2026-03-01T06:00:00Z" )");
  EXPECT_EQ(answer(document), Next::request);
  EXPECT_EQ(target(), "/probe");
  follow(1, {.next = 13});
  EXPECT_EQ(session.next_sequence(), 13u);
  EXPECT_EQ(sink.notices_of(NoticeKind::gap), 0u);
}

TEST_F(Agent, that_cannot_stream_is_polled) {
  follow();
  refuse("UNSUPPORTED");
  EXPECT_EQ(target(), "/sample?from=12&count=1000");
  EXPECT_FALSE(session.request().streaming);
  EXPECT_EQ(session.request().pause, 1s);
  auto behind = streams_document({.next = 14}, observation("Load", "x", 13, "2"));
  behind.replace(behind.find("lastSequence=\"13\""), 17, "lastSequence=\"99\"");
  EXPECT_EQ(answer(behind), Next::request);
  EXPECT_EQ(session.request().pause, Duration{}) << "no pause while the agent has more";
}

TEST_F(Agent, too_many_asks_for_less) {
  follow();
  refuse("TOO_MANY");
  EXPECT_TRUE(target().ends_with("count=500"));
}

TEST_F(Agent, without_the_device_is_given_up_for_now) {
  session.begin();
  auto document =
      parse_document(R"(<MTConnectError><Errors><Error errorCode="NO_DEVICE">M9</Error></Errors></MTConnectError>)");
  EXPECT_EQ(session.on_document(std::move(*document), now).error().code, ErrorCode::not_found);
}

TEST_F(Agent, that_restarts_with_every_answer_is_asked_ever_more_slowly) {
  for (std::uint64_t instance = 1; instance < 10; ++instance) {
    answer(internal::probe_document(kItems, instance));
    answer(streams_document({.instance = instance + 1}, ""));
  }
  EXPECT_GT(session.request().pause, 3s);
}

TEST_F(Agent, garbage_is_told_with_a_sample_and_the_stream_asked_for_again) {
  follow();
  const auto next = session.on_corrupt(fail(ErrorCode::corrupt, "not XML"), std::string(500, '?'), now);
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, Next::request);
  EXPECT_EQ(sink.notices_of(NoticeKind::rejected), 1u);
  EXPECT_EQ(sink.notices.back().sample.size(), 200u);
  EXPECT_EQ(target().substr(0, 15), "/sample?from=12") << "nothing is lost by it";
  for (int i = 0; i < 3; ++i) (void)session.on_corrupt(fail(ErrorCode::corrupt, "not XML"), "", now);
  EXPECT_FALSE(session.on_corrupt(fail(ErrorCode::corrupt, "not XML"), "", now));
}

TEST_F(Agent, flapping_adapters_are_gaps_not_zeros) {  // cppagent #297, #155
  follow();
  answer(streams_document({.next = 14}, observation("Load", "x", 12, "UNAVAILABLE"),
                          observation("Execution", "e", 13, "UNAVAILABLE")));
  EXPECT_EQ(sink.last("x"), "null");
  EXPECT_EQ(sink.last("e"), "null");
  answer(streams_document({.next = 15}, observation("Load", "x", 14, "1")));
  EXPECT_EQ(sink.last("x"), "1");
}

}  // namespace
}  // namespace hanse::connectors::mtconnect
