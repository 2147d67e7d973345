#include "node/commands.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "node/command_context.hpp"
#include "node/serve.hpp"
#include "node/settings.hpp"
#include "node/settings_book.hpp"

namespace hanse::node {
namespace {

int failed(const Error& error) {
  fmt::print(stderr, "hanse: {}\n", error.message);
  for (const auto& field : error.fields) fmt::print(stderr, "  {}: {}\n", field.path, field.message);
  return 1;
}

int done(const Result<void>& result) { return result ? 0 : failed(result.error()); }

Result<void> print_openapi(const CommandContext&) {
  HANSE_TRY(const auto text, describe_interface());
  fmt::print("{}\n", text);
  return {};
}

Result<void> settings_check(const CommandContext& context) {
  for (const auto& setting : list_settings(context.settings)) fmt::print("{} = {}\n", setting.path, setting.value);
  return {};
}

Result<void> settings_reference(const CommandContext&) {
  fmt::print("{}", settings_reference_markdown());
  return {};
}

struct CommandEntry {
  std::string_view name;
  Result<void> (*run)(const CommandContext& context);
};

constexpr std::array kCommands = {
    CommandEntry{"serve", run_serve},
    CommandEntry{"demo", run_demo},
    CommandEntry{"simulate", run_simulate},
    CommandEntry{"backup", run_backup},
    CommandEntry{"restore", run_restore},
    CommandEntry{"export", run_export},
    CommandEntry{"selftest", run_selftest},
    CommandEntry{"journal verify", run_journal_verify},
    CommandEntry{"user password", run_user_password},
    CommandEntry{"evidence verify", run_evidence_verify},
    CommandEntry{"sql", run_sql},
    CommandEntry{"replay", run_replay},
    CommandEntry{"schedule", run_schedule},
    CommandEntry{"openapi", print_openapi},
    CommandEntry{"settings check", settings_check},
    CommandEntry{"settings reference", settings_reference},
};

}  // namespace

int run_command(const CommandLine& line, const char* const* environment) {
  const auto settings = read_settings(line, environment);
  if (!settings) return failed(settings.error());
  for (const auto& command : kCommands) {
    if (command.name == line.command)
      return done(command.run({line, *settings, settings_file_path(line, environment)}));
  }
  return failed(fail(ErrorCode::invalid, fmt::format("the command '{}' can't run here", line.command)));
}

}  // namespace hanse::node
