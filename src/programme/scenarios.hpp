#pragma once

#include "programme/programme.hpp"

// Networks and needs made up from a seed, no copied data; sizes are those of the public record. Each does nothing when
// its need (or its first problem) is there already. `ventilator` has a file of its own.

namespace hanse::programme {

/// `ppe-portal`: 280,000 face shields in ten weeks from small print shops and a few moulders for 200 hospitals in
/// twenty zones; each design is approved for its process and material only.
struct PpePortal {
  std::uint64_t seed = 1;
  Timestamp start;
  double units = 280'000;
  int shops = 1'500, moulders = 40, hospitals = 200, zones = 20;
};
Result<void> seed_ppe_portal(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                             const PpePortal& scenario);

/// `surge-200k`: 200,000 of one good by year-end, 150 items in four tiers, 1,500 suppliers at 30,000 locations.
struct Surge {
  std::uint64_t seed = 1;
  Timestamp start;
  double units = 200'000;
  int suppliers = 1'500, locations = 30'000, items = 150, weeks = 52;
};
Result<void> seed_surge(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                        const Surge& scenario);

/// `problem-club`: members that share problems, at every stage of the board, and an analytics desk.
struct ProblemClub {
  std::uint64_t seed = 1;
  int members = 40;
};
Result<void> seed_problem_club(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                               const ProblemClub& scenario);

}  // namespace hanse::programme
