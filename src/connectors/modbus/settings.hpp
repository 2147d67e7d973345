#pragma once

#include "connectors/modbus/register_map.hpp"

namespace hanse::connectors::modbus {

/// A further device behind the same address, with a unit of its own.
struct ModbusUnit {
  std::int64_t unit = 1;
  std::string name;
  std::string map = "sunspec";
  std::vector<RegisterPoint> points;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "unit", .summary = "Number behind the gateway.", .min = 0, .max = 255, .required = true},
        FieldNote{.field = "name",
                  .summary = "Comes before its values' names, as in meter-2/power.",
                  .length_max = 100,
                  .required = true},
        FieldNote{
            .field = "map", .summary = "sunspec, a built-in map, or empty with points of your own.", .length_max = 60},
        FieldNote{
            .field = "points", .summary = "Your own registers, beside or instead of the map.", .length_max = 5000}};
  }
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(ModbusUnit, (unit, name, map, points))

/// One Modbus TCP device, or a gateway with several units.
struct ModbusSettings {
  std::string host;
  std::int64_t port = 502;
  std::int64_t unit = 1;
  std::string map = "sunspec";
  std::vector<RegisterPoint> points;
  std::vector<ModbusUnit> more_units;
  Duration interval = 1s;
  std::optional<WordOrder> order;
  std::optional<std::int64_t> registers_max;
  std::optional<std::int64_t> gap_max;
  std::optional<Duration> request_pause;
  Duration time_limit = 1s;
  std::int64_t retries = 2;

  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "host",
                  .summary = "Name or address of the device or gateway.",
                  .length_max = 255,
                  .required = true},
        FieldNote{.field = "port", .summary = "Usually 502.", .min = 1, .max = 65535},
        FieldNote{.field = "unit",
                  .summary = "1 for most meters, 255 or 0 for a plain TCP device, else its number behind the gateway.",
                  .min = 0,
                  .max = 255},
        FieldNote{.field = "map",
                  .summary = "sunspec finds out by itself; else a built-in map, or empty with points of your own.",
                  .length_max = 60},
        FieldNote{
            .field = "points", .summary = "Your own registers, beside or instead of the map.", .length_max = 5000},
        FieldNote{.field = "more_units", .summary = "Further devices behind the same gateway.", .length_max = 246},
        FieldNote{.field = "interval", .summary = "How often to read, as 1s or 250ms."},
        FieldNote{.field = "order",
                  .summary = "Byte order of values over several registers; the map's when not given."},
        FieldNote{.field = "registers_max",
                  .summary = "In one request; some devices take only 16, 32 or 64.",
                  .min = 1,
                  .max = 125},
        FieldNote{.field = "gap_max",
                  .summary = "Unwanted registers read along rather than asking twice.",
                  .min = 0,
                  .max = 124},
        FieldNote{.field = "request_pause", .summary = "Rest between two requests; some gateways need 20ms to 100ms."},
        FieldNote{.field = "time_limit", .summary = "How long to wait for an answer."},
        FieldNote{.field = "retries",
                  .summary = "Of a request without an answer, before the device counts as silent.",
                  .min = 0,
                  .max = 10}};
  }
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(ModbusSettings, (host, port, unit, map, points, more_units, interval, order, registers_max, gap_max,
                                request_pause, time_limit, retries))

inline constexpr std::string_view kSunSpec = "sunspec";

}  // namespace hanse::connectors::modbus
