#pragma once

#include <string>
#include <vector>

#include "optimiser/scheduling/internal/general_shop.hpp"
#include "optimiser/scheduling/reschedule.hpp"

namespace hanse::optimiser::scheduling::internal {

/// `jobs[3].operations[1]` of an operation's number.
std::string operation_path(const Problem& problem, std::uint32_t index);

/// Says of each changed operation why: what happened to it, to what it waits for, or what the change gains.
class ChangeReasons {
 public:
  struct Facts {
    const Plan& plan;
    const GeneralShop& shop;
    const RescheduleOptions& options;
    const std::vector<std::optional<Placement>>& published;
    const Schedule& shifted;  ///< Right-shift's.
    const Schedule& chosen;
  };
  explicit ChangeReasons(Facts facts);
  Change explain(std::uint32_t index) const;

 private:
  bool own_event(std::uint32_t index, Change& change) const;
  bool machine_event(std::uint32_t index, Change& change) const;
  std::string blocker_of(std::uint32_t index) const;

  Facts facts_;
  std::vector<std::int64_t> tardiness_shifted_, tardiness_chosen_;  ///< By job, weighted.
  std::int64_t gain_ = 0;
};

}  // namespace hanse::optimiser::scheduling::internal
