#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "optimiser/scheduling/internal/general_shop.hpp"
#include "optimiser/scheduling/solve.hpp"

namespace hanse::optimiser::scheduling::internal {

/// Priorities and choices, from which `Decoder` makes a schedule that keeps every rule.
struct GeneralMember {
  std::vector<std::uint32_t> order;   ///< Operations; what must come before another is placed first in any case.
  std::vector<std::uint16_t> choice;  ///< By operation.
  std::int64_t value = 0;
};

/// Makes schedules: takes operations in the given order and puts each where it can be soonest after what its machine,
/// operator and vehicle did before. Any schedule in which nothing could start sooner without a change of order comes
/// from some order. Started operations stay where they are; pins keep their place on their machine.
class Decoder {
 public:
  Decoder(const GeneralShop& shop, const Objective& objective, const StabilityTax* tax);

  /// By operation, not before this; empty: no floors. Kept until the next call.
  void set_floors(std::vector<Seconds> floors) { floors_ = std::move(floors); }
  /// By operation: who attended it in the published plan; -1 nobody. Preferred when nobody else could begin sooner.
  void set_preferred(std::vector<std::int32_t> people) { preferred_ = std::move(people); }
  /// The objective's value. Jobs that turn out to have no place are left out, and the rest is decoded again.
  std::int64_t decode(const GeneralMember& member);

  /// Of the last `decode`.
  Schedule schedule() const;
  Seconds start(std::uint32_t item) const { return start_[item]; }
  Seconds end(std::uint32_t item) const { return end_[item]; }
  bool placed(std::uint32_t item) const { return placed_[item] != 0; }
  std::uint32_t machine(std::uint32_t item) const { return machine_[item]; }
  const std::vector<std::uint32_t>& sequence() const { return sequence_; }  ///< As they were placed.

 private:
  struct Running {
    Seconds start, end;
    std::int32_t size;
    std::uint32_t family;
    Seconds length;
  };
  struct MachineState {
    Seconds free = 0;
    std::int32_t family = -1;
    std::size_t next_pin = 0;
    std::vector<Running> running;  ///< Of machines with capacity over 1.
  };
  struct VehicleState {
    std::uint32_t at = 0;
    Seconds free = 0;
  };
  struct Place {
    Seconds start = kNever, end = kNever;
    std::int32_t person = -1;
    Seconds setup = 0;
    bool joins = false;
  };

  void decode_once(const GeneralMember& member);
  void place(std::uint32_t item, const GeneralMember& member);
  void place_fact(std::uint32_t item);
  Seconds ready(std::uint32_t item, std::uint32_t machine, bool commit);
  Place find(std::uint32_t item, const GeneralShop::Choice& choice, Seconds from) const;
  Place find_in_line(std::uint32_t item, const GeneralShop::Choice& choice, Seconds from) const;
  Place find_in_parallel(std::uint32_t item, const GeneralShop::Choice& choice, Seconds from) const;
  Place find_batch(std::uint32_t item, const GeneralShop::Choice& choice, Seconds from) const;
  Place attend(std::uint32_t item, const GeneralShop::Choice& choice, Seconds from) const;
  bool pin_in_the_way(std::uint32_t item, std::uint32_t machine, const Place& place) const;
  void commit(std::uint32_t item, const GeneralShop::Choice& choice, const Place& place);
  std::int64_t value() const;

  const GeneralShop& shop_;
  const Objective objective_;
  const StabilityTax* tax_;
  std::vector<Seconds> floors_;
  std::vector<std::int32_t> preferred_;
  std::vector<std::string> excluded_;  ///< By job; empty: not.
  std::vector<Seconds> start_, end_;
  std::vector<std::uint32_t> machine_;
  std::vector<std::int32_t> person_;
  std::vector<std::uint8_t> placed_;
  std::vector<MachineState> machines_;
  std::vector<Seconds> person_free_;
  std::vector<VehicleState> fleet_;
  std::vector<Carriage> carriages_;
  std::vector<std::uint32_t> sequence_;
  std::int64_t setup_seconds_ = 0;
  bool newly_excluded_ = false;
};

}  // namespace hanse::optimiser::scheduling::internal
