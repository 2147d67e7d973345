#include "simulation/speech.hpp"

#include <cmath>

namespace hanse::simulation {

using signal::Meaning;
using signal::ValueType;

const std::vector<Word>& vocabulary() {
  static const std::vector<Word> words{
      {"execution", Meaning::execution, ValueType::text, ""},
      {"mode", Meaning::mode, ValueType::text, ""},
      {"program", Meaning::program, ValueType::text, ""},
      {"part_count", Meaning::part_count, ValueType::integer, "{part}"},
      {"good_count", Meaning::good_count, ValueType::integer, "{part}"},
      {"scrap_count", Meaning::scrap_count, ValueType::integer, "{part}"},
      {"scrap_reason", Meaning::scrap_reason, ValueType::text, ""},
      {"stop_reason", Meaning::stop_reason, ValueType::text, ""},
      {"alarm", Meaning::alarm, ValueType::text, ""},
      {"product", Meaning::product, ValueType::text, ""},
      {"order", Meaning::order, ValueType::text, ""},
      {"cycle_time", Meaning::cycle_time, ValueType::real, "s", 0.01, 0, true},
      {"ideal_cycle_time", Meaning::ideal_cycle_time, ValueType::real, "s", 0.01, 0, true},
      {"power", Meaning::power, ValueType::real, "kW", 0.01, 0.1},
      {"energy", Meaning::energy, ValueType::real, "kW.h", 0.001, 0.01, true},
      {"vibration", Meaning::vibration, ValueType::real, "mm/s", 0.01, 0.05},
      {"temperature", Meaning::temperature, ValueType::real, "Cel", 0.1, 0.2},
      {"tool_wear", Meaning::tool_wear, ValueType::real, "%", 0.1, 0},
      {"buffer_level", Meaning::buffer_level, ValueType::integer, "{part}"}};
  return words;
}

std::string_view execution(Condition condition) {
  switch (condition) {
    case Condition::producing:
      return "ACTIVE";
    case Condition::micro_stop:
      return "FEED_HOLD";
    case Condition::down:
      return "INTERRUPTED";
    case Condition::on_break:
    case Condition::no_shift:
      return "STOPPED";
    case Condition::setup:
    case Condition::tool_change:
    case Condition::starved:
    case Condition::blocked:
    case Condition::no_order:
      return "READY";
  }
  return "READY";
}

std::string_view mode(Condition condition) {
  return condition == Condition::setup || condition == Condition::tool_change ? "MANUAL" : "AUTOMATIC";
}

namespace {

Spoken text(std::string_view value) { return {.type = ValueType::text, .text = std::string{value}}; }
Spoken integer(std::int64_t value) { return {.type = ValueType::integer, .integer = value}; }
Spoken real(double value) { return {.type = ValueType::real, .real = value}; }

}  // namespace

std::vector<Spoken> speak(const MachineReading& reading, double factor) {
  std::vector<Spoken> spoken{text(execution(reading.condition)),
                             text(mode(reading.condition)),
                             text(reading.program),
                             integer(reading.part_count),
                             integer(reading.good_count),
                             integer(reading.scrap_count),
                             text(reading.scrap_reason),
                             text(reading.stop_reason),
                             text(reading.alarm),
                             text(reading.product),
                             text(reading.order),
                             real(reading.cycle_time_s),
                             real(reading.ideal_cycle_s),
                             real(reading.power_kw),
                             real(reading.energy_kwh),
                             real(reading.vibration_mm_s),
                             real(reading.temperature_cel),
                             real(reading.tool_wear * 100),
                             integer(reading.buffer_level)};
  for (std::size_t i = 0; i < spoken.size(); ++i) {
    const auto& word = vocabulary()[i];
    if (word.type != ValueType::real) continue;
    auto& value = spoken[i].real;
    value = std::round(value / word.step) * word.step;  // As measured: what is said doesn't depend on the factor.
    if (word.of_time) value /= factor;
  }
  return spoken;
}

bool differs(const Word& word, const Spoken& before, const Spoken& now, double factor) {
  if (word.type == ValueType::real && before.type == ValueType::real) {
    return std::abs(now.real - before.real) > (word.of_time ? word.dead_band / factor : word.dead_band) * (1 + 1e-6);
  }
  return before != now;
}

}  // namespace hanse::simulation
