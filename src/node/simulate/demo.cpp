#include "node/simulate/demo.hpp"

#include "node/simulate/demo_files.hpp"
#include "plant/import.hpp"

namespace hanse::node::simulate {
namespace {

constexpr Duration kStartMax = 20s;
constexpr std::string_view kTemplate = "simulated-machine";

struct MqttSettings {
  std::string host = "127.0.0.1";
  std::int64_t port = 0;
  std::string role = "active";
  std::vector<std::string> groups;
};
HANSE_DESCRIBE(MqttSettings, (host, port, role, groups))

Result<void> import_file(plant::Plant& plant, const store::Actor& actor, plant::ImportKind kind,
                         std::string_view file) {
  HANSE_TRY(const auto report, plant::import(plant, actor, {.kind = kind, .body = demo_file(file), .dry_run = false}));
  for (const auto& row : report.rows) {
    if (row.errors.empty()) continue;
    return fail(ErrorCode::invalid, fmt::format("{} doesn't fit: '{}'", file, row.id),
                {{row.errors.front().path, row.errors.front().message}});
  }
  return {};
}

}  // namespace

Result<void> seed_demo(plant::Plant& plant, const store::Actor& actor, std::string_view prefix) {
  const auto own = [&](std::string_view name) { return std::string{prefix} + std::string{name}; };
  if (!plant.records()->assets.empty()) return {};
  HANSE_CHECK(import_file(plant, actor, plant::ImportKind::calendars, "calendars.json"));
  HANSE_CHECK(import_file(plant, actor, plant::ImportKind::assets, own("assets.json")));
  HANSE_CHECK(import_file(plant, actor, plant::ImportKind::products, own("products.json")));
  return import_file(plant, actor, plant::ImportKind::reasons, "reasons.json");
}

std::vector<DemoConnection> demo_connections(const SimulationFacts& facts) {
  std::vector<DemoConnection> connections;
  for (const auto& line : facts.lines) {
    if (line.speaks == simulation::Speaks::mtconnect) {
      connections.push_back({"demo-" + line.asset, line.name + " (MTConnect)", "mtconnect", line.asset,
                             std::string{kTemplate},
                             RawJson{fmt::format(R"({{"url":"http://127.0.0.1:{}"}})", facts.mtconnect_port)}});
    } else if (line.speaks == simulation::Speaks::sparkplug) {
      const MqttSettings settings{.port = facts.mqtt_port, .groups = {line.group}};
      connections.push_back({"demo-" + line.asset, line.name + " (Sparkplug)", "sparkplug", line.asset,
                             std::string{kTemplate}, RawJson{to_json(settings)}});
    }
  }
  for (const auto& line : facts.lines) {
    connections.push_back(
        {"demo-meter-" + line.asset, "Meter " + line.name + " (Modbus)", "modbus", "meter-" + line.asset,
         "energy-meter",
         RawJson{fmt::format(R"({{"host":"127.0.0.1","port":{},"unit":{}}})", facts.modbus_port, line.meter_unit)}});
  }
  return connections;
}

Result<std::unique_ptr<DemoPlant>> DemoPlant::start(const std::string& program, const SimulateSettings& settings) {
  std::vector<std::string> command{
      program, "simulate", "--seed", std::to_string(settings.seed), "--factor", fmt::format("{}", settings.factor)};
  if (!settings.scenario_file.empty()) command.insert(command.end(), {"--scenario", settings.scenario_file});
  const auto add_port = [&](const char* option, std::uint16_t port) {
    if (port != 0) command.insert(command.end(), {option, std::to_string(port)});
  };
  add_port("--mqtt_port", settings.mqtt_port);
  add_port("--mtconnect_port", settings.mtconnect_port);
  add_port("--modbus_port", settings.modbus_port);
  add_port("--control_port", settings.control_port);
  struct Made : DemoPlant {};
  std::unique_ptr<DemoPlant> plant = std::make_unique<Made>();
  HANSE_TRY(plant->process_, ChildProcess::start(command, ChildProcess::Output::read));
  HANSE_TRY(const auto line, plant->process_->read_line(kStartMax));
  HANSE_TRY(plant->facts_, from_json<SimulationFacts>(line));
  return plant;
}

}  // namespace hanse::node::simulate
