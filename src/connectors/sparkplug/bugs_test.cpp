// Faults that users of other products report, each as a test that has its name.
#include "connectors/sparkplug/internal/sparkplug_fixture.hpp"
#include "connectors/sparkplug/plain_topics.hpp"

namespace hanse::connectors::sparkplug {
namespace {

class SparkplugBug : public testing::Test {
 protected:
  Moment now() const { return {Timestamp::from_ms(time_ms), Duration{monotonic}}; }
  void wait(Duration time) {
    monotonic += time;
    time_ms += time / 1ms;
    session.tick(now());
  }
  void send(const std::string& topic, std::optional<std::uint64_t> seq, const std::vector<TestMetric>& metrics) {
    session.message(topic, test_payload(seq, metrics, static_cast<std::uint64_t>(time_ms)), now());
    session.flush();
  }
  static TestMetric real(const std::string& name, double value, std::optional<std::uint64_t> alias = {}) {
    return {name, alias, DataType::float64, real_value(DataType::float64, value)};
  }
  static TestMetric bd_seq(std::int64_t number) {
    return {"bdSeq", {}, DataType::int64, integer_value(DataType::int64, number)};
  }
  std::size_t requests() {
    const auto out = session.take_outgoing();
    return static_cast<std::size_t>(std::count_if(
        out.begin(), out.end(), [](const auto& m) { return m.topic.find("/NCMD/") != std::string::npos; }));
  }

  std::int64_t time_ms = 1'800'000'000'000;
  Duration monotonic = 1h;
  KeepingSink sink;
  SparkplugSettings settings;
  HostSession session{settings, sink};
};

// benthos-umh PR #345
TEST_F(SparkplugBug, AliasesStayUnresolvedForEverAfterTheConsumerRestarts) {
  session.online(now());
  send("spBv1.0/G/NDATA/E", 17, {{"", 17, DataType::unknown, real_value(DataType::float64, 1)}});
  wait(10ms);
  EXPECT_EQ(requests(), 1u);
  EXPECT_TRUE(sink.declared.empty()) << "no `alias_17`";
  send("spBv1.0/G/NBIRTH/E", 0, {bd_seq(0), real("temp", 20, 17)});
  send("spBv1.0/G/NDATA/E", 1, {{"", 17, DataType::unknown, real_value(DataType::float64, 21)}});
  EXPECT_EQ(sink.last("G/E/temp").sample.real(), 21);
}

// sparkplug #14
TEST_F(SparkplugBug, TheHostsRestartFloodsTheBrokerWithBirths) {
  session.online(now());
  std::size_t asked = 0;
  for (int second = 0; second < 60; ++second) {
    for (int edge = 0; edge < 200; ++edge) send("spBv1.0/G/NDATA/E" + std::to_string(edge), 5, {real("x", 1)});
    for (int i = 0; i < 10; ++i) wait(100ms);
    const auto in_second = requests();
    EXPECT_LE(in_second, 11u);
    asked += in_second;
  }
  EXPECT_GE(asked, 200u) << "everybody is asked in the end";
}

// node-red-contrib-mqtt-sparkplug-plus #89
TEST_F(SparkplugBug, ASequenceNumberInADeathUpsetsTheOrder) {
  send("spBv1.0/G/NBIRTH/E", 0, {bd_seq(3), real("temp", 20)});
  send("spBv1.0/G/NDEATH/E", 0, {bd_seq(3)});
  EXPECT_EQ(sink.last("G/E/temp").sample.type, signal::ValueType::null);
  send("spBv1.0/G/NBIRTH/E", 0, {bd_seq(4), real("temp", 22)});
  send("spBv1.0/G/NDATA/E", 1, {real("temp", 23)});
  EXPECT_EQ(sink.last("G/E/temp").sample.real(), 23);
  EXPECT_EQ(requests(), 0u);
}

// Cirrus Link MQTT history: live values wait behind the flush, or the flush is lost
TEST_F(SparkplugBug, AFlushOfHistoryBlocksOrOverwritesLiveValues) {
  send("spBv1.0/G/NBIRTH/E", 0, {bd_seq(0), real("temp", 0)});
  const auto began = time_ms;
  std::uint64_t seq = 1;
  for (int i = 0; i < 600; ++i) {  // Ten minutes of seconds, flushed at twice the live rate, in between live ones.
    wait(500ms);
    auto old = real("temp", -i);
    old.historical = true;
    old.time_ms = static_cast<std::uint64_t>(began - 600'000 + i * 1000);
    send("spBv1.0/G/NDATA/E", seq++ % 256, {old});
    send("spBv1.0/G/NDATA/E", seq++ % 256, {real("temp", i + 1)});
    ASSERT_EQ(sink.last("G/E/temp").sample.real(), i + 1) << "live goes on at once";
  }
  EXPECT_EQ(sink.values["G/E/temp"].size(), 1201u) << "nothing is lost";
  std::map<std::int64_t, double> by_time;
  for (const auto& value : sink.values["G/E/temp"]) by_time[value.sample.time.ms()] = value.sample.real();
  EXPECT_EQ(by_time.at(began - 600'000 + 599'000), -599);
  EXPECT_EQ(requests(), 0u);
}

TEST_F(SparkplugBug, NotANumberIsStoredAndSpoilsEveryAverage) {
  send("spBv1.0/G/NBIRTH/E", 0, {bd_seq(0), real("temp", std::numeric_limits<double>::quiet_NaN())});
  EXPECT_EQ(sink.last("G/E/temp").sample.type, signal::ValueType::null);
  send("spBv1.0/G/NDATA/E", 1, {real("temp", std::numeric_limits<double>::infinity())});
  EXPECT_EQ(sink.last("G/E/temp").sample.type, signal::ValueType::null);
}

TEST_F(SparkplugBug, AnEdgeThatInventsDevicesFillsTheMemory) {
  send("spBv1.0/G/NBIRTH/E", 0, {bd_seq(0)});
  for (int device = 0; device < 10'100; ++device) {
    send("spBv1.0/G/DBIRTH/E/D" + std::to_string(device), static_cast<std::uint64_t>(device + 1) % 256, {real("x", 1)});
  }
  EXPECT_EQ(sink.declared.size(), 10'000u);
  EXPECT_EQ(sink.count(NoticeKind::rejected), 100u);
  send("spBv1.0/G/NBIRTH/F", 0, {bd_seq(0), real("temp", 5)});
  EXPECT_EQ(sink.last("G/F/temp").sample.real(), 5) << "and harms no other edge";
}

TEST(PlainTopicsBug, KnownTopicsStopWhenThereAreTooManyNewOnes) {
  KeepingSink sink;
  PlainTopics topics{sink, 2};
  const Timestamp now = Timestamp::from_ms(1'800'000'000'000);
  for (const auto* topic : {"a/1", "a/2", "a/3"}) topics.message(topic, "1", false, now);
  topics.message("a/1", "2", false, now + 1s);
  topics.flush();
  EXPECT_EQ(sink.last("a/1").sample.real(), 2);
  EXPECT_EQ(sink.values.size(), 2u);
  EXPECT_EQ(sink.count(NoticeKind::rejected), 1u);
}

}  // namespace
}  // namespace hanse::connectors::sparkplug
