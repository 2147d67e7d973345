#pragma once

#include <set>
#include <string>
#include <vector>

#include "apps/scheduling/scheduling.hpp"
#include "base/log.hpp"
#include "programme/programme.hpp"

namespace hanse::node {

/// What a programme ordered of a line of this plant.
struct LineOrder {
  programme::Order order;
  programme::LiveLine line;
  std::string need_name;
  Timestamp start;  ///< Monday of the need's week 0.
};

/// What the ledger is to keep then.
struct TakenOrders {
  std::vector<apps::scheduling::ProductionOrder> changed;
  std::vector<std::string> refused;  ///< Sentences: what can't be made here and why.
};

/// One production order per week of an accepted order that isn't over, due at the week's end. What a planner says of it
/// (weight, routing, release, notes) stays; what the programme no longer wants is cancelled. Pure.
TakenOrders production_orders(const std::vector<LineOrder>& orders, const apps::scheduling::Ledger& ledger,
                              const plant::Records& plant, Timestamp now);

/// Brings what programmes order of this node's lines into the scheduling ledger. The node calls `tick` from its beat.
class ProgrammeOrders {
 public:
  struct Parts {  ///< All outlive it.
    programme::Programme& programme;
    apps::scheduling::Book& book;
    plant::Plant& plant;
    const Log& log;
  };
  explicit ProgrammeOrders(Parts parts) : parts_(parts) {}

  /// Looks twice a minute. Errors: of the store.
  Result<void> tick(Timestamp now);

 private:
  Result<std::vector<LineOrder>> line_orders() const;

  Parts parts_;
  Timestamp looked_ = Timestamp::min();
  std::set<std::string> told_;
};

}  // namespace hanse::node
