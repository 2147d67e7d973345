#include <fmt/format.h>

#include <algorithm>

#include "optimiser/scheduling/reschedule.hpp"

namespace hanse::optimiser::scheduling {
namespace {

/// The operation with this number; null when there is none.
Operation* operation_at(Problem& problem, OperationIndex index) {
  std::size_t left = position(index);
  for (auto& job : problem.jobs) {
    if (left < job.operations.size()) return &job.operations[left];
    left -= job.operations.size();
  }
  return nullptr;
}

Error lacks(const Event& event, std::string_view what) {
  return fail(ErrorCode::invalid, fmt::format("the event {} needs {}", describe::enum_name(event.kind), what));
}

Result<Operation*> named_operation(Plan& plan, const Event& event) {
  if (!event.operation) return lacks(event, "an operation");
  auto* operation = operation_at(plan.problem, *event.operation);
  if (!operation)
    return fail(ErrorCode::not_found, fmt::format("there is no operation {}", position(*event.operation)));
  return operation;
}

Result<Machine*> named_machine(Plan& plan, const Event& event) {
  if (!event.machine) return lacks(event, "a machine");
  if (position(*event.machine) >= plan.problem.machines.size()) {
    return fail(ErrorCode::not_found, fmt::format("there is no machine {}", position(*event.machine)));
  }
  return &plan.problem.machines[position(*event.machine)];
}

Seconds duration_on(const Operation& operation, MachineIndex machine) {
  for (const auto& mode : operation.modes) {
    if (mode.machine == machine) return mode.duration;
  }
  return operation.modes.empty() ? 0 : operation.modes[0].duration;
}

Result<void> machine_down(Plan& plan, const Event& event) {
  HANSE_TRY(auto* machine, named_machine(plan, event));
  if (!event.until || *event.until <= event.at) return lacks(event, "an expected end (until) after its beginning (at)");
  machine->closures.push_back({event.at, *event.until, event.text.empty() ? "down" : event.text});
  // What runs there stands still for as long.
  for (auto& job : plan.problem.jobs) {
    for (auto& operation : job.operations) {
      auto& pin = operation.pin;
      if (pin && pin->end && pin->machine == *event.machine && pin->start <= event.at && *pin->end > event.at) {
        *pin->end = static_cast<Seconds>(
            std::min<std::int64_t>(kHorizonMax, std::int64_t{*pin->end} + (*event.until - event.at)));
      }
    }
  }
  return {};
}

Result<void> machine_up(Plan& plan, const Event& event) {
  HANSE_TRY(auto* machine, named_machine(plan, event));
  for (auto& closure : machine->closures) {
    if (closure.start <= event.at && closure.end > event.at) closure.end = event.at;
  }
  std::erase_if(machine->closures, [](const Closure& closure) { return closure.start >= closure.end; });
  return {};
}

Result<void> operation_started(Plan& plan, const Event& event) {
  HANSE_TRY(auto* operation, named_operation(plan, event));
  MachineIndex machine{};
  if (event.machine) {
    machine = *event.machine;
  } else if (position(*event.operation) < plan.schedule.operations.size() &&
             plan.schedule.operations[position(*event.operation)]) {
    machine = plan.schedule.operations[position(*event.operation)]->machine;
  } else {
    return lacks(event, "a machine");
  }
  const bool known = std::any_of(operation->modes.begin(), operation->modes.end(),
                                 [&](const Mode& mode) { return mode.machine == machine; });
  if (!known)
    return fail(ErrorCode::invalid,
                fmt::format("operation {} can't run on machine {}", position(*event.operation), position(machine)));
  operation->pin = Pin{
      .machine = machine, .start = event.at, .end = event.until.value_or(event.at + duration_on(*operation, machine))};
  return {};
}

/// A started operation ends then; on a batch machine all that it shares the batch with.
void set_end(Plan& plan, Operation& operation, Seconds end) {
  const Pin old = *operation.pin;
  const bool batch = plan.problem.machines[position(old.machine)].batch;
  operation.pin->end = std::max(old.start, end);
  if (!batch) return;
  for (auto& job : plan.problem.jobs) {
    for (auto& other : job.operations) {
      if (other.pin && other.pin->machine == old.machine && other.pin->start == old.start && other.pin->end == old.end)
        other.pin->end = operation.pin->end;
    }
  }
}

Result<void> operation_late(Plan& plan, const Event& event) {
  HANSE_TRY(auto* operation, named_operation(plan, event));
  if (!event.until) return lacks(event, "an expected end (until)");
  if (operation->pin && operation->pin->end) {
    set_end(plan, *operation, *event.until);
  } else {
    Seconds shortest = kHorizonMax;
    for (const auto& mode : operation->modes) shortest = std::min(shortest, mode.duration);
    operation->release = std::max(operation->release, *event.until - shortest);
  }
  return {};
}

Result<void> operation_finished(Plan& plan, const Event& event) {
  HANSE_TRY(auto* operation, named_operation(plan, event));
  if (!operation->pin || !operation->pin->end) {
    Event started = event;
    started.kind = EventKind::operation_started;
    const auto& published = plan.schedule.operations;
    const auto index = position(*event.operation);
    const Seconds planned = index < published.size() && published[index] ? published[index]->start : event.at;
    started.at = std::min(planned, event.at);
    started.until = event.at;
    return operation_started(plan, started);
  }
  set_end(plan, *operation, event.at);
  return {};
}

Result<void> rush_order(Plan& plan, const Event& event) {
  if (!event.job) return lacks(event, "a job");
  plan.problem.jobs.push_back(*event.job);
  if (auto valid = validate(plan.problem); !valid) {
    plan.problem.jobs.pop_back();
    return std::move(valid).error();
  }
  plan.schedule.operations.resize(operation_count(plan.problem));
  return {};
}

Result<void> cancellation(Plan& plan, const Event& event) {
  if (!event.job_index) return lacks(event, "a job (job_index)");
  if (position(*event.job_index) >= plan.problem.jobs.size()) {
    return fail(ErrorCode::not_found, fmt::format("there is no job {}", position(*event.job_index)));
  }
  plan.problem.jobs[position(*event.job_index)].cancelled = true;
  return {};
}

Result<void> material_late(Plan& plan, const Event& event) {
  HANSE_TRY(auto* operation, named_operation(plan, event));
  if (!event.until) return lacks(event, "a new date of arrival (until)");
  operation->release = *event.until;
  return {};
}

Result<void> operator_absent(Plan& plan, const Event& event) {
  if (!event.person) return lacks(event, "an operator (person)");
  if (position(*event.person) >= plan.problem.operators.size()) {
    return fail(ErrorCode::not_found, fmt::format("there is no operator {}", position(*event.person)));
  }
  if (!event.until || *event.until <= event.at) return lacks(event, "an expected end (until) after its beginning (at)");
  plan.problem.operators[position(*event.person)].absences.push_back(
      {event.at, *event.until, event.text.empty() ? "absent" : event.text});
  return {};
}

}  // namespace

Result<void> apply(Plan& plan, const Event& event) {
  switch (event.kind) {
    case EventKind::machine_down:
      return machine_down(plan, event);
    case EventKind::machine_up:
      return machine_up(plan, event);
    case EventKind::operation_started:
      return operation_started(plan, event);
    case EventKind::operation_late:
      return operation_late(plan, event);
    case EventKind::operation_finished:
      return operation_finished(plan, event);
    case EventKind::rush_order:
      return rush_order(plan, event);
    case EventKind::cancellation:
      return cancellation(plan, event);
    case EventKind::material_late:
      return material_late(plan, event);
    case EventKind::operator_absent:
      return operator_absent(plan, event);
    case EventKind::rework: {
      HANSE_TRY(auto* operation, named_operation(plan, event));
      operation->pin.reset();
      return {};
    }
    case EventKind::vehicle_lost:
      if (!plan.problem.transport || plan.problem.transport->vehicles < 2) {
        return fail(ErrorCode::invalid, "there is no fleet of two or more vehicles to lose one of");
      }
      --plan.problem.transport->vehicles;
      return {};
    case EventKind::price_change:
      plan.problem.tariff = event.tariff;
      return {};
  }
  return fail(ErrorCode::invalid, "the event is of no known kind");
}

void assume_started(Plan& plan, Seconds now) {
  std::size_t index = 0;
  for (auto& job : plan.problem.jobs) {
    for (auto& operation : job.operations) {
      if (index >= plan.schedule.operations.size()) return;
      const auto& at = plan.schedule.operations[index++];
      if (at && at->start < now && !(operation.pin && operation.pin->end))
        operation.pin = Pin{.machine = at->machine, .start = at->start, .end = at->end};
    }
  }
}

}  // namespace hanse::optimiser::scheduling
