#pragma once

#include <memory>
#include <vector>

#include "optimiser/scheduling/internal/budget.hpp"
#include "optimiser/scheduling/internal/decoder.hpp"
#include "optimiser/scheduling/internal/quick_random.hpp"
#include "optimiser/scheduling/solve.hpp"

namespace hanse::optimiser::scheduling::internal {

/// Any problem for `Evolution`: local search over orders and choices, each step decoded in full, accepted when it is no
/// worse than some steps ago (late acceptance, Burke and Bykov 2017). Most steps move an operation before the one that
/// blocks it on the chain that makes the worst job late.
class GeneralCore {
 public:
  static constexpr std::uint8_t kMoves = 1;     ///< May be moved.
  static constexpr std::uint8_t kIsPassed = 2;  ///< Others may be moved before it.
  using Member = GeneralMember;
  GeneralCore(const GeneralShop& shop, const SolveOptions& options, std::vector<std::uint8_t> movable = {});

  static std::int64_t value(const Member& member) { return member.value; }
  Member fresh(QuickRandom& random);
  Member child(const Member& a, const Member& b, QuickRandom& random);
  std::uint64_t improve(Member& member, std::uint64_t idle_max, std::uint64_t steps_max, std::int64_t target,
                        QuickRandom& random, Budget& budget);
  double distance(const Member& a, const Member& b);
  Decoder& decoder() { return decoder_; }
  /// The member whose decoding is this schedule, if it is one that `Decoder` can make; close to it else.
  Member from_schedule(const Schedule& schedule);

 private:
  struct Situation {  ///< Of the current member, as decoded.
    std::vector<std::uint32_t> before_on_machine, place, machine, sequence;
    std::vector<Seconds> end;
  };
  void look(const Member& member);
  bool vary(Member& member, QuickRandom& random);
  std::uint32_t pick(QuickRandom& random);
  bool move_before(Member& member, std::uint32_t item, std::uint32_t anchor);
  bool moves(std::uint32_t item) const { return movable_.empty() || (movable_[item] & kMoves) != 0; }
  bool is_passed(std::uint32_t item) const { return movable_.empty() || (movable_[item] & kIsPassed) != 0; }

  const GeneralShop& shop_;
  const SolveOptions& options_;
  std::vector<std::uint8_t> movable_;
  std::vector<std::uint32_t> movables_;
  Decoder decoder_;
  Situation now_;
  std::vector<std::uint32_t> blocking_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> keys_;
  bool first_ = true;
};

/// The best schedule for any problem within the budget.
Schedule search_general(const Problem& problem, const SolveOptions& options, const Bound& bound, Budget& budget);

/// A first schedule by rules.
Schedule dispatch_general(const Problem& problem, const SolveOptions& options);

}  // namespace hanse::optimiser::scheduling::internal
