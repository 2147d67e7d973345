#include <fmt/format.h>

#include "node/command_context.hpp"
#include "node/partners/demo_company.hpp"
#include "node/serve.hpp"

namespace hanse::node {
namespace {

Result<void> take_port(const CommandLine& line, std::string_view name, std::uint16_t& out) {
  std::int64_t port = out;
  HANSE_CHECK(take_number(line, name, port));
  if (port < 0 || port > 65535) return fail(ErrorCode::invalid, "--" + std::string{name} + ": must be from 0 to 65535");
  out = static_cast<std::uint16_t>(port);
  return {};
}

/// An option that is on unless it says off.
Result<bool> is_on(const CommandLine& line, std::string_view name) {
  const auto value = line.option(name, "on");
  if (value == "on" || value == "off") return value == "on";
  return fail(ErrorCode::invalid, fmt::format("--{}: must be on or off", name));
}

Result<simulate::SimulateSettings> simulate_settings(const CommandLine& line) {
  simulate::SimulateSettings settings{.scenario_file = line.option("scenario"), .facts_file = line.option("facts")};
  std::int64_t seed = 1;
  HANSE_CHECK(take_number(line, "seed", seed));
  settings.seed = static_cast<std::uint64_t>(seed);
  HANSE_CHECK(take_number(line, "factor", settings.factor));
  HANSE_CHECK(take_port(line, "mqtt_port", settings.mqtt_port));
  HANSE_CHECK(take_port(line, "mtconnect_port", settings.mtconnect_port));
  HANSE_CHECK(take_port(line, "modbus_port", settings.modbus_port));
  HANSE_CHECK(take_port(line, "control_port", settings.control_port));
  return settings;
}

}  // namespace

Result<void> run_serve(const CommandContext& context) {
  return serve(context.settings, {.settings_file = context.settings_file});
}

Result<void> run_demo(const CommandContext& context) {
  HANSE_TRY(auto plant, simulate_settings(context.line));
  HANSE_TRY(const bool partner, is_on(context.line, "partner"));
  HANSE_TRY(const bool programme, is_on(context.line, "programme"));
  ServeOptions options{.settings_file = context.settings_file, .demo = std::move(plant), .with_programme = programme};
  options.partner_of = context.line.option("partner_of");
  options.with_partner = options.partner_of.empty() && partner;
  Settings settings = context.settings;
  if (options.with_partner || !options.partner_of.empty()) {
    const auto role = options.partner_of.empty() ? DemoRole::maker : DemoRole::supplier;
    settings.partners = demo_partners_settings(role, settings.partners, settings.server.port);
  }
  return serve(settings, options);
}

Result<void> run_simulate(const CommandContext& context) {
  HANSE_TRY(const auto plant, simulate_settings(context.line));
  if (simulate::simulate_main(plant) != 0) return fail(ErrorCode::unavailable, "the simulated plant could not run");
  return {};
}

}  // namespace hanse::node
