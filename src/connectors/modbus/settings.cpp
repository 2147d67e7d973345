#include "connectors/modbus/settings.hpp"

#include <set>

#include "base/text.hpp"

namespace hanse::connectors::modbus {
namespace {

void check_map(JsonReader& reader, const std::string& map, const std::vector<RegisterPoint>& points) {
  const auto* known = MapBook::built_in().find(map);
  if (!map.empty() && map != kSunSpec && (!known || !known->models.empty())) {
    auto ids = MapBook::built_in().ids();
    ids.push_back(kSunSpec);
    std::string all;
    for (const auto id : ids) all += (all.empty() ? "" : ", ") + std::string{id};
    reader.error_at("map", unknown_name("map", map, ids) + "; there are " + all);
  }
  if (map.empty() && points.empty()) reader.error_at("points", "give points, or choose a map");
  if (const auto twice = double_name(points); !twice.empty()) {
    reader.error_at("points", "the name '" + twice + "' occurs twice");
  }
}

}  // namespace

void ModbusUnit::validate(JsonReader& reader) const {
  check_map(reader, map, points);
  if (name.find('/') != std::string::npos) reader.error_at("name", "must be without /");
}

void ModbusSettings::validate(JsonReader& reader) const {
  check_map(reader, map, points);
  if (interval < 10ms || interval > 24h) reader.error_at("interval", "must be from 10ms to 24h");
  if (time_limit < 10ms || time_limit > 1min) reader.error_at("time_limit", "must be from 10ms to 1min");
  if (request_pause && (*request_pause < 0ms || *request_pause > 10s)) {
    reader.error_at("request_pause", "must be from 0ms to 10s");
  }
  std::set<std::int64_t> units{unit};
  std::set<std::string_view> names;
  for (const auto& more : more_units) {
    if (!units.insert(more.unit).second)
      reader.error_at("more_units", "unit " + std::to_string(more.unit) + " occurs twice");
    if (!names.insert(more.name).second) reader.error_at("more_units", "the name '" + more.name + "' occurs twice");
  }
}

}  // namespace hanse::connectors::modbus
