#include "apps/scheduling/promise.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::apps::scheduling {
namespace {

namespace solver = optimiser::scheduling;
using solver::Interval;
using solver::Seconds;

/// A machine's working time and what is planned on it.
struct Line {
  struct Busy {
    Seconds start, end;
    std::uint32_t family;
  };
  std::vector<Interval> working;
  std::vector<Busy> busy;  ///< By start.
  const std::vector<std::vector<Seconds>>* setups = nullptr;
  std::optional<std::uint32_t> family;
};

std::vector<Interval> working_of(const solver::Problem& problem, const solver::Machine& machine) {
  std::vector<Interval> working;
  if (machine.calendar) {
    working = problem.calendars[position(*machine.calendar)].working;
  } else {
    working.push_back({0, solver::kHorizonMax});
  }
  for (const auto& closure : machine.closures) {
    std::vector<Interval> left;
    for (const auto& span : working) {
      if (span.start < std::min(span.end, closure.start))
        left.push_back({span.start, std::min(span.end, closure.start)});
      if (std::max(span.start, closure.end) < span.end) left.push_back({std::max(span.start, closure.end), span.end});
    }
    working = std::move(left);
  }
  return working;
}

/// The first way to do `duration` from `from` on; nothing when there is no time left.
std::optional<Interval> fit(const std::vector<Interval>& working, Seconds from, Seconds duration, bool resumable) {
  auto span =
      std::partition_point(working.begin(), working.end(), [&](const Interval& one) { return one.end <= from; });
  std::optional<Seconds> start;
  Seconds left = duration;
  for (; span != working.end(); ++span) {
    const Seconds begin = std::max(span->start, from);
    if (!resumable) {
      if (span->end - begin >= duration) return Interval{begin, begin + duration};
      continue;
    }
    if (!start) start = begin;
    if (span->end - begin >= left) return Interval{*start, begin + left};
    left -= span->end - begin;
  }
  return {};
}

Seconds setup_s(const Line& line, std::optional<std::uint32_t> from, std::uint32_t to) {
  return line.setups && from ? (*line.setups)[*from][to] : 0;
}

/// The first gap of the line that takes the operation, change-overs on both sides included.
std::optional<Interval> first_gap(const Line& line, Seconds ready, Seconds duration, const solver::Operation& operation,
                                  Seconds now) {
  const auto family = static_cast<std::uint32_t>(position(operation.family));
  for (std::size_t gap = 0; gap <= line.busy.size(); ++gap) {
    const bool first = gap == 0, last = gap == line.busy.size();
    Seconds free = first ? now : line.busy[gap - 1].end;
    const auto before = first ? line.family : std::optional{line.busy[gap - 1].family};
    if (const Seconds change = setup_s(line, before, family); change > 0) {
      const auto changed = fit(line.working, free, change, true);
      if (!changed) return {};
      free = changed->end;
    }
    const auto placed = fit(line.working, std::max({free, ready, now}), duration, operation.resumable);
    if (!placed) return {};
    if (last) return placed;
    Seconds end = placed->end;
    if (const Seconds change = setup_s(line, family, line.busy[gap].family); change > 0) {
      const auto changed = fit(line.working, end, change, true);
      if (!changed) continue;
      end = changed->end;
    }
    if (end <= line.busy[gap].start) return placed;
  }
  return {};
}

std::vector<Line> lines_of(const Model& model, const solver::Schedule& schedule) {
  std::vector<Line> lines;
  for (const auto& machine : model.problem.machines) {
    Line line{.working = working_of(model.problem, machine), .busy = {}};
    if (machine.setups) line.setups = &model.problem.setups[position(*machine.setups)].seconds;
    if (machine.family) line.family = static_cast<std::uint32_t>(position(*machine.family));
    lines.push_back(std::move(line));
  }
  std::size_t index = 0;
  for (const auto& job : model.problem.jobs) {
    for (const auto& operation : job.operations) {
      const auto& at = schedule.operations[index++];
      if (!at) continue;
      lines[position(at->machine)].busy.push_back(
          {at->start, at->end, static_cast<std::uint32_t>(position(operation.family))});
    }
  }
  for (auto& line : lines) {
    std::sort(line.busy.begin(), line.busy.end(),
              [](const auto& a, const auto& b) { return std::pair{a.start, a.end} < std::pair{b.start, b.end}; });
  }
  return lines;
}

/// Places the job's operations one after another; false when one finds no room. Nobody is found to attend them and no
/// vehicle to carry them: the checker refuses what would need one, and the order then comes after all others.
bool insert_job(const Model& model, std::size_t job, std::size_t first, solver::Schedule& schedule) {
  auto lines = lines_of(model, schedule);
  const auto& operations = model.problem.jobs[job].operations;
  std::vector<std::uint8_t> done(operations.size(), 0);
  for (std::size_t placed = 0; placed < operations.size();) {
    const auto before = placed;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const auto& operation = operations[i];
      const auto& after = *operation.after;  // The model always names them.
      if (done[i] != 0 || std::any_of(after.begin(), after.end(), [&](auto one) { return done[one] == 0; })) continue;
      std::optional<solver::Placement> best;
      for (const auto& mode : operation.modes) {
        Seconds ready = std::max(operation.release, model.now);
        for (const auto one : after) {
          const auto& before_it = *schedule.operations[first + one];
          const auto& transport = model.problem.transport;
          const Seconds way = transport ? transport->seconds[position(before_it.machine)][position(mode.machine)] : 0;
          ready = std::max(ready, before_it.end + operations[one].lag + way);
        }
        const auto gap = first_gap(lines[position(mode.machine)], ready, mode.duration, operation, model.now);
        if (gap && (!best || gap->end < best->end)) best = solver::Placement{mode.machine, gap->start, gap->end, {}};
      }
      if (!best) return false;
      schedule.operations[first + i] = best;
      auto& busy = lines[position(best->machine)].busy;
      busy.push_back({best->start, best->end, static_cast<std::uint32_t>(position(operation.family))});
      std::sort(busy.begin(), busy.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
      done[i] = 1;
      ++placed;
    }
    if (placed == before) return false;
  }
  return true;
}

}  // namespace

Result<OrderPromise> promise(const ModelInput& input, const std::string& order,
                             std::span<const PlannedOperation> published) {
  const auto model = build_model(input);
  for (const auto& left_out : model.left_out) {
    if (left_out.order == order) return fail(ErrorCode::invalid, "it can't be made here: " + left_out.reason);
  }
  const auto found = std::find(model.orders.begin(), model.orders.end(), order);
  if (found == model.orders.end()) return fail(ErrorCode::invalid, "the order has no open step");
  const auto job = static_cast<std::size_t>(found - model.orders.begin());
  const auto first = solver::first_operations(model.problem)[job];
  const auto count = model.problem.jobs[job].operations.size();
  HANSE_TRY(const auto shifted, shifted_schedule(model, published));
  for (const auto& [index, reason] : shifted.unplaced) {
    if (position(index) == job) return fail(ErrorCode::invalid, "it has no place within the horizon: " + reason);
  }
  auto in_gaps = shifted;
  for (std::size_t i = 0; i < count; ++i) in_gaps.operations[first + i].reset();
  const bool inserted = insert_job(model, job, first, in_gaps) && solver::check(model.problem, in_gaps).empty();
  const auto& schedule = inserted ? in_gaps : shifted;
  const auto& asked = input.ledger.orders.at(order);
  OrderPromise out{.product = asked.product, .quantity = asked.quantity, .end = {}, .steps = {}, .in_gaps = inserted};
  out.end = input.now;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& at = *schedule.operations[first + i];
    out.steps.push_back(
        {model.keys[first + i].step, model.machines[position(at.machine)], model.time(at.start), model.time(at.end)});
    out.end = std::max(out.end, out.steps.back().end);
  }
  return out;
}

}  // namespace hanse::apps::scheduling
