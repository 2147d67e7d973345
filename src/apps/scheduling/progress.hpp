#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "apps/scheduling/published.hpp"

namespace hanse::apps::scheduling {

/// What was really done of an operation.
struct OperationProgress {
  std::string id;  ///< Order and step, as the store keeps it.
  std::string order;
  std::string step;
  AssetId machine;
  std::optional<Timestamp> started, finished;
  Timestamp last;  ///< Of the last parts.
  double good = 0;
  double scrap = 0;
};
HANSE_DESCRIBE(OperationProgress, (id, order, step, machine, started, finished, last, good, scrap))

/// What a machine does now, as far as the plan cares.
struct MachineLife {
  plant::MachineState state = plant::MachineState::offline;
  std::optional<Timestamp> since;
  std::string reason;
  std::string order, product;           ///< As it told last.
  std::optional<OperationKey> running;  ///< The operation that its parts are booked to.
  double unassigned = 0;                ///< Good parts for which no open operation was found.
};

/// What production events mean to which operation is looked up in.
struct ProgressContext {
  const plant::Records& plant;
  const Ledger& ledger;
  std::span<const PlannedOperation> planned;  ///< In order of start.
};

/// Books production events to operations. An order that the ledger knows goes to its step on that machine; machines
/// that tell no order, or one of their own, have their parts booked to what the plan has next of that product there.
/// Same events and same plan: same progress.
class Progress {
 public:
  void apply(const plant::ProductionEvent& event, const ProgressContext& context);
  /// A person says so, whatever was counted.
  void finish(const OperationKey& key, const AssetId& machine, Timestamp time);
  void reopen(const OperationKey& key);

  const OperationProgress* find(const OperationKey& key) const;
  const std::map<OperationKey, OperationProgress>& operations() const { return operations_; }
  const std::map<AssetId, MachineLife>& machines() const { return machines_; }
  const MachineLife* machine(const AssetId& id) const;
  bool is_done(const ProductionOrder& order, const std::string& step) const;

  void load(OperationProgress entry);
  /// Those that changed since the last call.
  std::vector<OperationProgress> take_changed();
  void forget(const std::string& order);

 private:
  OperationProgress& entry_of(const OperationKey& key, const AssetId& machine);
  std::optional<OperationKey> target_of(const plant::ProductionEvent& event, const MachineLife& life,
                                        const ProgressContext& context) const;
  void book_good(const plant::ProductionEvent& event, MachineLife& life, const ProgressContext& context);

  std::map<OperationKey, OperationProgress> operations_;
  std::map<AssetId, MachineLife> machines_;
  std::set<OperationKey> changed_;
};

}  // namespace hanse::apps::scheduling
