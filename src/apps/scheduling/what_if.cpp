#include "apps/scheduling/what_if.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "apps/scheduling/capacity.hpp"

namespace hanse::apps::scheduling {
namespace {

namespace solver = optimiser::scheduling;

/// The library's distributions differ from one implementation to the next; this doesn't.
double exponential(std::mt19937_64& random, double mean) {
  const double uniform = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
  return -mean * std::log(uniform);
}

template <class T>
T quantile(std::vector<T>& values, double share) {
  const auto place = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place), values.end());
  return values[place];
}

/// Adds breakdowns to the machines' closures; how many.
std::size_t break_machines(const Model& model, const std::map<AssetId, Reliability>& reliability,
                           const std::vector<std::vector<const solver::Placement*>>& on, std::mt19937_64& random,
                           solver::Problem& problem) {
  std::size_t count = 0;
  for (std::size_t m = 0; m < model.machines.size(); ++m) {
    const auto known = reliability.find(model.machines[m]);
    if (known == reliability.end() || known->second.mtbf_h <= 0) continue;
    const double mtbf_s = known->second.mtbf_h * 3600, mttr_s = std::max(60.0, known->second.mttr_h * 3600);
    double left = exponential(random, mtbf_s);
    for (const auto* at : on[m]) {  // Machines wear while they work.
      const double from = std::max(at->start, model.now);
      double length = at->end - from;
      double done = 0;
      while (length > left) {
        done += left;
        length -= left;
        const double begin = from + done, repair = exponential(random, mttr_s);
        problem.machines[m].closures.push_back({static_cast<solver::Seconds>(begin),
                                                static_cast<solver::Seconds>(begin + std::max(1.0, repair)),
                                                "breakdown"});
        ++count;
        left = exponential(random, mtbf_s);
      }
      if (length > 0) left -= length;
    }
  }
  return count;
}

}  // namespace

Reliability reliability_of(const AssetId& machine, std::span<const plant::ProductionEvent> events, plant::Span range,
                           Duration shortest) {
  Reliability out{.machine = machine};
  double down_h = 0;
  std::optional<plant::MachineState> state;
  Timestamp since = range.begin;
  const auto close = [&](Timestamp until) {
    if (!state) return;
    const auto length = until - std::max(since, range.begin);
    if (length <= Duration{0}) return;
    if (*state == plant::MachineState::producing) out.producing_h += hours(length);
    if (*state == plant::MachineState::down && length >= shortest) {
      ++out.failures;
      down_h += hours(length);
    }
  };
  for (const auto& event : events) {
    if (event.kind != plant::EventKind::state || !event.state || event.state == state) continue;
    close(std::min(event.time, range.end));
    state = event.state;
    since = event.time;
  }
  close(range.end);
  if (out.failures > 0) {
    out.mtbf_h = out.producing_h / static_cast<double>(out.failures);
    out.mttr_h = down_h / static_cast<double>(out.failures);
  }
  return out;
}

void pool_by_kind(std::map<AssetId, Reliability>& all, const plant::Records& plant) {
  constexpr std::int64_t kFailuresMin = 3;
  const auto kind_of = [&](const AssetId& id) {
    const auto* asset = plant.asset(id);
    return asset ? asset->kind : std::string{};
  };
  std::map<std::string, Reliability> kinds;
  for (const auto& [id, one] : all) {
    auto& kind = kinds[kind_of(id)];
    kind.failures += one.failures;
    kind.producing_h += one.producing_h;
    kind.mttr_h += one.mttr_h * static_cast<double>(one.failures);  // Hours down, until they are divided.
  }
  for (auto& [id, one] : all) {
    if (one.failures >= kFailuresMin) continue;
    const auto& kind = kinds[kind_of(id)];
    one.basis = kind.failures >= kFailuresMin ? Basis::kind : Basis::none;
    const double failures = static_cast<double>(kind.failures);
    one.mtbf_h = one.basis == Basis::kind ? kind.producing_h / failures : 0;
    one.mttr_h = one.basis == Basis::kind ? kind.mttr_h / failures : 0;
  }
}

Result<Outlook> outlook(const OutlookRequest& request) {
  const auto model = build_model(request.input);
  HANSE_TRY(const auto base, shifted_schedule(model, request.published));
  std::vector<std::vector<const solver::Placement*>> on(model.machines.size());
  for (const auto& at : base.operations) {
    if (at) on[position(at->machine)].push_back(&*at);
  }
  for (auto& row : on) std::sort(row.begin(), row.end(), [](auto* a, auto* b) { return a->start < b->start; });
  const auto first = solver::first_operations(model.problem);
  const auto end_of = [&](const solver::Schedule& schedule, std::size_t job) {
    solver::Seconds end = -1;
    for (auto i = first[job]; i < first[job + 1]; ++i) {
      if (schedule.operations[i]) end = std::max(end, schedule.operations[i]->end);
    }
    return end;
  };
  std::vector<std::vector<solver::Seconds>> ends(model.orders.size());
  std::vector<solver::Seconds> all;
  std::vector<double> tardiness;
  std::vector<std::int64_t> on_time(model.orders.size(), 0);
  Outlook out;
  double late = 0, breakdowns = 0;
  std::mt19937_64 random{request.seed};
  for (; out.runs < request.runs; ++out.runs) {
    if (out.runs > 0 && request.expired && request.expired()) break;
    solver::Plan plan{.problem = model.problem, .schedule = base};
    breakdowns += static_cast<double>(break_machines(model, request.reliability, on, random, plan.problem));
    HANSE_TRY(const auto run, solver::right_shift(plan, model.now));
    solver::Seconds last = 0;
    double late_h = 0;
    for (std::size_t job = 0; job < model.orders.size(); ++job) {
      const auto end = end_of(run, job);
      if (end < 0) continue;
      ends[job].push_back(end);
      last = std::max(last, end);
      const auto& order = request.input.ledger.orders.at(model.orders[job]);
      const bool kept = !order.due || model.time(end) <= *order.due;
      on_time[job] += kept ? 1 : 0;
      late += kept ? 0 : 1;
      if (!kept) late_h += hours(model.time(end) - *order.due) * static_cast<double>(order.weight);
    }
    all.push_back(last);
    tardiness.push_back(late_h);
  }
  if (out.runs == 0 || model.orders.empty()) return out;
  const double runs = static_cast<double>(out.runs);
  out.breakdowns_per_run = breakdowns / runs;
  out.late_orders_mean = late / runs;
  out.end_p50 = model.time(quantile(all, 0.5));
  out.end_p90 = model.time(quantile(all, 0.9));
  out.tardiness_p50_h = quantile(tardiness, 0.5);
  out.tardiness_p90_h = quantile(tardiness, 0.9);
  for (std::size_t job = 0; job < model.orders.size(); ++job) {
    if (ends[job].empty()) continue;
    const auto planned = model.time(end_of(base, job));
    out.planned_end = std::max(out.planned_end.value_or(planned), planned);
    out.orders.push_back({.order = model.orders[job],
                          .due = request.input.ledger.orders.at(model.orders[job]).due,
                          .planned = planned,
                          .p50 = model.time(quantile(ends[job], 0.5)),
                          .p90 = model.time(quantile(ends[job], 0.9)),
                          .on_time = static_cast<double>(on_time[job]) / static_cast<double>(ends[job].size())});
  }
  return out;
}

}  // namespace hanse::apps::scheduling
