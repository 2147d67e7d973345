#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signal/signal.hpp"
#include "simulation/factory.hpp"

namespace hanse::node::simulate {

/// One value that a simulated machine offers, in whatever protocol its line speaks.
struct Word {
  std::string_view name;  ///< As the machine templates expect it: `part_count`.
  signal::Meaning meaning;
  signal::ValueType type;
  std::string_view unit;  ///< UCUM; empty for none.
  std::string_view mtconnect_type;
  std::string_view mtconnect_sub_type;
  std::string_view mtconnect_units;
  double mtconnect_factor;  ///< From our unit to MTConnect's.
  double dead_band;         ///< A real value is told again when it moved by more.
};
/// What every machine says, in the order of `speak`.
const std::vector<Word>& vocabulary();

/// A value on its way out.
struct Spoken {
  signal::ValueType type = signal::ValueType::null;
  double real = 0;
  std::int64_t integer = 0;
  std::string text;
  friend bool operator==(const Spoken&, const Spoken&) = default;
};

/// The reading in words: one value per entry of the vocabulary.
std::vector<Spoken> speak(const simulation::MachineReading& reading);
/// True when `now` is worth telling after `before` was told.
bool differs(const Word& word, const Spoken& before, const Spoken& now);

/// ACTIVE, READY, INTERRUPTED, STOPPED: MTConnect's EXECUTION, which the other lines use too.
std::string_view execution(simulation::Condition condition);
/// AUTOMATIC or MANUAL (set-up, tool change).
std::string_view mode(simulation::Condition condition);

}  // namespace hanse::node::simulate
