#include "node/simulate/speech.hpp"

#include <cmath>

namespace hanse::node::simulate {

using signal::Meaning;
using signal::ValueType;
using simulation::Condition;

const std::vector<Word>& vocabulary() {
  static const std::vector<Word> words{
      {"execution", Meaning::execution, ValueType::text, "", "EXECUTION", "", "", 1, 0},
      {"mode", Meaning::mode, ValueType::text, "", "CONTROLLER_MODE", "", "", 1, 0},
      {"program", Meaning::program, ValueType::text, "", "PROGRAM", "", "", 1, 0},
      {"part_count", Meaning::part_count, ValueType::integer, "{part}", "PART_COUNT", "ALL", "", 1, 0},
      {"good_count", Meaning::good_count, ValueType::integer, "{part}", "PART_COUNT", "GOOD", "", 1, 0},
      {"scrap_count", Meaning::scrap_count, ValueType::integer, "{part}", "PART_COUNT", "BAD", "", 1, 0},
      {"scrap_reason", Meaning::scrap_reason, ValueType::text, "", "x:SCRAP_REASON", "", "", 1, 0},
      {"stop_reason", Meaning::stop_reason, ValueType::text, "", "x:STOP_REASON", "", "", 1, 0},
      {"alarm", Meaning::alarm, ValueType::text, "", "MESSAGE", "", "", 1, 0},
      {"product", Meaning::product, ValueType::text, "", "PART_KIND_ID", "", "", 1, 0},
      {"order", Meaning::order, ValueType::text, "", "PROCESS_AGGREGATE_ID", "ORDER_NUMBER", "", 1, 0},
      {"cycle_time", Meaning::cycle_time, ValueType::real, "s", "PROCESS_TIMER", "PROCESS", "SECOND", 1, 0},
      {"ideal_cycle_time", Meaning::ideal_cycle_time, ValueType::real, "s", "x:IDEAL_CYCLE_TIME", "", "SECOND", 1, 0},
      {"power", Meaning::power, ValueType::real, "kW", "WATTAGE", "", "WATT", 1000, 0.1},
      {"energy", Meaning::energy, ValueType::real, "kW.h", "ELECTRICAL_ENERGY", "", "WATT_SECOND", 3.6e6, 0.01},
      {"vibration", Meaning::vibration, ValueType::real, "mm/s", "VELOCITY", "", "MILLIMETER/SECOND", 1, 0.05},
      {"temperature", Meaning::temperature, ValueType::real, "Cel", "TEMPERATURE", "", "CELSIUS", 1, 0.2},
      {"tool_wear", Meaning::tool_wear, ValueType::real, "%", "x:TOOL_WEAR", "", "PERCENT", 1, 0},
      {"buffer_level", Meaning::buffer_level, ValueType::integer, "{part}", "x:BUFFER_LEVEL", "", "COUNT", 1, 0}};
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
/// Machines don't send more digits than they measure.
Spoken real(double value, double step) { return {.type = ValueType::real, .real = std::round(value / step) * step}; }

}  // namespace

std::vector<Spoken> speak(const simulation::MachineReading& reading) {
  return {text(execution(reading.condition)),
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
          real(reading.cycle_time_s, 0.01),
          real(reading.ideal_cycle_s, 0.01),
          real(reading.power_kw, 0.01),
          real(reading.energy_kwh, 0.001),
          real(reading.vibration_mm_s, 0.01),
          real(reading.temperature_cel, 0.1),
          real(reading.tool_wear * 100, 0.1),
          integer(reading.buffer_level)};
}

bool differs(const Word& word, const Spoken& before, const Spoken& now) {
  if (word.type == ValueType::real && before.type == ValueType::real) {
    return std::abs(now.real - before.real) > word.dead_band;
  }
  return before != now;
}

}  // namespace hanse::node::simulate
