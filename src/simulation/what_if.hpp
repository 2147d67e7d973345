#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulation/factory.hpp"

namespace hanse::simulation {

/// A trouble of a what-if run, with its times counted from the run's begin.
struct PlannedTrouble {
  std::string kind;
  std::string asset;
  double after_h = 0;
  double hours = 1;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "kind", .summary = "break, drift, lose_network or jam.", .required = true},
                      FieldNote{.field = "asset", .summary = "A machine or a line.", .required = true},
                      FieldNote{.field = "after_h", .summary = "When it begins, h.", .min = 0},
                      FieldNote{.field = "hours", .summary = "How long it lasts, h.", .min = 0.001}};
  }
};
HANSE_DESCRIBE(PlannedTrouble, (kind, asset, after_h, hours))

struct WhatIf {
  double hours = 24 * 7;
  std::uint64_t seed = 1;
  Timestamp start;
  std::vector<PlannedTrouble> troubles;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "hours", .summary = "Simulated time, h.", .min = 0.01, .max = 100000},
                      FieldNote{.field = "troubles", .length_max = 1000}};
  }
};
HANSE_DESCRIBE(WhatIf, (hours, seed, start, troubles))

/// Figures of a machine by ISO 22400-2; nothing where the divisor is zero. Planned busy time is all time in shifts
/// without breaks.
struct MachineFigures {
  std::string machine;
  std::int64_t good = 0;
  std::int64_t scrap = 0;
  std::int64_t failures = 0;
  std::map<std::string, double> hours;  ///< By condition.
  std::optional<double> availability, effectiveness, quality, oee;
};
HANSE_DESCRIBE(MachineFigures, (machine, good, scrap, failures, hours, availability, effectiveness, quality, oee))

struct LineFigures {
  std::string line;
  std::int64_t released = 0;
  std::int64_t good = 0;
  std::int64_t scrap = 0;
  std::int64_t in_work = 0;
  double energy_kwh = 0;
  std::map<std::string, std::int64_t> good_by_product;
};
HANSE_DESCRIBE(LineFigures, (line, released, good, scrap, in_work, energy_kwh, good_by_product))

struct Outcome {
  std::vector<LineFigures> lines;
  std::vector<MachineFigures> machines;
};
HANSE_DESCRIBE(Outcome, (lines, machines))

/// The factory's figures at its present moment, since it began.
Outcome figures(const Factory& factory);

/// Runs the scenario alone, in this thread, for the given time. Errors: those of a trouble that can't be.
Result<Outcome> run_what_if(const Scenario& scenario, const WhatIf& what_if);

}  // namespace hanse::simulation
