#include "connectors/mtconnect/translator.hpp"

#include "connectors/mtconnect/internal/test_documents.hpp"
#include "connectors/mtconnect/vocabulary.hpp"
#include "connectors/recording_sink.hpp"

namespace hanse::connectors::mtconnect {
namespace {

using signal::Meaning;
using signal::ValueType;

class Machine : public ::testing::Test {
 protected:
  void declare(std::vector<DataItem> items, Translator::Units units = Translator::Units::agent) {
    translator.declare({Device{.id = "d", .name = "M1", .items = std::move(items)}}, units);
  }
  void say(Observation observation, std::vector<Entry> entries = {}) {
    observation.time = {++now};
    translator.apply(observation, entries);
    translator.deliver();
  }
  RecordingSink sink;
  Translator translator{sink};
  std::int64_t now = 0;
};

TEST_F(Machine, items_are_declared_with_unit_meaning_and_type) {
  declare(
      {{.id = "f", .name = "Fact", .type = "PATH_FEEDRATE", .units = "MILLIMETER/SECOND", .category = Category::sample},
       {.id = "e", .name = "execution", .type = "EXECUTION"},
       {.id = "p", .type = "PART_COUNT", .sub_type = "BAD"},
       {.id = "fp", .type = "PATH_FEEDRATE", .sub_type = "PROGRAMMED", .category = Category::sample},
       {.id = "c", .name = "execution", .type = "SYSTEM", .category = Category::condition}});
  EXPECT_EQ(sink.declared["f"].unit, "mm/s");
  EXPECT_EQ(sink.declared["f"].meaning, Meaning::feed_rate);
  EXPECT_EQ(sink.declared["f"].type, ValueType::real);
  EXPECT_EQ(sink.declared["e"].meaning, Meaning::execution);
  EXPECT_EQ(sink.declared["p"].meaning, Meaning::scrap_count);
  EXPECT_EQ(sink.declared["p"].type, ValueType::integer);
  EXPECT_EQ(sink.declared["fp"].meaning, Meaning::other) << "a set point is not what the machine does";
  EXPECT_EQ(sink.declared["c"].meaning, Meaning::alarm);
  EXPECT_EQ(sink.declared["c"].name, "c") << "names may repeat within a device, ids not";
}

TEST_F(Machine, unavailable_is_null_and_bad_never_zero_or_a_text) {
  declare({{.id = "x", .type = "POSITION", .category = Category::sample}, {.id = "e", .type = "EXECUTION"}});
  say({.item = "x", .value = "UNAVAILABLE"});
  say({.item = "e", .value = "UNAVAILABLE"});
  for (const auto& value : sink.values) {
    EXPECT_EQ(value.type, ValueType::null);
    EXPECT_EQ(value.quality, signal::Quality::bad);
  }
  EXPECT_EQ(sink.values.size(), 2u);
}

TEST_F(Machine, numeric_strings_stay_strings) {
  declare({{.id = "prog", .type = "PROGRAM"}});
  say({.item = "prog", .value = "0815"});
  EXPECT_EQ(sink.values[0].type, ValueType::text);
  EXPECT_EQ(sink.last("prog"), "0815");
}

TEST_F(Machine, an_adapters_value_is_in_native_units_and_scale) {
  const DataItem item{.id = "x",
                      .type = "POSITION",
                      .units = "MILLIMETER",
                      .native_units = "INCH",
                      .native_scale = 10,
                      .category = Category::sample};
  declare({item}, Translator::Units::adapter);
  say({.item = "x", .value = "25"});
  EXPECT_EQ(sink.declared["x"].unit, "[in_i]");
  EXPECT_EQ(sink.last("x"), "2.5");
}

TEST_F(Machine, a_value_of_the_wrong_kind_is_null_and_counted_and_the_others_go_on) {
  declare({{.id = "x", .type = "LOAD", .category = Category::sample}});
  say({.item = "x", .value = "wide"});
  say({.item = "x", .value = "3"});
  say({.item = "nobody", .value = "3"});
  EXPECT_EQ(sink.values[0].type, ValueType::null);
  EXPECT_EQ(sink.last("x"), "3");
  EXPECT_EQ(translator.mismatched(), 1u);
  EXPECT_EQ(translator.unknown(), 1u);
}

TEST_F(Machine, three_space_values_become_three_signals) {
  declare(
      {{.id = "p", .name = "Ppos", .type = "PATH_POSITION", .units = "MILLIMETER_3D", .category = Category::sample}});
  say({.item = "p", .value = "1 2.5 -3"});
  EXPECT_EQ(sink.last("p/x"), "1");
  EXPECT_EQ(sink.last("p/y"), "2.5");
  EXPECT_EQ(sink.last("p/z"), "-3");
  EXPECT_EQ(sink.declared["p/z"].unit, "mm");
  say({.item = "p", .value = "UNAVAILABLE"});
  EXPECT_EQ(sink.last("p/y"), "null");
}

TEST_F(Machine, a_time_series_ends_at_its_time) {
  declare({{.id = "v", .type = "VIBRATION", .sample_rate = 1, .category = Category::sample}});
  now = 10'000'000'000;
  say({.item = "v", .value = "1 2 3", .representation = Representation::time_series, .sample_rate = 1000});
  ASSERT_EQ(sink.values.size(), 3u);
  EXPECT_EQ(sink.values[2].time.ns - sink.values[0].time.ns, 2'000'000);
  EXPECT_EQ(sink.values[2].time.ns, now);
}

TEST_F(Machine, a_vendors_own_type_means_what_its_name_says) {
  EXPECT_EQ(meaning_of({.id = "v", .type = "x:VIBRATION", .category = Category::sample}), signal::Meaning::vibration);
  EXPECT_EQ(meaning_of({.id = "w", .type = "x:WEATHER", .category = Category::sample}), signal::Meaning::other);
  EXPECT_EQ(meaning_of({.id = "f", .type = "VELOCITY", .category = Category::sample}), signal::Meaning::speed);
}

TEST_F(Machine, a_data_set_changes_by_key_and_is_replaced_by_a_reset) {
  declare({{.id = "s", .type = "VARIABLE", .representation = Representation::data_set}});
  const auto set = [&](std::vector<Entry> entries, bool reset = false) {
    say({.item = "s", .value = "x", .representation = Representation::data_set, .reset = reset}, std::move(entries));
  };
  set({{.key = "a", .value = "1"}, {.key = "b", .value = "two"}});
  set({{.key = "a", .removed = true}});
  EXPECT_EQ(sink.last("s/a"), "null");
  EXPECT_EQ(sink.last("s/b"), "two");
  set({{.key = "a", .value = "5"}}, true);
  EXPECT_EQ(sink.last("s/a"), "5");
  EXPECT_EQ(sink.last("s/b"), "null");
}

class Condition : public Machine {
 protected:
  void SetUp() override { declare({{.id = "c", .name = "system", .type = "SYSTEM", .category = Category::condition}}); }
  void condition(Level level, std::string_view code = "", std::string_view text = "") {
    say({.item = "c", .value = text, .level = level, .native_code = code});
  }
};

TEST_F(Condition, several_are_active_at_once_and_end_one_by_one) {
  condition(Level::normal);
  EXPECT_EQ(sink.last("c"), "normal");
  condition(Level::warning, "406", "MEMORY PROTECT");
  condition(Level::fault, "7", "DOOR");
  EXPECT_EQ(sink.last("c"), "fault 7: DOOR; warning 406: MEMORY PROTECT");
  condition(Level::normal, "7");
  EXPECT_EQ(sink.last("c"), "warning 406: MEMORY PROTECT");
  condition(Level::normal);
  EXPECT_EQ(sink.last("c"), "normal");
  EXPECT_EQ(sink.notices_of(NoticeKind::condition), 4u) << "begin twice, end twice";
}

TEST_F(Condition, an_unavailable_condition_is_neither_normal_nor_a_fault) {
  condition(Level::fault, "7", "DOOR");
  condition(Level::unavailable);
  EXPECT_EQ(sink.last("c"), "null");
}

TEST_F(Condition, a_snapshot_is_the_whole_set) {
  condition(Level::fault, "1", "A");
  condition(Level::fault, "2", "B");
  translator.begin_snapshot();
  condition(Level::fault, "2", "B");
  translator.end_snapshot();
  EXPECT_EQ(sink.last("c"), "fault 2: B");
}

TEST_F(Machine, a_lost_source_turns_every_value_bad_once_per_outage) {
  declare({{.id = "x", .type = "LOAD", .category = Category::sample}, {.id = "never", .type = "EXECUTION"}});
  say({.item = "x", .value = "3"});
  translator.lose({100});
  translator.lose({200});
  translator.deliver();
  ASSERT_EQ(sink.values.size(), 2u);
  EXPECT_EQ(sink.values[1].time.ns, 100);
  EXPECT_EQ(sink.values[1].quality, signal::Quality::bad);
}

TEST_F(Machine, availability_tells_that_a_device_came_or_went_not_more) {
  declare({{.id = "a", .type = "AVAILABILITY"}});
  for (const auto* value : {"AVAILABLE", "AVAILABLE", "UNAVAILABLE", "AVAILABLE"}) say({.item = "a", .value = value});
  EXPECT_EQ(sink.notices_of(NoticeKind::device_online), 2u);
  EXPECT_EQ(sink.notices_of(NoticeKind::device_offline), 1u);
}

}  // namespace
}  // namespace hanse::connectors::mtconnect
