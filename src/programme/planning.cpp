#include "programme/planning.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>

#include "ecosystem/search.hpp"

namespace hanse::programme {
namespace {

using optimiser::allocation::Activity;
using optimiser::allocation::Problem;

constexpr double kHourCost = 50;  ///< Where an offer says neither a unit cost nor an hourly rate.
constexpr double kOrderCost =
    300;  ///< First article, contract, a place in the daily call: few makers with much rather than many with crumbs.
constexpr double kShortageTimesCost =
    2.5;  ///< More makes the search slow and says nothing more (planning fact sheet, B7).
constexpr double kLateShareOfCost = 0.02;
constexpr double kResilientShare = 0.4;

std::string monday(const Need& need, std::uint32_t week) {
  return to_string(need.start + Duration{std::chrono::hours{24 * 7 * week}}).substr(0, 10);
}
std::uint32_t whole_weeks(double weeks) { return static_cast<std::uint32_t>(std::ceil(std::max(0.0, weeks) - 1e-9)); }

class ModelMaker {
 public:
  explicit ModelMaker(const PlanningInput& input)
      : in_(input), offers_(input.records), terms_(terms_of(input.need, input.agreements)) {}

  Result<PlanningModel> make() {
    out_.problem.weeks = static_cast<std::uint32_t>(in_.need.weeks);
    take_designs();
    if (out_.items.empty()) return std::move(out_);
    take_zones();
    for (const auto& order : in_.committed) commit(order);
    for (std::size_t d = 0; d < usable_.size(); ++d) take_makers(*usable_[d].first, usable_[d].second);
    take_market();
    take_needs();
    take_limits();
    HANSE_CHECK(optimiser::allocation::validate(out_.problem));
    return std::move(out_);
  }

 private:
  /// A design counts when an approval in force allows the use.
  const Approval* approval_of(const Design& design) {
    const Approval* best = nullptr;
    for (const auto& approval : in_.approvals) {
      if (approval.design != design.id || approval.revision != design.revision || approval.revoked) continue;
      if (approval.warning) {
        out_.blockers.push_back(
            {design.name, "a review warns against it: " + approval.evidence, "use another design or a new revision"});
        return nullptr;
      }
      if (approval.use >= in_.need.use && (!best || approval.use > best->use)) best = &approval;
    }
    if (!best) {
      out_.blockers.push_back({design.name,
                               fmt::format("has no approval in force for {} use of revision {}",
                                           describe::enum_name(in_.need.use), design.revision),
                               "a review with evidence that approves it"});
    }
    return best;
  }

  void take_designs() {
    for (const auto& design : in_.designs) {
      if (const auto* approval = approval_of(design)) usable_.emplace_back(&design, approval);
    }
    if (usable_.empty()) return;
    out_.items.push_back(in_.need.id);
    parts_.push_back(nullptr);
    for (const auto& [design, approval] : usable_) {
      for (const auto& part : design->parts) {
        if (part.id == design->finished || number_.contains(part.id)) continue;
        number_[part.id] = static_cast<std::uint32_t>(out_.items.size());
        out_.items.push_back(part.id);
        parts_.push_back(&part);
      }
    }
    double cheapest = 0;
    for (const auto& [design, approval] : usable_) {
      std::map<std::string, double> cost;
      for (const auto& part : design->parts) {
        const bool finished = part.id == design->finished;
        const auto item = finished ? 0 : number_[part.id];
        if (!finished && parts_[item] != &part) continue;  // Another design's part of the same name.
        optimiser::allocation::Recipe recipe{.item = item};
        for (const auto& input : part.inputs) recipe.inputs.push_back({number_[input.part], input.quantity});
        recipe_[{design, part.id}] = static_cast<std::uint32_t>(out_.problem.recipes.size());
        out_.problem.recipes.push_back(std::move(recipe));
      }
      const double unit = cost_of(*design, design->finished, cost);
      cheapest = cheapest == 0 ? unit : std::min(cheapest, unit);
    }
    for (std::size_t i = 0; i < out_.items.size(); ++i) {
      out_.problem.items.push_back({out_.items[i], parts_[i] ? 0.002 * parts_[i]->unit_cost : 0});
      out_.problem.weight.push_back(parts_[i] ? parts_[i]->weight : 10);
    }
    const auto& need = in_.need;
    out_.problem.penalties = {.late = need.late_cost > 0 ? need.late_cost : kLateShareOfCost * cheapest,
                              .shortage = need.shortage_cost > 0 ? need.shortage_cost : kShortageTimesCost * cheapest};
    if (in_.aim == Aim::early) out_.problem.penalties.late *= 5;
    if (in_.aim == Aim::low_cost) out_.problem.penalties.late /= 5;
  }

  double cost_of(const Design& design, const std::string& id, std::map<std::string, double>& known) {
    if (const auto found = known.find(id); found != known.end()) return found->second;
    const auto part = std::find_if(design.parts.begin(), design.parts.end(), [&](const Part& p) { return p.id == id; });
    double cost = part->unit_cost + kHourCost * part->hours_per_unit;
    for (const auto& input : part->inputs) cost += input.quantity * cost_of(design, input.part, known);
    return known[id] = cost;
  }

  std::uint32_t zone(const std::string& name) {
    const auto [found, fresh] = zones_.emplace(name, static_cast<std::uint32_t>(out_.zones.size()));
    if (fresh) out_.zones.push_back(name);
    return found->second;
  }
  static std::string zone_of(const ecosystem::Site& site) {
    return !site.zone.empty() ? site.zone : !site.country.empty() ? site.country : "elsewhere";
  }

  void take_zones() {
    for (const auto& due : in_.need.due) zone(due.zone);
    std::map<std::string, std::array<double, 3>> middle;
    for (const auto& site : in_.records->sites) {
      auto& sum = middle[zone_of(*site)];
      sum[0] += site->latitude;
      sum[1] += site->longitude;
      sum[2] += 1;
      zone(zone_of(*site));
    }
    out_.problem.zones = static_cast<std::uint32_t>(out_.zones.size());
    for (std::uint32_t a = 0; a < out_.zones.size(); ++a) {
      for (std::uint32_t b = 0; b < out_.zones.size(); ++b) {
        if (a == b) continue;
        const auto& from = middle[out_.zones[a]];
        const auto& to = middle[out_.zones[b]];
        const double km = from[2] > 0 && to[2] > 0 ? ecosystem::distance_km(from[0] / from[2], from[1] / from[2],
                                                                            to[0] / to[2], to[1] / to[2])
                                                   : 1000;
        out_.problem.lanes.push_back({a, b, km > 6000 ? 2u : 1u, 0.2 + km / 2000});
      }
    }
  }

  void commit(const Order& order) {
    if (order.state == OrderState::declined || order.state == OrderState::cancelled ||
        order.state == OrderState::received)
      return;
    for (const auto& week : order.weeks)
      committed_[order.calendar.empty() ? order.capability : order.calendar][week.week] += week.hours;
  }

  /// Orders of other needs count their weeks from their own start; the caller has moved them to this need's.
  std::uint32_t pool(const ecosystem::Capability& capability, double hours_per_unit) {
    const auto key = capability.calendar.empty() ? capability.id : capability.calendar;
    const auto [found, fresh] = pools_.emplace(key, static_cast<std::uint32_t>(out_.pools.size()));
    if (!fresh) return found->second;
    out_.pools.push_back(key);
    optimiser::allocation::Pool made{.id = key, .supplier = supplier(capability.organisation)};
    const auto* calendar = capability.calendar.empty() ? nullptr : in_.records->calendars.find(capability.calendar);
    std::unordered_map<std::string, const ecosystem::CapacityWeek*> listed;
    if (calendar) {
      for (const auto& week : calendar->weeks) listed[week.monday] = &week;
      made.overtime_cost = calendar->overtime_cost;
    }
    for (std::uint32_t t = 0; t < out_.problem.weeks; ++t) {
      double usual = capability.units_per_week_max * hours_per_unit, most = usual;
      if (calendar) {
        usual = calendar->usual_hours;
        most = std::max(calendar->usual_maximum, usual);
        if (const auto week = listed.find(monday(in_.need, t)); week != listed.end()) {
          usual = week->second->actual;
          most = week->second->maximum;
        }
      }
      const double gone = committed_[key][t];
      made.hours.push_back(std::max(0.0, usual - gone));
      made.overtime.push_back(std::max(0.0, most - std::max(usual, gone)));
    }
    out_.problem.pools.push_back(std::move(made));
    return found->second;
  }

  std::uint32_t supplier(const std::string& organisation) {
    const auto [found, fresh] = suppliers_.emplace(organisation, static_cast<std::uint32_t>(out_.suppliers.size()));
    if (fresh) out_.suppliers.push_back(organisation);
    out_.problem.suppliers = static_cast<std::uint32_t>(out_.suppliers.size());
    return found->second;
  }

  /// An approval for named classes lets only makers of these make the parts that it is about.
  static bool in_scope(const Approval& approval, const Part& part, const ecosystem::Capability& capability) {
    const auto wanted = ecosystem::process_number(part.requirement.process);
    bool about = false;
    for (const auto& scoped : approval.processes) {
      const auto above = ecosystem::process_with_ancestors(scoped);
      if (!wanted || std::find(above.begin(), above.end(), *wanted) == above.end()) continue;
      about = true;
      const auto offered = ecosystem::process_with_ancestors(capability.process);
      const auto number = ecosystem::process_number(scoped);
      if (number && std::find(offered.begin(), offered.end(), *number) != offered.end()) return true;
    }
    return !about;
  }

  void take_makers(const Design& design, const Approval* approval) {
    for (const auto& part : design.parts) {
      const auto recipe = recipe_.find({&design, part.id});
      if (recipe == recipe_.end()) continue;
      const auto counted = offers_.match(part.requirement, terms_);
      PartMatch match{design.id, part.id, part.name, 0, {}, {}};
      for (const auto& [condition, count] : counted.failed) {
        if (count > 0) match.failed[describe::enum_name(condition)] = count;
      }
      std::set<std::string> organisations;
      for (const auto number : counted.fits) {
        const auto& capability = offers_.offer(number);
        if (!in_scope(*approval, part, capability)) {
          ++match.failed["approval_scope"];
        } else if (capability.calendar.empty() && capability.units_per_week_max <= 0) {
          ++match.failed["capacity_not_said"];
        } else if (add_activity(part, recipe->second, capability)) {
          ++match.offers;
          organisations.insert(capability.organisation);
        }
      }
      for (const auto& organisation : organisations) {
        if (match.organisations.size() < 20) match.organisations.push_back(organisation);
      }
      if (match.offers == 0 && part.market_cost <= 0) block(part);
      out_.matches.push_back(std::move(match));
    }
  }

  void block(const Part& part) {
    Blocker blocker{part.name.empty() ? part.id : part.name, "nobody can make it",
                    "a maker of " + part.requirement.process};
    const auto near = offers_.near_misses(part.requirement, terms_, 3);
    if (!near.empty()) {
      blocker.cure.clear();
      for (const auto& offer : near)
        blocker.cure += fmt::format("{}{}: {}", blocker.cure.empty() ? "" : "; ", offer.organisation, offer.cure);
    }
    out_.blockers.push_back(std::move(blocker));
  }

  bool add_activity(const Part& part, std::uint32_t recipe, const ecosystem::Capability& capability) {
    const auto* site = in_.records->sites.find(capability.site);
    if (!site) return false;
    const double hours = capability.hours_per_unit > 0 ? capability.hours_per_unit : part.hours_per_unit;
    const double rate = capability.hourly_rate > 0 ? capability.hourly_rate : kHourCost;
    Activity activity{.recipe = recipe, .pool = pool(capability, hours), .zone = zone(zone_of(*site))};
    activity.lead = whole_weeks(capability.lead_time_weeks);
    activity.hours = hours;
    activity.cost = capability.unit_cost > 0 ? capability.unit_cost : part.unit_cost + rate * hours;
    if (capability.units_per_week_max > 0) activity.rate_max = capability.units_per_week_max;
    activity.activation_cost = in_.aim == Aim::few_members ? 10 * kOrderCost : kOrderCost;
    activity.qualification = whole_weeks(capability.qualification_weeks);
    activity.ramp = whole_weeks(capability.ramp_weeks);
    if (activity.ramp > 0 && capability.units_per_week_max <= 0) {
      const auto& there = out_.problem.pools[activity.pool];
      activity.rate_max = std::max(1e-6, *std::max_element(there.hours.begin(), there.hours.end()) / hours);
    }
    out_.problem.activities.push_back(activity);
    out_.makers.push_back({capability.id, capability.organisation, capability.site, capability.calendar,
                           out_.items[out_.problem.recipes[recipe].item]});
    return true;
  }

  void take_market() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (!parts_[i] || parts_[i]->market_cost <= 0 || parts_[i]->market_weekly <= 0) continue;
      for (std::uint32_t g = 0; g < out_.problem.zones; ++g) {
        out_.problem.purchases.push_back({static_cast<std::uint32_t>(i), g,
                                          std::max(1u, whole_weeks(parts_[i]->market_lead_weeks)),
                                          parts_[i]->market_cost, parts_[i]->market_weekly / out_.problem.zones});
      }
    }
  }

  void take_needs() {
    for (const auto& due : in_.need.due)
      out_.problem.demands.push_back({0, zone(due.zone), static_cast<std::uint32_t>(due.week), due.quantity});
  }

  void take_limits() {
    for (const auto& agreement : in_.agreements) {
      if (agreement.cost_max <= 0 || !suppliers_.contains(agreement.organisation)) continue;
      optimiser::allocation::Limit limit{
          .id = "agreement with " + agreement.organisation, .terms = {}, .max = agreement.cost_max};
      for (std::uint32_t e = 0; e < out_.makers.size(); ++e) {
        if (out_.makers[e].organisation == agreement.organisation)
          limit.terms.push_back({e, out_.problem.activities[e].cost});
      }
      out_.problem.limits.push_back(std::move(limit));
    }
    const bool resilient = in_.aim == Aim::resilient;
    const double share =
        resilient ? std::min(kResilientShare, in_.need.supplier_share_max) : in_.need.supplier_share_max;
    if (share >= 1) return;
    double total = 0;
    for (const auto& due : in_.need.due) total += due.quantity;
    std::vector<double> per_unit(out_.items.size());
    per_unit[0] = 1;
    const auto order = optimiser::allocation::items_raw_first(out_.problem);
    for (auto item = order.rbegin(); item != order.rend(); ++item) {
      for (const auto& recipe : out_.problem.recipes) {
        if (recipe.item != *item) continue;
        for (const auto& input : recipe.inputs) per_unit[input.item] += per_unit[*item] * input.quantity;
      }
    }
    std::map<std::pair<std::string, std::string>, std::vector<optimiser::allocation::Limit::Term>> of;
    for (std::uint32_t e = 0; e < out_.makers.size(); ++e)
      of[{out_.makers[e].part, out_.makers[e].organisation}].push_back({e, 1.0});
    std::map<std::string, std::size_t> makers_of;
    for (const auto& [key, terms] : of) ++makers_of[key.first];
    for (auto& [key, terms] : of) {
      const auto item = out_.problem.recipes[out_.problem.activities[terms.front().activity].recipe].item;
      // A wish to be resilient doesn't stop what only few can make; a need's own limit does.
      const bool enough = static_cast<double>(makers_of[key.first]) * kResilientShare >= 1;
      if (resilient && !enough && in_.need.supplier_share_max >= 1) continue;
      const double most = (resilient && !enough ? in_.need.supplier_share_max : share) * per_unit[item] * total;
      out_.problem.limits.push_back({fmt::format("share of {} in {}", key.second, key.first), std::move(terms), most});
    }
  }

  const PlanningInput& in_;
  const Offers offers_;
  const MatchTerms terms_;
  PlanningModel out_;
  std::vector<std::pair<const Design*, const Approval*>> usable_;
  std::vector<const Part*> parts_;  ///< By item; null for the finished good.
  std::unordered_map<std::string, std::uint32_t> number_, zones_, pools_, suppliers_;
  std::map<std::pair<const Design*, std::string>, std::uint32_t> recipe_;
  std::unordered_map<std::string, std::map<std::int64_t, double>> committed_;
};

}  // namespace

MatchTerms terms_of(const Need& need, const std::vector<Agreement>& agreements) {
  MatchTerms terms{.from = need.start,
                   .to = need.start + Duration{std::chrono::hours{24 * 7 * need.weeks}},
                   .agreement_required = need.agreement_required};
  for (const auto& agreement : agreements) {
    if (agreement.need != need.id || !agreement.in_force || agreement.from > terms.from ||
        (agreement.to && *agreement.to < terms.to))
      continue;
    terms.organisations.push_back(agreement.organisation);
  }
  std::sort(terms.organisations.begin(), terms.organisations.end());
  return terms;
}

Result<PlanningModel> model_of(const PlanningInput& input) { return ModelMaker{input}.make(); }

void write_plan(const PlanningModel& model, const Need& need, const optimiser::allocation::Plan& plan,
                PlanRecord& record) {
  record.lines.clear();
  for (const auto& x : plan.placements) {
    const auto& maker = model.makers[x.activity];
    const auto& activity = model.problem.activities[x.activity];
    record.lines.push_back({maker.organisation, maker.site, maker.capability, maker.calendar, maker.part, x.week,
                            x.quantity, x.quantity * activity.hours, x.quantity * activity.cost});
  }
  record.shipments.clear();
  for (const auto& f : plan.shipments) {
    const auto& lane = model.problem.lanes[f.lane];
    record.shipments.push_back({model.items[f.item], model.zones[lane.from], model.zones[lane.to], f.week, f.quantity});
  }
  record.purchases.clear();
  for (const auto& b : plan.bought) {
    const auto& purchase = model.problem.purchases[b.purchase];
    record.purchases.push_back({model.items[purchase.item], model.zones[purchase.zone], b.week, b.quantity});
  }
  record.deliveries.clear();
  record.ramp.assign(static_cast<std::size_t>(need.weeks), {});
  for (const auto& v : plan.deliveries) {
    record.deliveries.push_back({model.zones[v.zone], v.week, v.quantity});
    record.ramp[v.week].planned += v.quantity;
  }
  for (const auto& due : need.due) record.ramp[static_cast<std::size_t>(due.week)].due += due.quantity;
  for (std::size_t t = 0; t < record.ramp.size(); ++t) {
    record.ramp[t].week = static_cast<std::int64_t>(t);
    if (t == 0) continue;
    record.ramp[t].due += record.ramp[t - 1].due;
    record.ramp[t].planned += record.ramp[t - 1].planned;
  }
  record.measures = optimiser::allocation::check(model.problem, plan).measures;
  record.value = record.measures.total();
}

optimiser::allocation::Plan read_plan(const PlanningModel& model, const PlanRecord& record) {
  std::map<std::pair<std::string, std::string>, std::uint32_t> maker;
  for (std::uint32_t e = 0; e < model.makers.size(); ++e) maker[{model.makers[e].capability, model.makers[e].part}] = e;
  std::unordered_map<std::string, std::uint32_t> item, zone;
  for (std::uint32_t i = 0; i < model.items.size(); ++i) item[model.items[i]] = i;
  for (std::uint32_t g = 0; g < model.zones.size(); ++g) zone[model.zones[g]] = g;
  optimiser::allocation::Plan plan;
  for (const auto& line : record.lines) {
    if (const auto e = maker.find({line.capability, line.part}); e != maker.end())
      plan.placements.push_back({e->second, static_cast<std::uint32_t>(line.week), line.quantity});
  }
  for (const auto& shipment : record.shipments) {
    for (std::uint32_t l = 0; l < model.problem.lanes.size(); ++l) {
      const auto& lane = model.problem.lanes[l];
      if (model.zones[lane.from] == shipment.from_zone && model.zones[lane.to] == shipment.to_zone &&
          item.contains(shipment.part)) {
        plan.shipments.push_back(
            {item[shipment.part], l, static_cast<std::uint32_t>(shipment.week), shipment.quantity});
      }
    }
  }
  for (const auto& bought : record.purchases) {
    for (std::uint32_t w = 0; w < model.problem.purchases.size(); ++w) {
      const auto& purchase = model.problem.purchases[w];
      if (model.items[purchase.item] == bought.part && model.zones[purchase.zone] == bought.zone)
        plan.bought.push_back({w, static_cast<std::uint32_t>(bought.week), bought.quantity});
    }
  }
  for (const auto& delivery : record.deliveries) {
    if (zone.contains(delivery.zone))
      plan.deliveries.push_back({0, zone[delivery.zone], static_cast<std::uint32_t>(delivery.week), delivery.quantity});
  }
  return plan;
}

std::vector<ChainStep> write_chain(const PlanningModel& model) {
  std::vector<ChainStep> out;
  for (const auto& link : optimiser::allocation::critical_chain(model.problem, 0)) {
    ChainStep step{.part = model.items[link.item],
                   .zone = model.zones[link.zone],
                   .start_week = link.start_week,
                   .ready_week = link.ready_week};
    if (link.activity < 0) {
      step.text = "from the open market";
    } else {
      const auto& maker = model.makers[static_cast<std::size_t>(link.activity)];
      step.organisation = maker.organisation;
      const auto lead = model.problem.activities[static_cast<std::size_t>(link.activity)].lead;
      step.text = fmt::format(
          "{}{} weeks to make",
          link.qualification > 0 ? fmt::format("{} weeks of qualification, ", link.qualification) : "", lead);
    }
    out.push_back(std::move(step));
  }
  return out;
}

std::vector<ChangeLine> write_changes(const PlanningModel& model, const optimiser::allocation::Repair& repair) {
  std::vector<ChangeLine> out;
  for (const auto& change : repair.changes) {
    if (change.reason == optimiser::allocation::ChangeReason::bought) {
      const auto& purchase = model.problem.purchases[change.activity];
      out.push_back({"", "", "", model.items[purchase.item], change.week, change.before, change.after, change.reason});
    } else {
      const auto& maker = model.makers[change.activity];
      out.push_back({maker.organisation, maker.site, maker.capability, maker.part, change.week, change.before,
                     change.after, change.reason});
    }
  }
  return out;
}

Result<optimiser::allocation::Disruption> read_event(const PlanningModel& model, const DisruptionEvent& event) {
  optimiser::allocation::Disruption out{.from_week = static_cast<std::uint32_t>(event.from_week)};
  const auto place = [](const std::vector<std::string>& names,
                        const std::string& name) -> std::optional<std::uint32_t> {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return {};
    return static_cast<std::uint32_t>(found - names.begin());
  };
  switch (event.kind) {
    case DisruptionKind::member_out:
    case DisruptionKind::certificate_lapsed: {
      const auto supplier = place(model.suppliers, event.organisation);
      if (!supplier)
        return fail(ErrorCode::invalid, "the event is wrong",
                    {{"organisation", "'" + event.organisation + "' has no part in this need"}});
      out.suppliers_out.push_back(*supplier);
      break;
    }
    case DisruptionKind::capacity_cut: {
      const auto pool = place(model.pools, event.calendar);
      if (!pool)
        return fail(ErrorCode::invalid, "the event is wrong",
                    {{"calendar", "'" + event.calendar + "' has no part in this need"}});
      const auto until = event.weeks > 0 ? out.from_week + static_cast<std::uint32_t>(event.weeks)
                                         : std::numeric_limits<std::uint32_t>::max();
      out.capacity.push_back({*pool, event.part_left, until});
      break;
    }
    case DisruptionKind::lane_closed: {
      for (std::uint32_t l = 0; l < model.problem.lanes.size(); ++l) {
        const auto& lane = model.problem.lanes[l];
        if (model.zones[lane.from] == event.from_zone && model.zones[lane.to] == event.to_zone)
          out.lanes_closed.push_back(l);
      }
      if (out.lanes_closed.empty())
        return fail(ErrorCode::invalid, "the event is wrong",
                    {{"from_zone", "there is no lane from it to '" + event.to_zone + "'"}});
      break;
    }
    case DisruptionKind::design_recalled:
    case DisruptionKind::capability_out: {
      const bool recalled = event.kind == DisruptionKind::design_recalled;
      for (std::uint32_t e = 0; e < model.makers.size(); ++e) {
        const auto& maker = model.makers[e];
        if (recalled ? maker.part == event.part
                     : maker.capability == event.capability && (event.part.empty() || maker.part == event.part))
          out.activities_out.push_back(e);
      }
      if (out.activities_out.empty())
        return fail(
            ErrorCode::invalid, "the event is wrong",
            {{recalled ? "part" : "capability",
              "nobody makes anything with '" + (recalled ? event.part : event.capability) + "' for this need"}});
      break;
    }
  }
  return out;
}

}  // namespace hanse::programme
