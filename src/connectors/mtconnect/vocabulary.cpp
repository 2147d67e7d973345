#include "connectors/mtconnect/vocabulary.hpp"

#include "base/text.hpp"

namespace hanse::connectors::mtconnect {
namespace {

using signal::Meaning;

struct TypeMeaning {
  std::string_view type;
  Meaning meaning;
};
// Source: MTConnect part 2, types of samples and events.
constexpr TypeMeaning kMeanings[] = {
    {"ALARM", Meaning::alarm},
    {"AMPERAGE", Meaning::current},
    {"AMPERAGE_AC", Meaning::current},
    {"AMPERAGE_DC", Meaning::current},
    {"ANGLE", Meaning::position},
    {"ANGULAR_VELOCITY", Meaning::speed},
    {"AVAILABILITY", Meaning::availability},
    {"AXIS_FEEDRATE", Meaning::feed_rate},
    {"CONTROLLER_MODE", Meaning::mode},
    {"DISPLACEMENT", Meaning::vibration},
    {"ELECTRICAL_ENERGY", Meaning::energy},
    {"EXECUTION", Meaning::execution},
    {"FILL_LEVEL", Meaning::level},
    {"FLOW", Meaning::flow},
    {"HUMIDITY_RELATIVE", Meaning::humidity},
    {"LEVEL", Meaning::level},
    {"LINEAR_FORCE", Meaning::force},
    {"LOAD", Meaning::load},
    {"PART_KIND_ID", Meaning::product},
    {"PATH_FEEDRATE", Meaning::feed_rate},
    {"PATH_POSITION", Meaning::position},
    {"POSITION", Meaning::position},
    {"PRESSURE", Meaning::pressure},
    {"PROCESS_OCCURRENCE_ID", Meaning::order},
    {"PROGRAM", Meaning::program},
    {"ROTARY_VELOCITY", Meaning::speed},
    {"SPINDLE_SPEED", Meaning::speed},
    {"TEMPERATURE", Meaning::temperature},
    {"TOOL_ASSET_ID", Meaning::tool},
    {"TOOL_ID", Meaning::tool},
    {"TOOL_NUMBER", Meaning::tool},
    {"TORQUE", Meaning::torque},
    {"USER", Meaning::person},
    {"VELOCITY", Meaning::speed},
    {"VIBRATION", Meaning::vibration},
    {"VOLTAGE", Meaning::voltage},
    {"VOLTAGE_AC", Meaning::voltage},
    {"VOLTAGE_DC", Meaning::voltage},
    {"VOLUMETRIC_FLOW", Meaning::flow},
    {"WAIT_STATE", Meaning::stop_reason},
    {"WATTAGE", Meaning::power},
    {"WORK_ORDER_NUMBER", Meaning::order},
    {"PART_NUMBER", Meaning::product},
};

struct UnitCode {
  std::string_view units, ucum;
};
// Source: MTConnect part 2, units and native units; UCUM 2.1.
constexpr UnitCode kUnits[] = {
    {"AMPERE", "A"},
    {"AMPERE_HOUR", "A.h"},
    {"BAR", "bar"},
    {"CELSIUS", "Cel"},
    {"CELSIUS/SECOND", "Cel/s"},
    {"CELSIUS/SECOND^2", "Cel/s2"},
    {"CENTIPOISE", "cP"},
    {"COUNT", "{count}"},
    {"COUNT/SECOND", "{count}/s"},
    {"COULOMB", "C"},
    {"CUBIC_FOOT/HOUR", "[cft_i]/h"},
    {"CUBIC_FOOT/MINUTE", "[cft_i]/min"},
    {"CUBIC_METER", "m3"},
    {"CUBIC_METER/SECOND", "m3/s"},
    {"CUBIC_METER/SECOND^2", "m3/s2"},
    {"CUBIC_MILLIMETER", "mm3"},
    {"CUBIC_MILLIMETER/SECOND", "mm3/s"},
    {"DAY", "d"},
    {"DECIBEL", "dB"},
    {"DEGREE", "deg"},
    {"DEGREE/MINUTE", "deg/min"},
    {"DEGREE/SECOND", "deg/s"},
    {"DEGREE/SECOND^2", "deg/s2"},
    {"DEGREE_3D", "deg"},
    {"FAHRENHEIT", "[degF]"},
    {"FOOT", "[ft_i]"},
    {"FOOT/MINUTE", "[ft_i]/min"},
    {"FOOT/SECOND", "[ft_i]/s"},
    {"GALLON/MINUTE", "[gal_us]/min"},
    {"GRAM", "g"},
    {"GRAM/CUBIC_METER", "g/m3"},
    {"GRAVITATIONAL_ACCELERATION", "[g]"},
    {"HERTZ", "Hz"},
    {"HOUR", "h"},
    {"INCH", "[in_i]"},
    {"INCH/MINUTE", "[in_i]/min"},
    {"INCH/REVOLUTION", "[in_i]/{rev}"},
    {"INCH/SECOND", "[in_i]/s"},
    {"INCH/SECOND^2", "[in_i]/s2"},
    {"INCH_3D", "[in_i]"},
    {"JOULE", "J"},
    {"JOULE/SECOND", "J/s"},
    {"KELVIN", "K"},
    {"KILOGRAM", "kg"},
    {"KILOPASCAL", "kPa"},
    {"KILOWATT", "kW"},
    {"KILOWATT_HOUR", "kW.h"},
    {"LITER", "L"},
    {"LITER/MINUTE", "L/min"},
    {"LITER/SECOND", "L/s"},
    {"METER/SECOND^2", "m/s2"},
    {"METER", "m"},
    {"METER/SECOND", "m/s"},
    {"MICRO_RADIAN", "urad"},
    {"MICROMETER", "um"},
    {"MICROTESLA", "uT"},
    {"MILLIGRAM", "mg"},
    {"MILLIGRAM/CUBIC_MILLIMETER", "mg/mm3"},
    {"MILLILITER", "mL"},
    {"MILLIMETER", "mm"},
    {"MILLIMETER/MINUTE", "mm/min"},
    {"MILLIMETER/REVOLUTION", "mm/{rev}"},
    {"MILLIMETER/SECOND", "mm/s"},
    {"MILLIMETER/SECOND^2", "mm/s2"},
    {"MILLIMETER_3D", "mm"},
    {"MILLIMETER_MERCURY", "mm[Hg]"},
    {"MILLISECOND", "ms"},
    {"MILLIVOLT", "mV"},
    {"MINUTE", "min"},
    {"NEWTON", "N"},
    {"NEWTON_METER", "N.m"},
    {"NEWTON_MILLIMETER", "N.mm"},
    {"OHM", "Ohm"},
    {"OUNCE", "[oz_av]"},
    {"PASCAL", "Pa"},
    {"PASCAL/SECOND", "Pa/s"},
    {"PASCAL_SECOND", "Pa.s"},
    {"PERCENT", "%"},
    {"PH", "[pH]"},
    {"POUND", "[lb_av]"},
    {"POUND/INCH^2", "[psi]"},
    {"RADIAN", "rad"},
    {"RADIAN/MINUTE", "rad/min"},
    {"RADIAN/SECOND", "rad/s"},
    {"RADIAN/SECOND^2", "rad/s2"},
    {"REVOLUTION/MINUTE", "{rev}/min"},
    {"REVOLUTION/SECOND", "{rev}/s"},
    {"REVOLUTION/SECOND^2", "{rev}/s2"},
    {"SECOND", "s"},
    {"SIEMENS/METER", "S/m"},
    {"SQUARE_INCH", "[sin_i]"},
    {"SQUARE_METER", "m2"},
    {"SQUARE_MILLIMETER", "mm2"},
    {"TESLA", "T"},
    {"TORR", "mm[Hg]"},
    {"VOLT", "V"},
    {"VOLT_AMPERE", "V.A"},
    {"VOLT_AMPERE_REACTIVE", "V.A{reactive}"},
    {"WATT", "W"},
    {"WATT_SECOND", "W.s"},
};

constexpr std::string_view kIntegerEvents[] = {"BLOCK_COUNT",      "CYCLE_COUNT",    "DEACTIVATION_COUNT",
                                               "ACTIVATION_COUNT", "LINE_NUMBER",    "LOAD_COUNT",
                                               "PART_COUNT",       "TRANSFER_COUNT", "UNLOAD_COUNT"};

/// Counters by sub-type: what isn't a count of made parts is no part count.
Meaning count_meaning(std::string_view sub_type) {
  if (sub_type.empty() || sub_type == "ALL" || sub_type == "COMPLETE") return Meaning::part_count;
  if (sub_type == "GOOD") return Meaning::good_count;
  if (sub_type == "BAD" || sub_type == "FAILED") return Meaning::scrap_count;
  return Meaning::other;
}

/// Set points and limits are not what the machine does.
bool is_measured(std::string_view sub_type) {
  return sub_type != "PROGRAMMED" && sub_type != "COMMANDED" && sub_type != "TARGET" && sub_type != "JOG" &&
         sub_type != "RAPID";
}

struct KeyType {
  std::string_view key, type;
  Category category;
};
constexpr KeyType kKeys[] = {
    {"avail", "AVAILABILITY", Category::event},
    {"availability", "AVAILABILITY", Category::event},
    {"exec", "EXECUTION", Category::event},
    {"execution", "EXECUTION", Category::event},
    {"mode", "CONTROLLER_MODE", Category::event},
    {"controllermode", "CONTROLLER_MODE", Category::event},
    {"estop", "EMERGENCY_STOP", Category::event},
    {"program", "PROGRAM", Category::event},
    {"partcount", "PART_COUNT", Category::event},
    {"part_count", "PART_COUNT", Category::event},
    {"partcountact", "PART_COUNT", Category::event},
    {"pc", "PART_COUNT", Category::event},
    {"tool_id", "TOOL_ID", Category::event},
    {"tool_number", "TOOL_NUMBER", Category::event},
    {"line", "LINE", Category::event},
    {"block", "BLOCK", Category::event},
    {"message", "MESSAGE", Category::event},
    {"msg", "MESSAGE", Category::event},
    {"srpm", "ROTARY_VELOCITY", Category::sample},
    {"s1rpm", "ROTARY_VELOCITY", Category::sample},
    {"s2rpm", "ROTARY_VELOCITY", Category::sample},
    {"sspeed", "ROTARY_VELOCITY", Category::sample},
    {"sload", "LOAD", Category::sample},
    {"s1load", "LOAD", Category::sample},
    {"fact", "PATH_FEEDRATE", Category::sample},
    {"path_feedrate", "PATH_FEEDRATE", Category::sample},
    {"xabs", "POSITION", Category::sample},
    {"yabs", "POSITION", Category::sample},
    {"zabs", "POSITION", Category::sample},
    {"xact", "POSITION", Category::sample},
    {"yact", "POSITION", Category::sample},
    {"zact", "POSITION", Category::sample},
    {"xload", "LOAD", Category::sample},
    {"yload", "LOAD", Category::sample},
    {"zload", "LOAD", Category::sample},
};

}  // namespace

Meaning meaning_of(const DataItem& item) {
  if (item.category == Category::condition) return Meaning::alarm;
  if (item.type == "PART_COUNT") return count_meaning(item.sub_type);
  if (!is_measured(item.sub_type)) return Meaning::other;
  if (item.type == "PROGRAM" && item.sub_type.starts_with("x:")) return Meaning::other;
  // MTConnect's mode of the controller is the one apps read; the functional mode is a second opinion on it.
  if (item.type == "FUNCTIONAL_MODE") return Meaning::other;
  // A vendor's own type (`x:VIBRATION`) that has a known name means what the name says.
  const auto type = std::string_view{item.type}.substr(item.type.find(':') + 1);
  for (const auto& entry : kMeanings) {
    if (entry.type == type) return entry.meaning;
  }
  return Meaning::other;
}

std::string_view ucum_of(std::string_view units) {
  const auto found =
      std::find_if(std::begin(kUnits), std::end(kUnits), [&](const auto& u) { return u.units == units; });
  return found == std::end(kUnits) ? std::string_view{} : found->ucum;
}

signal::ValueType type_of(const DataItem& item) {
  if (item.category == Category::condition) return signal::ValueType::text;
  if (item.category == Category::sample) return signal::ValueType::real;
  if (std::find(std::begin(kIntegerEvents), std::end(kIntegerEvents), item.type) != std::end(kIntegerEvents)) {
    return signal::ValueType::integer;
  }
  if (item.type.ends_with("_OVERRIDE") || item.type == "HARDNESS") return signal::ValueType::real;
  return signal::ValueType::text;
}

signal::Interpolation interpolation_of(const DataItem& item) {
  if (item.category != Category::sample) return signal::Interpolation::step;
  // An agent sends a sample when it changed: between two equal ones it stood still, which a line would hide.
  return item.representation == Representation::time_series ? signal::Interpolation::linear
                                                            : signal::Interpolation::step;
}

DataItem guess_item(std::string_view key) {
  DataItem item{.id = std::string{key}, .name = std::string{key}};
  const auto colon = key.rfind(':');
  const auto lower = to_lower(colon == std::string_view::npos ? key : key.substr(colon + 1));
  for (const auto& known : kKeys) {
    if (known.key != lower) continue;
    item.type = known.type;
    item.category = known.category;
  }
  return item;
}

}  // namespace hanse::connectors::mtconnect
