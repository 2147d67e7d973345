#pragma once

#include <array>
#include <string>

#include "base/describe.hpp"
#include "base/time.hpp"

namespace hanse::apps::performance {

struct PerformanceSettings {
  Duration micro_stop = 5min;     ///< A shorter stop is a minor stop.
  Duration silence = 15min;       ///< A machine that makes parts and says nothing for so long is offline; 0 for never.
  Duration parts_every = 1min;    ///< Parts of so long are one event.
  Duration finding_after = 5min;  ///< A stop of so long is a finding, critical after six times that.
  Duration figure_after = 10min;  ///< The live figures of less time at work mean nothing and are not shown.
  double oee_target = 0.85;       ///< For the board's target count.
  double ideal_cycle_s = 0;       ///< Where neither product nor machine tells one; 0 for unknown.
  std::string state_rules = "plain";  ///< Where the machine's template names none: mtconnect, packml, plain.
  friend bool operator==(const PerformanceSettings&, const PerformanceSettings&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "micro_stop", .summary = "A shorter stop is a minor stop."},
        FieldNote{.field = "silence",
                  .summary = "A producing machine that says nothing for so long is offline; 0s for never."},
        FieldNote{.field = "parts_every", .summary = "Parts of so long are one event."},
        FieldNote{.field = "finding_after", .summary = "A stop of so long is a finding."},
        FieldNote{.field = "figure_after", .summary = "Live figures of less time at work than this are not shown."},
        FieldNote{.field = "oee_target", .summary = "OEE that the board's target count aims at.", .min = 0, .max = 1},
        FieldNote{.field = "ideal_cycle_s",
                  .summary = "Ideal seconds per part where nothing else tells; 0 for unknown.",
                  .min = 0},
        FieldNote{.field = "state_rules",
                  .summary = "Rules where a machine's template names none: mtconnect, packml, plain."}};
  }
};
HANSE_DESCRIBE(PerformanceSettings,
               (micro_stop, silence, parts_every, finding_after, figure_after, oee_target, ideal_cycle_s, state_rules))

}  // namespace hanse::apps::performance
