#pragma once

#include <functional>

#include "node/connections/machine_changes.hpp"
#include "plant/plant.hpp"
#include "twin/service/machine_values.hpp"

namespace hanse::node {

/// What twins write goes the way that all changes at machines go: through the connection that fills the signal, when
/// its settings allow it, under four eyes and with its steps in the journal. Safe from many threads.
class TwinMachineValues final : public twin::MachineValues {
 public:
  /// May the caller do this where the signal's asset is?
  using May = std::function<bool(const api::Caller&, std::string_view permission, std::uint32_t signal)>;
  TwinMachineValues(MachineChanges& changes, const connectors::ConnectionBook& connections, const plant::Plant& plant,
                    May may)
      : changes_(changes), connections_(connections), plant_(plant), may_(std::move(may)) {}

  Result<std::string> ask(const api::Caller& caller, const twin::MachineWish& wish) override;
  std::set<signal::SignalId> writable(std::span<const signal::SignalId> signals) const override;

 private:
  MachineChanges& changes_;
  const connectors::ConnectionBook& connections_;
  const plant::Plant& plant_;
  May may_;
};

}  // namespace hanse::node
