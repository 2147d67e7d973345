#include "node/command_line.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <span>

#include "base/text.hpp"
#include "node/settings.hpp"
#include "node/version.hpp"

namespace hanse::node {
namespace {

struct OptionText {
  std::string_view name;
  std::string_view summary;
};

struct Command {
  std::string_view name;  ///< One or two words.
  std::string_view summary;
  std::string_view argument;  ///< Empty for none.
  bool argument_required = false;
  std::vector<OptionText> options;
};

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommandLines = {
      {"serve", "Run the node until it is told to stop.", "", false, {}},
      {"demo",
       "Run the node with a simulated plant that speaks real protocols.",
       "",
       false,
       {{"scenario", "Scenario file of the plant"},
        {"seed", "Seed of the simulation"},
        {"factor", "Times faster than life"},
        {"programme", "on (default) or off: the programme that its plant makes ventilators for"},
        {"partner", "on (default) or off: a partner's node beside it, with a plant of its own"},
        {"partner_of", "Run as that partner's node, for the node that partners reach at this address"}}},
      {"simulate",
       "Run only the simulated plant, as a process that speaks.",
       "",
       false,
       {{"scenario", "Scenario file of the plant"},
        {"seed", "Seed of the simulation"},
        {"factor", "Times faster than life"},
        {"mqtt_port", "Port of the MQTT broker, 0 for a free one"},
        {"mtconnect_port", "Port of the MTConnect agent, 0 for a free one"},
        {"modbus_port", "Port of the first meter, 0 for a free one"},
        {"control_port", "Port of the control interface, 0 for a free one"},
        {"facts", "File to write the ports in use to"}}},
      {"replay",
       "Replay a recorded session of a machine into history.",
       "FILE",
       true,
       {{"factor", "Times faster than recorded; 0 (default) at once"},
        {"asset", "Asset that takes its values, or node above that gets one per device"},
        {"template", "Machine template that maps its values"},
        {"devices", "MTConnect devices file of an SHDR recording"},
        {"begin", "Moves all times so that the recording begins here"},
        {"to", "Writes JSON lines to this file instead (- for standard output); nothing is kept"}}},
      {"sql",
       "Ask the history and records of a stopped node in SQL; prints a table.",
       "QUERY",
       true,
       {{"format", "text, csv or json"}, {"rows", "At most so many rows"}}},
      {"schedule",
       "Find a schedule for a job shop instance: a standard file or native JSON.",
       "FILE",
       true,
       {{"seconds", "How long to search, 10 when not given"},
        {"threads", "Threads to search with, 2 when not given"},
        {"seed", "Seed of the search"},
        {"write", "File for the schedule as JSON"}}},
      {"backup", "Write a consistent, verified copy into a new folder; a running node goes on.", "FOLDER", true, {}},
      {"restore", "Fill an empty data folder from a backup, after verifying it.", "FOLDER", true, {}},
      {"export", "Write everything in documented formats into a new folder.", "FOLDER", true, {}},
      {"user password",
       "Set a user's password while the node is stopped; asked for on the terminal or read from standard input.",
       "NAME",
       true,
       {}},
      {"journal verify", "Check the journal's whole chain.", "", false, {}},
      {"evidence verify",
       "Check a bundle of evidence from an agreement, without a node.",
       "FILE",
       true,
       {{"key", "Public key that its signatures must be of; without it the bundle's own"}}},
      {"settings check", "Check the settings and print them, secrets masked.", "", false, {}},
      {"settings reference", "Print the settings reference as Markdown.", "", false, {}},
      {"openapi", "Print the OpenAPI document.", "", false, {}},
      {"selftest", "Check this installation: crypto, store, history, clock, disk.", "", false, {}},
  };
  return kCommandLines;
}

/// What CLI11 writes into while it parses.
struct Values {
  std::map<std::string, std::string> settings;
  std::map<std::string, std::map<std::string, std::string>> options;
  std::vector<std::string> arguments;
  std::string settings_file;
};

void add_settings(CLI::App& app, Values& values) {
  app.add_option("--settings", values.settings_file, "Settings file (TOML)");
  for (const auto& setting : list_settings(Settings{})) {
    app.add_option("--" + setting.path, values.settings[setting.path], setting.summary)->group("Settings");
  }
}

void add_command(CLI::App& parent, const Command& command, std::string_view word, Values& values) {
  auto* app = parent.add_subcommand(std::string{word}, std::string{command.summary});
  app->fallthrough();
  for (const auto& option : command.options) {
    app->add_option("--" + std::string{option.name},
                    values.options[std::string{command.name}][std::string{option.name}], std::string{option.summary});
  }
  if (!command.argument.empty()) {
    auto* argument = app->add_option(std::string{command.argument}, values.arguments)->expected(1);
    if (command.argument_required) argument->required();
  }
}

void add_commands(CLI::App& app, Values& values) {
  std::map<std::string, CLI::App*> groups;
  for (const auto& command : commands()) {
    const auto space = command.name.find(' ');
    if (space == std::string_view::npos) {
      add_command(app, command, command.name, values);
      continue;
    }
    const std::string group{command.name.substr(0, space)};
    auto*& parent = groups[group];
    if (!parent) {
      parent = app.add_subcommand(group, "Commands about the " + group);
      parent->require_subcommand(1)->fallthrough();
    }
    add_command(*parent, command, command.name.substr(space + 1), values);
  }
}

/// The words of the commands that were given, outermost first.
std::string command_name(const CLI::App& app) {
  std::string name;
  for (const auto* level = &app; !level->get_subcommands().empty();) {
    level = level->get_subcommands().front();
    name += (name.empty() ? "" : " ") + level->get_name();
  }
  return name;
}

/// `did you mean --server.port?` for the first flag that nobody knows; empty when all are known.
std::string suggestion(int argc, const char* const* argv) {
  std::vector<std::string> names = {"settings", "help", "version"};
  for (const auto& setting : list_settings(Settings{})) names.push_back(setting.path);
  for (const auto& command : commands()) {
    for (const auto& option : command.options) names.emplace_back(option.name);
  }
  const std::vector<std::string_view> known{names.begin(), names.end()};
  for (const std::string_view word : std::span{argv, static_cast<std::size_t>(argc)}) {
    if (!word.starts_with("--")) continue;
    const auto name = word.substr(2, word.find('=') - 2);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return "hanse: " + unknown_name("option", name, known) + '\n';
    }
  }
  return {};
}

}  // namespace

std::string CommandLine::option(std::string_view name, std::string_view fallback) const {
  for (const auto& [key, value] : options) {
    if (key == name) return value;
  }
  return std::string{fallback};
}

std::expected<CommandLine, CommandLineText> parse_command_line(int argc, const char* const* argv) {
  CLI::App app{"Hanse: the open node for smart-manufacturing ecosystems."};
  Values values;
  app.set_version_flag("--version", std::string{version()});
  app.require_subcommand(1);
  add_settings(app, values);
  add_commands(app, values);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    const int status = app.exit(error, out, out);
    return std::unexpected(
        CommandLineText{(status == 0 ? "" : suggestion(argc, argv)) + out.str(), status == 0 ? 0 : 2});
  }
  CommandLine line{.command = command_name(app),
                   .arguments = values.arguments,
                   .settings = {},
                   .options = {},
                   .settings_file = values.settings_file};
  for (const auto& [path, value] : values.settings) {
    if (app.count("--" + path) > 0) line.settings.emplace_back(path, value);
  }
  for (const auto& [name, value] : values.options[line.command]) {
    if (!value.empty()) line.options.emplace_back(name, value);
  }
  return line;
}

}  // namespace hanse::node
