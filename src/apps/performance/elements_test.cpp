#include <gtest/gtest.h>
#include <fstream>
#include <numeric>
#include <sstream>

#include "apps/performance/kpis.hpp"
#include "base/random.hpp"

namespace hanse::apps::performance {
namespace {

/// A case as data: events in, elements and figures out, computed by hand.
struct Case {
  std::string why;
  Timestamp from, to;
  double micro_stop_s = 300;
  std::vector<plant::Calendar> calendars;
  std::vector<plant::Product> products;
  std::vector<plant::ReasonCode> reasons;
  std::vector<ProductionEvent> events;
  std::map<std::string, double> seconds;  ///< Elements in seconds, by name without `_ns`.
  std::map<std::string, double> counts;   ///< good, scrap, failures, ...
  std::map<std::string, std::optional<double>> kpis;
  std::map<std::string, double> losses_s;
};
HANSE_DESCRIBE(Case,
               (why, from, to, micro_stop_s, calendars, products, reasons, events, seconds, counts, kpis, losses_s))

plant::Records records_of(const Case& test) {
  plant::Records records;
  for (const auto& calendar : test.calendars) {
    records.calendars[calendar.id] = calendar;
    records.zones[calendar.time_zone] = plant::TimeZone::load(calendar.time_zone).value();
  }
  for (const auto& product : test.products) records.products[product.id] = product;
  for (const auto& reason : test.reasons) records.reasons[reason.id] = reason;
  plant::Asset machine{.id = AssetId{"m1"}, .name = "M1", .kind = "press"};
  if (!test.calendars.empty()) machine.calendar = test.calendars.front().id;
  records.assets[machine.id] = machine;
  return records;
}

Elements elements_of(const plant::Records& records, std::span<const ProductionEvent> events, Span span, Duration micro,
                     Timestamp known_until = Timestamp::min()) {
  const Judgement judgement{records, AssetId{"m1"}, micro, 0};
  const auto timeline = lay_out(events, span, known_until);
  return measure(timeline, judge(timeline, plan_of(records, judgement.machine, span), judgement), judgement);
}

std::int64_t sum_of(const std::vector<LossNode>& nodes) {
  return std::accumulate(nodes.begin(), nodes.end(), std::int64_t{0},
                         [](auto sum, const auto& n) { return sum + n.ns; });
}

class HandComputed : public testing::TestWithParam<std::string> {};

TEST_P(HandComputed, FiguresAreAsOnPaper) {
  std::ifstream file{std::string{HANSE_ROOM_DIR} + "/testdata/" + GetParam() + ".json"};
  std::stringstream text;
  text << file.rdbuf();
  const auto test = from_json<Case>(text.str());
  ASSERT_TRUE(test) << to_string(test.error());
  const auto micro = Duration{static_cast<std::int64_t>(test->micro_stop_s * 1e9)};

  const auto elements = elements_of(records_of(*test), test->events, {test->from, test->to}, micro);

  describe::for_each_member(elements, [&](std::string_view name, const auto& value) {
    if (name.ends_with("_ns")) {
      const auto expected = test->seconds.find(std::string{name.substr(0, name.size() - 3)});
      if (expected != test->seconds.end()) {
        EXPECT_EQ(static_cast<double>(value) / 1e9, expected->second) << name;
      }
    } else if (const auto expected = test->counts.find(std::string{name}); expected != test->counts.end()) {
      EXPECT_EQ(static_cast<double>(value), expected->second) << name;
    }
  });
  for (const auto& kpi : kpis(elements)) {
    const auto expected = test->kpis.find(kpi.id);
    if (expected == test->kpis.end()) continue;
    ASSERT_EQ(kpi.value.has_value(), expected->second.has_value()) << kpi.id << ": " << kpi.missing;
    if (kpi.value) {
      EXPECT_NEAR(*kpi.value, *expected->second, 1e-9) << kpi.id;
    }
  }
  for (const auto& node : losses(elements)) {
    const auto expected = test->losses_s.find(node.id);
    if (expected != test->losses_s.end()) {
      EXPECT_EQ(static_cast<double>(node.ns) / 1e9, expected->second) << node.id;
    }
  }
  EXPECT_EQ(sum_of(losses(elements)), elements.calendar_ns);
}

INSTANTIATE_TEST_SUITE_P(Cases, HandComputed,
                         testing::Values("worked-check", "shift-with-breaks", "reasons-and-runs", "two-products",
                                         "night-of-summer-time", "nothing-known"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// Random events of one machine: any states, parts, orders, reasons, in any order.
std::vector<ProductionEvent> random_events(Random& random, Span around) {
  std::vector<ProductionEvent> events;
  const auto count = random.integer(0, 60);
  for (std::int64_t i = 0; i < count; ++i) {
    ProductionEvent event{
        .id = std::to_string(i), .time = {random.integer(around.begin.ns, around.end.ns)}, .asset = AssetId{"m1"}};
    event.kind = static_cast<plant::EventKind>(random.integer(0, 5));
    event.state = static_cast<MachineState>(random.integer(0, 5));
    event.quantity = static_cast<double>(random.integer(0, 50));
    event.reason = random.chance(0.5) ? "planned-thing" : "jam";
    event.order = random.chance(0.3) ? "" : "o1";
    event.product = random.chance(0.5) ? "a" : "b";
    events.push_back(std::move(event));
  }
  return events;
}

TEST(LossTree, AddsUpToCalendarTimeWhateverHappened) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random{seed};
    Case world;
    world.products = {{.id = "a", .name = "A", .description = "", .ideal_cycle_s = 3.7, .cycles_s = {}},
                      {.id = "b", .name = "B", .description = "", .ideal_cycle_s = 11, .cycles_s = {{"press", 9.25}}}};
    world.reasons = {{.id = "planned-thing", .name = "P", .parent = "", .planned = true}};
    if (random.chance(0.7)) {
      world.calendars = {{.id = "c",
                          .name = "C",
                          .time_zone = "Europe/Berlin",
                          .shifts = {{.name = "day",
                                      .days = {plant::Weekday::mon, plant::Weekday::sun},
                                      .begin = "06:00",
                                      .end = "14:30",
                                      .breaks = {{"09:00", "09:20"}}}},
                          .exceptions = {}}};
    }
    const auto records = records_of(world);
    const Timestamp begin = parse_timestamp("2026-03-28T20:00:00Z").value();
    const Span span{begin, begin + Duration{random.integer(1, 3 * 86'400'000'000'000)}};

    const auto elements = elements_of(records, random_events(random, {begin - 24h, span.end + 1h}), span, 5min);

    ASSERT_EQ(sum_of(losses(elements)), span.length().count());
    const auto plan = elements.busy_ns() + elements.planned_ns + elements.no_data_ns + elements.no_shift_ns;
    ASSERT_EQ(plan, elements.calendar_ns);
    ASSERT_EQ(elements.delay_ns + elements.down_ns, elements.stops_ns());
  }
}

TEST(Elements, OfTwoHalvesAddUpToTheWhole) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Random random{seed};
    Case world;
    world.products = {{.id = "a", .name = "A", .description = "", .ideal_cycle_s = 2, .cycles_s = {}}};
    const auto records = records_of(world);
    const Timestamp begin = parse_timestamp("2026-03-01T00:00:00Z").value();
    const Span whole{begin, begin + 8h};
    const Timestamp middle{random.integer(whole.begin.ns + 1, whole.end.ns - 1)};
    const auto events = random_events(random, {begin - 1h, whole.end});

    auto halves = elements_of(records, events, {whole.begin, middle}, 5min, whole.end);
    halves += elements_of(records, events, {middle, whole.end}, 5min, whole.end);

    auto expected = elements_of(records, events, whole, 5min);
    halves.failures = expected.failures;  // A stop over the border is one stop in each half.
    halves.minor_stops = expected.minor_stops;
    ASSERT_EQ(halves, expected);
  }
}

TEST(Kpis, AnIdealCycleThatIsTooLongShowsAsEffectivenessOverOne) {
  Elements elements{.calendar_ns = 100, .producing_ns = 100, .good = 10, .ideal_good_ns = 120};
  EXPECT_DOUBLE_EQ(effectiveness(elements).value(), 1.2);
  EXPECT_EQ(sum_of(losses(elements)), 100);
}

}  // namespace
}  // namespace hanse::apps::performance
