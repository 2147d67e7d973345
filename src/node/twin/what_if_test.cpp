#include "node/twin/what_if.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "node/simulate/demo_files.hpp"

namespace hanse::node {
namespace {

simulation::Scenario plant() { return simulation::read_scenario(simulate::demo_file("ventilator-plant.json")).value(); }
std::string first_machine() { return plant().lines.front().stages.front().machines.front().id; }
TwinWhatIf wish() { return {.asset = first_machine(), .hours = 48, .runs = 2}; }

const WhatIfFigure& figure(const WhatIfAnswer& answer, std::string_view name, const std::string& of) {
  const auto found = std::ranges::find_if(
      answer.figures, [&](const WhatIfFigure& each) { return each.figure == name && each.of == of; });
  EXPECT_NE(found, answer.figures.end()) << name << " of " << of;
  static const WhatIfFigure kNone;
  return found == answer.figures.end() ? kNone : *found;
}

TEST(TwinWhatIf, nothing_changed_is_the_same_to_the_last_part) {
  const auto answer = compare(plant(), wish());
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_FALSE(answer->figures.empty());
  for (const auto& each : answer->figures) {
    EXPECT_EQ(each.baseline, each.changed) << each.figure;
    EXPECT_LE(each.baseline_low, each.baseline) << each.figure;
    EXPECT_GE(each.baseline_high, each.baseline) << each.figure;
  }
  EXPECT_GT(figure(*answer, "good", answer->line).baseline, 0);
}

TEST(TwinWhatIf, what_is_changed_shows_where_it_must) {
  auto scrapping = wish();
  scrapping.scrap = 8;
  const auto scrap = compare(plant(), scrapping);
  ASSERT_TRUE(scrap);
  const auto& quality = figure(*scrap, "quality", scrapping.asset);
  EXPECT_LT(quality.changed, quality.baseline);
  EXPECT_GT(figure(*scrap, "scrap", scrapping.asset).changed, figure(*scrap, "scrap", scrapping.asset).baseline);

  auto breaking = wish();
  breaking.failures = 10;
  breaking.hours = 168;
  const auto broken = compare(plant(), breaking);
  ASSERT_TRUE(broken);
  EXPECT_GT(figure(*broken, "failures", breaking.asset).changed, figure(*broken, "failures", breaking.asset).baseline);
  EXPECT_LT(figure(*broken, "availability", breaking.asset).changed,
            figure(*broken, "availability", breaking.asset).baseline);
}

TEST(TwinWhatIf, only_the_one_machine_is_changed) {
  auto what_if = wish();
  what_if.setup_time = 3;
  what_if.operators = 7;
  const auto before = plant();
  const auto after = changed_scenario(before, what_if);
  ASSERT_TRUE(after) << to_string(after.error());
  EXPECT_EQ(after->lines.front().operators, 7);
  EXPECT_EQ(after->profiles.size(), before.profiles.size() + 1);
  const auto& old_profile = before.lines.front().stages.front().machines.front().profile;
  const auto& new_profile = after->lines.front().stages.front().machines.front().profile;
  EXPECT_EQ(after->profiles.at(new_profile).setup_min, 3 * before.profiles.at(old_profile).setup_min);
  EXPECT_EQ(after->profiles.at(old_profile).setup_min, before.profiles.at(old_profile).setup_min);
}

TEST(TwinWhatIf, what_cannot_be_is_refused) {
  auto nowhere = wish();
  nowhere.asset = "nowhere";
  EXPECT_EQ(compare(plant(), nowhere).error().code, ErrorCode::not_found);
  auto scrap = wish();
  scrap.scrap = 10;
  auto scenario = plant();
  for (auto& [name, profile] : scenario.profiles) profile.scrap_rate = 0.5;
  EXPECT_EQ(compare(scenario, scrap).error().code, ErrorCode::invalid) << "more scrap than parts";
}

}  // namespace
}  // namespace hanse::node
