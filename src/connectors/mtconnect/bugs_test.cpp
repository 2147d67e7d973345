// Faults that users of other products report, each as a test that has its name.
#include "connectors/mtconnect/adapter_session.hpp"
#include "connectors/mtconnect/agent_session.hpp"
#include "connectors/mtconnect/internal/test_documents.hpp"
#include "connectors/recording_sink.hpp"

namespace hanse::connectors::mtconnect {
namespace {

using internal::Numbers;
using internal::observation;
using internal::streams_document;

/// An agent that counts parts without pause, with a buffer of a hundred.
class MtconnectBug : public ::testing::Test {
 protected:
  void answer(const std::string& text) {
    auto document = parse_document(text);
    ASSERT_TRUE(document);
    now += 1s;
    ASSERT_TRUE(session.on_document(std::move(*document), now));
  }
  void probe() {
    answer(internal::probe_document(R"(<DataItem id="n" category="EVENT" type="PART_COUNT"/>)", instance));
  }
  /// What the agent says to `request()`.
  void serve() {
    const auto target = session.request().target;
    const Numbers numbers{.instance = instance, .first = next > 100 ? next - 100 : 1, .next = next};
    if (target.find("probe") != std::string::npos) return probe();
    if (target.find("current") != std::string::npos) {
      return answer(streams_document(numbers, "", observation("PartCount", "n", next - 1, std::to_string(next - 1))));
    }
    const auto from = std::stoull(target.substr(target.find("from=") + 5));
    if (from < numbers.first || from > next) {
      return answer(fmt::format(
          R"(<MTConnectError><Header instanceId="{}"/><Errors><Error errorCode="OUT_OF_RANGE">from</Error></Errors></MTConnectError>)",
          instance));
    }
    std::string events;
    for (auto at = from; at < next; ++at) events += observation("PartCount", "n", at, std::to_string(at));
    answer(streams_document(numbers, "", events));
  }

  RecordingSink sink;
  Translator translator{sink};
  AgentSession session{{}, translator, sink};
  Timestamp now = *parse_timestamp("2026-03-01T07:00:00Z");
  std::uint64_t instance = 1, next = 50;
};

// cppagent #505
TEST_F(MtconnectBug, OutOfRangeIsChasedForEverOnAFastAgent) {
  session.begin();
  for (int i = 0; i < 3; ++i) serve();
  next += 5000;  // The connection stood still.
  serve();       // OUT_OF_RANGE
  for (int i = 0; i < 4; ++i) {
    next += 90;  // Nearly a whole buffer between any two requests.
    serve();
  }
  EXPECT_EQ(sink.last("n"), std::to_string(next - 1));
  EXPECT_EQ(sink.notices_of(NoticeKind::gap), 1u);
}

// cppagent #39: from=366929686800 sent to an agent at 2500
TEST_F(MtconnectBug, ABogusSequenceIsAskedForAfterTheAgentsRestart) {
  next = 366'929'686'800;
  session.begin();
  for (int i = 0; i < 3; ++i) serve();
  session.on_lost(now);
  instance = 2;
  next = 2500;
  session.begin();
  for (int i = 0; i < 3; ++i) {
    const auto target = session.request().target;
    EXPECT_EQ(target.find("366929686800"), std::string::npos) << target;
    serve();
  }
  EXPECT_EQ(sink.last("n"), "2499");
}

TEST_F(MtconnectBug, TheRunsBeforeAndAfterARestartAreMixedInSilence) {
  session.begin();
  for (int i = 0; i < 3; ++i) serve();
  instance = 2;  // Restarted, and already past our number: the request succeeds.
  next = 80;
  for (int i = 0; i < 4; ++i) serve();
  EXPECT_EQ(sink.notices_of(NoticeKind::gap), 1u);
  EXPECT_EQ(sink.last("n"), "79");
}

// cppagent #297, #155
TEST_F(MtconnectBug, AFlappingAdapterLooksLikeZeroProduction) {
  session.begin();
  for (int i = 0; i < 2; ++i) serve();
  for (int flap = 0; flap < 5; ++flap) {
    answer(streams_document(
        {.first = 1, .next = next + 2}, "",
        observation("PartCount", "n", next, "UNAVAILABLE") + observation("PartCount", "n", next + 1, "77")));
    next += 2;
  }
  for (const auto& value : sink.of("n")) {
    EXPECT_NE(value.text, "0");
    EXPECT_EQ(value.type == signal::ValueType::null, value.quality == signal::Quality::bad);
  }
  EXPECT_EQ(sink.last("n"), "77");
}

TEST_F(MtconnectBug, ARestartedPeerIsNeverFoundAgain) {
  for (int restart = 1; restart <= 10; ++restart) {
    instance = static_cast<std::uint64_t>(restart);
    next = 20 + instance;
    session.begin();
    for (int i = 0; i < 3; ++i) serve();
    EXPECT_EQ(sink.last("n"), std::to_string(next - 1)) << "after restart " << restart;
    session.on_lost(now);
    EXPECT_EQ(sink.last("n"), "null");
  }
}

}  // namespace
}  // namespace hanse::connectors::mtconnect
