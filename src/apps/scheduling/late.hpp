#pragma once

#include <span>
#include <vector>

#include "apps/scheduling/model.hpp"

namespace hanse::apps::scheduling {

/// Why an operation doesn't start sooner.
enum class Blocker {
  step,         ///< The step before of its own order ends just then.
  machine,      ///< The machine does another order until then.
  change_over,  ///< The machine is set up until then.
  closed,       ///< The machine doesn't work before: shift, maintenance, breakdown.
  release,      ///< The order isn't released before.
  material,     ///< Its material comes then.
  transport,    ///< Its parts are on their way, or wait for a vehicle.
  person,       ///< The operator attends something else until then, or isn't there.
  pin,          ///< The planner wants it so.
  running,      ///< It runs.
  start,        ///< Nothing: it could begin at once.
};
HANSE_DESCRIBE_ENUM(Blocker, step, machine, change_over, closed, release, material, transport, person, pin, running,
                    start)

/// One link of the chain from a late end back to what began it.
struct CauseLink {
  std::string order;
  std::string step;
  AssetId machine;
  Timestamp start, end;
  Blocker blocker = Blocker::start;
  std::string detail;  ///< Why the machine is closed, what comes late, who is busy.
};
HANSE_DESCRIBE(CauseLink, (order, step, machine, start, end, blocker, detail))

struct LateOrder {
  std::string order;
  std::string product;
  std::string customer;
  std::int64_t quantity = 0;
  std::int64_t weight = 1;
  Timestamp due, end;
  double late_h = 0;
  std::vector<CauseLink> chain;  ///< From its last operation back; what blocks the last link is the cause.
};
HANSE_DESCRIBE(LateOrder, (order, product, customer, quantity, weight, due, end, late_h, chain))

/// Orders that the plan finishes after their due date, the latest (by weight) first.
std::vector<LateOrder> late_orders(const ModelInput& input, std::span<const PlannedOperation> operations);

}  // namespace hanse::apps::scheduling
