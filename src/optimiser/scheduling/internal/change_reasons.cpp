#include "optimiser/scheduling/internal/change_reasons.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::optimiser::scheduling::internal {
namespace {

std::vector<std::int64_t> tardiness_of(const Problem& problem, const Schedule& schedule) {
  std::vector<std::int64_t> tardiness;
  std::size_t index = 0;
  for (const auto& job : problem.jobs) {
    std::int64_t end = 0;
    for (std::size_t k = 0; k < job.operations.size(); ++k, ++index) {
      if (schedule.operations[index]) end = std::max<std::int64_t>(end, schedule.operations[index]->end);
    }
    tardiness.push_back(job.due && !job.cancelled ? std::max<std::int64_t>(0, end - *job.due) * job.weight : 0);
  }
  return tardiness;
}

std::string said(const Event& event, const std::string& otherwise) {
  return event.text.empty() ? otherwise : event.text;
}

}  // namespace

std::string operation_path(const Problem& problem, std::uint32_t index) {
  std::size_t left = index;
  for (std::size_t j = 0; j < problem.jobs.size(); ++j) {
    if (left < problem.jobs[j].operations.size()) return fmt::format("jobs[{}].operations[{}]", j, left);
    left -= problem.jobs[j].operations.size();
  }
  return fmt::format("operation {}", index);
}

ChangeReasons::ChangeReasons(Facts facts)
    : facts_(facts),
      tardiness_shifted_(tardiness_of(facts.plan.problem, facts.shifted)),
      tardiness_chosen_(tardiness_of(facts.plan.problem, facts.chosen)),
      gain_(value_of(measure(facts.plan.problem, facts.shifted), facts.options.objective) -
            value_of(measure(facts.plan.problem, facts.chosen), facts.options.objective)) {}

/// Something that was told of this very operation or its job.
bool ChangeReasons::own_event(std::uint32_t index, Change& change) const {
  const auto& item = facts_.shop.items[index];
  const auto& job = facts_.plan.problem.jobs[item.job];
  if (job.cancelled) {
    change.reason = Reason::cancelled;
    change.text = fmt::format("order '{}' was cancelled", job.name);
    return true;
  }
  for (const auto& event : facts_.options.events) {
    const bool mine = event.operation && position(*event.operation) == index;
    if (event.kind == EventKind::rework && mine) {
      change.reason = Reason::rework;
      change.text = said(event, "it must be done again");
      return true;
    }
    if (event.kind == EventKind::material_late && mine && event.until) {
      change.reason = Reason::material_late;
      change.text = said(event, fmt::format("its material comes at {}", *event.until));
      return true;
    }
    if (event.kind == EventKind::rush_order && event.job && event.job->name == job.name && !facts_.published[index]) {
      change.reason = Reason::rush;
      change.text = said(event, fmt::format("order '{}' came in and is urgent", job.name));
      return true;
    }
  }
  if (!facts_.published[index]) {
    change.reason = Reason::new_order;
    change.text = fmt::format("order '{}' is new", job.name);
    return true;
  }
  return false;
}

/// Its machine, operator or vehicle isn't there when it was to run.
bool ChangeReasons::machine_event(std::uint32_t index, Change& change) const {
  const auto& before = *facts_.published[index];
  for (const auto& event : facts_.options.events) {
    const bool in_time = event.until && before.start < *event.until && before.end > event.at;
    if (event.kind == EventKind::machine_down && event.machine == before.machine && in_time) {
      change.reason = Reason::machine_down;
      change.text = said(event, fmt::format("machine '{}' is down until {}",
                                            facts_.plan.problem.machines[position(before.machine)].name, *event.until));
      return true;
    }
    if (event.kind == EventKind::operator_absent && before.attended_by && event.person == before.attended_by &&
        in_time) {
      change.reason = Reason::operator_absent;
      change.text = said(event, fmt::format("operator '{}' is absent until {}",
                                            facts_.plan.problem.operators[position(*event.person)].name, *event.until));
      return true;
    }
  }
  return false;
}

/// What ends last among what this operation waits for.
std::string ChangeReasons::blocker_of(std::uint32_t index) const {
  const auto& chosen = facts_.chosen.operations;
  const auto& item = facts_.shop.items[index];
  std::uint32_t latest = index;
  for (std::uint32_t b = 0; b < item.befores; ++b) {
    const auto before = facts_.shop.before[item.first_before + b];
    if (chosen[before] && (latest == index || chosen[before]->end > chosen[latest]->end)) latest = before;
  }
  for (std::uint32_t other = 0; other < chosen.size(); ++other) {
    if (other == index || !chosen[other] || chosen[other]->machine != chosen[index]->machine ||
        chosen[other]->end > chosen[index]->start)
      continue;
    if (latest == index || chosen[other]->end > chosen[latest]->end) latest = other;
  }
  if (latest == index) return "what it needs comes later";
  const auto& about = facts_.shop.items[latest];
  return fmt::format("it waits for order '{}' on machine '{}' until {}", facts_.plan.problem.jobs[about.job].name,
                     facts_.plan.problem.machines[position(chosen[latest]->machine)].name, chosen[latest]->end);
}

Change ChangeReasons::explain(std::uint32_t index) const {
  const auto& item = facts_.shop.items[index];
  Change change{
      .operation = OperationIndex{index}, .before = facts_.published[index], .after = facts_.chosen.operations[index]};
  const std::int64_t own_gain = tardiness_shifted_[item.job] - tardiness_chosen_[item.job];
  change.avoided = std::max<std::int64_t>(0, own_gain);
  if (own_event(index, change)) return change;
  if (!change.after) {
    change.reason = Reason::upstream_late;
    change.text = "its order has no place any more";
    return change;
  }
  if (machine_event(index, change)) return change;
  const auto& shifted = facts_.shifted.operations[index];
  const bool pushed = shifted && shifted->start > change.before->start + facts_.options.shift_tolerance;
  if (pushed && change.after->start >= shifted->start && change.after->machine == change.before->machine) {
    for (const auto& event : facts_.options.events) {
      if (event.kind == EventKind::vehicle_lost) {
        change.reason = Reason::fleet;
        change.text = said(event, "a vehicle is missing, so its part comes later");
        return change;
      }
    }
    change.reason = Reason::upstream_late;
    change.text = blocker_of(index);
    return change;
  }
  change.reason = Reason::gain;
  for (const auto& event : facts_.options.events) {
    if (event.kind == EventKind::price_change) change.reason = Reason::price;
  }
  if (change.avoided == 0) change.avoided = std::max<std::int64_t>(0, gain_);
  change.text = own_gain > 0
                    ? fmt::format("so order '{}' is {} weighted seconds less late",
                                  facts_.plan.problem.jobs[item.job].name, own_gain)
                    : fmt::format("makes room: the whole plan is better by {}", std::max<std::int64_t>(0, gain_));
  return change;
}

}  // namespace hanse::optimiser::scheduling::internal
