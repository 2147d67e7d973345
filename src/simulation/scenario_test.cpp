#include "simulation/scenario.hpp"

#include "simulation/shift_plan.hpp"

namespace hanse::simulation {
namespace {

constexpr std::string_view kGood = R"({
  "name": "small", "products": [{"id": "part"}, {"id": "kit", "components": {"part": 2}}],
  "profiles": {"p": {"kind": "cnc"}},
  "shifts": [{"name": "day", "begins": "06:00", "ends": "14:00"}],
  "lines": [
    {"id": "make", "products": ["part"], "store_max": 20, "stages": [
      {"id": "s", "cycle_s": {"part": 10}, "machines": [{"id": "m1", "profile": "p"}]}]},
    {"id": "pack", "products": ["kit"], "stages": [
      {"id": "s", "cycle_s": {"kit": 10}, "machines": [{"id": "m2", "profile": "p"}]}]}]})";

/// The scenario with one text put in place of another; answers the first field error as `path: message`.
std::string refusal(std::string_view from, std::string_view to) {
  std::string text{kGood};
  text.replace(text.find(from), from.size(), to);
  const auto scenario = read_scenario(text);
  if (scenario) return "accepted";
  if (scenario.error().fields.empty()) return scenario.error().message;
  const auto& field = scenario.error().fields.front();
  return field.path + ": " + field.message;
}

TEST(Scenario, IsReadWhenAllNamesAreKnown) { EXPECT_TRUE(read_scenario(kGood)); }

TEST(Scenario, SaysWhichNameIsUnknownAndWhichWasMeant) {
  EXPECT_EQ(refusal(R"("profile": "p")", R"("profile": "lathe")"),
            "lines[0].stages[0].machines[0].profile: unknown profile 'lathe'");
  EXPECT_EQ(refusal(R"("components": {"part")", R"("components": {"prat")"),
            "products[1].components.prat: unknown product 'prat'; did you mean 'part'?");
  EXPECT_EQ(refusal(R"("store_max")", R"("store_mx")"),
            "lines[0].store_mx: unknown field 'store_mx'; did you mean 'store_max'?");
}

TEST(Scenario, RefusesWhatCouldNeverRun) {
  EXPECT_EQ(refusal(R"("store_max": 20)", R"("store_max": 0)"),
            "products[1].components.part: no line with store_max > 0 makes it");
  EXPECT_EQ(refusal(R"("cycle_s": {"kit": 10})", R"("cycle_s": {"part": 10})"),
            "lines[1].stages[0].cycle_s: has no cycle time of 'kit', which the line makes");
  EXPECT_EQ(refusal(R"({"id": "m2")", R"({"id": "m1")"), "lines[1].stages[0].machines[0].id: 'm1' is used twice");
  EXPECT_EQ(refusal(R"("06:00")", R"("6 o'clock")"), "shifts[0].begins: must be a time of day like 06:30");
  EXPECT_EQ(refusal(R"({"part": 10})", R"({"part": 0})"),
            "lines[0].stages[0].cycle_s.part: must be between 0.01 and 1000000");
  EXPECT_EQ(refusal(R"([{"id": "m1", "profile": "p"}])", "[]"),
            "lines[0].stages[0].machines: must have at least one machine");
}

TEST(ShiftPlan, KnowsShiftsThatPassMidnightAndWeeksThatEnd) {
  const ShiftSpec night{
      .name = "night", .begins = "22:00", .ends = "06:00", .days = {7}, .breaks = {{.begins = "02:00", .minutes = 30}}};
  const ShiftPlan plan{{night}, 0, 0};
  const auto sunday = *parse_timestamp("2026-03-01T00:00:00Z");

  EXPECT_EQ(plan.at(sunday + 21h), WorkTime::no_shift);
  EXPECT_EQ(plan.next_change(sunday + 21h), sunday + 22h);
  EXPECT_EQ(plan.at(sunday + 23h), WorkTime::working);
  EXPECT_EQ(plan.at(sunday + 26h + 29min), WorkTime::on_break);
  EXPECT_EQ(plan.next_change(sunday + 26h + 29min), sunday + 26h + 30min);
  EXPECT_EQ(plan.at(sunday + 30h), WorkTime::no_shift);
}

TEST(ShiftPlan, UsesLocalTime) {
  const ShiftPlan plan{{{.name = "day", .begins = "06:00", .ends = "14:00"}}, 60, 0};

  EXPECT_EQ(plan.at(*parse_timestamp("2026-03-02T05:00:00Z")), WorkTime::working);
  EXPECT_EQ(plan.at(*parse_timestamp("2026-03-02T13:00:00Z")), WorkTime::no_shift);
}

}  // namespace
}  // namespace hanse::simulation
