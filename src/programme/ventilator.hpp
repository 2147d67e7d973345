#pragma once

#include "programme/programme.hpp"

namespace hanse::programme {

/// The scenario `ventilator`: 10,000 in 14 weeks, two designs of some 300 distinct parts in four tiers, 33 firms of a
/// consortium and 120 suppliers, one chip with ten weeks of lead time. Made up from a seed, no copied data.
struct VentilatorScenario {
  std::uint64_t seed = 1;
  Timestamp start;  ///< Monday of week 0.
  double units = 10'000;
  std::string own = "hanse-demo";  ///< Organisation whose machines are the live plant's; it makes `own_part`.
  std::string own_part = "ventilator-valve-body";
};

/// Puts the scenario's organisations, sites, capabilities and designs, its approvals, agreements and the need
/// `ventilator`. Does nothing when the need is there already. Errors: of the store.
Result<void> seed_ventilator(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                             const VentilatorScenario& scenario);

}  // namespace hanse::programme
