#include "simulation/what_if.hpp"

namespace hanse::simulation {
namespace {

Duration hours(double h) { return Duration{static_cast<std::int64_t>(h * 3600e9)}; }
double as_hours(Duration duration) { return static_cast<double>(duration.count()) / 3600e9; }

std::optional<double> ratio(double part, double whole) {
  return whole > 0 ? std::optional{part / whole} : std::nullopt;
}

MachineFigures machine_figures(const Factory& factory, std::size_t index) {
  const auto tally = factory.tally(index);
  MachineFigures figures{.machine = std::string{factory.machine(index).id},
                         .good = tally.good,
                         .scrap = tally.scrap,
                         .failures = tally.failures};
  double busy_h = 0;
  for (std::size_t i = 0; i < kConditionCount; ++i) {
    const auto condition = static_cast<Condition>(i);
    const double spent = as_hours(tally.time[i]);
    figures.hours[describe::enum_name(condition)] = spent;
    if (machine_state(condition) != plant::MachineState::planned_stop) busy_h += spent;
  }
  const double producing_h = as_hours(tally.time[static_cast<std::size_t>(Condition::producing)]);
  figures.availability = ratio(producing_h, busy_h);
  figures.effectiveness = ratio(tally.ideal_s / 3600, producing_h);
  figures.quality = ratio(tally.ideal_good_s, tally.ideal_s);
  figures.oee = ratio(tally.ideal_good_s / 3600, busy_h);
  return figures;
}

}  // namespace

Outcome figures(const Factory& factory) {
  Outcome outcome;
  for (std::size_t i = 0; i < factory.scenario().lines.size(); ++i) {
    const auto tally = factory.line_tally(i);
    outcome.lines.push_back({.line = factory.scenario().lines[i].id,
                             .released = tally.released,
                             .good = tally.good,
                             .scrap = tally.scrap,
                             .in_work = tally.in_work,
                             .energy_kwh = factory.read_line(i).energy_kwh,
                             .good_by_product = tally.good_by_product});
  }
  for (std::size_t i = 0; i < factory.machine_count(); ++i) outcome.machines.push_back(machine_figures(factory, i));
  return outcome;
}

Result<Outcome> run_what_if(const Scenario& scenario, const WhatIf& what_if) {
  const auto factory = std::make_unique<Factory>(scenario, what_if.seed, what_if.start);
  auto troubles = what_if.troubles;
  std::stable_sort(troubles.begin(), troubles.end(),
                   [](const PlannedTrouble& a, const PlannedTrouble& b) { return a.after_h < b.after_h; });
  for (const auto& trouble : troubles) {
    if (trouble.after_h >= what_if.hours) break;
    HANSE_TRY(const auto kind, parse_trouble_kind(trouble.kind));
    factory->run_until(what_if.start + hours(trouble.after_h));
    HANSE_CHECK(factory->start_trouble(kind, trouble.asset, hours(trouble.hours)));
  }
  factory->run_until(what_if.start + hours(what_if.hours));
  return figures(*factory);
}

}  // namespace hanse::simulation
