#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace hanse::optimiser::allocation {

/// Units of an activity that are started in a week.
struct Placement {
  std::uint32_t activity = 0, week = 0;
  double quantity = 0;
  friend bool operator==(const Placement&, const Placement&) = default;
};
/// Units of an item that leave on a lane in a week.
struct Shipment {
  std::uint32_t item = 0, lane = 0, week = 0;
  double quantity = 0;
  friend bool operator==(const Shipment&, const Shipment&) = default;
};
/// Units that are ordered from the open market in a week.
struct Bought {
  std::uint32_t purchase = 0, week = 0;
  double quantity = 0;
  friend bool operator==(const Bought&, const Bought&) = default;
};
/// Units that reach the need in a week.
struct Delivery {
  std::uint32_t item = 0, zone = 0, week = 0;
  double quantity = 0;
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

/// What is done. Nothing in it is zero; each list is in order of its members.
struct Plan {
  std::vector<Placement> placements;
  std::vector<Shipment> shipments;
  std::vector<Bought> bought;
  std::vector<Delivery> deliveries;
  friend bool operator==(const Plan&, const Plan&) = default;
};

/// What a plan costs and gives, part by part.
struct Measures {
  double making = 0, overtime = 0, activation = 0, transport = 0, stock = 0, market = 0, late = 0, shortage = 0,
         agreements = 0;
  double units_due = 0, units_delivered = 0, unit_weeks_late = 0;
  double total() const {
    return making + overtime + activation + transport + stock + market + late + shortage + agreements;
  }
};
HANSE_DESCRIBE(Measures, (making, overtime, activation, transport, stock, market, late, shortage, agreements, units_due,
                          units_delivered, unit_weeks_late))

}  // namespace hanse::optimiser::allocation
