#pragma once

#include <string>

#include "base/text_value.hpp"
#include "node/command_line.hpp"
#include "node/settings.hpp"

namespace hanse::node {

/// What a command is called with.
struct CommandContext {
  const CommandLine& line;
  const Settings& settings;
  std::string settings_file;  ///< Empty: none was read.
};

/// An option's text as a number into `out`; leaves it when the option isn't given. Errors: `invalid`, naming it.
template <class T>
Result<void> take_number(const CommandLine& line, std::string_view name, T& out) {
  const auto text = line.option(name);
  if (text.empty()) return {};
  if (auto read = parse_text(text, out); !read) {
    return fail(ErrorCode::invalid, "--" + std::string{name} + ": " + read.error().message);
  }
  return {};
}

// The commands, by file; `commands.cpp` has their table.
Result<void> run_serve(const CommandContext& context);  // run_commands.cpp
Result<void> run_demo(const CommandContext& context);
Result<void> run_simulate(const CommandContext& context);
Result<void> run_backup(const CommandContext& context);  // archive_commands.cpp
Result<void> run_restore(const CommandContext& context);
Result<void> run_export(const CommandContext& context);
Result<void> run_selftest(const CommandContext& context);
Result<void> run_journal_verify(const CommandContext& context);
Result<void> run_evidence_verify(const CommandContext& context);
Result<void> run_sql(const CommandContext& context);  // history_commands.cpp
Result<void> run_replay(const CommandContext& context);
Result<void> run_schedule(const CommandContext& context);       // schedule_command.cpp
Result<void> run_user_password(const CommandContext& context);  // user_commands.cpp

}  // namespace hanse::node
