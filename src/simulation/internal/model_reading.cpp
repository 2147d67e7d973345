#include <cmath>

#include "simulation/internal/model.hpp"

namespace hanse::simulation {

using internal::kNone;

namespace {

constexpr double kAmbientCel = 21;
constexpr double kWarmUpS = 900;  // Time constant of warming up and cooling down.

double as_seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e9; }

/// Wear is quiet for long and loud at the end.
double audible(double wear) { return wear * wear * wear; }

}  // namespace

double Factory::Model::power_kw(const Machine& machine) const {
  const auto& power = machine.profile->power_kw;
  switch (machine.condition) {
    case Condition::producing:
      return power.producing;
    case Condition::setup:
    case Condition::tool_change:
      return power.setup;
    case Condition::no_shift:
      return power.off;
    default:
      return power.standby;
  }
}

double Factory::Model::energy_kwh(const Machine& machine) const {
  return machine.energy_kwh + power_kw(machine) * as_seconds(now - machine.since) / 3600;
}

double Factory::Model::failure_wear(const Machine& machine) const {
  const Duration running = machine.condition == Condition::producing ? now - machine.segment_begins : Duration{0};
  double wear = 0;
  for (const auto& clock : machine.failures) {
    if (clock.mode->wears) wear = std::max(wear, 1 - as_seconds(clock.left - running) / as_seconds(clock.life));
  }
  return std::clamp(wear, 0.0, 1.0);
}

double Factory::Model::temperature_target(const Machine& machine) const {
  const auto& profile = *machine.profile;
  const double warm = profile.temperature_cel +
                      (profile.temperature_worn_cel - profile.temperature_cel) * audible(failure_wear(machine));
  switch (machine.condition) {
    case Condition::producing:
      return warm;
    case Condition::no_shift:
      return kAmbientCel;
    default:
      return kAmbientCel + 0.4 * (profile.temperature_cel - kAmbientCel);
  }
}

double Factory::Model::temperature(const Machine& machine) const {
  const double target = temperature_target(machine);
  return target + (machine.temperature_cel - target) * std::exp(-as_seconds(now - machine.since) / kWarmUpS);
}

std::string Factory::Model::order_of(const Machine& machine) const {
  return machine.last_order == kNone ? "" : lines[machine.line].orders[machine.last_order].id;
}

MachineReading Factory::Model::read(const Machine& machine) const {
  const auto& profile = *machine.profile;
  const Line& line = lines[machine.line];
  Random noise{machine.noise_seed ^ static_cast<std::uint64_t>(now.ns)};
  MachineReading reading{.condition = machine.condition,
                         .part_count = machine.tally.good + machine.tally.scrap,
                         .good_count = machine.tally.good,
                         .scrap_count = machine.tally.scrap,
                         .scrap_reason = machine.scrap_reason,
                         .stop_reason = machine.stop_reason,
                         .alarm = machine.alarm,
                         .order = order_of(machine),
                         .cycle_time_s = machine.cycle_time_s};
  if (machine.setup_product != kNone) {
    reading.product = scenario.products[machine.setup_product].id;
    reading.program = fmt::format("{}-{}", line.spec->stages[machine.stage].id, reading.product);
    reading.ideal_cycle_s = line.cycle_s[machine.stage].at(machine.setup_product);
  }
  reading.power_kw = power_kw(machine) * noise.uniform(0.98, 1.02);
  reading.energy_kwh = energy_kwh(machine);
  reading.failure_wear = failure_wear(machine);
  const double running =
      profile.vibration_mm_s + (profile.vibration_worn_mm_s - profile.vibration_mm_s) * audible(reading.failure_wear);
  const double share = machine.condition == Condition::producing ? 1 : 0.05;
  reading.vibration_mm_s = running * share * noise.uniform(0.95, 1.05);
  reading.temperature_cel = temperature(machine) + noise.uniform(-0.1, 0.1);
  reading.tool_wear = machine.tool_wear;
  reading.buffer_level = std::ssize(line.buffers[machine.stage].parts);
  return reading;
}

MachineTally Factory::Model::tally(const Machine& machine) const {
  auto tally = machine.tally;
  tally.time[static_cast<std::size_t>(machine.condition)] += now - machine.since;
  return tally;
}

}  // namespace hanse::simulation
