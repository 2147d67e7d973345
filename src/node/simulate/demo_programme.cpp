#include "node/simulate/demo_programme.hpp"

#include <algorithm>

#include "programme/scenarios.hpp"
#include "programme/ventilator.hpp"

namespace hanse::node::simulate {
namespace {

constexpr Duration kWeek = std::chrono::hours{24 * 7};
constexpr int kWeeksGone = 8;
/// A visitor breaks a machine and waits: half an hour, as in a plant, would be too long.
constexpr std::int64_t kAlarmAfterS = 20;
const programme::PlanBudget kBudget{.seconds = 6, .iterations_max = 3'000, .bottlenecks = 3, .threads = 2};

/// Midnight of the Monday before, UTC; the epoch was a Thursday.
Timestamp monday_of(Timestamp time) {
  constexpr std::int64_t kDay = 86'400'000'000'000;
  const auto day = time.ns / kDay;
  return {(day - (day + 3) % 7) * kDay};
}

}  // namespace

Result<void> seed_programme(ecosystem::Ecosystem& ecosystem, programme::Programme& programme, const Clock& clock,
                            const std::function<bool()>& stopped) {
  const store::Actor actor{"system:demo"};
  const auto now = clock.now();
  const programme::VentilatorScenario scenario{
      .start = monday_of(now) - kWeeksGone * kWeek, .units = 10'000, .parts = 60, .firms = 33, .suppliers = 120};
  HANSE_CHECK(seed_ventilator(ecosystem, programme, actor, scenario));
  HANSE_CHECK(seed_convening(programme, actor, scenario));
  HANSE_CHECK(seed_problem_club(ecosystem, programme, actor, {}));
  const auto line = programme::ventilator_line(scenario, kAlarmAfterS);
  HANSE_TRY(const auto known, programme.collection<programme::LiveLine>().find(line.id));
  if (!known) HANSE_CHECK(programme.put(actor, line));
  HANSE_TRY(const auto plans, programme.plans("ventilator"));
  if (std::any_of(plans.begin(), plans.end(), [](const programme::PlanHead& plan) { return plan.published; }))
    return seed_progress(ecosystem, programme, actor, "ventilator", now, scenario.seed);
  auto budget = kBudget;
  budget.stopped = stopped;
  HANSE_TRY(const auto plan, programme.plan(actor, "ventilator", budget));
  HANSE_CHECK(programme.publish(actor, plan.id));
  return seed_progress(ecosystem, programme, actor, "ventilator", now, scenario.seed);
}

}  // namespace hanse::node::simulate
