#pragma once

#include <memory>
#include <vector>

#include "simulation/factory.hpp"
#include "simulation/speech.hpp"

namespace hanse::node::simulate {

/// How simulated time runs against the clock on the wall. What is spoken carries wall time: with factor 60 an hour of
/// production happens, and is dated, within a minute.
struct Pace {
  Timestamp wall_begin;
  Timestamp simulated_begin;
  double factor = 1;
  Timestamp simulated_at(Timestamp wall) const;
  Timestamp wall_at(Timestamp simulated) const;
};

/// Somebody who passes on what machines say. Called on the I/O thread.
class Voice {
 public:
  virtual ~Voice() = default;
  /// `words` of the vocabulary have new values since the last call for this machine.
  virtual void said(std::size_t machine, const std::vector<std::size_t>& words, Timestamp time) = 0;
};

/// The factory at a pace, with what each machine said last.
class SpeakingPlant {
 public:
  SpeakingPlant(simulation::Factory& factory, Pace pace);
  /// `voice` must outlive the plant. It hears of the machines of `line` only.
  void add(std::size_t line, Voice& voice) { voices_[line].push_back(&voice); }

  /// Brings the factory to `wall`; voices hear each change at its own time, and measured values at `wall`.
  void advance(Timestamp wall);

  /// All values of a machine as last said, in the order of the vocabulary.
  const std::vector<simulation::Spoken>& latest(std::size_t machine) const { return latest_[machine]; }
  std::vector<std::size_t> machines_of(std::size_t line) const;
  simulation::Factory& factory() { return factory_; }
  const simulation::Factory& factory() const { return factory_; }
  const Pace& pace() const { return pace_; }

 private:
  void tell(std::size_t machine, Timestamp wall);

  simulation::Factory& factory_;
  Pace pace_;
  std::vector<std::vector<simulation::Spoken>> latest_;
  std::vector<std::vector<Voice*>> voices_;
};

}  // namespace hanse::node::simulate
