#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace hanse::simulation {

// A scenario describes a factory: docs/formats/scenario.md. Times of a process are numbers with their unit in the name.

/// One way in which a machine breaks. Its age counts producing time only and starts anew with each repair.
struct FailureMode {
  std::string code;          ///< As the machine's control shows it: `spindle-bearing`.
  std::string text;          ///< The alarm's sentence.
  double mean_hours = 100;   ///< Mean producing time between failures.
  double weibull_shape = 1;  ///< 1: by chance; over 1: by wear.
  double repair_mean_min = 30;
  bool wears = false;  ///< Its age shows in vibration and temperature.
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "code", .summary = "Code of the alarm.", .length_max = 60, .required = true},
        FieldNote{.field = "text", .summary = "The alarm's sentence.", .length_max = 200},
        FieldNote{.field = "mean_hours", .summary = "Mean producing time between failures, h.", .min = 0.001},
        FieldNote{.field = "weibull_shape", .summary = "1 by chance, over 1 by wear.", .min = 0.1, .max = 20},
        FieldNote{.field = "repair_mean_min", .summary = "Mean time of repair, min.", .min = 0.01}};
  }
};
HANSE_DESCRIBE(FailureMode, (code, text, mean_hours, weibull_shape, repair_mean_min, wears))

/// A cause with its share among its kind; shares needn't add up to one.
struct Cause {
  std::string code;
  double share = 1;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "code", .summary = "Reason code.", .length_max = 60, .required = true},
                      FieldNote{.field = "share", .summary = "Weight among the causes.", .min = 0}};
  }
};
HANSE_DESCRIBE(Cause, (code, share))

/// Stops of seconds that an operator clears.
struct MicroStops {
  double every_min = 0;  ///< Mean producing time between two; 0 for none.
  double mean_s = 40;
  std::vector<Cause> causes;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "every_min", .summary = "Mean producing time between two, min; 0 for none.", .min = 0},
        FieldNote{.field = "mean_s", .summary = "Mean length, s.", .min = 0.1}};
  }
};
HANSE_DESCRIBE(MicroStops, (every_min, mean_s, causes))

/// Electrical power by what the machine does, kW.
struct PowerLevels {
  double off = 0.1;
  double standby = 1;
  double setup = 2;
  double producing = 5;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "off", .min = 0}, FieldNote{.field = "standby", .min = 0},
                      FieldNote{.field = "setup", .min = 0}, FieldNote{.field = "producing", .min = 0}};
  }
};
HANSE_DESCRIBE(PowerLevels, (off, standby, setup, producing))

/// What machines of one type have in common.
struct MachineProfile {
  std::string kind;                  ///< As the plant's equipment names it: `cnc`, `press`, `assembly`, `test`.
  double cycle_variation = 0.03;     ///< Deviation of the cycle time as a share of it.
  double setup_min = 20;             ///< Change-over between two products, unless the line says otherwise.
  std::int64_t tool_life_parts = 0;  ///< Parts until the tool is worn; 0 for no tool.
  double tool_change_min = 4;
  double scrap_rate = 0.01;       ///< Of parts made with a fresh tool.
  double worn_scrap_rate = 0.05;  ///< More of them with a worn tool (wear 1).
  std::vector<Cause> scrap_causes;
  std::string worn_scrap_cause = "dimension";
  std::vector<FailureMode> failures;
  MicroStops micro_stops;
  PowerLevels power_kw;
  double vibration_mm_s = 1.2;     ///< RMS velocity of a sound machine that produces.
  double vibration_worn_mm_s = 8;  ///< Just before a failure by wear.
  double temperature_cel = 45;     ///< Of a sound machine that produces.
  double temperature_worn_cel = 75;
  bool unattended = false;  ///< Goes on in breaks.
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "kind", .summary = "Kind of equipment.", .length_max = 40, .required = true},
                      FieldNote{.field = "cycle_variation", .min = 0, .max = 1},
                      FieldNote{.field = "setup_min", .summary = "Change-over, min.", .min = 0},
                      FieldNote{.field = "tool_life_parts", .min = 0},
                      FieldNote{.field = "tool_change_min", .min = 0.01},
                      FieldNote{.field = "scrap_rate", .summary = "Share of parts.", .min = 0, .max = 1},
                      FieldNote{.field = "worn_scrap_rate", .summary = "Share of parts.", .min = 0, .max = 1},
                      FieldNote{.field = "vibration_mm_s", .min = 0},
                      FieldNote{.field = "vibration_worn_mm_s", .min = 0}};
  }
};
HANSE_DESCRIBE(MachineProfile, (kind, cycle_variation, setup_min, tool_life_parts, tool_change_min, scrap_rate,
                                worn_scrap_rate, scrap_causes, worn_scrap_cause, failures, micro_stops, power_kw,
                                vibration_mm_s, vibration_worn_mm_s, temperature_cel, temperature_worn_cel, unattended))

struct MachineSpec {
  std::string id;  ///< The asset's id: `cnc-03`.
  std::string name;
  std::string profile;
  double speed = 1;  ///< Share of the ideal speed that it reaches.
  std::string manufacturer, model, serial;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .summary = "Id of the asset.", .length_max = 100, .required = true},
                      FieldNote{.field = "profile", .summary = "Name of its profile.", .required = true},
                      FieldNote{.field = "speed", .summary = "Share of the ideal speed.", .min = 0.01, .max = 2}};
  }
};
HANSE_DESCRIBE(MachineSpec, (id, name, profile, speed, manufacturer, model, serial))

/// Parallel machines that do the same step, and the buffer in front of them.
struct StageSpec {
  std::string id, name;
  std::int64_t buffer_max = 10;           ///< Places in front of it; the first stage has none.
  std::map<std::string, double> cycle_s;  ///< Ideal cycle per product of the line.
  std::vector<MachineSpec> machines;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .required = true},
                      FieldNote{.field = "buffer_max", .summary = "Places in front of it.", .min = 1, .max = 100000},
                      FieldNote{.field = "cycle_s", .summary = "Ideal cycle per product, s.", .required = true},
                      FieldNote{.field = "machines", .length_max = 200, .required = true}};
  }
};
HANSE_DESCRIBE(StageSpec, (id, name, buffer_max, cycle_s, machines))

/// A change-over that takes longer or shorter than the profile's.
struct SetupSpec {
  std::string from, to;
  double minutes = 0;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "from", .required = true}, FieldNote{.field = "to", .required = true},
                      FieldNote{.field = "minutes", .min = 0}};
  }
};
HANSE_DESCRIBE(SetupSpec, (from, to, minutes))

/// What the line's machines speak in `hanse simulate`.
enum class Speaks { nothing, sparkplug, mtconnect };
HANSE_DESCRIBE_ENUM(Speaks, nothing, sparkplug, mtconnect)

struct LineSpec {
  std::string id, name;
  Speaks speaks = Speaks::nothing;
  std::int64_t operators = 2;         ///< Per shift: they set up, change tools and clear micro-stops.
  std::int64_t break_offset_min = 0;  ///< How much later than the shift's breaks this line takes its own.
  std::vector<std::string> products;  ///< Made in turn.
  std::int64_t order_min = 50;
  std::int64_t order_max = 150;
  std::int64_t store_max = 0;  ///< Finished parts kept per product for lines that use them; 0: they leave.
  std::vector<SetupSpec> setups;
  std::vector<StageSpec> stages;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "Id of the line's asset.", .length_max = 100, .required = true},
        FieldNote{.field = "operators", .summary = "Per shift.", .min = 1, .max = 1000},
        FieldNote{.field = "break_offset_min", .summary = "Later than the shift's breaks, min.", .min = 0, .max = 240},
        FieldNote{.field = "products", .summary = "Made in turn.", .required = true},
        FieldNote{.field = "order_min", .summary = "Parts.", .min = 1},
        FieldNote{.field = "order_max", .summary = "Parts.", .min = 1},
        FieldNote{.field = "store_max", .summary = "Parts per product.", .min = 0},
        FieldNote{.field = "stages", .length_max = 50, .required = true}};
  }
};
HANSE_DESCRIBE(LineSpec, (id, name, speaks, operators, break_offset_min, products, order_min, order_max, store_max,
                          setups, stages))

struct ProductSpec {
  std::string id, name;
  std::map<std::string, std::int64_t> components;  ///< Parts of other lines that go into one.
  static constexpr auto notes() { return std::array{FieldNote{.field = "id", .length_max = 100, .required = true}}; }
};
HANSE_DESCRIBE(ProductSpec, (id, name, components))

struct BreakSpec {
  std::string begins;  ///< Local time: `09:30`.
  std::int64_t minutes = 30;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "begins", .summary = "Local time as in 09:30.", .required = true},
                      FieldNote{.field = "minutes", .min = 1, .max = 240}};
  }
};
HANSE_DESCRIBE(BreakSpec, (begins, minutes))

/// One shift; it may pass midnight and belongs to the day on which it begins.
struct ShiftSpec {
  std::string name;
  std::string begins, ends;        ///< Local time: `06:00`.
  std::vector<std::int64_t> days;  ///< 1 Monday to 7 Sunday; empty for every day.
  std::vector<BreakSpec> breaks;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "name", .required = true},
                      FieldNote{.field = "begins", .summary = "Local time as in 06:00.", .required = true},
                      FieldNote{.field = "ends", .summary = "Local time as in 14:00.", .required = true}};
  }
};
HANSE_DESCRIBE(ShiftSpec, (name, begins, ends, days, breaks))

/// A factory. Everything in it is checked by `read_scenario`; the other functions of this room rely on that.
struct Scenario {
  std::string name;
  std::string description;
  std::int64_t utc_offset_min = 0;  ///< Local time of the shifts minus UTC.
  std::int64_t technicians = 2;     ///< Of the whole plant, around the clock: they repair.
  std::vector<ShiftSpec> shifts;    ///< None: it works always.
  std::vector<ProductSpec> products;
  std::map<std::string, MachineProfile> profiles;
  std::vector<LineSpec> lines;
  void validate(JsonReader& reader) const;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "name", .length_max = 200, .required = true},
        FieldNote{.field = "utc_offset_min", .summary = "Local time minus UTC, min.", .min = -840, .max = 840},
        FieldNote{.field = "technicians", .min = 1, .max = 1000},
        FieldNote{.field = "products", .length_max = 1000, .required = true},
        FieldNote{.field = "lines", .length_max = 100, .required = true}};
  }
};
HANSE_DESCRIBE(Scenario, (name, description, utc_offset_min, technicians, shifts, products, profiles, lines))

/// Reads and checks a scenario file (JSON). Errors: `invalid` with a path and a sentence per wrong field, also for
/// names that nothing defines (with the nearest one), double ids, and a line whose store nobody fills.
Result<Scenario> read_scenario(std::string_view text);

}  // namespace hanse::simulation
