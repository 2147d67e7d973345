#include "connectors/opcua/model/units.hpp"

namespace hanse::connectors::opcua {
namespace {

struct Unit {
  std::string_view unece;
  std::string_view ucum;
  std::string_view display;  ///< As most servers write it.
};

// UNECE Recommendation 20 codes of what machines measure.
constexpr Unit kUnits[] = {
    {"C62", "1", ""},
    {"P1", "%", "%"},
    {"CEL", "Cel", "°C"},
    {"FAH", "[degF]", "°F"},
    {"KEL", "K", "K"},
    {"MTR", "m", "m"},
    {"MMT", "mm", "mm"},
    {"CMT", "cm", "cm"},
    {"4H", "um", "µm"},
    {"C45", "nm", "nm"},
    {"INH", "[in_i]", "in"},
    {"SEC", "s", "s"},
    {"C26", "ms", "ms"},
    {"MIN", "min", "min"},
    {"HUR", "h", "h"},
    {"DAY", "d", "d"},
    {"HTZ", "Hz", "Hz"},
    {"KHZ", "kHz", "kHz"},
    {"RPM", "{rev}/min", "r/min"},
    {"RPS", "{rev}/s", "r/s"},
    {"MTS", "m/s", "m/s"},
    {"2X", "m/min", "m/min"},
    {"C16", "mm/s", "mm/s"},
    {"H81", "mm/min", "mm/min"},
    {"KMH", "km/h", "km/h"},
    {"MSK", "m/s2", "m/s²"},
    {"KGM", "kg", "kg"},
    {"GRM", "g", "g"},
    {"TNE", "t", "t"},
    {"MGM", "mg", "mg"},
    {"NEW", "N", "N"},
    {"B47", "kN", "kN"},
    {"NU", "N.m", "N·m"},
    {"PAL", "Pa", "Pa"},
    {"KPA", "kPa", "kPa"},
    {"MPA", "MPa", "MPa"},
    {"BAR", "bar", "bar"},
    {"MBR", "mbar", "mbar"},
    {"PS", "[psi]", "psi"},
    {"WTT", "W", "W"},
    {"KWT", "kW", "kW"},
    {"MAW", "MW", "MW"},
    {"WHR", "W.h", "W·h"},
    {"KWH", "kW.h", "kW·h"},
    {"MWH", "MW.h", "MW·h"},
    {"JOU", "J", "J"},
    {"KJO", "kJ", "kJ"},
    {"AMP", "A", "A"},
    {"4K", "mA", "mA"},
    {"VLT", "V", "V"},
    {"2Z", "mV", "mV"},
    {"KVT", "kV", "kV"},
    {"OHM", "Ohm", "Ω"},
    {"VA", "V.A", "V·A"},
    {"KVA", "kV.A", "kV·A"},
    {"D44", "var", "var"},
    {"LTR", "L", "l"},
    {"MTQ", "m3", "m³"},
    {"MLT", "mL", "ml"},
    {"CMQ", "cm3", "cm³"},
    {"MQH", "m3/h", "m³/h"},
    {"L2", "L/min", "l/min"},
    {"E32", "L/h", "l/h"},
    {"G51", "L/s", "l/s"},
    {"KGS", "kg/s", "kg/s"},
    {"E93", "kg/h", "kg/h"},
    {"KMQ", "kg/m3", "kg/m³"},
    {"DD", "deg", "°"},
    {"C81", "rad", "rad"},
    {"2N", "dB", "dB"},
    {"LUX", "lx", "lx"},
    {"59", "[ppm]", "ppm"},
    {"D10", "S/m", "S/m"},
    {"MTK", "m2", "m²"},
    {"E34", "GB", "GB"},
    {"H79", "/min", "1/min"},
};

}  // namespace

std::string_view ucum_of(std::int32_t unit_id, std::string_view display_name) {
  std::string code;
  for (int shift = 16; shift >= 0 && unit_id > 0; shift -= 8) {
    if (const char letter = static_cast<char>(unit_id >> shift & 0xFF); letter != 0) code += letter;
  }
  for (const auto& unit : kUnits) {
    if (unit.unece == code) return unit.ucum;
  }
  for (const auto& unit : kUnits) {
    if (!unit.display.empty() && unit.display == display_name) return unit.ucum;
  }
  return {};
}

EngineeringUnits engineering_units(std::string_view ucum) {
  EngineeringUnits out;
  out.namespace_uri = std::string_view{"http://www.opcfoundation.org/UA/units/un/cefact"};
  out.display_name.text = ucum;
  for (const auto& unit : kUnits) {
    if (unit.ucum != ucum) continue;
    out.unit_id = 0;
    for (const char letter : unit.unece) out.unit_id = out.unit_id << 8 | static_cast<unsigned char>(letter);
    if (!unit.display.empty()) out.display_name.text = unit.display;
    break;
  }
  out.description = out.display_name;
  return out;
}

}  // namespace hanse::connectors::opcua
