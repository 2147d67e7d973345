#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "apps/performance/counter.hpp"
#include "apps/performance/settings.hpp"
#include "apps/performance/state_rules.hpp"
#include "apps/performance/timeline.hpp"
#include "signal/directory.hpp"
#include "signal/sample.hpp"

namespace hanse::apps::performance {

/// One value of one signal, as the machine is told it.
struct Reading {
  signal::Meaning meaning = signal::Meaning::other;
  Timestamp time;
  bool known = false;  ///< False when it was null or bad.
  std::optional<double> number;
  std::string text;  ///< Of a number its decimal text.
};

/// Follows one machine: samples in, production events out, and the events of the last day kept for the live figures.
/// Knows no clock: `advance` is told the time.
class Machine {
 public:
  Machine(AssetId id, const StateRules& rules, const PerformanceSettings& settings)
      : id_(std::move(id)), rules_(&rules), settings_(&settings) {}

  const AssetId& id() const { return id_; }
  MachineState state() const { return state_; }
  Timestamp since() const { return since_; }
  const std::string& alarm() const { return readings_.alarm; }
  const std::string& order() const { return order_; }
  const std::string& product() const { return product_; }
  /// Events of the last day or so, with the last state and order from before; in order of time.
  const std::deque<ProductionEvent>& events() const { return events_; }
  /// Ideal time of a part as the machine tells it; 0 when it doesn't.
  std::int64_t told_ideal_ns() const { return told_ideal_ns_; }
  std::int64_t late_samples() const { return late_; }

  /// A sample, in order of time. New events are appended to `out`.
  void read(const Reading& reading, std::vector<ProductionEvent>& out);
  /// An event of the past or of a person.
  void remember(const ProductionEvent& event);
  /// Time goes on: closes finished part counts and finds silence.
  void advance(Timestamp now, std::vector<ProductionEvent>& out);

 private:
  void emit(ProductionEvent event, std::string key, std::vector<ProductionEvent>& out);
  void settle(std::vector<ProductionEvent>& out);
  void explain_stop(const std::string& reason, std::vector<ProductionEvent>& out);
  void change_state(MachineState state, Timestamp time, std::vector<ProductionEvent>& out);
  void read_late_execution(const Reading& reading, std::vector<ProductionEvent>& out);
  void read_order(const Reading& reading, std::vector<ProductionEvent>& out);
  void read_alarm(const Reading& reading, std::vector<ProductionEvent>& out);
  void count(const Reading& reading, std::vector<ProductionEvent>& out);
  void close_parts(Timestamp until, std::vector<ProductionEvent>& out);
  void forget_before(Timestamp time);

  AssetId id_;
  const StateRules* rules_;
  const PerformanceSettings* settings_;
  Readings readings_;
  MachineState state_ = MachineState::offline;
  Timestamp since_ = Timestamp::min();
  std::int64_t changes_at_since_ = 0;
  bool explained_ = false;              ///< The stop that goes on has a reason.
  std::optional<Timestamp> unsettled_;  ///< Of the newest values that weren't looked at together yet.
  Timestamp last_heard_ = Timestamp::min();
  std::string order_, product_, stop_reason_, scrap_reason_;
  Timestamp alarm_since_ = Timestamp::min();
  std::int64_t told_ideal_ns_ = 0;
  Counter all_, good_, scrap_;
  bool counts_good_ = false, counts_scrap_ = false, counts_all_ = false;
  struct {
    Timestamp begin = Timestamp::min();  ///< Of the stretch in which parts are added up.
    Timestamp last;
    double all = 0, good = 0, scrap = 0;
    std::int64_t part = 0;  ///< How many events the stretch has given already.
  } parts_;
  double debt_ = 0;  ///< Scrap told before the part it was.
  std::deque<ProductionEvent> events_;
  std::int64_t late_ = 0;
};

}  // namespace hanse::apps::performance
