#pragma once

#include <memory>
#include <string>
#include <vector>

#include "optimiser/allocation/explain.hpp"
#include "optimiser/allocation/repair.hpp"
#include "programme/match.hpp"

namespace hanse::programme {

/// What a plan is to be best at. Others than `balanced` are asked for beside it, to see what they would cost.
enum class Aim {
  balanced,
  early,       ///< Units early count five times as much.
  low_cost,    ///< Being late counts a fifth.
  resilient,   ///< No member makes more than two fifths of what is needed of a part, where others can.
  few_members  ///< An order costs ten times as much.
};
HANSE_DESCRIBE_ENUM(Aim, balanced, early, low_cost, resilient, few_members)

/// What a plan is made from, at one moment.
struct PlanningInput {
  Need need;
  std::vector<Design> designs;
  std::vector<Approval> approvals;
  std::vector<Agreement> agreements;
  std::vector<Order> committed;  ///< Of other needs: their hours are gone.
  std::shared_ptr<const ecosystem::Records> records;
  Aim aim = Aim::balanced;
};

/// Who can make a part, and why others can't.
struct PartMatch {
  std::string design, part, name;
  std::int64_t offers = 0;
  std::map<std::string, std::int64_t> failed;  ///< By the first test that failed.
  std::vector<std::string> organisations;      ///< That can, at most twenty.
};
HANSE_DESCRIBE(PartMatch, (design, part, name, offers, failed, organisations))

/// Why there is no plan for everything, and what would cure it.
struct Blocker {
  std::string subject, reason, cure;
};
HANSE_DESCRIBE(Blocker, (subject, reason, cure))

/// A need as an allocation problem, with the names of its numbers.
struct PlanningModel {
  optimiser::allocation::Problem problem;
  std::vector<std::string> items;                    ///< Parts; the finished good first.
  std::vector<std::string> zones, suppliers, pools;  ///< Organisations; calendars (or capabilities without one).
  struct Maker {
    std::string capability, organisation, site, calendar, part;
  };
  std::vector<Maker> makers;  ///< By activity.
  std::vector<PartMatch> matches;
  std::vector<Blocker> blockers;
};

/// Errors: `invalid` when the need or a design is wrong beyond what blockers say.
Result<PlanningModel> model_of(const PlanningInput& input);

/// The terms of matching for a need: the time of its plan, and who has agreed.
MatchTerms terms_of(const Need& need, const std::vector<Agreement>& agreements);

// A plan as it is stored and shown: names instead of numbers.

struct PlanLine {
  std::string organisation, site, capability, calendar, part;
  std::int64_t week = 0;
  double quantity = 0, hours = 0, cost = 0;
};
HANSE_DESCRIBE(PlanLine, (organisation, site, capability, calendar, part, week, quantity, hours, cost))
struct PlanShipment {
  std::string part, from_zone, to_zone;
  std::int64_t week = 0;
  double quantity = 0;
};
HANSE_DESCRIBE(PlanShipment, (part, from_zone, to_zone, week, quantity))
struct PlanPurchase {
  std::string part, zone;
  std::int64_t week = 0;
  double quantity = 0;
};
HANSE_DESCRIBE(PlanPurchase, (part, zone, week, quantity))
struct PlanDelivery {
  std::string zone;
  std::int64_t week = 0;
  double quantity = 0;
};
HANSE_DESCRIBE(PlanDelivery, (zone, week, quantity))
struct RampWeek {
  std::int64_t week = 0;
  double due = 0, planned = 0;  ///< Cumulative.
};
HANSE_DESCRIBE(RampWeek, (week, due, planned))
struct ChainStep {
  std::string part, organisation, zone, text;
  std::int64_t start_week = 0, ready_week = 0;
};
HANSE_DESCRIBE(ChainStep, (part, organisation, zone, text, start_week, ready_week))
struct Limiting {
  std::string part, text;
  double saving = 0, units_more = 0, unit_weeks_earlier = 0;
  std::vector<std::int64_t> weeks;
};
HANSE_DESCRIBE(Limiting, (part, text, saving, units_more, unit_weeks_earlier, weeks))
struct ChangeLine {
  std::string organisation, site, capability, part;
  std::int64_t week = 0;
  double before = 0, after = 0;
  optimiser::allocation::ChangeReason reason = optimiser::allocation::ChangeReason::lost;
};
HANSE_DESCRIBE(ChangeLine, (organisation, site, capability, part, week, before, after, reason))
struct StressLine {
  std::string organisation;
  double volume = 0, units_lost = 0, share_replaced = 1;
};
HANSE_DESCRIBE(StressLine, (organisation, volume, units_lost, share_replaced))

struct PlanRecord {
  std::string id, need, replaces, reason;  ///< `replaces` is the plan before; `reason` why there is this one.
  Timestamp made;
  Aim aim = Aim::balanced;               ///< Value, bound and gap are by its penalties.
  std::optional<DisruptionEvent> event;  ///< That it repairs after.
  optimiser::allocation::Status status = optimiser::allocation::Status::no_solution_yet;
  double value = 0, bound = 0, gap = 1, seconds = 0;
  optimiser::allocation::Measures measures;
  std::vector<RampWeek> ramp;
  std::vector<PlanLine> lines;
  std::vector<PlanShipment> shipments;
  std::vector<PlanPurchase> purchases;
  std::vector<PlanDelivery> deliveries;
  std::vector<PartMatch> matches;
  std::vector<Blocker> blockers;
  std::vector<ChainStep> chain;
  std::vector<Limiting> limits;
  std::vector<ChangeLine> changes;  ///< Against the plan before.
  std::vector<std::string> call;    ///< Organisations to be told.
  double repair_ms = 0;
  bool published = false, was_published = false;  ///< Now; ever.
  static std::vector<store::IndexField> index(const PlanRecord& p) {
    return {{"need", p.need}, {"state", p.published ? "published" : "draft"}};
  }
};
HANSE_DESCRIBE(PlanRecord, (id, need, replaces, reason, made, aim, event, status, value, bound, gap, seconds, measures,
                            ramp, lines, shipments, purchases, deliveries, matches, blockers, chain, limits, changes,
                            call, repair_ms, published, was_published))

/// The plan in names: lines, ramp and measures.
void write_plan(const PlanningModel& model, const Need& need, const optimiser::allocation::Plan& plan,
                PlanRecord& record);
/// And back to numbers of a model made anew; lines whose maker is no longer there are left out.
optimiser::allocation::Plan read_plan(const PlanningModel& model, const PlanRecord& record);
std::vector<ChainStep> write_chain(const PlanningModel& model);
std::vector<ChangeLine> write_changes(const PlanningModel& model, const optimiser::allocation::Repair& repair);
/// Errors: `invalid` when the event names what the plan doesn't have.
Result<optimiser::allocation::Disruption> read_event(const PlanningModel& model, const DisruptionEvent& event);

}  // namespace hanse::programme
