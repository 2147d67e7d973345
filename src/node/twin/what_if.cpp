#include "node/twin/what_if.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hanse::node {
namespace {

using simulation::LineSpec;
using simulation::MachineSpec;
using simulation::Outcome;
using simulation::Scenario;

/// A Monday: shifts repeat by the week, so that the answer is the same on every day.
Timestamp begin_of_runs() { return parse_timestamp("2026-01-05T00:00:00Z").value(); }

struct Place {
  LineSpec* line = nullptr;
  MachineSpec* machine = nullptr;
};
Result<Place> place_of(Scenario& scenario, const std::string& asset) {
  for (auto& line : scenario.lines) {
    for (auto& stage : line.stages) {
      for (auto& machine : stage.machines) {
        if (machine.id == asset) return Place{&line, &machine};
      }
    }
  }
  return fail(ErrorCode::not_found, fmt::format("the simulated plant has no machine '{}'", asset));
}

/// Takes one figure out of each run.
class Figures {
 public:
  Figures(std::string machine, std::string line) : machine_(std::move(machine)), line_(std::move(line)) {}

  void take(const Outcome& outcome, bool changed) {
    changed_ = changed;
    for (const auto& each : outcome.machines) {
      if (each.machine != machine_) continue;
      share("oee", each.oee);
      share("availability", each.availability);
      share("effectiveness", each.effectiveness);
      share("quality", each.quality);
      put("good", machine_, "", static_cast<double>(each.good));
      put("scrap", machine_, "", static_cast<double>(each.scrap));
      put("failures", machine_, "", static_cast<double>(each.failures));
    }
    for (const auto& each : outcome.lines) {
      if (each.line != line_) continue;
      put("good", line_, "", static_cast<double>(each.good));
      put("scrap", line_, "", static_cast<double>(each.scrap));
      put("energy", line_, "kW.h", each.energy_kwh);
      if (each.good > 0) put("energy_per_part", line_, "kW.h", each.energy_kwh / static_cast<double>(each.good));
    }
  }

  std::vector<WhatIfFigure> finish() {
    for (auto& each : figures_) {
      each.row.baseline = each.baseline / static_cast<double>(std::max<std::int64_t>(each.baselines, 1));
      each.row.changed = each.changed / static_cast<double>(std::max<std::int64_t>(each.changes, 1));
    }
    std::vector<WhatIfFigure> out;
    for (auto& each : figures_) {
      // A figure without a divisor on one side can't be compared.
      if (each.baselines > 0 && each.changes > 0) out.push_back(std::move(each.row));
    }
    return out;
  }

 private:
  struct Sum {
    WhatIfFigure row;
    double baseline = 0, changed = 0;
    std::int64_t baselines = 0, changes = 0;
  };
  void share(std::string_view figure, const std::optional<double>& value) {
    if (value) put(figure, machine_, "1", *value);
  }
  void put(std::string_view figure, const std::string& of, std::string_view unit, double value) {
    auto found =
        std::ranges::find_if(figures_, [&](const Sum& each) { return each.row.figure == figure && each.row.of == of; });
    if (found == figures_.end()) {
      figures_.push_back({.row = {.figure = std::string{figure}, .of = of, .unit = std::string{unit}}});
      found = figures_.end() - 1;
    }
    auto& row = found->row;
    auto& count = changed_ ? found->changes : found->baselines;
    auto& low = changed_ ? row.changed_low : row.baseline_low;
    auto& high = changed_ ? row.changed_high : row.baseline_high;
    low = count == 0 ? value : std::min(low, value);
    high = count == 0 ? value : std::max(high, value);
    (changed_ ? found->changed : found->baseline) += value;
    ++count;
  }

  std::string machine_, line_;
  bool changed_ = false;
  std::vector<Sum> figures_;
};

}  // namespace

Result<Scenario> changed_scenario(Scenario scenario, const TwinWhatIf& what_if) {
  HANSE_TRY(const auto place, place_of(scenario, what_if.asset));
  auto& [line, machine] = place;
  machine->speed *= what_if.speed;
  if (what_if.operators) line->operators = *what_if.operators;
  // Others of its kind stay as they are.
  auto profile = scenario.profiles.at(machine->profile);
  profile.setup_min *= what_if.setup_time;
  profile.scrap_rate *= what_if.scrap;
  profile.worn_scrap_rate *= what_if.scrap;
  profile.tool_life_parts =
      static_cast<std::int64_t>(std::llround(static_cast<double>(profile.tool_life_parts) * what_if.tool_life));
  for (auto& each : profile.failures) {
    each.mean_hours /= what_if.failures;
    each.repair_mean_min *= what_if.repair_time;
  }
  machine->profile += " (what if)";
  scenario.profiles.insert_or_assign(machine->profile, std::move(profile));
  // As the file would be read: limits and what depends on each other are said there once.
  return simulation::read_scenario(to_json(scenario));
}

Result<WhatIfAnswer> compare(const Scenario& scenario, const TwinWhatIf& what_if) {
  HANSE_TRY(const auto changed, changed_scenario(scenario, what_if));
  auto copy = scenario;
  HANSE_TRY(const auto place, place_of(copy, what_if.asset));
  Figures figures{what_if.asset, place.line->id};
  for (std::int64_t run = 1; run <= what_if.runs; ++run) {
    const simulation::WhatIf same{
        .hours = what_if.hours, .seed = static_cast<std::uint64_t>(run), .start = begin_of_runs(), .troubles = {}};
    HANSE_TRY(const auto before, run_what_if(scenario, same));
    figures.take(before, false);
    HANSE_TRY(const auto after, run_what_if(changed, same));
    figures.take(after, true);
  }
  return WhatIfAnswer{.scenario = scenario.name,
                      .line = place.line->id,
                      .hours = what_if.hours,
                      .runs = what_if.runs,
                      .figures = figures.finish()};
}

}  // namespace hanse::node
