#include "apps/scheduling/planner.hpp"

#include "apps/scheduling/views.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::apps::scheduling {
namespace {

namespace solver = optimiser::scheduling;

solver::Seconds seconds_of(Duration duration) {
  return static_cast<solver::Seconds>(
      std::clamp<std::int64_t>(duration.count() / 1'000'000'000, 0, solver::kHorizonMax));
}

solver::Objective objective_of(const PlanRequest& request) {
  const auto& settings = request.settings;
  return {.makespan = 1,
          .weighted_tardiness = settings.tardiness_weight,
          .setup_seconds = settings.setup_weight,
          .energy_cost = request.model.problem.tariff.empty() ? 0 : settings.energy_weight};
}

/// A second of shift costs a fifth of a second of tardiness, whatever the objective's weights are.
std::int32_t change_percent(const SchedulingSettings& settings) {
  return static_cast<std::int32_t>(20 * std::max<std::int64_t>(1, settings.tardiness_weight));
}

Result<void> accept(const Model& model, const solver::Schedule& schedule) {
  const auto violations = solver::check(model.problem, schedule);
  if (violations.empty()) return {};
  std::vector<FieldError> fields;
  for (std::size_t i = 0; i < violations.size() && i < 5; ++i)
    fields.push_back({violations[i].path, violations[i].message});
  return fail(ErrorCode::corrupt,
              fmt::format("the new schedule breaks a rule and isn't published: {} {}", violations.front().path,
                          violations.front().message),
              std::move(fields));
}

ChangeReason reason_of(solver::Reason reason) {
  switch (reason) {
    case solver::Reason::machine_down:
      return ChangeReason::machine_down;
    case solver::Reason::operator_absent:
      return ChangeReason::operator_absent;
    case solver::Reason::material_late:
      return ChangeReason::material_late;
    case solver::Reason::upstream_late:
      return ChangeReason::upstream_late;
    case solver::Reason::rush:
      return ChangeReason::rush;
    case solver::Reason::new_order:
      return ChangeReason::new_order;
    case solver::Reason::cancelled:
      return ChangeReason::cancelled;
    case solver::Reason::rework:
      return ChangeReason::rework;
    case solver::Reason::fleet:
      return ChangeReason::fleet;
    case solver::Reason::price:
      return ChangeReason::price;
    case solver::Reason::gain:
      break;
  }
  return ChangeReason::gain;
}

PlannedChange change_of(const Model& model, const solver::Change& change) {
  const auto& key = model.keys[position(change.operation)];
  PlannedChange out{.order = key.order,
                    .step = key.step,
                    .machine_before = {},
                    .machine = {},
                    .start_before = {},
                    .start = {},
                    .reason = reason_of(change.reason),
                    .text = change.text,
                    .avoided_h = static_cast<double>(change.avoided) / 3600};
  if (change.before) {
    out.machine_before = model.machines[position(change.before->machine)];
    out.start_before = model.time(change.before->start);
  }
  if (change.after) {
    out.machine = model.machines[position(change.after->machine)];
    out.start = model.time(change.after->start);
  }
  return out;
}

void add_figures(const PlanRequest& request, const solver::Measures& measures, PlanDraft& draft) {
  auto& figures = draft.figures;
  figures.operations = std::ssize(draft.operations);
  figures.unplaced_orders = std::ssize(draft.unplaced);
  figures.setup_h = static_cast<double>(measures.setup_seconds) / 3600;
  figures.energy_cost = static_cast<double>(measures.energy_cost) / 100;
  for (const auto& [id, end] : order_ends(draft.operations)) {
    figures.end = std::max(figures.end.value_or(end), end);
    const auto order = request.ledger.orders.find(id);
    if (order == request.ledger.orders.end() || !order->second.due || end <= *order->second.due) continue;
    ++figures.late_orders;
    figures.tardiness_h +=
        static_cast<double>((end - *order->second.due).count()) / 3.6e12 * static_cast<double>(order->second.weight);
  }
}

void add_unplaced(const PlanRequest& request, const solver::Schedule& schedule, PlanDraft& draft) {
  draft.unplaced = request.model.left_out;
  for (const auto& [job, reason] : schedule.unplaced)
    draft.unplaced.push_back({request.model.orders[position(job)], reason});
  std::sort(draft.unplaced.begin(), draft.unplaced.end(),
            [](const auto& a, const auto& b) { return a.order < b.order; });
}

/// By the solver alone, from dispatching or from what was published.
Result<PlanDraft> search_afresh(const PlanRequest& request) {
  const auto& model = request.model;
  solver::SolveOptions options{.objective = objective_of(request), .iterations_max = request.iterations_max};
  options.expired = request.expired;
  if (!request.published.empty()) {
    HANSE_TRY(options.start, shifted_schedule(model, request.published));
  }
  HANSE_TRY(const auto found, solver::solve(model.problem, options));
  HANSE_CHECK(accept(model, found.schedule));
  PlanDraft draft{.operations = as_operations(model, found.schedule),
                  .changes = {},
                  .unplaced = {},
                  .rung = solver::Rung::search,
                  .rungs = {},
                  .figures = {}};
  draft.changes = moves_between(request.published, draft.operations, request.settings.tolerance, {}, "");
  for (auto& change : draft.changes) {
    change.reason = ChangeReason::gain;
    change.text = "planned afresh";
  }
  add_unplaced(request, found.schedule, draft);
  add_figures(request, found.measures, draft);
  return draft;
}

}  // namespace

std::map<std::string, Timestamp> order_ends(std::span<const PlannedOperation> operations) {
  std::map<std::string, Timestamp> ends;
  for (const auto& operation : operations) {
    auto& end = ends.try_emplace(operation.order, operation.end).first->second;
    end = std::max(end, operation.end);
  }
  return ends;
}

Result<PlanDraft> draft_schedule(const PlanRequest& request) {
  const auto& model = request.model;
  if (model.keys.empty()) {
    PlanDraft draft;
    draft.unplaced = model.left_out;
    draft.figures.unplaced_orders = std::ssize(draft.unplaced);
    return draft;
  }
  if (request.published.empty() || request.afresh) return search_afresh(request);
  const solver::Plan plan{.problem = model.problem, .schedule = as_schedule(model, request.published)};
  HANSE_TRY(const auto found, solver::reschedule(plan, {.objective = objective_of(request),
                                                        .now = model.now,
                                                        .frozen = seconds_of(request.settings.frozen),
                                                        .firm = seconds_of(request.settings.firm),
                                                        .change_percent = change_percent(request.settings),

                                                        .shift_tolerance = seconds_of(request.settings.tolerance),
                                                        .highest = request.highest,
                                                        .iterations_max = request.iterations_max,
                                                        .expired = request.expired,
                                                        .events = request.events}));
  HANSE_CHECK(accept(model, found.schedule));
  PlanDraft draft{.operations = as_operations(model, found.schedule), .rung = found.rung, .rungs = found.rungs};
  for (const auto& change : found.changes) {
    if (!model.running[position(change.operation)]) draft.changes.push_back(change_of(model, change));
  }
  add_unplaced(request, found.schedule, draft);
  add_figures(request, found.measures, draft);
  draft.figures.nervousness = found.nervousness;
  if (!found.rungs.empty()) {
    const auto chosen = std::find_if(found.rungs.rbegin(), found.rungs.rend(),
                                     [&](const auto& report) { return report.rung == found.rung; });
    if (chosen != found.rungs.rend()) {
      draft.figures.avoided_h =
          static_cast<double>(std::max<std::int64_t>(0, found.rungs.front().value - chosen->value)) / 3600;
    }
  }
  return draft;
}

Result<PlanDraft> shift_draft(const PlanRequest& request) {
  HANSE_TRY(const auto shifted, shifted_schedule(request.model, request.published));
  HANSE_CHECK(accept(request.model, shifted));
  PlanDraft draft{.operations = as_operations(request.model, shifted),
                  .changes = {},
                  .unplaced = {},
                  .rung = solver::Rung::right_shift,
                  .rungs = {},
                  .figures = {}};
  add_unplaced(request, shifted, draft);
  add_figures(request, solver::measure(request.model.problem, shifted), draft);
  return draft;
}

Result<solver::Schedule> shifted_schedule(const Model& model, std::span<const PlannedOperation> published) {
  const solver::Plan plan{.problem = model.problem, .schedule = as_schedule(model, published)};
  return solver::right_shift(plan, model.now);
}

}  // namespace hanse::apps::scheduling
