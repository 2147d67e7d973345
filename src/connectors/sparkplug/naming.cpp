#include "connectors/sparkplug/naming.hpp"

#include <array>

#include "base/text.hpp"

namespace hanse::connectors::sparkplug {
namespace {

using signal::Meaning;

struct UnitName {
  std::string_view written;  ///< In lower case.
  std::string_view ucum;
};
constexpr UnitName kUnits[] = {
    {"°c", "Cel"},
    {"degc", "Cel"},
    {"deg c", "Cel"},
    {"c", "Cel"},
    {"celsius", "Cel"},
    {"cel", "Cel"},
    {"°f", "[degF]"},
    {"degf", "[degF]"},
    {"k", "K"},
    {"rpm", "{rev}/min"},
    {"1/min", "/min"},
    {"min-1", "/min"},
    {"u/min", "{rev}/min"},
    {"%", "%"},
    {"pct", "%"},
    {"percent", "%"},
    {"kw", "kW"},
    {"w", "W"},
    {"mw", "MW"},
    {"kwh", "kW.h"},
    {"wh", "W.h"},
    {"mwh", "MW.h"},
    {"j", "J"},
    {"kj", "kJ"},
    {"a", "A"},
    {"ma", "mA"},
    {"v", "V"},
    {"kv", "kV"},
    {"hz", "Hz"},
    {"bar", "bar"},
    {"mbar", "mbar"},
    {"pa", "Pa"},
    {"kpa", "kPa"},
    {"mpa", "MPa"},
    {"psi", "[psi]"},
    {"mm", "mm"},
    {"cm", "cm"},
    {"m", "m"},
    {"µm", "um"},
    {"um", "um"},
    {"in", "[in_i]"},
    {"mm/s", "mm/s"},
    {"m/s", "m/s"},
    {"m/min", "m/min"},
    {"mm/min", "mm/min"},
    {"g", "g"},
    {"kg", "kg"},
    {"t", "t"},
    {"l", "L"},
    {"l/min", "L/min"},
    {"l/h", "L/h"},
    {"m3/h", "m3/h"},
    {"m³/h", "m3/h"},
    {"n", "N"},
    {"kn", "kN"},
    {"nm", "N.m"},
    {"s", "s"},
    {"sec", "s"},
    {"ms", "ms"},
    {"min", "min"},
    {"h", "h"},
    {"hr", "h"},
    {"pcs", "{part}"},
    {"parts", "{part}"},
    {"pieces", "{part}"},
    {"stk", "{part}"},
};

struct WordMeaning {
  std::string_view words;  ///< All of them must occur, separated by a blank.
  Meaning meaning;
};
// More specific first. Words are what is left between case changes, digits and punctuation.
constexpr WordMeaning kWords[] = {
    {"ideal cycle", Meaning::ideal_cycle_time},
    {"cycle time", Meaning::cycle_time},
    {"cycletime", Meaning::cycle_time},
    {"scrap reason", Meaning::scrap_reason},
    {"reject reason", Meaning::scrap_reason},
    {"stop reason", Meaning::stop_reason},
    {"downtime reason", Meaning::stop_reason},
    {"scrap", Meaning::scrap_count},
    {"reject", Meaning::scrap_count},
    {"rejects", Meaning::scrap_count},
    {"rejected", Meaning::scrap_count},
    {"bad parts", Meaning::scrap_count},
    {"good", Meaning::good_count},
    {"part count", Meaning::part_count},
    {"parts", Meaning::part_count},
    {"partcount", Meaning::part_count},
    {"piece count", Meaning::part_count},
    {"total count", Meaning::part_count},
    {"tool wear", Meaning::tool_wear},
    {"remaining life", Meaning::remaining_life},
    {"tool", Meaning::tool},
    {"feed rate", Meaning::feed_rate},
    {"feedrate", Meaning::feed_rate},
    {"buffer", Meaning::buffer_level},
    {"execution", Meaning::execution},
    {"machine state", Meaning::execution},
    {"state", Meaning::execution},
    {"status", Meaning::execution},
    {"mode", Meaning::mode},
    {"availability", Meaning::availability},
    {"program", Meaning::program},
    {"product", Meaning::product},
    {"order", Meaning::order},
    {"job", Meaning::order},
    {"operator", Meaning::person},
    {"alarm", Meaning::alarm},
    {"fault", Meaning::alarm},
    {"energy", Meaning::energy},
    {"power", Meaning::power},
    {"current", Meaning::current},
    {"voltage", Meaning::voltage},
    {"temperature", Meaning::temperature},
    {"temp", Meaning::temperature},
    {"vibration", Meaning::vibration},
    {"pressure", Meaning::pressure},
    {"humidity", Meaning::humidity},
    {"speed", Meaning::speed},
    {"load", Meaning::load},
    {"position", Meaning::position},
    {"flow", Meaning::flow},
    {"level", Meaning::level},
    {"force", Meaning::force},
    {"torque", Meaning::torque},
};
constexpr std::pair<std::string_view, Meaning> kUnitMeanings[] = {
    {"kW", Meaning::power},        {"W", Meaning::power},
    {"MW", Meaning::power},        {"kW.h", Meaning::energy},
    {"W.h", Meaning::energy},      {"MW.h", Meaning::energy},
    {"Cel", Meaning::temperature}, {"[degF]", Meaning::temperature},
    {"K", Meaning::temperature},   {"A", Meaning::current},
    {"mA", Meaning::current},      {"V", Meaning::voltage},
    {"kV", Meaning::voltage},      {"bar", Meaning::pressure},
    {"mbar", Meaning::pressure},   {"kPa", Meaning::pressure},
    {"MPa", Meaning::pressure},    {"[psi]", Meaning::pressure},
    {"{rev}/min", Meaning::speed}, {"N.m", Meaning::torque},
    {"kN", Meaning::force},        {"N", Meaning::force},
    {"L/min", Meaning::flow},      {"m3/h", Meaning::flow},
};

/// ` spindle speed 1 `: words in lower case, each between blanks. `SpindleSpeed1` and `spindle_speed_1` are the same.
std::string words_of(std::string_view name) {
  std::string out = " ";
  char before = '_';
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  for (const char c : name) {
    const bool letter = lower(c) || upper(c);
    if ((!letter || (upper(c) && lower(before))) && out.back() != ' ') out += ' ';
    if (letter) out += upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    before = c;
  }
  return out.back() == ' ' ? out : out + ' ';
}

bool has_words(std::string_view text, std::string_view wanted) {
  for (const auto word : split(wanted, ' ')) {
    if (text.find(' ' + std::string{word} + ' ') == std::string_view::npos) return false;
  }
  return true;
}

Meaning by_words(std::string_view text) {
  for (const auto& [words, meaning] : kWords) {
    if (has_words(text, words)) return meaning;
  }
  return Meaning::other;
}

}  // namespace

std::string ucum(std::string_view unit) {
  const auto text = trim(unit);
  for (const auto& known : kUnits) {
    if (text == known.ucum) return std::string{text};
  }
  const auto lower = to_lower(text);
  for (const auto& known : kUnits) {
    if (lower == known.written) return std::string{known.ucum};
  }
  return std::string{text.substr(0, 40)};
}

signal::Meaning guess_meaning(std::string_view name, std::string_view ucum_unit) {
  // The last part of a path says what it is; the parts before it say where.
  const auto slash = name.rfind('/');
  auto meaning = by_words(words_of(slash == std::string_view::npos ? name : name.substr(slash + 1)));
  if (meaning == Meaning::other) {
    for (const auto& [unit, by_unit] : kUnitMeanings) {
      if (unit == ucum_unit) return by_unit;
    }
    meaning = by_words(words_of(name));
  }
  return meaning;
}

}  // namespace hanse::connectors::sparkplug
