#include "connectors/sparkplug/host_session.hpp"

#include "connectors/sparkplug/internal/sparkplug_fixture.hpp"

namespace hanse::connectors::sparkplug {
namespace {

using signal::Quality;
using signal::ValueType;

class SparkplugHost : public testing::Test {
 protected:
  Moment now() const { return {Timestamp::from_ms(time_ms), Duration{monotonic}}; }
  void wait(Duration time) {
    monotonic += time;
    time_ms += time / 1ms;
    session.tick(now());
  }
  void send(const std::string& topic, const std::string& payload) {
    session.message(topic, payload, now());
    session.flush();
    if (session.next_tick() && *session.next_tick() <= monotonic) session.tick(now());
  }
  std::string body(std::optional<std::uint64_t> seq, std::vector<TestMetric> metrics = {}) const {
    return test_payload(seq, metrics, static_cast<std::uint64_t>(time_ms));
  }
  static TestMetric bd_seq(std::int64_t number) {
    return {"bdSeq", {}, DataType::int64, integer_value(DataType::int64, number)};
  }
  static TestMetric temperature(double value, std::optional<std::uint64_t> alias = {}) {
    return {"temp", alias, DataType::float64, real_value(DataType::float64, value)};
  }
  static TestMetric count(std::int32_t value, std::optional<std::uint64_t> alias = {}) {
    return {"count", alias, DataType::int32, integer_value(DataType::int32, value)};
  }
  static TestMetric by_alias(std::uint64_t alias, RawValue value) { return {"", alias, DataType::unknown, value}; }
  void node_birth(std::int64_t death = 0, std::uint64_t seq = 0) {
    send("spBv1.0/G/NBIRTH/E", body(seq, {bd_seq(death), temperature(21.5, 1)}));
  }
  void device_birth(std::uint64_t seq = 1) { send("spBv1.0/G/DBIRTH/E/D", body(seq, {count(10, 2)})); }
  void device_data(std::uint64_t seq, std::int32_t value) {
    send("spBv1.0/G/DDATA/E/D", body(seq, {by_alias(2, integer_value(DataType::int32, value))}));
  }
  std::vector<Outgoing> rebirths() {
    std::vector<Outgoing> out;
    for (auto& message : session.take_outgoing()) {
      if (message.topic.find("/NCMD/") != std::string::npos) out.push_back(std::move(message));
    }
    return out;
  }
  std::vector<std::int64_t> counts() {
    std::vector<std::int64_t> out;
    for (const auto& value : sink.values["G/E/D/count"]) {
      out.push_back(value.sample.type == ValueType::null ? -1 : value.sample.integer());
    }
    return out;
  }
  std::int64_t time_ms = 1'800'000'000'000;
  Duration monotonic = 1h;
  KeepingSink sink;
  HostSession session{SparkplugSettings{.host = "broker"}, sink};
};

TEST_F(SparkplugHost, TellsStateWithTheTimeOfItsWill) {
  const auto will = session.will(now());
  EXPECT_EQ(*will, (Outgoing{"spBv1.0/STATE/hanse", R"({"online":false,"timestamp":1800000000000})", 1, true}));
  time_ms += 500;
  session.online(now());
  EXPECT_EQ(session.take_outgoing(),
            (std::vector{Outgoing{"spBv1.0/STATE/hanse", R"({"online":true,"timestamp":1800000000000})", 1, true}}));
  EXPECT_EQ(session.farewell(now())->payload, R"({"online":false,"timestamp":1800000000500})");
}

TEST_F(SparkplugHost, SubscribesItsOwnStateFirst) {
  EXPECT_EQ(session.filters(), (std::vector<std::string>{"spBv1.0/STATE/hanse", "spBv1.0/#"}));
}

TEST_F(SparkplugHost, ContradictsALateWillOfItsSessionBefore) {
  session.will(now());
  session.online(now());
  session.take_outgoing();
  send("spBv1.0/STATE/hanse", R"({"online":false,"timestamp":1700000000000})");
  EXPECT_EQ(session.take_outgoing().at(0).payload, R"({"online":true,"timestamp":1800000000000})");
  send("spBv1.0/STATE/hanse", R"({"online":true,"timestamp":1800000000000})");
  send("spBv1.0/STATE/another", R"({"online":false,"timestamp":1})");
  EXPECT_TRUE(session.take_outgoing().empty());
}

TEST_F(SparkplugHost, DeclaresAndDeliversWhatABirthTells) {
  TestMetric power{"Power", {}, DataType::float32, real_value(DataType::float32, 2.5)};
  power.properties = encode_properties({{.key = "engUnit", .type = DataType::string, .value = text_value("kW")}});
  send("spBv1.0/G/NBIRTH/E", body(0, {bd_seq(0), power}));

  const auto& declared = sink.declared.at("G/E/Power");
  EXPECT_EQ(declared.device, "G/E");
  EXPECT_EQ(declared.name, "Power");
  EXPECT_EQ(declared.unit, "kW");
  EXPECT_EQ(declared.meaning, signal::Meaning::power);
  EXPECT_EQ(declared.type, ValueType::real);
  EXPECT_EQ(sink.last("G/E/Power").sample.real(), 2.5);
  EXPECT_EQ(sink.last("G/E/Power").sample.time.ms(), time_ms);
  EXPECT_FALSE(sink.declared.contains("G/E/bdSeq"));
  EXPECT_EQ(sink.count(NoticeKind::device_online), 1u);
}

TEST_F(SparkplugHost, KeepsTheDatatypeOfTheBirthSoThatInt32Minus12StaysMinus12) {
  node_birth();
  device_birth();
  send("spBv1.0/G/DDATA/E/D", body(2, {by_alias(2, {.field = ValueField::int_value, .bits = 4294967284})}));
  EXPECT_EQ(sink.last("G/E/D/count").sample.integer(), -12);
}

TEST_F(SparkplugHost, AsksForBirthsWhenItStartsBesideARunningEdgeInsteadOfInventingNames) {
  device_data(7, 1);
  EXPECT_TRUE(sink.values.empty());
  const auto asked = rebirths();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].topic, "spBv1.0/G/NCMD/E");
  Payload command;
  ASSERT_TRUE(decode(asked[0].payload, command));
  EXPECT_EQ(command.metrics.at(0).name, "Node Control/Rebirth");
  EXPECT_EQ(command.metrics.at(0).datatype, DataType::boolean);
  EXPECT_EQ(command.metrics.at(0).value.bits, 1u);
  EXPECT_FALSE(command.seq);
  EXPECT_EQ(asked[0].qos, 0);

  node_birth();
  device_birth();
  device_data(2, 5);
  EXPECT_EQ(sink.last("G/E/D/count").sample.integer(), 5);
}

TEST_F(SparkplugHost, AsksTwoHundredEdgesSpacedAndNotInAFlood) {
  for (int i = 0; i < 200; ++i) {
    send("spBv1.0/G/NDATA/E" + std::to_string(i), body(4, {temperature(1)}));
  }
  EXPECT_EQ(rebirths().size(), 1u);
  std::size_t asked = 1;
  for (int second = 0; second < 30; ++second) {
    std::size_t within = 0;
    for (int step = 0; step < 100; ++step) {
      wait(10ms);
      within += rebirths().size();
    }
    EXPECT_LE(within, 10u);
    asked += within;
  }
  EXPECT_EQ(asked, 200u);
}

TEST_F(SparkplugHost, AsksAnEdgeWhoseBirthsNeverHelpMoreAndMoreSeldom) {
  std::size_t asked = 0;
  for (int i = 0; i < 3600; ++i) {
    node_birth(0, 0);
    send("spBv1.0/G/NDATA/E", body(1, {by_alias(99, real_value(DataType::float64, 1))}));
    wait(1s);
    asked += rebirths().size();
  }
  EXPECT_GE(asked, 5u);
  EXPECT_LE(asked, 20u);
}

TEST_F(SparkplugHost, NeverPublishesWhenPassive) {
  HostSession passive{SparkplugSettings{.host = "b", .role = Role::passive}, sink};
  EXPECT_FALSE(passive.will(now()));
  passive.online(now());
  passive.message("spBv1.0/G/NDATA/E", body(3, {temperature(1)}), now());
  passive.tick(now());
  EXPECT_TRUE(passive.take_outgoing().empty());
  EXPECT_FALSE(passive.farewell(now()));
}

TEST_F(SparkplugHost, PutsOvertakenMessagesInOrder) {
  node_birth();
  device_birth();
  device_data(3, 3);
  device_data(4, 4);
  EXPECT_EQ(counts(), (std::vector<std::int64_t>{10}));
  wait(1s);
  device_data(2, 2);
  EXPECT_EQ(counts(), (std::vector<std::int64_t>{10, 2, 3, 4}));
  wait(10s);
  EXPECT_TRUE(rebirths().empty());
}

TEST_F(SparkplugHost, ReportsAGapAndAsksOnceWhenAMessageStaysAway) {
  node_birth();
  device_birth();
  device_data(3, 3);
  device_data(5, 5);
  wait(2s);
  EXPECT_EQ(counts(), (std::vector<std::int64_t>{10, 3, 5}));
  EXPECT_EQ(rebirths().size(), 1u);
  EXPECT_GE(sink.count(NoticeKind::gap), 1u);
  device_data(6, 6);
  EXPECT_EQ(counts().back(), 6);
  wait(4s);
  EXPECT_TRUE(rebirths().empty());
}

TEST_F(SparkplugHost, CountsSequenceNumbersModulo256) {
  node_birth(0, 254);
  device_birth(255);
  device_data(0, 1);
  device_data(1, 2);
  EXPECT_EQ(counts(), (std::vector<std::int64_t>{10, 1, 2}));
  EXPECT_EQ(session.counters().out_of_order, 0u);
}

TEST_F(SparkplugHost, DropsDuplicates) {
  node_birth();
  device_birth();
  device_data(2, 1);
  device_data(2, 1);
  EXPECT_EQ(counts(), (std::vector<std::int64_t>{10, 1}));
  EXPECT_EQ(session.counters().duplicates, 1u);
}

TEST_F(SparkplugHost, FindsItsFootingAfterAHundredLostMessages) {
  node_birth();
  device_birth();
  for (int i = 0; i < 20; ++i) device_data(static_cast<std::uint64_t>(150 + i), i);
  EXPECT_EQ(counts().back(), 19);
}

TEST_F(SparkplugHost, MarksEveryMetricStaleOnceWhenTheNodeDies) {
  node_birth(3);
  device_birth();
  time_ms += 5000;
  send("spBv1.0/G/NDEATH/E", test_payload({}, {bd_seq(3)}, 1));
  EXPECT_EQ(sink.last("G/E/temp").sample.type, ValueType::null);
  EXPECT_EQ(sink.last("G/E/temp").sample.quality, Quality::bad);
  EXPECT_EQ(sink.last("G/E/temp").sample.time.ms(), time_ms);
  EXPECT_EQ(sink.last("G/E/D/count").sample.type, ValueType::null);
  const auto samples = sink.samples;
  send("spBv1.0/G/NDEATH/E", body({}, {bd_seq(3)}));
  session.lost(now());
  EXPECT_EQ(sink.samples, samples);
}

TEST_F(SparkplugHost, IgnoresTheDeathOfAnOlderSession) {
  node_birth(4);
  send("spBv1.0/G/NDEATH/E", body({}, {bd_seq(3)}));
  EXPECT_EQ(sink.last("G/E/temp").sample.type, ValueType::real);
  EXPECT_EQ(session.counters().late_deaths, 1u);
}

TEST_F(SparkplugHost, AcceptsADeathWithASequenceNumber) {
  node_birth(4);
  send("spBv1.0/G/NDEATH/E", body(17, {bd_seq(4)}));
  EXPECT_EQ(sink.last("G/E/temp").sample.type, ValueType::null);
}

TEST_F(SparkplugHost, AsksWhenAnEdgeSpeaksRightAfterItsDeath) {
  node_birth(0);
  send("spBv1.0/G/NDEATH/E", body({}, {bd_seq(0)}));
  send("spBv1.0/G/NDATA/E", body(1, {temperature(4, 1)}));
  EXPECT_EQ(rebirths().size(), 1u);
  EXPECT_NE(sink.notices.back().message.find("is the id used twice?"), std::string::npos);
}

TEST_F(SparkplugHost, MarksOnlyTheDeviceThatDied) {
  node_birth();
  device_birth();
  send("spBv1.0/G/DDEATH/E/D", body(2));
  EXPECT_EQ(sink.last("G/E/D/count").sample.type, ValueType::null);
  EXPECT_EQ(sink.last("G/E/temp").sample.type, ValueType::real);
  device_data(3, 1);
  EXPECT_EQ(rebirths().size(), 1u);
}

TEST_F(SparkplugHost, RebirthLeavesNoHoleInTheHistoryOfItsDevices) {
  node_birth();
  device_birth();
  time_ms += 1000;
  node_birth();
  device_birth();
  wait(10s);
  EXPECT_EQ(counts(), (std::vector<std::int64_t>{10, 10}));
  EXPECT_EQ(sink.count(NoticeKind::device_online), 2u);
}

TEST_F(SparkplugHost, DeviceThatIsNotBornAgainWithItsNodeIsStale) {
  node_birth();
  device_birth();
  node_birth();
  wait(6s);
  EXPECT_EQ(counts(), (std::vector<std::int64_t>{10, -1}));
  EXPECT_EQ(sink.count(NoticeKind::device_offline), 1u);
}

TEST_F(SparkplugHost, MetricThatABirthNoLongerTellsIsStale) {
  send("spBv1.0/G/NBIRTH/E", body(0, {bd_seq(0), temperature(1), count(1)}));
  time_ms += 1000;
  send("spBv1.0/G/NBIRTH/E", body(0, {bd_seq(0), temperature(1)}));
  EXPECT_EQ(sink.last("G/E/count").sample.type, ValueType::null);
}

TEST_F(SparkplugHost, NewBirthReplacesAliases) {
  send("spBv1.0/G/NBIRTH/E", body(0, {bd_seq(0), temperature(1, 1), count(1, 2)}));
  send("spBv1.0/G/NBIRTH/E", body(0, {bd_seq(1), temperature(1, 2), count(1, 1)}));
  send("spBv1.0/G/NDATA/E", body(1, {by_alias(1, integer_value(DataType::int32, 77))}));
  EXPECT_EQ(sink.last("G/E/count").sample.integer(), 77);
}

TEST_F(SparkplugHost, HistoryIsKeptByItsOwnTimeAndDoesNotTouchTheLiveValue) {
  node_birth(2);
  TestMetric old = temperature(18, 1);
  old.historical = true;
  old.time_ms = static_cast<std::uint64_t>(time_ms - 60'000);
  send("spBv1.0/G/NDATA/E", body(1, {old}));
  EXPECT_EQ(sink.last("G/E/temp").sample.time.ms(), time_ms - 60'000);
  send("spBv1.0/G/NDEATH/E", body({}, {bd_seq(2)}));
  EXPECT_GT(sink.last("G/E/temp").sample.time.ms(), time_ms - 1000);
}

TEST_F(SparkplugHost, LossOfTheBrokerMakesEverythingStaleAtOnceAndBirthsBringItBack) {
  node_birth();
  device_birth();
  time_ms += 1000;
  session.lost(now());
  EXPECT_EQ(counts(), (std::vector<std::int64_t>{10, -1}));
  node_birth();
  device_birth();
  EXPECT_EQ(counts().back(), 10);
  EXPECT_TRUE(rebirths().empty());
}

TEST_F(SparkplugHost, NullIsNotZeroAndNotStale) {
  TestMetric nothing = temperature(0);
  nothing.null = true;
  send("spBv1.0/G/NBIRTH/E", body(0, {bd_seq(0), nothing}));
  EXPECT_EQ(sink.last("G/E/temp").sample.type, ValueType::null);
  EXPECT_EQ(sink.last("G/E/temp").sample.quality, Quality::good);
}

TEST_F(SparkplugHost, QualityPropertyBecomesQuality) {
  for (const auto& [code, quality] :
       {std::pair{192, Quality::good}, {500, Quality::bad}, {0, Quality::bad}, {64, Quality::uncertain}}) {
    TestMetric metric = temperature(1);
    metric.properties =
        encode_properties({{.key = "Quality", .type = DataType::int32, .value = integer_value(DataType::int32, code)}});
    time_ms += 1000;
    send("spBv1.0/G/NBIRTH/E", body(0, {bd_seq(0), metric}));
    EXPECT_EQ(sink.last("G/E/temp").sample.quality, quality) << code;
  }
}

TEST_F(SparkplugHost, FlattensTemplatesAndFollowsTheirMembers) {
  Metric member{.name = "speed", .datatype = DataType::int32, .value = integer_value(DataType::int32, 5)};
  const std::string instance = encode_template({.reference = "Motor", .metrics = {member}});
  TestMetric motor{"motor1", 8, DataType::template_, {.field = ValueField::template_, .bytes = instance}};
  const std::string definition = encode_template({.is_definition = true, .metrics = {member}});
  TestMetric type{"Motor", {}, DataType::template_, {.field = ValueField::template_, .bytes = definition}};
  send("spBv1.0/G/NBIRTH/E", body(0, {bd_seq(0), type, motor}));
  EXPECT_EQ(sink.last("G/E/motor1/speed").sample.integer(), 5);
  EXPECT_FALSE(sink.declared.contains("G/E/Motor/speed"));

  Metric changed{.name = "speed", .value = {.field = ValueField::int_value, .bits = 0xFFFFFFFF}};
  const std::string update = encode_template({.reference = "Motor", .metrics = {changed}});
  send("spBv1.0/G/NDATA/E", body(1, {by_alias(8, {.field = ValueField::template_, .bytes = update})}));
  EXPECT_EQ(sink.last("G/E/motor1/speed").sample.integer(), -1);
}

TEST_F(SparkplugHost, ReadsCompressedPayloadsWhoseOuterSequenceSaysNothing) {
  node_birth();
  device_birth();
  const auto inner = body(2, {by_alias(2, integer_value(DataType::int32, 42))});
  send("spBv1.0/G/DDATA/E/D", compress(inner, Compression::gzip));
  EXPECT_EQ(counts().back(), 42);
  const auto more = body(3, {by_alias(2, integer_value(DataType::int32, 43))});
  send("spBv1.0/G/DDATA/E/D", compress(more, Compression::deflate));
  EXPECT_EQ(counts().back(), 43);
}

TEST_F(SparkplugHost, WrongMessageIsShownWithASampleAndHarmsNothingElse) {
  node_birth();
  device_birth();
  send("spBv1.0/G/DDATA/E/D", "\xff\xff garbage");
  send("spBv1.0/G/XDATA/E", "x");
  send("spBv1.0/G", "x");
  EXPECT_EQ(sink.count(NoticeKind::rejected), 3u);
  const auto& notice = *std::find_if(sink.notices.begin(), sink.notices.end(),
                                     [](const auto& n) { return n.kind == NoticeKind::rejected; });
  EXPECT_EQ(notice.device, "G/E");
  EXPECT_EQ(notice.sample, "ffff2067617262616765");
  device_data(2, 11);
  EXPECT_EQ(counts().back(), 11);
}

TEST_F(SparkplugHost, WrongMetricDoesNotStopTheGoodOnes) {
  node_birth();
  send("spBv1.0/G/DBIRTH/E/D", body(1, {count(10, 2), {"text", 3, DataType::string, text_value("a")}}));
  send("spBv1.0/G/DDATA/E/D",
       body(2, {by_alias(3, integer_value(DataType::int32, 4)), by_alias(2, integer_value(DataType::int32, 5))}));
  EXPECT_EQ(counts().back(), 5);
  EXPECT_EQ(sink.count(NoticeKind::rejected), 1u);
}

TEST_F(SparkplugHost, HostileTimesFallBackToTheTimeOfReceipt) {
  TestMetric metric = temperature(1);
  metric.time_ms = ~0ull;
  send("spBv1.0/G/NBIRTH/E", test_payload(0, {metric}, ~0ull));
  EXPECT_EQ(sink.last("G/E/temp").sample.time.ms(), time_ms);
}

TEST_F(SparkplugHost, StaleMarkNeverStandsBeforeAValueOfAFastClock) {
  TestMetric metric = temperature(1);
  metric.time_ms = static_cast<std::uint64_t>(time_ms + 60'000);
  send("spBv1.0/G/NBIRTH/E", body(0, {bd_seq(0), metric}));
  session.lost(now());
  EXPECT_GT(sink.last("G/E/temp").sample.time.ms(), time_ms + 60'000);
}

}  // namespace
}  // namespace hanse::connectors::sparkplug
