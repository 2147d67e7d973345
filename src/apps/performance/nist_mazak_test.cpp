#include <gtest/gtest.h>
#include <fstream>

#include "apps/performance/machine.hpp"
#include "base/text.hpp"

namespace hanse::apps::performance {
namespace {

using signal::Meaning;

/// A recorded hour of a machining centre of the NIST Smart Manufacturing Systems Test Bed.
std::vector<Reading> recorded_readings() {
  std::ifstream file{std::string{HANSE_ROOM_DIR} +
                     "/../../connectors/mtconnect/testdata/nist-Mazak01-20170627.shdr.txt"};
  const std::map<std::string_view, Meaning> meanings{
      {"execution", Meaning::execution}, {"mode", Meaning::mode}, {"estop", Meaning::alarm}};
  std::vector<Reading> readings;
  for (std::string line; std::getline(file, line);) {
    const auto parts = split(line, '|');
    const auto meaning = parts.size() < 3 ? meanings.end() : meanings.find(parts[1]);
    if (meaning == meanings.end()) continue;
    readings.push_back({.meaning = meaning->second,
                        .time = parse_timestamp(parts[0]).value(),
                        .known = parts[2] != "UNAVAILABLE",
                        .number = {},
                        .text = std::string{trim(parts[2])}});
  }
  std::stable_sort(readings.begin(), readings.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  return readings;
}

// Durations and counts were computed from the raw file by a separate script, with the rule of MTConnect's data items:
// producing is ACTIVE in AUTOMATIC; ACTIVE, READY or STOPPED by hand is set-up; INTERRUPTED is down.
TEST(NistMazak, StatesLastAsLongAsInTheRawFile) {
  PerformanceSettings settings;
  settings.silence = 0s;
  Machine machine{AssetId{"mazak01"}, *built_in_rules("mtconnect"), settings};
  std::vector<ProductionEvent> events;
  const auto readings = recorded_readings();
  ASSERT_EQ(readings.size(), 39u);

  for (const auto& reading : readings) machine.read(reading, events);
  const Span span{parse_timestamp("2017-06-27T08:46:54.470Z").value(),
                  parse_timestamp("2017-06-27T09:55:28.826Z").value()};
  machine.advance(span.end, events);

  std::map<std::string, std::int64_t> ns, entered;
  for (const auto& stretch : lay_out(events, span).stretches) {
    ns[describe::enum_name(stretch.state)] += stretch.span.length().count();
    ++entered[describe::enum_name(stretch.state)];
  }
  EXPECT_EQ(ns, (std::map<std::string, std::int64_t>{{"producing", 1'198'864'000'000},
                                                     {"idle", 458'258'000'000},
                                                     {"setup", 818'647'000'000},
                                                     {"down", 1'596'296'090'000},
                                                     {"offline", 42'290'910'000}}));
  EXPECT_EQ(entered, (std::map<std::string, std::int64_t>{
                         {"producing", 9}, {"idle", 4}, {"setup", 1}, {"down", 8}, {"offline", 1}}));
}

}  // namespace
}  // namespace hanse::apps::performance
