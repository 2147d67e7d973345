#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/simulated/settings.hpp"
#include "simulation/factory.hpp"
#include "simulation/speech.hpp"

namespace hanse::connectors::simulated {

/// A factory and what its machines say. Told the time; no clock, no thread. What is said depends on the seed alone:
/// events come when they happen, measured values every ten seconds of the factory's own time, whatever the factor.
class Session {
 public:
  /// Errors: of the scenario.
  static Result<std::unique_ptr<Session>> make(const SimulatedSettings& settings, Sink& sink);

  /// Somebody begins to look: all values are told. The factory stood still since it was left.
  void begin(Timestamp now);
  /// Brings the factory to `now` and tells what changed. Returns how long nothing will happen.
  Duration step(Timestamp now);
  /// Nobody looks any more: all values turn bad.
  void on_lost(Timestamp now);

  virtual ~Session() = default;  // `make` builds a descendant.
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 protected:
  Session(simulation::Scenario scenario, const SimulatedSettings& settings, Sink& sink);

 private:
  void declare();
  void tell(std::size_t machine, bool all);
  Timestamp wall_at(Timestamp simulated) const;
  Timestamp simulated_at(Timestamp wall) const;

  simulation::Factory factory_;
  double factor_;
  Sink& sink_;
  std::vector<signal::SignalId> signals_;  ///< By machine, then word.
  std::vector<simulation::Spoken> told_;
  signal::SampleBatch batch_;
  Timestamp wall_begin_, simulated_begin_, next_reading_;
  bool looking_ = false;
};

}  // namespace hanse::connectors::simulated
