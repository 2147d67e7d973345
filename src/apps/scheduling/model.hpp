#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "apps/scheduling/progress.hpp"
#include "apps/scheduling/published.hpp"
#include "apps/scheduling/settings.hpp"

namespace hanse::apps::scheduling {

/// A machine that is down and when it is expected back.
struct Downtime {
  Timestamp since, until;
  std::string reason;
};

/// Everything that decides what is to be scheduled.
struct ModelInput {
  const plant::Records& plant;
  const Ledger& ledger;
  const Progress& progress;
  std::span<const Pinning> pins;
  const std::map<AssetId, Downtime>& down;
  const SchedulingSettings& settings;
  Timestamp now;
};

/// What is left to do, as the solver sees it, with the way back to the plant's names. What is finished isn't in it;
/// what runs is a fact with its expected end. Time zero is `origin`, a while before now, so that pasts have a place.
struct Model {
  optimiser::scheduling::Problem problem;
  Timestamp origin;
  optimiser::scheduling::Seconds now = 0;
  std::vector<OperationKey> keys;       ///< By operation.
  std::vector<bool> running;            ///< By operation.
  std::vector<AssetId> machines;        ///< By machine.
  std::vector<std::string> people;      ///< By operator: the record's id, with a number where there are several.
  std::vector<std::string> orders;      ///< By job.
  std::vector<UnplacedOrder> left_out;  ///< Orders that can't be scheduled at all, and why.
  std::vector<UnplacedOrder> remarks;   ///< Pins that can't be kept, and why; their orders are scheduled.

  Timestamp time(optimiser::scheduling::Seconds seconds) const {
    return origin + Duration{std::int64_t{seconds} * 1'000'000'000};
  }
  /// Clamped to what the solver can say.
  optimiser::scheduling::Seconds seconds(Timestamp time) const;
  std::map<OperationKey, std::size_t> places() const;
};

Model build_model(const ModelInput& input);

/// The operators of the ledger that are one record, as `Model::people` names them.
std::string person_name(const Operator& crew, std::int64_t member);

/// Working spans in the range without breaks; clipped to it.
std::vector<plant::Span> working_spans(const plant::Calendar& calendar, const plant::TimeZone& zone, plant::Span range);
/// Of an asset: its calendar, around the clock without one.
std::vector<plant::Span> working_spans(const plant::Records& plant, const AssetId& asset, plant::Span range);

/// The published operations as the solver's placements; what it doesn't know any more is left out.
optimiser::scheduling::Schedule as_schedule(const Model& model, std::span<const PlannedOperation> operations);
/// The solver's placements by the plant's names, in order of start, each with the set-up before it.
std::vector<PlannedOperation> as_operations(const Model& model, const optimiser::scheduling::Schedule& schedule);

}  // namespace hanse::apps::scheduling
