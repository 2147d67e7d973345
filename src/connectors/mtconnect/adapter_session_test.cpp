#include "connectors/mtconnect/adapter_session.hpp"

#include "connectors/recording_sink.hpp"

namespace hanse::connectors::mtconnect {
namespace {

class Adapter : public ::testing::Test {
 protected:
  void start(AdapterOptions options) {
    session = std::make_unique<AdapterSession>(std::move(options), translator, sink);
    session->begin(0s);
  }
  void say(std::string_view text, Duration at = 0s) { session->on_bytes(text, {1'000}, at); }

  RecordingSink sink;
  Translator translator{sink};
  std::unique_ptr<AdapterSession> session;
};

TEST_F(Adapter, without_model_keys_are_declared_as_they_come) {
  start({.device = "M1"});
  say("|execution|ACTIVE|Xload|12.5|partcount|7|prog|0815\n|sys|FAULT|7|||DOOR\n|M2:avail|AVAILABLE\n");
  EXPECT_EQ(sink.declared["execution"].meaning, signal::Meaning::execution);
  EXPECT_EQ(sink.declared["execution"].device, "M1");
  EXPECT_EQ(sink.last("Xload"), "12.5");
  EXPECT_EQ(sink.last("partcount"), "7");
  EXPECT_EQ(sink.last("prog"), "0815");
  EXPECT_EQ(sink.of("prog")[0].type, signal::ValueType::text);
  EXPECT_EQ(sink.declared["sys"].meaning, signal::Meaning::alarm);
  EXPECT_EQ(sink.last("sys"), "fault 7: DOOR");
  EXPECT_EQ(sink.declared["M2:avail"].device, "M2");
  EXPECT_EQ(sink.declared["M2:avail"].name, "avail");
}

TEST_F(Adapter, with_model_keys_are_names_ids_or_sources) {
  start({.model = {
             {.id = "d",
              .name = "M1",
              .items = {
                  {.id = "i1", .name = "Xabs", .type = "POSITION", .units = "MILLIMETER", .category = Category::sample},
                  {.id = "i2", .type = "SYSTEM", .category = Category::condition, .source = "sys"},
                  {.id = "i3", .name = "vars", .type = "VARIABLE", .representation = Representation::data_set}}}}});
  say("|Xabs|1\n|M1:Xabs|2\n|i1|3\n|sys|WARNING|4|||LOW\n|vars|a=1 b=2\n");
  EXPECT_EQ(sink.of("i1").size(), 3u);
  EXPECT_EQ(sink.last("i2"), "warning 4: LOW");
  EXPECT_EQ(sink.last("i3/b"), "2");
}

TEST_F(Adapter, a_wrong_line_is_told_with_a_sample_and_harms_nothing_else) {
  start({});
  say("not shdr\n|a|1\n");
  ASSERT_EQ(sink.notices_of(NoticeKind::rejected), 1u);
  EXPECT_EQ(sink.notices[0].sample, "not shdr");
  EXPECT_EQ(sink.last("a"), "1");
}

TEST_F(Adapter, is_pinged_as_often_as_it_wants_and_dead_after_twice_that) {
  start({});
  EXPECT_EQ(session->step(0s).send, "* PING\n");
  EXPECT_EQ(session->step(1s).send, "") << "nothing more until it answered";
  say("* PONG 10000\n", 1s);
  EXPECT_EQ(session->step(2s).send, "");
  EXPECT_EQ(session->step(10s).send, "* PING\n");
  EXPECT_FALSE(session->step(20s).dead);
  EXPECT_TRUE(session->step(22s).dead);
}

TEST_F(Adapter, that_knows_no_heartbeat_may_be_silent_unless_told_otherwise) {
  start({});
  EXPECT_FALSE(session->step(10h).dead);
  start({.silence = 1min});
  EXPECT_FALSE(session->step(59s).dead);
  EXPECT_TRUE(session->step(61s).dead);
}

TEST_F(Adapter, the_text_of_a_multiline_asset_is_no_data) {
  start({});
  say("|@ASSET@|T1|CuttingTool|--multiline--X1\n|a|1\n<x/>\n--multiline--X1\n|a|2\n");
  EXPECT_EQ(sink.of("a").size(), 1u);
  EXPECT_EQ(sink.last("a"), "2");
}

TEST_F(Adapter, when_lost_all_its_values_are_bad) {
  start({});
  say("|a|1|b|x\n");
  session->on_lost({5'000});
  EXPECT_EQ(sink.last("a"), "null");
  EXPECT_EQ(sink.last("b"), "null");
}

}  // namespace
}  // namespace hanse::connectors::mtconnect
