#include <algorithm>

#include "apps/scheduling/workshop_fixture.hpp"

// What a plan needs besides machines, from the records to the published schedule, and what happens to it.

namespace hanse::apps::scheduling {
namespace {

class Resources : public Workshop {
 protected:
  /// Milling now needs somebody who can do it.
  void need_a_miller() {
    auto routing = app->book().ledger()->routings.at("bracket-1");
    routing.steps[1].skill = "milling";
    ASSERT_TRUE(app->book().put<Routing>(actor, {routing}));
  }
  template <class T>
  void keep(T record) {
    const auto kept = app->book().put<T>(actor, {std::move(record)});
    ASSERT_TRUE(kept) << to_string(kept.error());
  }
  template <class T>
  std::vector<FieldError> refused(T record) {
    const auto kept = app->book().put<T>(actor, {std::move(record)});
    return kept ? std::vector<FieldError>{} : kept.error().fields;
  }
  const PlannedChange* change(const std::string& order, const std::string& step) const {
    for (const auto& one : app->current()->changes) {
      if (one.order == order && one.step == step) return &one;
    }
    return nullptr;
  }
  TellAnswer tell(const TellRequest& request) {
    const auto told = app->tell(actor, request);
    EXPECT_TRUE(told) << to_string(told.error());
    return told.value_or(TellAnswer{});
  }
  /// The field that is named as wrong.
  std::string wrong_field(const TellRequest& request) {
    const auto told = app->tell(actor, request);
    if (told) return "none";
    if (!told.error().fields.empty()) return told.error().fields.front().path;
    return told.error().code == ErrorCode::not_found ? "not_found" : to_string(told.error());
  }
};

TEST_F(Resources, AStepWaitsForTheShiftOfTheOperatorWhoCanDoIt) {
  plant::Calendar late{.id = "late", .name = "Late shift"};
  using enum plant::Weekday;
  late.shifts = {{"late", {mon, tue, wed, thu, fri, sat, sun}, "14:00", "22:00", {}}};
  ASSERT_TRUE(plant->put<plant::Calendar>(actor, late));
  need_a_miller();
  order("A", 60, nullptr);
  pass(10s, 1s);
  ASSERT_EQ(app->current()->unplaced.size(), 1u);
  EXPECT_EQ(app->current()->unplaced[0].reason, "step 'mill' needs the skill 'milling', which no operator at work has");

  keep(Operator{.id = "ada", .name = "Ada", .skills = {"milling"}, .calendar = "late"});
  pass(10s, 1s);
  ASSERT_TRUE(planned("A", "mill")) << to_json(app->current()->unplaced);
  EXPECT_EQ(planned("A", "mill")->start, at("2026-03-01T14:00:00Z"));
  EXPECT_EQ(planned("A", "mill")->attended_by, "ada");
  EXPECT_EQ(planned("A", "saw")->attended_by, "");
  EXPECT_EQ(app->current()->cause, Cause::people);
}

TEST_F(Resources, ACrewDoesAsManyThingsAtOnceAsItHasPeople) {
  auto routing = app->book().ledger()->routings.at("bracket-1");
  routing.steps[0].skill = "sawing";
  ASSERT_TRUE(app->book().put<Routing>(actor, {routing}));
  keep(Operator{.id = "sawyers", .skills = {"sawing"}, .count = 2});
  order("A", 60, nullptr);
  order("B", 60, nullptr);
  pass(10s, 1s);
  EXPECT_EQ(planned("A", "saw")->start, planned("B", "saw")->start);
  EXPECT_NE(planned("A", "saw")->attended_by, planned("B", "saw")->attended_by);

  keep(Operator{.id = "sawyers", .skills = {"sawing"}, .count = 1});
  ASSERT_TRUE(app->plan(actor, true));
  EXPECT_NE(planned("A", "saw")->start, planned("B", "saw")->start) << "two saws, one person";
}

TEST_F(Resources, AnAbsenceMovesWhatThePersonWasToAttendAndSaysWhy) {
  need_a_miller();
  keep(Operator{.id = "ada", .name = "Ada", .skills = {"milling"}});
  order("A", 60, nullptr);
  pass(10s, 1s);
  const auto before = planned("A", "mill")->start;
  const auto until = at("2026-03-01T12:00:00Z");
  ASSERT_LT(before, until);

  const auto told =
      tell({.kind = TellKind::operator_absent, .person = "ada", .until = until, .prices = {}, .reason = "a cold"});
  EXPECT_EQ(told.record, "absences");
  pass(10s, 1s);

  EXPECT_EQ(app->current()->cause, Cause::people);
  EXPECT_EQ(app->current()->why, "Ada is absent until 2026-03-01T12:00:00Z: a cold");
  EXPECT_GE(planned("A", "mill")->start, until);
  ASSERT_TRUE(change("A", "mill"));
  EXPECT_EQ(change("A", "mill")->reason, ChangeReason::operator_absent);
  EXPECT_EQ(change("A", "mill")->text, "Ada is absent: a cold");
  EXPECT_EQ(app->book().remove<Operator>(actor, "ada").error().code, ErrorCode::conflict);
}

TEST_F(Resources, MaterialThatComesLateHoldsItsStepAndIsTheCauseOfALateOrder) {
  order("A", 60, "2026-03-01T12:00:00Z");
  pass(10s, 1s);
  const auto there = at("2026-03-01T11:00:00Z");
  ASSERT_LT(planned("A", "mill")->start, there);

  tell({.kind = TellKind::material_late,
        .order = "A",
        .step = "mill",
        .material = "bolts",
        .until = there,
        .prices = {},
        .reason = "the truck broke down"});
  pass(10s, 1s);

  EXPECT_EQ(app->current()->cause, Cause::material);
  EXPECT_EQ(planned("A", "mill")->start, there);
  EXPECT_LT(planned("A", "saw")->start, there);
  ASSERT_TRUE(change("A", "mill"));
  EXPECT_EQ(change("A", "mill")->reason, ChangeReason::material_late);
  EXPECT_EQ(change("A", "mill")->text, "bolts comes at 2026-03-01T11:00:00Z: the truck broke down");
  const auto seen = app->situation();
  const auto late = late_orders(seen->input(), seen->current->operations);
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].chain.front().blocker, Blocker::material);
  EXPECT_EQ(late[0].chain.front().detail, "bolts");

  // Told again, the same material is the same record.
  tell({.kind = TellKind::material_late,
        .order = "A",
        .step = "mill",
        .material = "bolts",
        .until = there,
        .prices = {}});
  EXPECT_EQ(app->book().ledger()->arrivals.size(), 1u);
}

TEST_F(Resources, PartsTakeTheWayBetweenMachinesAndTheNarrowerWayCounts) {
  order("A", 60, nullptr);
  pass(10s, 1s);
  EXPECT_EQ(planned("A", "mill")->start, planned("A", "saw")->end);

  keep(TransportNetwork{.id = "yard",
                        .default_s = 60,
                        .ways = {{AssetId{"saw-1"}, AssetId{"mill"}, 600},
                                 {AssetId{"mill"}, AssetId{"saw-2"}, 900},
                                 {AssetId{"line-1"}, AssetId{"line-1"}, 300}}});
  pass(10s, 1s);
  const auto way = planned("A", "saw")->machine == AssetId{"saw-1"} ? 600s : 900s;
  EXPECT_GE(planned("A", "mill")->start - planned("A", "saw")->end, way) << "900 s hold back, too";
  EXPECT_LT(planned("A", "mill")->start - planned("A", "saw")->end, way + 60s);
  EXPECT_EQ(app->current()->cause, Cause::fleet);
}

TEST_F(Resources, ALostVehicleMakesPartsWaitAndComesBack) {
  keep(TransportNetwork{.id = "yard", .default_s = 3600, .vehicles = 2});
  order("A", 10, "2026-03-01T08:00:00Z");
  order("B", 10, "2026-03-01T08:00:00Z");
  pass(10s, 1s);
  const auto last = std::max(planned("A", "mill")->start, planned("B", "mill")->start);
  EXPECT_EQ(wrong_field({.kind = TellKind::vehicle_lost, .count = 2, .prices = {}}), "count") << "one must be left";
  EXPECT_EQ(wrong_field({.kind = TellKind::vehicle_back, .prices = {}}), "count") << "none is lost";

  tell({.kind = TellKind::vehicle_lost, .prices = {}, .reason = "flat battery"});
  pass(10s, 1s);

  EXPECT_EQ(app->current()->cause, Cause::fleet);
  EXPECT_EQ(app->current()->why, "1 of 2 vehicles out of service: flat battery");
  // One vehicle: an hour there, an hour back, an hour there.
  EXPECT_GE(std::max(planned("A", "mill")->start, planned("B", "mill")->start), last + 1h);
  EXPECT_TRUE(std::any_of(app->current()->changes.begin(), app->current()->changes.end(), [](const auto& one) {
    return one.reason == ChangeReason::fleet && one.text.find("flat battery") != std::string::npos;
  })) << to_json(app->current()->changes);
  tell({.kind = TellKind::vehicle_back, .prices = {}});
  EXPECT_EQ(app->book().ledger()->transport.at("yard").out_of_service, 0);
}

TEST_F(Resources, DearEnergyMovesWorkToTheMachineThatDrawsLess) {
  settings.energy_weight = 1000;
  reopen();
  keep(EnergyTariff{.id = "grid",
                    .prices = {{at("2026-02-01T00:00:00Z"), 0}},
                    .machines = {{AssetId{"line-1"}, 1}, {AssetId{"saw-1"}, 200}, {AssetId{"saw-2"}, 100}}});
  order("A", 60, nullptr);
  pass(10s, 1s);
  ASSERT_TRUE(app->move(actor, {"A", "saw", AssetId{"saw-1"}, at("2026-03-01T20:00:00Z")}));
  ASSERT_TRUE(app->unpin(actor, {"A", "saw"}));
  EXPECT_EQ(app->current()->figures.energy_cost, 0);

  tell({.kind = TellKind::price_change, .prices = {{at("2026-02-01T00:00:00Z"), 400}}, .reason = "a cold spell"});
  pass(10s, 1s);

  EXPECT_EQ(app->current()->cause, Cause::price);
  EXPECT_EQ(app->current()->why, "energy has other prices: a cold spell");
  EXPECT_EQ(planned("A", "saw")->machine, AssetId{"saw-2"});
  // 100 kW for an hour and 1 kW for an hour and a half, at 400 a MWh.
  EXPECT_NEAR(app->current()->figures.energy_cost, 40.6, 0.011);
  ASSERT_TRUE(change("A", "saw"));
  EXPECT_EQ(change("A", "saw")->reason, ChangeReason::price);
}

TEST_F(Resources, WhatIsWrongIsNamedByItsField) {
  order("A", 60, nullptr);
  EXPECT_EQ(refused(Operator{.id = "bo", .skills = {"x"}, .calendar = "never"}).at(0).path, "calendar");
  EXPECT_EQ(refused(Absence{.id = "x", .person = "bo", .begin = clock.now(), .end = clock.now() + 1h}).at(0).path,
            "person");
  keep(Operator{.id = "bo", .skills = {"x"}, .count = 2});
  EXPECT_EQ(
      refused(Absence{.id = "x", .person = "bo", .count = 3, .begin = clock.now(), .end = clock.now() + 1h}).at(0).path,
      "count");
  EXPECT_EQ(refused(MaterialArrival{.id = "x", .order = "Z", .at = clock.now()}).at(0).path, "order");
  EXPECT_EQ(refused(MaterialArrival{.id = "x", .order = "A", .step = "glue", .at = clock.now()}).at(0).path, "step");
  EXPECT_EQ(refused(TransportNetwork{.id = "x", .ways = {{AssetId{"mill"}, AssetId{"moon"}, 60}}}).at(0).path,
            "ways[0].to");
  keep(TransportNetwork{.id = "yard"});
  EXPECT_EQ(refused(TransportNetwork{.id = "second"}).at(0).path, "id");
  EXPECT_EQ(refused(EnergyTariff{.id = "x", .prices = {}, .machines = {{AssetId{"moon"}, 1}}}).at(0).path,
            "machines[0].machine");
  EXPECT_FALSE(from_json<TransportNetwork>(R"({"id":"yard","vehicles":2,"out_of_service":2})"));
  EXPECT_FALSE(from_json<EnergyTariff>(
      R"({"id":"e","prices":[{"from":"2026-03-02T00:00:00Z"},{"from":"2026-03-01T00:00:00Z"}]})"));

  EXPECT_EQ(wrong_field({.kind = TellKind::material_late, .order = "Z", .prices = {}}), "order");
  EXPECT_EQ(wrong_field({.kind = TellKind::material_late, .order = "A", .prices = {}}), "until");
  EXPECT_EQ(wrong_field({.kind = TellKind::operator_absent, .person = "nobody", .prices = {}}), "person");
  EXPECT_EQ(wrong_field({.kind = TellKind::price_change, .prices = {{clock.now(), 1}}}), "not_found");
}

TEST_F(Resources, EveryKindOfRecordIsImported) {
  const auto people = app->book().import <Operator>(
      actor, "id,name,skills,count\nada,Ada,\"milling,sawing\",1\nbo,Bo,milling,x\n", false);
  ASSERT_TRUE(people) << to_string(people.error());
  EXPECT_EQ(people->failed, 1);
  EXPECT_EQ(people->rows[1].errors.at(0).path, "count");
  EXPECT_TRUE(app->book().ledger()->operators.empty()) << "all or none";
  ASSERT_TRUE(app->book().import <Operator>(actor, "id,name,skills\nada,Ada,\"milling,sawing\"\n", false));
  EXPECT_EQ(app->book().ledger()->operators.at("ada").skills, (std::vector<std::string>{"milling", "sawing"}));
  order("A", 10, nullptr);
  const auto arrivals = app->book().import <MaterialArrival>(
      actor, "id,order,at\nA-steel,A,2026-03-01T09:00:00Z\nB-steel,B,2026-03-01T09:00:00Z\n", true);
  ASSERT_TRUE(arrivals);
  EXPECT_EQ(arrivals->created, 1);
  EXPECT_EQ(arrivals->rows[1].errors.at(0).path, "order");
}

}  // namespace
}  // namespace hanse::apps::scheduling
