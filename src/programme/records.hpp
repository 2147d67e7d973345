#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "ecosystem/records.hpp"

namespace hanse::programme {

using ecosystem::Evidence;

/// What a part demands of one property: its own value, which the offer's range must hold.
struct PropertyNeed {
  std::string property;
  double value = 0;
  friend bool operator==(const PropertyNeed&, const PropertyNeed&) = default;
};
HANSE_DESCRIBE(PropertyNeed, (property, value))

/// What an offer must be able to do.
struct Requirement {
  std::string process;   ///< Class of the vocabulary; an offer of a class below it fits.
  std::string material;  ///< Family; empty: any.
  std::vector<PropertyNeed> envelope;
  std::vector<std::string> certificates;   ///< Schemes, valid for all weeks of the plan.
  Evidence evidence = Evidence::declared;  ///< At least.
  friend bool operator==(const Requirement&, const Requirement&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "process", .summary = "Process class, as proc:din8580/3.2.1.", .required = true},
        FieldNote{.field = "envelope", .length_max = 40}, FieldNote{.field = "certificates", .length_max = 20}};
  }
};
HANSE_DESCRIBE(Requirement, (process, material, envelope, certificates, evidence))

struct PartUse {
  std::string part;
  double quantity = 1;
  friend bool operator==(const PartUse&, const PartUse&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "part", .required = true},
        FieldNote{.field = "quantity", .summary = "Per unit, with scrap; above 0.", .min = 1e-6, .max = 1e6}};
  }
};
HANSE_DESCRIBE(PartUse, (part, quantity))

/// An item of a design: the finished good, an assembly, a component or raw material.
struct Part {
  std::string id, name;
  std::vector<PartUse> inputs;
  Requirement requirement;
  double hours_per_unit = 0.1;  ///< Of the maker's calendar, where the offer says nothing better.
  double unit_cost = 0;         ///< Likewise.
  double weight = 1;            ///< Kilograms, for transport.
  double market_cost = 0;       ///< Open market per unit; 0: there is none.
  double market_weekly = 0, market_lead_weeks = 1;
  friend bool operator==(const Part&, const Part&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .length_max = 100, .required = true}, FieldNote{.field = "inputs", .length_max = 500},
        FieldNote{.field = "hours_per_unit", .min = 1e-6, .max = 1e5},
        FieldNote{.field = "unit_cost", .min = 0, .max = 1e9}, FieldNote{.field = "weight", .min = 0, .max = 1e6}};
  }
};
HANSE_DESCRIBE(Part, (id, name, inputs, requirement, hours_per_unit, unit_cost, weight, market_cost, market_weekly,
                      market_lead_weeks))

struct Design {
  std::string id, name, owner;
  std::int64_t revision = 1;
  std::string licence;
  std::string finished;  ///< Part that the need asks for.
  std::vector<Part> parts;
  std::vector<std::string> files;  ///< Addresses of drawings, parameters, tests.
  friend bool operator==(const Design&, const Design&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .length_max = 100, .required = true},
                      FieldNote{.field = "name", .length_max = 200, .required = true},
                      FieldNote{.field = "finished", .required = true},
                      FieldNote{.field = "parts", .length_max = 2000}};
  }
  /// Dangling and circular bills of material, each with its path.
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(Design, (id, name, owner, revision, licence, finished, parts, files))

enum class Use { prototype, community, clinical };
HANSE_DESCRIBE_ENUM(Use, prototype, community, clinical)

/// A review's result, for a scope: never more than what was tested.
struct Approval {
  std::string id, design;
  std::int64_t revision = 1;
  Use use = Use::prototype;
  bool warning = false;                ///< Known to be risky: no plan may use it.
  std::vector<std::string> processes;  ///< For makers of these classes only; empty: all.
  std::vector<std::string> materials;
  std::string reviewer, evidence;
  bool revoked = false;
  std::string revoked_because;
  friend bool operator==(const Approval&, const Approval&) = default;
  static std::vector<store::IndexField> index(const Approval& a) { return {{"design", a.design}}; }
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .length_max = 100, .required = true},
                      FieldNote{.field = "design", .required = true},
                      FieldNote{.field = "evidence",
                                .summary = "What was tested, where the report is.",
                                .length_max = 5000,
                                .required = true}};
  }
};
HANSE_DESCRIBE(Approval,
               (id, design, revision, use, warning, processes, materials, reviewer, evidence, revoked, revoked_because))

struct Due {
  std::int64_t week = 0;  ///< From the need's start.
  std::string zone;
  double quantity = 0;
  friend bool operator==(const Due&, const Due&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "week", .min = 0, .max = 519},
                      FieldNote{.field = "quantity", .min = 1e-6, .max = 1e9}};
  }
};
HANSE_DESCRIBE(Due, (week, zone, quantity))

/// "10,000 ventilators in 14 weeks": what, how many, when, where, for which use.
struct Need {
  std::string id, name, convener;
  std::vector<std::string> designs;  ///< Alternatives, all approved for the use.
  Use use = Use::prototype;
  Timestamp start;  ///< Monday of week 0.
  std::int64_t weeks = 14;
  std::vector<Due> due;
  bool agreement_required = true;           ///< Only members with an agreement in force.
  double supplier_share_max = 1;            ///< Of what is needed of any part, from one member.
  double late_cost = 0, shortage_cost = 0;  ///< Per unit (and week); 0: from the design's cost.
  std::int64_t priority = 5;
  std::string charter;  ///< What belongs to it and what doesn't.
  friend bool operator==(const Need&, const Need&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .length_max = 100, .required = true},
                      FieldNote{.field = "name", .length_max = 200, .required = true},
                      FieldNote{.field = "designs", .length_max = 20, .required = true},
                      FieldNote{.field = "start", .required = true},
                      FieldNote{.field = "weeks", .summary = "Length of the plan.", .min = 1, .max = 104},
                      FieldNote{.field = "due", .length_max = 20'000, .required = true},
                      FieldNote{.field = "supplier_share_max", .min = 0.01, .max = 1},
                      FieldNote{.field = "late_cost", .min = 0, .max = 1e9},
                      FieldNote{.field = "shortage_cost", .min = 0, .max = 1e9},
                      FieldNote{.field = "priority", .summary = "1 first to 9 last.", .min = 1, .max = 9}};
  }
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(Need, (id, name, convener, designs, use, start, weeks, due, agreement_required, supplier_share_max,
                      late_cost, shortage_cost, priority, charter))

/// A member takes part in a need: in force from then to then, or not.
struct Agreement {
  std::string id, need, organisation;
  bool in_force = true;
  Timestamp from;
  std::optional<Timestamp> to;  ///< None: open end.
  double cost_max = 0;          ///< Of all that it makes in the plan; 0: no limit.
  friend bool operator==(const Agreement&, const Agreement&) = default;
  static std::vector<store::IndexField> index(const Agreement& a) { return {{"need", a.need}}; }
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .length_max = 200, .required = true},
                      FieldNote{.field = "need", .required = true},
                      FieldNote{.field = "organisation", .required = true}, FieldNote{.field = "cost_max", .min = 0}};
  }
};
HANSE_DESCRIBE(Agreement, (id, need, organisation, in_force, from, to, cost_max))

enum class OrderState { offered, accepted, declined, countered, in_production, shipped, received, cancelled, on_hold };
HANSE_DESCRIBE_ENUM(OrderState, offered, accepted, declined, countered, in_production, shipped, received, cancelled,
                    on_hold)

/// What was reported of one week.
struct MadeWeek {
  std::int64_t week = 0;  ///< Of the need.
  double good = 0, scrap = 0;
  friend bool operator==(const MadeWeek&, const MadeWeek&) = default;
};
HANSE_DESCRIBE(MadeWeek, (week, good, scrap))

struct OrderWeek {
  std::int64_t week = 0;
  double quantity = 0, hours = 0;
  friend bool operator==(const OrderWeek&, const OrderWeek&) = default;
};
HANSE_DESCRIBE(OrderWeek, (week, quantity, hours))

/// What one site makes of one part for a need.
struct Order {
  std::string id, need, plan;
  std::string organisation, site, capability, calendar, part;
  OrderState state = OrderState::offered;
  std::vector<OrderWeek> weeks;
  std::vector<MadeWeek> made;  ///< As machines or people reported it, by week.
  double quantity = 0, produced = 0, scrapped = 0, shipped = 0, received = 0;
  std::string note;
  friend bool operator==(const Order&, const Order&) = default;
  static std::vector<store::IndexField> index(const Order& o) {
    return {{"need", o.need}, {"organisation", o.organisation}, {"state", describe::enum_name(o.state)}};
  }
};
HANSE_DESCRIBE(Order, (id, need, plan, organisation, site, capability, calendar, part, state, weeks, made, quantity,
                       produced, scrapped, shipped, received, note))

enum class DisruptionKind {
  member_out,
  capacity_cut,
  lane_closed,
  certificate_lapsed,
  design_recalled,
  capability_out  ///< One member's way to make one part: an order was declined, a tool broke.
};
HANSE_DESCRIBE_ENUM(DisruptionKind, member_out, capacity_cut, lane_closed, certificate_lapsed, design_recalled,
                    capability_out)

/// Something that happened to a need's plan.
struct DisruptionEvent {
  std::string need;
  DisruptionKind kind = DisruptionKind::member_out;
  std::string organisation;        ///< Member out, certificate lapsed.
  std::string calendar;            ///< Capacity cut.
  std::string from_zone, to_zone;  ///< Lane closed.
  std::string part;                ///< Design or part recalled; of a capability that is out, empty for all parts.
  std::string capability;          ///< Capability out.
  double part_left = 0;            ///< Of the capacity.
  std::int64_t from_week = 0;
  std::int64_t weeks = 0;  ///< How long capacity is cut; 0: to the end of the plan.
  std::string note;
  bool try_only = false;  ///< What-if: nothing is published.
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "need", .required = true},
                      FieldNote{.field = "part_left", .summary = "Of the capacity, 0 to 1.", .min = 0, .max = 1},
                      FieldNote{.field = "from_week", .min = 0, .max = 519},
                      FieldNote{.field = "weeks",
                                .summary = "How long capacity is cut; 0 for to the end of the plan.",
                                .min = 0,
                                .max = 519}};
  }
  friend bool operator==(const DisruptionEvent&, const DisruptionEvent&) = default;
};
HANSE_DESCRIBE(DisruptionEvent, (need, kind, organisation, calendar, from_zone, to_zone, part, capability, part_left,
                                 from_week, weeks, note, try_only))

/// Machines of this node's plant that do one step of a live line, side by side.
struct LiveStage {
  std::vector<std::string> machines;  ///< Assets.
  friend bool operator==(const LiveStage&, const LiveStage&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "machines", .length_max = 200, .required = true}};
  }
};
HANSE_DESCRIBE(LiveStage, (machines))

/// A line of this node's own plant that makes a part for orders: what its last machines count is the orders' progress,
/// and a machine that stands too long is an alarm with a proposal.
struct LiveLine {
  std::string id, name, organisation;
  std::string calendar;               ///< Whose hours are the line's.
  std::string part;                   ///< Of the needs' designs.
  std::vector<std::string> products;  ///< Of the plant, which stand for the part; none: whatever is counted.
  std::vector<std::string> counts_at;
  std::vector<LiveStage> stages;
  std::int64_t alarm_after_s = 1800;  ///< Down for so long is an alarm.
  std::int64_t assumed_weeks = 1;     ///< How long the proposal takes the machine to be missing.
  friend bool operator==(const LiveLine&, const LiveLine&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .length_max = 100, .required = true},
                      FieldNote{.field = "organisation", .required = true},
                      FieldNote{.field = "calendar", .required = true},
                      FieldNote{.field = "part", .required = true},
                      FieldNote{.field = "products", .length_max = 200},
                      FieldNote{.field = "counts_at",
                                .summary = "Assets whose good parts are the line's.",
                                .length_max = 200,
                                .required = true},
                      FieldNote{.field = "stages", .length_max = 100},
                      FieldNote{.field = "alarm_after_s", .min = 1, .max = 604'800},
                      FieldNote{.field = "assumed_weeks", .min = 1, .max = 104}};
  }
};
HANSE_DESCRIBE(LiveLine,
               (id, name, organisation, calendar, part, products, counts_at, stages, alarm_after_s, assumed_weeks))

enum class AlarmKind { machine_down, order_declined };
HANSE_DESCRIBE_ENUM(AlarmKind, machine_down, order_declined)
enum class AlarmState { open, published, ended };
HANSE_DESCRIBE_ENUM(AlarmState, open, published, ended)

/// Something that endangers a need's plan, with the plan that would repair it.
struct Alarm {
  std::string id, need;
  AlarmKind kind = AlarmKind::machine_down;
  AlarmState state = AlarmState::open;
  std::string organisation, part;
  std::string asset;  ///< Of this node's plant; empty for others.
  std::string text;   ///< What the machine or the member said.
  Timestamp since;
  std::optional<Timestamp> ended;
  std::string proposal;      ///< A plan that isn't published; empty when nothing of the plan is touched.
  double units_at_risk = 0;  ///< Fewer by the end, although it is repaired.
  friend bool operator==(const Alarm&, const Alarm&) = default;
  static std::vector<store::IndexField> index(const Alarm& a) {
    return {{"need", a.need}, {"state", describe::enum_name(a.state)}};
  }
};
HANSE_DESCRIBE(Alarm, (id, need, kind, state, organisation, part, asset, text, since, ended, proposal, units_at_risk))

}  // namespace hanse::programme
