#include "apps/scheduling/scheduling.hpp"

#include "apps/scheduling/capacity.hpp"
#include "apps/scheduling/icalendar.hpp"
#include "apps/scheduling/workshop_fixture.hpp"

namespace hanse::apps::scheduling {
namespace {

TEST_F(Workshop, OrdersBecomeAPublishedScheduleByThemselves) {
  order("A", 60, "2026-03-01T12:00:00Z");
  order("B", 60, "2026-03-01T12:00:00Z");
  pass(10s, 1s);

  const auto version = app->current();
  ASSERT_EQ(version->version, 1);
  EXPECT_EQ(version->cause, Cause::first);
  EXPECT_EQ(version->by, "system:scheduling");
  ASSERT_EQ(version->operations.size(), 4u);
  // Two saws share the sawing; the mill takes one after the other, 90 min each.
  EXPECT_NE(planned("A", "saw")->machine, planned("B", "saw")->machine);
  EXPECT_GE(planned("A", "mill")->start, planned("A", "saw")->end);
  EXPECT_EQ(version->figures.late_orders, 0);
  EXPECT_EQ(to_string(*version->figures.end).substr(0, 16), "2026-03-01T10:00");
}

TEST_F(Workshop, AnOrderThatCannotBePlacedIsListedWithItsReasonAndTheRestIsScheduled) {
  ASSERT_TRUE(plant->put<plant::Product>(actor, plant::Product{.id = "nut", .name = "Nut"}));
  order("A", 10, nullptr);
  order("N", 10, nullptr, "nut");
  pass(10s, 1s);

  const auto version = app->current();
  ASSERT_EQ(version->unplaced.size(), 1u);
  EXPECT_EQ(version->unplaced[0].order, "N");
  EXPECT_NE(version->unplaced[0].reason.find("no routing"), std::string::npos);
  EXPECT_TRUE(planned("A", "mill"));
  pass(60s);
  EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [](const auto& one) { return one.key == "unplaced:N"; }));
}

TEST_F(Workshop, ABrokenMachineMovesItsWorkWithReasonAndComesBack) {
  order("A", 60, "2026-03-01T09:00:00Z");
  order("B", 60, "2026-03-01T10:30:00Z");
  pass(10s, 1s);
  const auto machine = planned("B", "saw")->machine;
  const auto other = machine == AssetId{"saw-1"} ? AssetId{"saw-2"} : AssetId{"saw-1"};
  state(machine.value.c_str(), plant::MachineState::down, "blade");
  pass(4min);
  EXPECT_EQ(app->current()->version, 1) << "a short stop is no reason to re-plan";
  pass(3min);

  const auto version = app->current();
  ASSERT_GE(version->version, 2);
  EXPECT_EQ(version->cause, Cause::machine);
  EXPECT_NE(version->why.find("is down"), std::string::npos) << version->why;
  ASSERT_FALSE(version->changes.empty());
  EXPECT_TRUE(std::any_of(version->changes.begin(), version->changes.end(), [](const auto& change) {
    return change.reason == ChangeReason::machine_down && change.text.find("blade") != std::string::npos;
  })) << to_json(version->changes);
  EXPECT_TRUE(planned("B", "saw")->machine == other || planned("B", "saw")->start > clock.now() + 20min);
  EXPECT_TRUE(app->situation()->down.contains(machine));
  state(machine.value.c_str(), plant::MachineState::producing);
  pass(1min);
  EXPECT_FALSE(app->situation()->down.contains(machine));
}

TEST_F(Workshop, PartsAreBookedToWhatThePlanHasNextAndTheOrderEnds) {
  order("A", 10, nullptr);
  pass(10s, 1s);
  const auto saw = planned("A", "saw")->machine;
  good(saw.value.c_str(), 4, "bracket", "unknown-77");  // The machine's own number means nothing here.
  pass(1s, 1s);
  auto seen = app->situation();
  ASSERT_TRUE(seen->progress.find({"A", "saw"}));
  EXPECT_EQ(seen->progress.find({"A", "saw"})->good, 4);
  EXPECT_EQ(seen->progress.machine(saw)->running, (OperationKey{"A", "saw"}));
  good("mill", 3, "bracket");
  pass(1s, 1s);
  EXPECT_EQ(app->situation()->progress.machine(AssetId{"mill"})->unassigned, 3) << "what comes before isn't done";
  good(saw.value.c_str(), 8, "bracket");
  pass(1s, 1s);
  seen = app->situation();
  EXPECT_TRUE(seen->progress.find({"A", "saw"})->finished);
  EXPECT_EQ(seen->progress.find({"A", "saw"})->good, 10);
  EXPECT_EQ(seen->progress.machine(saw)->unassigned, 2);
  ASSERT_TRUE(app->book_parts(actor, {"A", "mill"}, AssetId{"mill"}, 9, 1, true));
  pass(1s, 1s);
  EXPECT_EQ(app->book().ledger()->orders.at("A").status, OrderStatus::completed);
}

TEST_F(Workshop, ProgressAndScheduleOutliveTheProgram) {
  order("A", 100, nullptr);
  pass(10s, 1s);
  const auto saw = planned("A", "saw")->machine;
  good(saw.value.c_str(), 4, "bracket");
  pass(31s, 1s);
  const auto version = app->current()->version;
  good(saw.value.c_str(), 5, "bracket");  // Told, but not booked when the program ends.
  reopen();
  pass(1s, 1s);
  EXPECT_EQ(app->current()->version, version);
  EXPECT_EQ(app->situation()->progress.find({"A", "saw"})->good, 9);
}

TEST_F(Workshop, ALateOperationPushesTheRestAndSaysSo) {
  order("A", 60, nullptr);
  pass(10s, 1s);
  const auto version = app->current()->version;
  pass(1h);  // Nothing happens at the saw for an hour.
  ASSERT_GT(app->current()->version, version);
  EXPECT_EQ(app->current()->cause, Cause::progress);
  EXPECT_GE(planned("A", "saw")->start + settings.tolerance, clock.now() - settings.drift_every - 1min);
}

TEST_F(Workshop, AMoveSnapsToWhatCanBeAndIsTakenBack) {
  order("A", 60, "2026-03-01T12:00:00Z");
  order("B", 60, "2026-03-01T12:00:00Z");
  pass(10s, 1s);
  const auto before = *planned("B", "mill");
  MoveRequest request{"B", "mill", AssetId{"mill"}, clock.now(), true};
  const auto tried = app->move(actor, request);
  ASSERT_TRUE(tried) << to_string(tried.error());
  EXPECT_TRUE(tried->snapped);
  EXPECT_GE(tried->start, planned("B", "saw")->end) << "sawing comes first, whatever was dragged";
  EXPECT_EQ(app->current()->version, 1) << "a dry run changes nothing";

  request.start = at("2026-03-01T14:00:00Z");
  request.dry_run = false;
  const auto moved = app->move(actor, request);
  ASSERT_TRUE(moved) << to_string(moved.error());
  EXPECT_EQ(moved->start, request.start);
  EXPECT_EQ(moved->newly_late, std::vector<std::string>{"B"});
  ASSERT_FALSE(moved->changes.empty());
  EXPECT_TRUE(std::any_of(moved->changes.begin(), moved->changes.end(),
                          [](const auto& one) { return one.reason == ChangeReason::planner; }));
  ASSERT_EQ(app->current()->pins.size(), 1u);

  ASSERT_TRUE(app->undo(actor));
  EXPECT_LT(planned("B", "mill")->start - before.start, 1min) << "nothing begins before now, which has moved on";
  EXPECT_TRUE(app->current()->pins.empty());
  EXPECT_EQ(app->current()->undoes, moved->version);
  EXPECT_EQ(app->undo(actor).error().code, ErrorCode::conflict);

  request.machine = AssetId{"press"};
  const auto wrong = app->move(actor, request);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().fields[0].message, "step 'mill' can be done on mill");
}

TEST_F(Workshop, ALockedOperationStaysWhenOthersMove) {
  order("A", 60, "2026-03-01T18:00:00Z");
  pass(10s, 1s);
  ASSERT_TRUE(app->move(actor, {"A", "saw", AssetId{"saw-2"}, at("2026-03-01T15:00:00Z")}));
  ASSERT_TRUE(app->lock(actor, {"A", "saw"}));
  EXPECT_TRUE(app->current()->pins.at(0).locked);
  ASSERT_TRUE(app->plan(actor, true));
  EXPECT_EQ(planned("A", "saw")->start, at("2026-03-01T15:00:00Z"));
  EXPECT_EQ(planned("A", "saw")->machine, AssetId{"saw-2"});
  ASSERT_TRUE(app->unpin(actor, {"A", "saw"}));
  ASSERT_TRUE(app->plan(actor, true));
  EXPECT_LT(planned("A", "saw")->start, at("2026-03-01T07:00:00Z"));
}

TEST_F(Workshop, LateOrdersNameTheChainThatMakesThemLate) {
  order("A", 120, "2026-03-01T09:00:00Z");
  order("B", 60, "2026-03-01T07:00:00Z");
  pass(10s, 1s);
  const auto seen = app->situation();
  const auto late = late_orders(seen->input(), seen->current->operations);
  ASSERT_EQ(late.size(), 2u);
  for (const auto& one : late) {
    EXPECT_GT(one.late_h, 0);
    ASSERT_FALSE(one.chain.empty());
    EXPECT_EQ(one.chain.front().step, "mill");
    // From its last operation each link ends where the next one begins.
    for (std::size_t i = 1; i < one.chain.size(); ++i) EXPECT_LE(one.chain[i].end, one.chain[i - 1].start + 2s);
    EXPECT_EQ(one.chain.back().blocker, Blocker::start) << to_json(one.chain);
  }
}

TEST_F(Workshop, APromiseUsesGapsAndMovesNothing) {
  order("A", 60, nullptr);
  pass(10s, 1s);
  ASSERT_TRUE(app->move(actor, {"A", "saw", AssetId{"saw-1"}, at("2026-03-01T12:00:00Z")}));
  const auto version = app->current()->version;
  const auto promised = app->promise_of("bracket", 20, {});
  ASSERT_TRUE(promised) << to_string(promised.error());
  EXPECT_TRUE(promised->in_gaps);
  // 20 min of sawing at once on a free saw, 30 min of milling before A needs the mill.
  EXPECT_LT(promised->end, at("2026-03-01T07:00:00Z"));
  EXPECT_EQ(app->current()->version, version);
  EXPECT_FALSE(app->book().ledger()->orders.contains("\x01promise"));
  EXPECT_FALSE(app->promise_of("nothing", 1, {}));
}

TEST_F(Workshop, ChangeOversAreGroupedAndShown) {
  ASSERT_TRUE(plant->put<plant::Product>(actor, plant::Product{.id = "lid", .name = "Lid", .ideal_cycle_s = 30}));
  ASSERT_TRUE(app->book().put<Routing>(
      actor, {{.id = "lid-1",
               .product = "lid",
               .steps = {{.id = "press", .machines = {{AssetId{"press"}, 0}}, .after = {}}}}}));
  ASSERT_TRUE(app->book().put<ChangeOverMatrix>(
      actor, {{.id = "press", .machines = {AssetId{"press"}}, .default_s = 1800, .changes = {{"lid", "plate", 600}}}}));
  for (const char* id : {"P1", "P2", "P3"}) order(id, 20, nullptr, "plate");
  for (const char* id : {"L1", "L2", "L3"}) order(id, 20, nullptr, "lid");
  pass(10s, 1s);
  int change_overs = 0;
  for (const auto& one : app->current()->operations) change_overs += one.setup_s > 0 ? 1 : 0;
  EXPECT_EQ(change_overs, 1);
}

TEST_F(Workshop, ClosedTimesAreKept) {
  plant::Calendar day{.id = "day", .name = "Day"};
  using enum plant::Weekday;
  day.shifts = {{"day", {mon, tue, wed, thu, fri}, "08:00", "16:00", {{"12:00", "13:00"}}}};
  ASSERT_TRUE(plant->put<plant::Calendar>(actor, day));
  auto line = *plant->records()->asset(AssetId{"line-1"});
  line.calendar = "day";
  ASSERT_TRUE(plant->put<plant::Asset>(actor, line));
  ASSERT_TRUE(app->book().put<MaintenanceWindow>(
      actor, {{"M1", AssetId{"mill"}, at("2026-03-02T08:00:00Z"), at("2026-03-02T14:00:00Z"), "oil"}}));
  order("A", 60, nullptr);
  pass(10s, 1s);
  EXPECT_EQ(planned("A", "saw")->start, at("2026-03-02T08:00:00Z")) << "Monday morning";
  EXPECT_EQ(planned("A", "mill")->start, at("2026-03-02T14:00:00Z"));
  const auto seen = app->situation();
  const auto load = machine_loads(seen->input(), seen->current->operations, scheduled_machines(*seen->ledger),
                                  {at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")}, 24h);
  const auto mill = std::find_if(load.begin(), load.end(), [](const auto& one) { return one.machine.value == "mill"; });
  ASSERT_NE(mill, load.end());
  EXPECT_DOUBLE_EQ(mill->cells[0].working_h, 7);
  EXPECT_DOUBLE_EQ(mill->cells[0].closed_h, 5) << "the break isn't closed twice";
  EXPECT_DOUBLE_EQ(mill->cells[0].planned_h, 1.5);
  const auto left = free_capacity(seen->input(), seen->current->operations, scheduled_machines(*seen->ledger), 2);
  const auto week = std::find_if(left.begin(), left.end(),
                                 [](const auto& one) { return one.machine.value == "mill" && one.week == "2026-W10"; });
  ASSERT_NE(week, left.end());
  EXPECT_DOUBLE_EQ(week->free_h, 5 * 7 - 5 - 1.5);
}

TEST_F(Workshop, AnImportSaysEachRowsFateAndWritesAllOrNone) {
  const std::string_view file =
      "id,product,quantity,due,weight\n"
      "A,bracket,20,2026-03-02T12:00:00Z,2\n"
      "B,bracket,many,,1\n"
      "C,spoon,5,,1\n";
  const auto tried = app->book().import <ProductionOrder>(actor, file, false);
  ASSERT_TRUE(tried) << to_string(tried.error());
  EXPECT_FALSE(tried->written);
  EXPECT_EQ(tried->failed, 2);
  EXPECT_EQ(tried->rows[1].line, 3);
  EXPECT_EQ(tried->rows[1].errors[0].path, "quantity");
  EXPECT_EQ(tried->rows[2].errors[0].path, "product");
  EXPECT_TRUE(app->book().ledger()->orders.empty());
  const auto kept = app->book().import <ProductionOrder>(
      actor, R"([{"id":"A","product":"bracket","quantity":20},{"id":"B","product":"plate","quantity":5}])", false);
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->written);
  EXPECT_EQ(app->book().ledger()->orders.size(), 2u);
  const auto wrong = app->book().import <ProductionOrder>(actor, "id;produkt\nA;bracket\n", true);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().fields[0].message.find("product"), std::string::npos);
}

TEST_F(Workshop, ASplitOrderKeepsItsParts) {
  order("A", 60, nullptr);
  const auto second = app->split(actor, "A", 25);
  ASSERT_TRUE(second) << to_string(second.error());
  const auto ledger = app->book().ledger();
  EXPECT_EQ(ledger->orders.at("A").quantity, 35);
  EXPECT_EQ(ledger->orders.at(*second).quantity, 25);
  EXPECT_FALSE(app->split(actor, "A", 35));
}

TEST_F(Workshop, RoutingsInACircleAndOrdersDueBeforeReleaseAreRefused) {
  const auto circle = from_json<Routing>(
      R"({"id":"x","product":"bracket","steps":[{"id":"a","machines":[{"machine":"mill"}],"after":["b"]},
          {"id":"b","machines":[{"machine":"mill"}],"after":["a"]}]})");
  ASSERT_FALSE(circle);
  EXPECT_EQ(circle.error().fields[0].path, "steps");
  const auto early = from_json<ProductionOrder>(
      R"({"id":"x","product":"bracket","release":"2026-03-02T00:00:00Z","due":"2026-03-01T00:00:00Z"})");
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().fields[0].path, "due");
}

TEST_F(Workshop, AnOutlookDrawsBreakdownsFromTheMachinesOwnHistory) {
  order("A", 600, "2026-03-01T18:00:00Z");
  pass(10s, 1s);
  const auto seen = app->situation();
  std::map<AssetId, Reliability> never;
  const auto sure = outlook({seen->input(), seen->current->operations, never, 20, 1, {}});
  ASSERT_TRUE(sure) << to_string(sure.error());
  EXPECT_EQ(sure->orders.at(0).p50, sure->orders.at(0).planned);
  EXPECT_EQ(sure->orders.at(0).p90, sure->orders.at(0).planned);
  std::map<AssetId, Reliability> often{{AssetId{"mill"}, {AssetId{"mill"}, 10, 40, 4, 0.5}}};
  const auto unsure = outlook({seen->input(), seen->current->operations, often, 300, 1, {}});
  ASSERT_TRUE(unsure) << to_string(unsure.error());
  // 15 h of milling and a failure each 4 h of it: 3.75 breakdowns of half an hour each.
  EXPECT_NEAR(unsure->breakdowns_per_run, 3.75, 0.4);
  EXPECT_GT(unsure->orders.at(0).p90, unsure->orders.at(0).p50);
  EXPECT_GT(unsure->orders.at(0).p50, unsure->orders.at(0).planned);
  const auto again = outlook({seen->input(), seen->current->operations, often, 300, 1, {}});
  EXPECT_EQ(to_json(*again), to_json(*unsure));
}

TEST_F(Workshop, FewFailuresSayNothingOfAMachineAlone) {
  std::map<AssetId, Reliability> all{{AssetId{"saw-1"}, {AssetId{"saw-1"}, 1, 0.2, 0.2, 1}},
                                     {AssetId{"saw-2"}, {AssetId{"saw-2"}, 5, 99.8, 19.96, 0.4}}};
  pool_by_kind(all, *plant->records());
  EXPECT_EQ(all[AssetId{"saw-1"}].basis, Basis::kind);
  EXPECT_NEAR(all[AssetId{"saw-1"}].mtbf_h, 100.0 / 6, 1e-9);
  EXPECT_NEAR(all[AssetId{"saw-1"}].mttr_h, 3.0 / 6, 1e-9);
  EXPECT_EQ(all[AssetId{"saw-2"}].basis, Basis::own);
  EXPECT_NEAR(all[AssetId{"saw-2"}].mtbf_h, 19.96, 1e-9);
  all = {{AssetId{"saw-1"}, {AssetId{"saw-1"}, 2, 0.2, 0.1, 1}}};
  pool_by_kind(all, *plant->records());
  EXPECT_EQ(all[AssetId{"saw-1"}].basis, Basis::none);
  EXPECT_EQ(all[AssetId{"saw-1"}].mtbf_h, 0) << "no breakdown is drawn from so little";
}

TEST(Reliability, CountsFailuresOfProducingTime) {
  using plant::MachineState;
  std::vector<plant::ProductionEvent> events;
  const auto say = [&](const char* time, MachineState is) {
    events.push_back({.time = at(time), .asset = AssetId{"m"}, .state = is});
  };
  say("2026-03-01T00:00:00Z", MachineState::producing);
  say("2026-03-01T04:00:00Z", MachineState::down);
  say("2026-03-01T05:00:00Z", MachineState::producing);
  say("2026-03-01T09:00:00Z", MachineState::down);
  say("2026-03-01T09:01:00Z", MachineState::producing);  // Too short to be one.
  const auto found =
      reliability_of(AssetId{"m"}, events, {at("2026-03-01T00:00:00Z"), at("2026-03-01T10:00:00Z")}, 5min);
  EXPECT_EQ(found.failures, 1);
  EXPECT_NEAR(found.mtbf_h, 8.98, 0.01);
  EXPECT_DOUBLE_EQ(found.mttr_h, 1);
}

TEST(ICalendar, WritesWhatItReads) {
  const std::vector<CalendarEntry> entries{
      {"a@x", "Öl wechseln, 3. Achse; siehe \\Blatt 7 mit einem Satz, der länger ist als eine Zeile sein darf", "Mill",
       at("2026-03-01T06:00:00Z"), at("2026-03-01T07:30:00Z")}};
  const auto text = write_icalendar(entries, at("2026-02-01T00:00:00Z"));
  for (std::size_t from = 0, end = text.find("\r\n"); end != std::string::npos;
       from = end + 2, end = text.find("\r\n", from))
    EXPECT_LE(end - from, 75u);
  const auto read = read_icalendar(text);
  ASSERT_TRUE(read) << to_string(read.error());
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->at(0).summary, entries[0].summary);
  EXPECT_EQ(read->at(0).end, entries[0].end);
}

TEST(ICalendar, NamesTheLineThatIsWrong) {
  const auto head = std::string{"BEGIN:VCALENDAR\nBEGIN:VEVENT\n"};
  EXPECT_EQ(read_icalendar(head + "DTSTART;TZID=Europe/Berlin:20260301T060000\n").error().message.substr(0, 7),
            "line 3:");
  EXPECT_NE(read_icalendar(head + "RRULE:FREQ=DAILY\n").error().message.find("repeating"), std::string::npos);
  EXPECT_EQ(read_icalendar(head + "END:VEVENT\n").error().message, "line 2: the event has no DTSTART");
  EXPECT_FALSE(read_icalendar("hello"));
  const auto day = read_icalendar(head + "DTSTART;VALUE=DATE:20260301\nEND:VEVENT\nEND:VCALENDAR\n");
  ASSERT_TRUE(day) << to_string(day.error());
  EXPECT_EQ(day->at(0).end - day->at(0).begin, 24h);
}

}  // namespace
}  // namespace hanse::apps::scheduling
