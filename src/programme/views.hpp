#pragma once

#include <map>
#include <string>
#include <vector>

#include "programme/planning.hpp"

namespace hanse::programme {

/// What people call things, by id.
struct Names {
  std::map<std::string, std::string> organisations, parts;
};
HANSE_DESCRIBE(Names, (organisations, parts))

/// A plan in a line of a list, to compare it with others.
struct PlanHead {
  std::string id, need, replaces, reason;
  Timestamp made;
  Aim aim = Aim::balanced;
  std::optional<DisruptionEvent> event;      ///< That it repairs after.
  bool published = false, proposal = false;  ///< A proposal repairs after an event and waits for a decision.
  optimiser::allocation::Status status = optimiser::allocation::Status::no_solution_yet;
  double value = 0, bound = 0, gap = 1, seconds = 0, repair_ms = 0;
  double units = 0, units_due = 0, unit_weeks_late = 0;
  double cost = 0;  ///< Of making, moving, storing and buying; no penalties.
  std::int64_t members = 0, lines = 0;
  std::int64_t single_source_parts = 0;  ///< Parts that one member alone makes.
  double largest_share = 0;              ///< Of the cost of making, the largest member's.
  std::int64_t changes = 0;
};
HANSE_DESCRIBE(PlanHead, (id, need, replaces, reason, made, aim, event, published, proposal, status, value, bound, gap,
                          seconds, repair_ms, units, units_due, unit_weeks_late, cost, members, lines,
                          single_source_parts, largest_share, changes))
PlanHead head_of(const PlanRecord& record);

/// Parts of one tier and one kind of work.
struct FlowNode {
  std::string id, label;
  std::int64_t tier = 0;  ///< 0 the finished good, then what goes into it.
  double value = 0;       ///< Cost of all that passes through, with what went into it.
  std::int64_t parts = 0, members = 0;
};
HANSE_DESCRIBE(FlowNode, (id, label, tier, value, parts, members))
struct FlowLink {
  std::string from, to;
  double value = 0;
};
HANSE_DESCRIBE(FlowLink, (from, to, value))

struct PlanMember {
  std::string organisation;
  std::int64_t parts = 0, sites = 0;
  double hours = 0, cost = 0, share = 0;  ///< `share` of the cost of making.
  double units = 0;                       ///< Of all its parts.
};
HANSE_DESCRIBE(PlanMember, (organisation, parts, sites, hours, cost, share, units))

/// A plan as a page shows it: sums instead of every line.
struct PlanPicture {
  PlanHead head;
  optimiser::allocation::Measures measures;
  std::vector<RampWeek> ramp;
  std::vector<FlowNode> nodes;
  std::vector<FlowLink> links;
  std::vector<PlanMember> members;  ///< Largest first.
  std::vector<Limiting> limits;
  std::vector<ChainStep> chain;
  std::vector<Blocker> blockers;
  std::vector<ChangeLine> changes;  ///< The first five hundred.
  std::vector<std::string> call;
  std::map<std::string, std::string> names;  ///< Of parts.
};
HANSE_DESCRIBE(PlanPicture,
               (head, measures, ramp, nodes, links, members, limits, chain, blockers, changes, call, names))
PlanPicture picture_of(const PlanRecord& record, const std::vector<Design>& designs);

}  // namespace hanse::programme
