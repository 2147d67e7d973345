#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "apps/app.hpp"
#include "apps/performance/machine.hpp"
#include "apps/performance/report.hpp"

namespace hanse::apps::performance {

/// What the line board shows of one machine now.
struct BoardMachine {
  AssetId asset;
  std::string name;
  std::string kind;
  MachineState state = MachineState::offline;
  std::optional<Timestamp> since;
  std::string reason, reason_name;
  std::string alarm;
  std::string order, product;
  std::string shift;  ///< Empty when no shift is on.
  std::optional<Timestamp> shift_begin, shift_end;
  std::optional<double> oee, availability, effectiveness, quality;  ///< Of the shift so far, or of the last 8 h.
  double coverage = 1;
  double good = 0, scrap = 0;
  std::optional<double> target;  ///< Good parts by now at the target OEE.
  std::string missing;           ///< Why there is no OEE.
};
HANSE_DESCRIBE(BoardMachine,
               (asset, name, kind, state, since, reason, reason_name, alarm, order, product, shift, shift_begin,
                shift_end, oee, availability, effectiveness, quality, coverage, good, scrap, target, missing))

struct BoardLine {
  AssetId asset;  ///< The node above its machines; empty for machines that stand alone.
  std::string name;
  std::optional<double> oee;
  double good = 0, scrap = 0;
  std::vector<BoardMachine> machines;
};
HANSE_DESCRIBE(BoardLine, (asset, name, oee, good, scrap, machines))

struct Board {
  Timestamp now;
  std::vector<BoardLine> lines;
};
HANSE_DESCRIBE(Board, (now, lines))

/// Machine states, ISO 22400 figures, losses and stops from signals and what people say about them.
class Performance final : public App {
 public:
  Performance(PerformanceSettings settings, const AppContext& context)
      : settings_(std::move(settings)), context_(context) {}

  Outputs step(const Inputs& inputs) override;
  std::vector<api::Route> routes() override;

  Board board() const;
  /// Lays out the machines below (and at) an asset. Errors: `not_found`; `invalid` (times); of the event log.
  Result<std::vector<MachineTime>> machine_times(const AssetId& asset, Span span) const;
  Timestamp now() const { return now_; }
  const plant::Records& records() const { return *records_; }
  const AppContext& context() const { return context_; }
  const Machine* machine(const AssetId& id) const;

 private:
  struct Source {
    std::size_t machine = 0;  ///< Place in `machines_` plus one; 0 for none.
    signal::Meaning meaning = signal::Meaning::other;
  };
  Machine& machine_of(const AssetId& id);
  void learn_signals(const Inputs& inputs);
  void read_samples(const Inputs& inputs, std::vector<ProductionEvent>& out);
  void add_kpis(const Inputs& inputs, Outputs& out);
  void add_findings(const Machine& machine, Outputs& out);
  Span live_span(const AssetId& id, std::string* shift) const;
  MachineTime live_time(const Machine& machine, Span span) const;
  BoardMachine board_machine(const Machine& machine, const plant::Asset& asset, Elements& sum) const;
  /// Machines that were entered or imported and say nothing yet: they belong on the board, or they'd be forgotten.
  std::vector<const plant::Asset*> without_signals() const;

  PerformanceSettings settings_;
  AppContext context_;
  Timestamp now_ = Timestamp::min();
  Timestamp kpis_at_ = Timestamp::min();
  std::shared_ptr<const plant::Records> records_ = std::make_shared<const plant::Records>();
  std::shared_ptr<const signal::Signals> signals_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::map<AssetId, std::size_t> places_;
  std::vector<Source> sources_;  ///< By signal number.
  std::set<std::string> open_findings_;
};

Manifest manifest();

}  // namespace hanse::apps::performance
