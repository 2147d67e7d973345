#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "simulation/what_if.hpp"

namespace hanse::node {

/// What would be otherwise at one machine, as factors of what is.
struct TwinWhatIf {
  std::string asset;  ///< The machine.
  double hours = 168;
  std::int64_t runs = 3;
  double speed = 1;
  double setup_time = 1;
  double scrap = 1;
  double failures = 1;
  double repair_time = 1;
  double tool_life = 1;
  std::optional<std::int64_t> operators;
  static constexpr auto notes() {
    return std::array{
        FieldNote{
            .field = "asset", .summary = "A machine of the simulated plant.", .length_max = 100, .required = true},
        FieldNote{.field = "hours", .summary = "Simulated time of a run, h.", .min = 1, .max = 336},
        FieldNote{.field = "runs", .summary = "How often, each with other chance.", .min = 1, .max = 5},
        FieldNote{.field = "speed", .summary = "Factor of its speed.", .min = 0.1, .max = 2},
        FieldNote{.field = "setup_time", .summary = "Factor of the time of a change-over.", .min = 0, .max = 10},
        FieldNote{.field = "scrap", .summary = "Factor of its share of scrap.", .min = 0, .max = 10},
        FieldNote{.field = "failures", .summary = "Factor of how often it breaks.", .min = 0.1, .max = 10},
        FieldNote{.field = "repair_time", .summary = "Factor of the time of a repair.", .min = 0.1, .max = 10},
        FieldNote{.field = "tool_life", .summary = "Factor of the parts that a tool makes.", .min = 0.1, .max = 10},
        FieldNote{.field = "operators", .summary = "Of its line, per shift.", .min = 1, .max = 1000}};
  }
};
HANSE_DESCRIBE(TwinWhatIf, (asset, hours, runs, speed, setup_time, scrap, failures, repair_time, tool_life, operators))

/// One figure as it is and as it would be: means of the runs, with the least and the greatest.
struct WhatIfFigure {
  std::string figure;  ///< `oee`, `good`, ...
  std::string of;      ///< The machine's id or the line's.
  std::string unit;    ///< UCUM; empty for a count, `1` for a share.
  double baseline = 0, baseline_low = 0, baseline_high = 0;
  double changed = 0, changed_low = 0, changed_high = 0;
};
HANSE_DESCRIBE(WhatIfFigure,
               (figure, of, unit, baseline, baseline_low, baseline_high, changed, changed_low, changed_high))

struct WhatIfAnswer {
  std::string scenario;
  std::string line;
  double hours = 0;
  std::int64_t runs = 0;
  std::vector<WhatIfFigure> figures;
};
HANSE_DESCRIBE(WhatIfAnswer, (scenario, line, hours, runs, figures))

/// The scenario with the changes. Errors: `not_found` when it has no such machine; `invalid` when it can't be so.
Result<simulation::Scenario> changed_scenario(simulation::Scenario scenario, const TwinWhatIf& what_if);

/// Runs the plant as it is and as it would be with the same chance, side by side. Pure; takes seconds. Errors: as
/// above.
Result<WhatIfAnswer> compare(const simulation::Scenario& scenario, const TwinWhatIf& what_if);

}  // namespace hanse::node
