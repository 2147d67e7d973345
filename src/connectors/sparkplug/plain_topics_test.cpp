#include "connectors/sparkplug/plain_topics.hpp"

#include "connectors/sparkplug/internal/sparkplug_fixture.hpp"
#include "connectors/sparkplug/naming.hpp"

namespace hanse::connectors::sparkplug {
namespace {

PlainValue one(std::string_view payload) {
  const auto values = read_plain(payload);
  EXPECT_TRUE(values) << payload;
  EXPECT_EQ(values->size(), 1u) << payload;
  return values && !values->empty() ? values->front() : PlainValue{};
}

TEST(PlainPayload, BareValuesAreTheirOwnType) {
  EXPECT_EQ(std::get<double>(one("21.5").value), 21.5);
  EXPECT_EQ(std::get<double>(one(" 7 ").value), 7.0);
  EXPECT_EQ(std::get<bool>(one("true").value), true);
  EXPECT_EQ(std::get<std::string>(one("RUNNING").value), "RUNNING");
  EXPECT_EQ(std::get<std::string>(one("\"ok\"").value), "ok");
}

TEST(PlainPayload, NumericTextsAreNotTurnedIntoNumbers) {
  EXPECT_EQ(std::get<std::string>(one(R"("0042")").value), "0042");
  EXPECT_EQ(std::get<std::string>(one(R"({"value":"12","timestamp_ms":1})").value), "12");
  EXPECT_EQ(std::get<std::string>(one("0042").value), "0042");
}

TEST(PlainPayload, ObjectWithAValueCarriesItsTimeQualityAndUnit) {
  EXPECT_EQ(one(R"({"value":3.5,"timestamp_ms":1700000000123})").time->ms(), 1'700'000'000'123);
  EXPECT_EQ(one(R"({"v":3,"ts":1700000000})").time->ms(), 1'700'000'000'000);
  EXPECT_EQ(one(R"({"value":1,"timestamp":"2026-03-01T06:00:00Z"})").time, *parse_timestamp("2026-03-01T06:00:00Z"));
  EXPECT_EQ(one(R"({"ts":1,"v":1,"q":500,"u":"kW"})").quality, signal::Quality::bad);
  EXPECT_EQ(one(R"({"ts":1,"v":1,"q":192,"u":"kW"})").unit, "kW");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(one(R"({"value":null})").value));
}

TEST(PlainPayload, NestedObjectsAreFlattenedWithTheOuterTime) {
  const auto values = *read_plain(R"({"timestamp_ms":1700000000000,"axis":{"x":1,"y":2},"state":"on","list":[1,2]})");
  ASSERT_EQ(values.size(), 4u);
  EXPECT_EQ(values[0].path, "axis/x");
  EXPECT_EQ(values[1].path, "axis/y");
  EXPECT_EQ(values[1].time->ms(), 1'700'000'000'000);
  EXPECT_EQ(std::get<std::string>(values[3].value), "[1,2]");
}

TEST(PlainPayload, WhatIsNeitherJsonNorTextIsRefused) {
  EXPECT_FALSE(read_plain("{\"value\":"));
  EXPECT_FALSE(read_plain(std::string_view{"\x89PNG\0\1", 6}));
  EXPECT_FALSE(read_plain(std::string(100'000, '[')));
}

TEST(PlainAddress, SplitsAtTheContractOrTheLastLevel) {
  EXPECT_EQ(plain_address("factory/line1/press/temp", "").device, "factory/line1/press");
  EXPECT_EQ(plain_address("factory/line1/press/temp", "").name, "temp");
  EXPECT_EQ(plain_address("umh/v1/acme/site/line/_raw/press/temp", "").device, "umh/v1/acme/site/line");
  EXPECT_EQ(plain_address("umh/v1/acme/site/line/_raw/press/temp", "").name, "press/temp");
  EXPECT_EQ(plain_address("a/b", "x/y").name, "b/x/y");
}

class Plain : public testing::Test {
 protected:
  void send(std::string_view topic, std::string_view payload, bool retained = false) {
    topics.message(topic, payload, retained, now);
    topics.flush();
  }
  Timestamp now = Timestamp::from_ms(1'800'000'000'000);
  KeepingSink sink;
  PlainTopics topics{sink};
};

TEST_F(Plain, DeclaresATopicOnceAndDelivers) {
  send("factory/press/temperature", R"({"value":20,"unit":"°C"})");
  send("factory/press/temperature", "21");
  EXPECT_EQ(sink.declare_calls, 1u);
  EXPECT_EQ(sink.declared.at("factory/press/temperature").unit, "Cel");
  EXPECT_EQ(sink.declared.at("factory/press/temperature").meaning, signal::Meaning::temperature);
  EXPECT_EQ(sink.last("factory/press/temperature").sample.real(), 21);
}

TEST_F(Plain, KeptValueWithoutADateIsUncertain) {
  send("a/b", "1", true);
  EXPECT_EQ(sink.last("a/b").sample.quality, signal::Quality::uncertain);
  send("a/b", R"({"v":1,"ts":1700000000000})", true);
  EXPECT_EQ(sink.last("a/b").sample.quality, signal::Quality::good);
}

TEST_F(Plain, LossAndDeletionAreMarkedOnce) {
  send("a/b", "1");
  now += 1s;
  topics.lost(now);
  topics.lost(now);
  EXPECT_EQ(sink.values["a/b"].size(), 2u);
  EXPECT_EQ(sink.last("a/b").sample.type, signal::ValueType::null);
  send("a/b", "2");
  send("a/b", "");
  EXPECT_EQ(sink.last("a/b").sample.type, signal::ValueType::null);
}

TEST_F(Plain, UnknownPayloadsAreCountedAndHarmNothing) {
  send("camera/image", std::string_view{"\xff\xd8\xff\xe0", 4});
  EXPECT_EQ(sink.count(NoticeKind::rejected), 1u);
  EXPECT_EQ(sink.notices[0].sample, "ffd8ffe0");
  send("a/b", "1");
  EXPECT_EQ(sink.last("a/b").sample.real(), 1);
}

TEST(Units, AreUcumHoweverTheyAreWritten) {
  EXPECT_EQ(ucum("degC"), "Cel");
  EXPECT_EQ(ucum("°C"), "Cel");
  EXPECT_EQ(ucum("RPM"), "{rev}/min");
  EXPECT_EQ(ucum("kW"), "kW");
  EXPECT_EQ(ucum(" furlongs "), "furlongs");
}

TEST(Meanings, AreGuessedByTheWordsOfAName) {
  using signal::Meaning;
  EXPECT_EQ(guess_meaning("SpindleSpeed", ""), Meaning::speed);
  EXPECT_EQ(guess_meaning("Line/PartCount", ""), Meaning::part_count);
  EXPECT_EQ(guess_meaning("parts_good", ""), Meaning::good_count);
  EXPECT_EQ(guess_meaning("scrap_reason", ""), Meaning::scrap_reason);
  EXPECT_EQ(guess_meaning("Motor/P1", "kW"), Meaning::power);
  EXPECT_EQ(guess_meaning("upstate", ""), Meaning::other);
}

}  // namespace
}  // namespace hanse::connectors::sparkplug
