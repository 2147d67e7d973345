#pragma once

#include <functional>
#include <map>
#include <span>
#include <vector>

#include "apps/scheduling/planner.hpp"

namespace hanse::apps::scheduling {

/// Whose history a machine's figures are.
enum class Basis {
  own,   ///< Its own, with enough failures to say something.
  kind,  ///< Of all machines of its kind together.
  none,  ///< Neither has broken often enough: no breakdown is drawn.
};
HANSE_DESCRIBE_ENUM(Basis, own, kind, none)

/// How often a machine breaks and how long that lasts, as it did so far.
struct Reliability {
  AssetId machine;
  std::int64_t failures = 0;
  double producing_h = 0;
  double mtbf_h = 0;  ///< Mean time between failures, of producing time; 0 when it never broke.
  double mttr_h = 0;  ///< Mean time to repair.
  Basis basis = Basis::own;
};
HANSE_DESCRIBE(Reliability, (machine, failures, producing_h, mtbf_h, mttr_h, basis))

/// From the machine's state events, in order of time, within the range. A stop shorter than `shortest` is none.
Reliability reliability_of(const AssetId& machine, std::span<const plant::ProductionEvent> events, plant::Span range,
                           Duration shortest);

/// A few failures in a few hours say nothing: such a machine takes the figures of its kind, if those do.
void pool_by_kind(std::map<AssetId, Reliability>& all, const plant::Records& plant);

/// When an order is finished, over all runs.
struct OrderOutlook {
  std::string order;
  std::optional<Timestamp> due;
  Timestamp planned, p50, p90;
  double on_time = 1;  ///< Share of runs; 1 without a due date.
};
HANSE_DESCRIBE(OrderOutlook, (order, due, planned, p50, p90, on_time))

struct Outlook {
  std::int64_t version = 0;
  std::int64_t runs = 0;
  double breakdowns_per_run = 0;
  std::optional<Timestamp> planned_end, end_p50, end_p90;
  double tardiness_p50_h = 0, tardiness_p90_h = 0;  ///< Weighted, of all orders together.
  double late_orders_mean = 0;
  std::vector<OrderOutlook> orders;
};
HANSE_DESCRIBE(Outlook, (version, runs, breakdowns_per_run, planned_end, end_p50, end_p90, tardiness_p50_h,
                         tardiness_p90_h, late_orders_mean, orders))

struct OutlookRequest {
  const ModelInput& input;
  std::span<const PlannedOperation> published;
  const std::map<AssetId, Reliability>& reliability;
  std::int64_t runs = 200;
  std::uint64_t seed = 1;
  std::function<bool()> expired;  ///< Fewer runs then.
};

/// Carries the schedule out again and again with breakdowns drawn from the machines' own figures: exponential times
/// between failures and to repair; orders keep their machines and sequence. Same seed, same answer.
Result<Outlook> outlook(const OutlookRequest& request);

}  // namespace hanse::apps::scheduling
