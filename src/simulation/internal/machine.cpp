#include <cmath>

#include "base/assert.hpp"
#include "simulation/internal/model.hpp"

namespace hanse::simulation {

using internal::EventType;
using internal::kNever;
using internal::kNone;
using internal::seconds;
using internal::Work;

namespace {

/// One cause by its share; `otherwise` when there are none.
std::string_view draw_cause(const std::vector<Cause>& causes, std::string_view otherwise, Random& random) {
  double sum = 0;
  for (const auto& cause : causes) sum += cause.share;
  double at = random.uniform() * sum;
  for (const auto& cause : causes) {
    at -= cause.share;
    if (at < 0) return cause.code;
  }
  return causes.empty() ? otherwise : std::string_view{causes.back().code};
}

/// A repair never takes no time, and sometimes takes long: 40 % of the mean is fixed, the rest exponential.
Duration draw_repair(const FailureMode& mode, Random& random) {
  return seconds(60 * (0.4 * mode.repair_mean_min + random.exponential(0.6 * mode.repair_mean_min)));
}

constexpr double kDriftWearFactor = 8;       // A drifting tool wears this much quicker,
constexpr double kDriftWearMax = 2;          // until so worn that it no longer changes,
constexpr double kDriftScrapFactor = 4;      // and rejects weigh more, as the process isn't corrected any more.
constexpr double kDriftToolLifeParts = 200;  // Of a machine without a tool that wears: its adjustment drifts.
constexpr double kScrapRateMax = 0.9;

}  // namespace

void Factory::Model::become(Machine& machine, Condition condition, std::string_view reason) {
  if (machine.condition == condition && machine.stop_reason == reason) return;
  machine.energy_kwh = energy_kwh(machine);
  machine.temperature_cel = temperature(machine);
  machine.tally.time[static_cast<std::size_t>(machine.condition)] += now - machine.since;
  machine.since = now;
  machine.condition = condition;
  machine.stop_reason = reason;
  say(Happening::Kind::condition, machine, reason);
}

void Factory::Model::begin_cycle(Machine& machine) {
  const double ideal_s = lines[machine.line].cycle_s[machine.stage].at(machine.part->product);
  const double spread = std::clamp(machine.random.normal(0, 1), -3.0, 3.0) * machine.profile->cycle_variation;
  const double cycle_s = ideal_s / machine.spec->speed * (1 + 0.03 * machine.tool_wear) * std::max(0.2, 1 + spread);
  machine.cycle = std::max(seconds(cycle_s), Duration{1});
  machine.cycle_left = machine.cycle;
  machine.in_cycle = true;
}

void Factory::Model::resume_cycle(Machine& machine) {
  become(machine, Condition::producing);
  machine.segment_begins = now;
  Duration next = std::min(machine.cycle_left, machine.to_micro_stop);
  for (const auto& clock : machine.failures) next = std::min(next, clock.left);
  queue_.plan(now + std::max(next, Duration{0}), EventType::machine_step, index_of(machine), ++machine.epoch);
}

void Factory::Model::account_segment(Machine& machine) {
  const Duration produced = now - machine.segment_begins;
  machine.segment_begins = now;
  machine.cycle_left -= produced;
  for (auto& clock : machine.failures) clock.left -= produced;
  if (machine.to_micro_stop != kNever) machine.to_micro_stop -= produced;
}

/// What was planned for the machine comes about: its work is done, it breaks, it stops for a moment, a part is
/// finished.
void Factory::Model::step(std::size_t index) {
  Machine& machine = machines[index];
  if (machine.work != Work::none) return complete_work(machine);
  HANSE_ASSERT(machine.condition == Condition::producing);
  account_segment(machine);
  for (std::size_t i = 0; i < machine.failures.size(); ++i) {
    if (machine.failures[i].left <= Duration{0}) return fail_machine(machine, i);
  }
  if (machine.to_micro_stop <= Duration{0}) return begin_micro_stop(machine);
  complete_cycle(machine);
  consider(index);
}

void Factory::Model::complete_cycle(Machine& machine) {
  const auto& profile = *machine.profile;
  const double ideal_s = lines[machine.line].cycle_s[machine.stage].at(machine.part->product);
  machine.in_cycle = false;
  machine.cycle_time_s = static_cast<double>(machine.cycle.count()) / 1e9;
  machine.tally.ideal_s += ideal_s;

  const double worn =
      machine.tool_wear * machine.tool_wear * profile.worn_scrap_rate * (machine.drifting ? kDriftScrapFactor : 1);
  const double rate = std::min(kScrapRateMax, profile.scrap_rate + worn);
  const double draw = machine.random.uniform();
  const double life = profile.tool_life_parts > 0 ? static_cast<double>(profile.tool_life_parts) : kDriftToolLifeParts;
  if (machine.drifting) {
    machine.tool_wear = std::min(kDriftWearMax, machine.tool_wear + kDriftWearFactor / life);
  } else if (profile.tool_life_parts > 0) {
    machine.tool_wear += 1 / life;
  }
  if (draw >= rate) {
    ++machine.tally.good;
    machine.tally.ideal_good_s += ideal_s;
    machine.part_done = true;
    say(Happening::Kind::good, machine);
    return;
  }
  machine.scrap_reason = draw < worn ? std::string_view{profile.worn_scrap_cause}
                                     : draw_cause(profile.scrap_causes, "scrap", machine.random);
  ++machine.tally.scrap;
  ++machine.tally.scrap_by_reason[std::string{machine.scrap_reason}];
  finish_part(machine, false);
  say(Happening::Kind::scrap, machine, machine.scrap_reason);
}

void Factory::Model::fail_machine(Machine& machine, std::size_t mode) {
  const auto& failure = *machine.failures[mode].mode;
  machine.failed = mode;
  ++machine.tally.failures;
  machine.alarm = failure.text.empty() ? failure.code : failure.text;
  become(machine, Condition::down, failure.code);
  say(Happening::Kind::alarm, machine, machine.alarm);
  ask_for(machine, Work::repair, draw_repair(failure, machine.random));
}

void Factory::Model::begin_micro_stop(Machine& machine) {
  const auto& stops = machine.profile->micro_stops;
  ++machine.tally.micro_stops;
  machine.to_micro_stop = seconds(machine.random.exponential(stops.every_min * 60));
  become(machine, Condition::micro_stop, draw_cause(stops.causes, "micro-stop", machine.random));
  ask_for(machine, Work::micro_stop, seconds(std::max(1.0, machine.random.exponential(stops.mean_s))));
}

internal::Pool& Factory::Model::pool_of(const Machine& machine) {
  return machine.work == Work::repair ? technicians_ : lines[machine.line].operators;
}

void Factory::Model::ask_for(Machine& machine, Work work, Duration length) {
  if (work == Work::setup) become(machine, Condition::setup, "changeover");
  if (work == Work::tool_change) become(machine, Condition::tool_change, "tool-change");
  machine.work = work;
  machine.work_length = length;
  machine.work_begun = false;
  ++machine.epoch;
  auto& pool = pool_of(machine);
  const bool present = work == Work::repair || lines[machine.line].shifts.at(now) == WorkTime::working;
  if (!present || pool.free == 0) return pool.waiting.push_back(index_of(machine));
  --pool.free;
  begin_work(machine);
}

void Factory::Model::begin_work(Machine& machine) {
  machine.work_begun = true;
  queue_.plan(now + machine.work_length, EventType::machine_step, index_of(machine), ++machine.epoch);
}

void Factory::Model::complete_work(Machine& machine) {
  auto& pool = pool_of(machine);
  switch (std::exchange(machine.work, Work::none)) {
    case Work::setup:
      machine.setup_product = machine.part->product;
      break;
    case Work::tool_change:
      machine.tool_wear = 0;
      break;
    case Work::repair:
      mend_machine(machine);
      break;
    case Work::micro_stop:
    case Work::none:
      break;
  }
  free_person(pool);
  consider(index_of(machine));
}

/// Somebody's work at the machine ends before it is done, or is no longer waited for.
void Factory::Model::drop_work(Machine& machine) {
  if (machine.work == Work::none) return;
  auto& pool = pool_of(machine);
  machine.work = Work::none;
  ++machine.epoch;
  if (machine.work_begun) {
    free_person(pool);
  } else {
    std::erase(pool.waiting, index_of(machine));
  }
}

void Factory::Model::free_person(internal::Pool& pool) {
  ++pool.free;
  if (pool.waiting.empty()) return;
  Machine& next = machines[pool.waiting.front()];
  if (next.work != Work::repair && lines[next.line].shifts.at(now) != WorkTime::working) return;
  pool.waiting.pop_front();
  --pool.free;
  begin_work(next);
}

Duration Factory::Model::setup_time(const Machine& machine, std::size_t product) const {
  const auto& special = lines[machine.line].setup_min;
  const auto found = special.find({machine.setup_product, product});
  return seconds(60 * (found != special.end() ? found->second : machine.profile->setup_min));
}

void Factory::Model::renew(Machine& machine, internal::FailureClock& clock) {
  // The mean of a Weibull distribution is scale * gamma(1 + 1/shape).
  const double scale = clock.mode->mean_hours / std::tgamma(1 + 1 / clock.mode->weibull_shape);
  clock.life = std::max(seconds(3600 * machine.random.weibull(clock.mode->weibull_shape, scale)), Duration{1'000'000});
  clock.left = clock.life;
}

}  // namespace hanse::simulation
