#pragma once

#include <span>
#include <string>
#include <vector>

#include "apps/scheduling/model.hpp"

namespace hanse::apps::scheduling {

inline double hours(Duration duration) { return static_cast<double>(duration.count()) / 3.6e12; }

/// Of one machine in one stretch of time.
struct LoadCell {
  Timestamp begin, end;
  double working_h = 0;
  double planned_h = 0;  ///< Of operations.
  double setup_h = 0;
  double closed_h = 0;  ///< Of the calendar's hours: maintenance and breakdown.
};
HANSE_DESCRIBE(LoadCell, (begin, end, working_h, planned_h, setup_h, closed_h))

struct MachineLoad {
  AssetId machine;
  std::string name;
  std::vector<LoadCell> cells;
};
HANSE_DESCRIBE(MachineLoad, (machine, name, cells))

/// What a machine has left in a week: what a programme may plan with. Weeks are of ISO 8601 in UTC.
struct FreeCapacity {
  std::string week;  ///< `2026-W48`
  Timestamp begin;
  AssetId machine;
  std::string kind;  ///< Of the machine: what it can do.
  double working_h = 0;
  double free_h = 0;
};
HANSE_DESCRIBE(FreeCapacity, (week, begin, machine, kind, working_h, free_h))

/// Working and planned hours of each machine, cell by cell of `step` from `range.begin` on.
std::vector<MachineLoad> machine_loads(const ModelInput& input, std::span<const PlannedOperation> operations,
                                       std::span<const AssetId> machines, plant::Span range, Duration step);

/// From now on, for so many weeks, the present one cut at now.
std::vector<FreeCapacity> free_capacity(const ModelInput& input, std::span<const PlannedOperation> operations,
                                        std::span<const AssetId> machines, int weeks);

/// Machines that routings name, by id.
std::vector<AssetId> scheduled_machines(const Ledger& ledger);

}  // namespace hanse::apps::scheduling
