#include "programme/programme.hpp"

#include <gtest/gtest.h>
#include <thread>

#include "base/random.hpp"
#include "programme/routes.hpp"
#include "programme/ventilator.hpp"

namespace hanse::programme {
namespace {

namespace allocation = optimiser::allocation;
using ecosystem::Capability;

const store::Actor kConvener{"user:anna"};
Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }
const PlanBudget kBudget{.seconds = 1e9, .iterations_max = 200, .bottlenecks = 0};

class ProgrammeTest : public testing::Test {
 protected:
  void SetUp() override {
    store = store::open_store("sqlite::memory:", clock).value();
    ecosystem = ecosystem::Ecosystem::open(*store).value();
    programme = Programme::open(*store, *ecosystem, clock).value();
  }
  void seed() {
    ASSERT_TRUE(seed_ventilator(*ecosystem, *programme, kConvener,
                                {.start = start, .units = 3'000, .parts = 14, .firms = 10, .suppliers = 36}));
  }
  PlanRecord planned(const std::string& need) {
    auto plan = programme->plan(kConvener, need, kBudget);
    EXPECT_TRUE(plan) << to_string(plan.error());
    return plan ? *std::move(plan) : PlanRecord{};
  }
  PlanRecord published(const std::string& need) {
    auto plan = programme->publish(kConvener, planned(need).id);
    EXPECT_TRUE(plan) << to_string(plan.error());
    return plan ? *std::move(plan) : PlanRecord{};
  }
  /// One maker with forty hours a week, one part that takes an hour.
  void one_maker() {
    ASSERT_TRUE(ecosystem->put(kConvener, ecosystem::Organisation{.id = "acme", .name = "ACME", .country = "DE"}));
    ASSERT_TRUE(ecosystem->put(
        kConvener, ecosystem::Site{.id = "acme-1", .organisation = "acme", .name = "Works", .zone = "north"}));
    ASSERT_TRUE(ecosystem->put(
        kConvener,
        ecosystem::CapacityCalendar{.id = "acme-hours", .organisation = "acme", .site = "acme-1", .usual_hours = 40}));
    ASSERT_TRUE(ecosystem->put(
        kConvener,
        Capability{.id = "acme-print",
                   .organisation = "acme",
                   .site = "acme-1",
                   .process = "SLS",
                   .materials = {"polymer/thermoplastic/pa"},
                   .envelope = {{"workspace.x", {}, 300.0}, {"workspace.y", {}, 200.0}, {"workspace.z", {}, 100.0}},
                   .calendar = "acme-hours",
                   .lead_time_weeks = 1}));
    Part shield{.id = "shield",
                .name = "Face shield",
                .requirement = {.process = "proc:am/PBF", .material = "polymer"},
                .hours_per_unit = 1,
                .unit_cost = 2};
    ASSERT_TRUE(programme->put(
        kConvener, Design{.id = "shield-design", .name = "Shield", .finished = "shield", .parts = {shield}}));
    ASSERT_TRUE(programme->put(
        kConvener,
        Approval{.id = "shield-ok", .design = "shield-design", .use = Use::community, .evidence = "fit test"}));
  }
  Need shields(std::string id, double quantity) {
    return {.id = std::move(id),
            .name = "Shields",
            .designs = {"shield-design"},
            .use = Use::community,
            .start = start,
            .weeks = 6,
            .due = {{3, "north", quantity}},
            .agreement_required = false};
  }

  const Timestamp start = at("2026-03-02T00:00:00Z");
  SimulatedClock clock{at("2026-03-02T06:00:00Z")};
  std::unique_ptr<store::Store> store;
  std::unique_ptr<ecosystem::Ecosystem> ecosystem;
  std::unique_ptr<Programme> programme;
};

TEST_F(ProgrammeTest, ADesignWithoutSenseIsRefusedWithItsPath) {
  const auto wrong = [](std::string_view text) {
    std::vector<std::string> paths;
    const auto read = from_json<Design>(text);
    if (!read) {
      for (const auto& field : read.error().fields) paths.push_back(field.path + ": " + field.message);
    }
    return paths;
  };
  const auto circle = wrong(R"({"id":"d","name":"d","finished":"a","parts":[
    {"id":"a","inputs":[{"part":"b","quantity":1}],"requirement":{"process":"proc:hx/assy"}},
    {"id":"b","inputs":[{"part":"a","quantity":1}],"requirement":{"process":"proc:hx/assy"}}]})");
  ASSERT_EQ(circle.size(), 1u);
  EXPECT_NE(circle[0].find("a -> b -> a"), std::string::npos) << circle[0];
  const auto dangling = wrong(
      R"({"id":"d","name":"d","finished":"a","parts":[{"id":"a","inputs":[{"part":"x","quantity":0}],"requirement":{"process":"proc:hx/assy"}}]})");
  ASSERT_EQ(dangling.size(), 1u);
  EXPECT_EQ(dangling[0].substr(0, 28), "parts[0].inputs[0].quantity:");
}

TEST_F(ProgrammeTest, MatchingGivesAReasonForEveryNoAndUnknownIsNeverYes) {
  one_maker();
  const auto offer = [&](std::string id, Capability change) {
    change.id = std::move(id);
    change.organisation = "acme";
    change.site = "acme-1";
    change.calendar = "acme-hours";
    ASSERT_TRUE(ecosystem->put(kConvener, change));
  };
  offer("turning", {.process = "proc:din8580/3.2.1"});
  offer("no-envelope", {.process = "SLS", .materials = {"polymer/thermoplastic/pa"}});
  offer("metal", {.process = "DMLS",
                  .materials = {"metal/ti"},
                  .envelope = {{"workspace.x", {}, 900.0}, {"workspace.y", {}, 900.0}, {"workspace.z", {}, 900.0}}});
  ASSERT_TRUE(ecosystem->put(kConvener, ecosystem::Certificate{.id = "c",
                                                               .organisation = "acme",
                                                               .scheme = "ISO 13485",
                                                               .valid_from = at("2025-01-01T00:00:00Z"),
                                                               .valid_to = at("2026-03-20T00:00:00Z")}));
  const Offers offers{ecosystem->records()};
  const MatchTerms terms{.from = start, .to = at("2026-04-13T00:00:00Z")};
  Requirement wanted{.process = "proc:am/PBF",
                     .material = "polymer",
                     .envelope = {{"workspace.x", 90}, {"workspace.y", 280}, {"workspace.z", 150}}};
  const auto matched = offers.match(wanted, terms);
  ASSERT_EQ(matched.fits.size(), 1u) << "the part lies in the work space another way round";
  EXPECT_EQ(offers.offer(matched.fits[0]).id, "acme-print");
  EXPECT_EQ(matched.failed.at(Condition::envelope), 1) << "what isn't said is unknown";
  EXPECT_EQ(matched.failed.at(Condition::material), 1);
  EXPECT_EQ(matched.failed.at(Condition::process), 1);

  wanted.certificates = {"ISO 13485"};
  EXPECT_TRUE(offers.match(wanted, terms).fits.empty());
  const auto near = offers.near_misses(wanted, terms, 10);
  ASSERT_EQ(near.size(), 1u);
  EXPECT_EQ(near[0].capability, "acme-print");
  EXPECT_NE(near[0].cure.find("ISO 13485 from 2026-03-02 to 2026-04-13, has valid 2025-01-01 to 2026-03-20"),
            std::string::npos)
      << near[0].cure;
}

TEST_F(ProgrammeTest, BitsAgreeWithTheLongWay) {
  seed();
  const Offers offers{ecosystem->records()};
  const auto need = programme->collection<Need>().get("ventilator").value().record;
  const auto design = programme->collection<Design>().get("ventilator-a").value().record;
  const auto terms = terms_of(need, {});
  for (const auto& part : design.parts) {
    std::vector<std::uint32_t> fits;
    for (std::uint32_t i = 0; i < offers.size(); ++i) {
      if (offers.explain(i, part.requirement, terms).verdict == Verdict::yes) fits.push_back(i);
    }
    auto all = terms;
    all.agreement_required = false;
    EXPECT_LE(fits.size(), offers.match(part.requirement, all).fits.size());
    EXPECT_EQ(fits, offers.match(part.requirement, terms).fits) << part.id;
  }
}

TEST_F(ProgrammeTest, AnUnapprovedOrRecalledDesignBlocksTheNeed) {
  one_maker();
  auto need = shields("n", 20);
  need.use = Use::clinical;
  ASSERT_TRUE(programme->put(kConvener, need));
  const auto plan = planned("n");
  EXPECT_EQ(plan.status, allocation::Status::no_solution_yet);
  ASSERT_EQ(plan.blockers.size(), 1u);
  EXPECT_NE(plan.blockers[0].reason.find("clinical"), std::string::npos);
  need.use = Use::community;
  ASSERT_TRUE(programme->put(kConvener, need));
  EXPECT_NEAR(planned("n").measures.units_delivered, 20, 0.1);
  auto approval = programme->collection<Approval>().get("shield-ok").value().record;
  approval.revoked = true;
  ASSERT_TRUE(programme->put(kConvener, approval));
  EXPECT_FALSE(planned("n").blockers.empty());
}

TEST_F(ProgrammeTest, AnApprovalHoldsForItsScopeOnly) {
  one_maker();
  auto approval = programme->collection<Approval>().get("shield-ok").value().record;
  approval.processes = {"proc:am/PBF-LB/M"};
  ASSERT_TRUE(programme->put(kConvener, approval));
  ASSERT_TRUE(programme->put(kConvener, shields("n", 20)));
  const auto plan = planned("n");
  ASSERT_EQ(plan.matches.size(), 1u);
  EXPECT_EQ(plan.matches[0].failed.at("approval_scope"), 1);
}

TEST_F(ProgrammeTest, NoHourIsGivenToTwoNeeds) {
  one_maker();
  ASSERT_TRUE(programme->put(kConvener, shields("a", 100)));
  ASSERT_TRUE(programme->put(kConvener, shields("b", 100)));
  const auto plan_a = planned("a"), plan_b = planned("b");  // Both counted on the same hours.
  ASSERT_TRUE(programme->publish(kConvener, plan_a.id));
  const auto refused = programme->publish(kConvener, plan_b.id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().message.find("acme-hours"), std::string::npos);
  published("b");
  std::map<std::int64_t, double> hours;
  const auto orders = programme->collection<Order>().all().value();  // Named: a loop doesn't keep a temporary's inside.
  for (const auto& order : orders) {
    for (const auto& week : order.record.weeks) hours[week.week] += week.hours;
  }
  for (const auto& [week, used] : hours) EXPECT_LE(used, 40 + 1e-3) << week;
}

TEST_F(ProgrammeTest, ConcurrentNeedsNeverTakeMoreThanThereIs) {
  one_maker();
  Random random{11};
  for (int i = 0; i < 6; ++i)
    ASSERT_TRUE(programme->put(kConvener, shields("need-" + std::to_string(i), random.uniform(20, 90))));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([this, i] {
      for (int attempt = 0; attempt < 3; ++attempt) {
        const auto plan = programme->plan(kConvener, "need-" + std::to_string(i), kBudget);
        if (plan && programme->publish(kConvener, plan->id)) return;
      }
    });
  }
  threads.clear();
  std::map<std::int64_t, double> hours;
  const auto orders = programme->collection<Order>().all().value();  // Named: a loop doesn't keep a temporary's inside.
  for (const auto& order : orders) {
    if (order.record.state == OrderState::cancelled) continue;
    for (const auto& week : order.record.weeks) hours[week.week] += week.hours;
  }
  EXPECT_FALSE(hours.empty());
  for (const auto& [week, used] : hours) EXPECT_LE(used, 40 * (1 + 1e-5)) << week;
}

TEST_F(ProgrammeTest, OrdersFollowTheirStatesAndTheMachines) {
  one_maker();
  ASSERT_TRUE(programme->put(kConvener, shields("n", 30)));
  published("n");
  const auto id = programme->collection<Order>().all().value().at(0).record.id;
  EXPECT_EQ(programme->act(kConvener, id, OrderAction::ship, 0, "").error().code, ErrorCode::conflict);
  ASSERT_TRUE(programme->act(kConvener, id, OrderAction::accept, 0, ""));
  plant::ProductionEvent good{.kind = plant::EventKind::good, .quantity = 12, .product = "n"},
      scrap{.kind = plant::EventKind::scrap, .quantity = 2, .product = "n"};
  const std::vector<plant::ProductionEvent> events{good, scrap};
  ASSERT_TRUE(programme->take_production(kConvener, "acme", events));
  auto order = programme->collection<Order>().get(id).value().record;
  EXPECT_EQ(order.produced, 12);
  EXPECT_EQ(order.scrapped, 2);
  EXPECT_EQ(order.state, OrderState::in_production);
  EXPECT_EQ(programme->tower("n")->finished, 12);
  ASSERT_TRUE(programme->act(kConvener, id, OrderAction::ship, 0, ""));
  EXPECT_EQ(programme->act(kConvener, id, OrderAction::receive, 0, "")->state, OrderState::received);
}

TEST_F(ProgrammeTest, TheVentilatorPlanIsRepairedWhenAMemberLeaves) {
  seed();
  const auto plan = published("ventilator");
  EXPECT_TRUE(plan.blockers.empty()) << plan.blockers[0].subject << ": " << plan.blockers[0].reason;
  EXPECT_GT(plan.measures.units_delivered, 1'500);
  EXPECT_FALSE(plan.chain.empty());
  const auto largest = programme->stress("ventilator", 10).value();
  ASSERT_FALSE(largest.empty());

  const std::string leaver = plan.lines.front().organisation;
  DisruptionEvent event{.need = "ventilator",
                        .kind = DisruptionKind::member_out,
                        .organisation = leaver,
                        .from_week = 2,
                        .try_only = true};
  const auto tried = programme->disrupt(kConvener, event).value();
  EXPECT_FALSE(tried.published);
  EXPECT_EQ(programme->collection<PlanRecord>().get(plan.id)->record.published, true) << "a dry run changes nothing";
  event.try_only = false;
  const auto repaired = programme->disrupt(kConvener, event);
  ASSERT_TRUE(repaired) << to_string(repaired.error());
  EXPECT_TRUE(repaired->published);
  EXPECT_EQ(repaired->replaces, plan.id);
  EXPECT_FALSE(repaired->changes.empty());
  for (const auto& line : repaired->lines) EXPECT_FALSE(line.organisation == leaver && line.week >= 2);
  for (const auto& called : repaired->call) EXPECT_NE(called, leaver);

  DisruptionEvent second = event;
  second.organisation = repaired->lines.back().organisation;
  EXPECT_TRUE(programme->disrupt(kConvener, second)) << "an event after an event";
  const auto back = programme->revert(kConvener, "ventilator");
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_EQ(back->id, repaired->id);
  EXPECT_FALSE(programme->disrupt(kConvener, {.need = "ventilator", .organisation = "nobody"}));
}

TEST_F(ProgrammeTest, APlanIsThereAfterARestart) {
  seed();
  const auto plan = published("ventilator");
  const auto again = Programme::open(*store, *ecosystem, clock).value();
  const auto repaired = again->disrupt(
      kConvener, {.need = "ventilator", .organisation = plan.lines.front().organisation, .from_week = 1});
  ASSERT_TRUE(repaired) << to_string(repaired.error());
  EXPECT_GT(repaired->measures.units_delivered, 0);
}

TEST_F(ProgrammeTest, AProposalWaitsAndIsWhatIsPublished) {
  seed();
  const auto plan = published("ventilator");
  const DisruptionEvent event{.need = "ventilator", .organisation = plan.lines.front().organisation, .from_week = 2};
  const auto proposal = programme->propose(kConvener, event).value();
  EXPECT_FALSE(proposal.published);
  EXPECT_EQ(proposal.replaces, plan.id);
  EXPECT_TRUE(head_of(proposal).proposal);
  const auto done = programme->publish(kConvener, proposal.id);
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_EQ(done->id, proposal.id);
  EXPECT_EQ(done->changes.size(), proposal.changes.size());
  EXPECT_EQ(done->measures.units_delivered, proposal.measures.units_delivered);
  // Another one for the old plan would repair what is no longer there.
  const auto late = programme->propose(
      kConvener, {.need = "ventilator", .organisation = plan.lines.back().organisation, .from_week = 2});
  ASSERT_TRUE(late);
  const auto other = programme->propose(
      kConvener,
      {.need = "ventilator", .organisation = plan.lines[plan.lines.size() / 2].organisation, .from_week = 3});
  ASSERT_TRUE(programme->publish(kConvener, late->id));
  EXPECT_EQ(programme->publish(kConvener, other->id).error().code, ErrorCode::conflict);
  // Reverted and published again: as it was.
  EXPECT_EQ(programme->revert(kConvener, "ventilator")->id, proposal.id);
  EXPECT_EQ(programme->publish(kConvener, late->id)->id, late->id);
}

TEST_F(ProgrammeTest, WhatAnEventTookStaysTakenAfterARestart) {
  seed();
  const auto plan = published("ventilator");
  const auto calendar = plan.lines.front().calendar;
  const auto repaired =
      programme->disrupt(kConvener, {.need = "ventilator", .kind = DisruptionKind::capacity_cut, .calendar = calendar});
  ASSERT_TRUE(repaired) << to_string(repaired.error());
  for (const auto& line : repaired->lines) EXPECT_NE(line.calendar, calendar);
  const auto again = Programme::open(*store, *ecosystem, clock).value();
  std::string leaver;
  for (const auto& line : repaired->lines) {
    if (line.part == plan.lines.front().part) leaver = line.organisation;
  }
  if (leaver.empty()) leaver = repaired->lines.back().organisation;
  const auto second = again->disrupt(kConvener, {.need = "ventilator", .organisation = leaver});
  ASSERT_TRUE(second) << to_string(second.error());
  for (const auto& line : second->lines) EXPECT_NE(line.calendar, calendar) << "its hours are still gone";
}

TEST_F(ProgrammeTest, MachinesOfThisNodeBookTheirPartsAndRaiseAlarmsWithAProposal) {
  one_maker();
  ASSERT_TRUE(programme->put(kConvener, shields("n", 120)));
  published("n");
  const auto id = programme->collection<Order>().all().value().at(0).record.id;
  ASSERT_TRUE(programme->act(kConvener, id, OrderAction::accept, 0, ""));
  LiveLine line{.id = "line", .name = "Line", .organisation = "acme", .calendar = "nobody's", .part = "n"};
  line.counts_at = {"printer-1"};
  line.stages = {{{"printer-1", "printer-2"}}};
  line.alarm_after_s = 60;
  EXPECT_EQ(programme->put(kConvener, line).error().fields.at(0).path, "calendar");
  line.calendar = "acme-hours";
  ASSERT_TRUE(programme->put(kConvener, line));
  ASSERT_TRUE(programme->watch());
  const auto event = [&](plant::EventKind kind, std::string asset) {
    plant::ProductionEvent made{.time = clock.now(), .asset = plant::AssetId{std::move(asset)}, .kind = kind};
    return made;
  };
  auto good = event(plant::EventKind::good, "printer-1");
  good.quantity = 7;
  auto down = event(plant::EventKind::state, "printer-1");
  down.state = plant::MachineState::down;
  down.reason = "nozzle";
  programme->take(std::vector{good, down});
  clock.advance(30s);
  ASSERT_TRUE(programme->watch());
  EXPECT_EQ(programme->collection<Order>().get(id)->record.produced, 7);
  EXPECT_EQ(programme->collection<Order>().get(id)->record.made.at(0), (MadeWeek{0, 7, 0}));
  EXPECT_TRUE(programme->tower("n")->alarms.empty()) << "not long enough";
  EXPECT_TRUE(programme->tower("n")->lines.at(0).machines.at(0).down);

  clock.advance(40s);
  ASSERT_TRUE(programme->watch());
  ASSERT_TRUE(programme->watch());
  auto tower = programme->tower("n").value();
  ASSERT_EQ(tower.alarms.size(), 1u) << "one stop is one alarm";
  EXPECT_EQ(tower.alarms[0].text, "nozzle");
  ASSERT_FALSE(tower.alarms[0].proposal.empty());
  const auto proposal = programme->picture(tower.alarms[0].proposal).value();
  EXPECT_FALSE(proposal.changes.empty());
  EXPECT_EQ(proposal.changes[0].week, 0) << "a stop is taken to last its week";
  EXPECT_GT(tower.alarms[0].units_at_risk, 0) << "nobody else makes shields";
  ASSERT_TRUE(programme->publish(kConvener, tower.alarms[0].proposal));
  EXPECT_TRUE(programme->tower("n")->alarms.empty());
  ASSERT_TRUE(programme->revert(kConvener, "n"));
  ASSERT_EQ(programme->tower("n")->alarms.size(), 1u) << "taken back, it is open again";
  ASSERT_TRUE(programme->publish(kConvener, tower.alarms[0].proposal));
  EXPECT_TRUE(programme->tower("n")->alarms.empty());

  auto up = event(plant::EventKind::state, "printer-1");
  up.state = plant::MachineState::producing;
  programme->take(std::vector{up});
  ASSERT_TRUE(programme->watch());
  EXPECT_EQ(programme->collection<Alarm>().all()->at(0).record.state, AlarmState::ended);
}

TEST_F(ProgrammeTest, PartsMadeWhileTheNodeWasAwayAreBookedOnce) {
  one_maker();
  plant::EventLog log{*store, clock};
  ASSERT_TRUE(programme->put(kConvener, shields("n", 120)));
  published("n");
  const auto id = programme->collection<Order>().all().value().at(0).record.id;
  ASSERT_TRUE(programme->act(kConvener, id, OrderAction::accept, 0, ""));
  LiveLine line{.id = "line", .organisation = "acme", .calendar = "acme-hours", .part = "n"};
  line.counts_at = {"printer-1"};
  ASSERT_TRUE(programme->put(kConvener, line));
  const auto make = [&](double quantity) {
    clock.advance(20s);
    const std::vector<plant::ProductionEvent> events{{.id = log.next_id(),
                                                      .time = clock.now(),
                                                      .asset = plant::AssetId{"printer-1"},
                                                      .kind = plant::EventKind::good,
                                                      .quantity = quantity}};
    ASSERT_TRUE(log.append(kConvener, events));
    programme->take(events);
  };
  ASSERT_TRUE(programme->catch_up(log));
  make(3);
  ASSERT_TRUE(programme->watch());
  make(4);  // Not booked any more: the node goes away.
  const auto again = Programme::open(*store, *ecosystem, clock).value();
  ASSERT_TRUE(again->catch_up(log));
  clock.advance(20s);
  ASSERT_TRUE(again->watch());
  EXPECT_EQ(again->collection<Order>().get(id)->record.produced, 7);
}

TEST_F(ProgrammeTest, ADeclinedOrderIsAnAlarmWithSomebodyElseInItsPlace) {
  seed();
  const auto plan = published("ventilator");
  const auto orders = programme->collection<Order>().list({.limit = 1000})->items;
  // One whose part somebody else has an order for, too.
  const auto found = std::find_if(orders.begin(), orders.end(), [&](const auto& order) {
    return std::any_of(orders.begin(), orders.end(), [&](const auto& other) {
      return other.record.part == order.record.part && other.record.organisation != order.record.organisation;
    });
  });
  ASSERT_NE(found, orders.end());
  ASSERT_TRUE(programme->act(kConvener, found->record.id, OrderAction::decline, 0, "no material"));
  const auto tower = programme->tower("ventilator").value();
  ASSERT_EQ(tower.alarms.size(), 1u);
  EXPECT_EQ(tower.alarms[0].kind, AlarmKind::order_declined);
  const auto proposal = programme->collection<PlanRecord>().get(tower.alarms[0].proposal)->record;
  for (const auto& line : proposal.lines)
    EXPECT_FALSE(line.capability == found->record.capability && line.part == found->record.part);
  EXPECT_TRUE(programme->propose_again(kConvener, tower.alarms[0].id));
}

TEST_F(ProgrammeTest, AimsChangeWhatAPlanIsBestAt) {
  seed();
  std::map<Aim, PlanHead> heads;
  for (const auto aim : {Aim::balanced, Aim::low_cost, Aim::resilient, Aim::few_members}) {
    auto budget = kBudget;
    budget.aim = aim;
    const auto plan = programme->plan(kConvener, "ventilator", budget);
    ASSERT_TRUE(plan) << to_string(plan.error());
    heads[aim] = head_of(*plan);
    EXPECT_GT(heads[aim].units, 0) << describe::enum_name(aim);
    if (aim != Aim::resilient) continue;
    // Nobody makes more than two fifths of a part that enough others can make.
    const auto design = programme->collection<Design>().get("ventilator-a")->record;
    std::map<std::string, std::map<std::string, double>> makers;
    for (const auto& line : plan->lines) makers[line.part][line.organisation] += line.quantity;
    const auto& assemblers = makers.at("ventilator");
    for (const auto& [organisation, quantity] : assemblers) EXPECT_LE(quantity, 0.4 * 3'000 + 1) << organisation;
  }
  EXPECT_EQ(programme->plans("ventilator")->size(), 4u);
}

TEST_F(ProgrammeTest, AnAimIsInThePenaltiesThatThePlanIsMadeFor) {
  seed();
  PlanningInput input{.need = programme->collection<Need>().get("ventilator")->record, .records = ecosystem->records()};
  for (const auto& design : input.need.designs) {
    input.designs.push_back(programme->collection<Design>().get(design)->record);
    input.approvals.push_back(programme->collection<Approval>().get(design + "-clinical")->record);
  }
  input.need.agreement_required = false;
  const auto with = [&](Aim aim) {
    input.aim = aim;
    return model_of(input).value().problem;
  };
  const auto balanced = with(Aim::balanced);
  EXPECT_EQ(with(Aim::early).penalties.late, 5 * balanced.penalties.late);
  EXPECT_LT(with(Aim::low_cost).penalties.late, balanced.penalties.late);
  EXPECT_EQ(with(Aim::few_members).activities[0].activation_cost, 10 * balanced.activities[0].activation_cost);
  EXPECT_TRUE(balanced.limits.empty());
  EXPECT_FALSE(with(Aim::resilient).limits.empty());
}

TEST_F(ProgrammeTest, APictureKeepsTheFlowOfValueFromTierToTier) {
  seed();
  const auto plan = published("ventilator");
  const auto picture = programme->picture(plan.id).value();
  ASSERT_FALSE(picture.nodes.empty());
  std::map<std::string, double> in, value;
  std::int64_t deepest = 0;
  for (const auto& node : picture.nodes) {
    value[node.id] = node.value;
    deepest = std::max(deepest, node.tier);
  }
  EXPECT_EQ(deepest, 3) << "finished good, modules, assemblies, parts";
  for (const auto& link : picture.links) {
    ASSERT_TRUE(value.contains(link.from) && value.contains(link.to)) << link.from << " -> " << link.to;
    in[link.to] += link.value;
  }
  for (const auto& [id, sum] : in) EXPECT_LE(sum, value[id] * 1.001) << id << ": no more goes in than comes out";
  EXPECT_EQ(picture.head.members, std::ssize(picture.members));
}

TEST_F(ProgrammeTest, ARehearsalRunsAllWeeksAndChangesNothing) {
  seed();
  const auto plan = published("ventilator");
  const auto calm = programme->rehearse("ventilator", {.seed = 1, .troubles_per_week = 0}).value();
  ASSERT_EQ(calm.weeks.size(), 14u);
  EXPECT_NEAR(calm.weeks.back().delivered, plan.measures.units_delivered, 1);
  const auto rough = programme->rehearse("ventilator", {.seed = 2, .troubles_per_week = 3}).value();
  EXPECT_EQ(programme->rehearse("ventilator", {.seed = 2, .troubles_per_week = 3})->weeks.back().delivered,
            rough.weeks.back().delivered)
      << "the same seed, the same troubles";
  std::size_t troubles = 0;
  double before = 0;
  for (const auto& week : rough.weeks) {
    troubles += week.troubles.size();
    EXPECT_GE(week.delivered, before);
    before = week.delivered;
  }
  EXPECT_GT(troubles, 14u);
  EXPECT_LE(rough.weeks.back().delivered, calm.weeks.back().delivered + 1);
  EXPECT_EQ(programme->tower("ventilator")->plan, plan.id);
}

TEST_F(ProgrammeTest, AProgrammeUnderWayShowsItsRampAndIsMadeOnce) {
  seed();
  published("ventilator");
  clock.set(start + 8 * std::chrono::hours{24 * 7} + 1h);
  ASSERT_TRUE(seed_progress(*ecosystem, *programme, kConvener, "ventilator", clock.now(), 1));
  const auto tower = programme->tower("ventilator").value();
  EXPECT_EQ(tower.week, 8);
  ASSERT_EQ(tower.ramp.size(), 14u);
  EXPECT_TRUE(tower.ramp[8].actual);
  EXPECT_FALSE(tower.ramp[9].actual);
  EXPECT_GE(*tower.ramp[8].open_parts, tower.ramp[8].open_parts_planned) << "never further than the plan";
  EXPECT_GT(tower.gating.back().produced, 0);
  EXPECT_EQ(tower.orders_open, 0);
  EXPECT_GT(tower.parts_behind, 0);
  EXPECT_LE(tower.gating.front().cover_days, tower.gating.back().cover_days);
  ASSERT_TRUE(seed_progress(*ecosystem, *programme, kConvener, "ventilator", clock.now(), 1));
  EXPECT_EQ(programme->tower("ventilator")->finished, tower.finished);
}

TEST_F(ProgrammeTest, RoutesNeedThePermissionsOfTheRoom) {
  for (const auto& route : routes(*programme)) {
    EXPECT_TRUE(route.permission == "programme.read" || route.permission == "programme.write") << route.path;
    EXPECT_TRUE(route.path.starts_with("/api/v1/programme/")) << route.path;
  }
}

}  // namespace
}  // namespace hanse::programme
