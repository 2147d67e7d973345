#pragma once

#include "programme/programme.hpp"

namespace hanse::programme {

/// The scenario `ventilator`: 10,000 in 14 weeks, two designs of some 300 distinct parts in four tiers, 33 firms of a
/// consortium and 120 suppliers, one chip with ten weeks of lead time. Made up from a seed, no copied data.
struct VentilatorScenario {
  std::uint64_t seed = 1;
  Timestamp start;  ///< Monday of week 0.
  double units = 10'000;
  int parts = 150;  ///< Of each design, a third of them common to both.
  int firms = 33, suppliers = 120;
  std::string own = "hanse-medical";  ///< Organisation whose machines are the live plant's; it makes `own_part`.
  std::string own_part = "ventilator-valve-body";
};

/// Puts the scenario's organisations, sites, capabilities and designs, its approvals, agreements and the need
/// `ventilator`. Does nothing when the need is there already. Errors: of the store.
Result<void> seed_ventilator(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                             const VentilatorScenario& scenario);

/// The live line of the simulated plant of `hanse demo`: machining makes `own_part`. A machine that stands longer than
/// `alarm_after_s` is an alarm.
LiveLine ventilator_line(const VentilatorScenario& scenario, std::int64_t alarm_after_s);

/// A programme under way: all orders of the published plan are accepted, and what was due in the weeks before `now` is
/// made, as planned but for a scatter from the seed and some makers that are a week behind. Nothing when anything was
/// made already. Errors: of the store.
Result<void> seed_progress(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                           const std::string& need, Timestamp now, std::uint64_t seed);

/// Milestones, change requests, tasks, a decision and a contribution of the scenario. Nothing when they are there.
/// Errors: of the store.
Result<void> seed_convening(Programme& programme, const store::Actor& actor, const VentilatorScenario& scenario);

}  // namespace hanse::programme
