#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signal/signal.hpp"
#include "simulation/factory.hpp"

namespace hanse::simulation {

/// One value that a simulated machine offers, in whatever protocol its line speaks.
struct Word {
  std::string_view name;  ///< As the machine templates expect it: `part_count`.
  signal::Meaning meaning;
  signal::ValueType type;
  std::string_view unit;  ///< UCUM; empty for none.
  double step = 0;        ///< Of a real value: machines don't send more digits than they measure.
  double dead_band = 0;   ///< A real value is told again when it moved by more.
  /// A duration, or summed over time: shrinks as the factory's time runs faster than the clock on the wall, or cycles
  /// wouldn't fit counts, nor energy power.
  bool of_time = false;
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

/// The reading in words: one value per entry of the vocabulary, dated by a clock on which the factory runs `factor`
/// times as fast.
std::vector<Spoken> speak(const MachineReading& reading, double factor = 1);
/// True when `now` is worth telling after `before` was told.
bool differs(const Word& word, const Spoken& before, const Spoken& now, double factor = 1);

/// ACTIVE, READY, INTERRUPTED, STOPPED: MTConnect's EXECUTION, which the other lines use too.
std::string_view execution(Condition condition);
/// AUTOMATIC or MANUAL (set-up, tool change).
std::string_view mode(Condition condition);

}  // namespace hanse::simulation
