#pragma once

#include <string>

#include "node/command_line.hpp"
#include "node/settings.hpp"

namespace hanse::node {

/// Settings from the file named by the command line (or HANSE_SETTINGS, or `hanse.toml` here when it exists), the
/// environment and the flags. Errors: `invalid` with every wrong name; `not_found` when a named file isn't there.
Result<Settings> read_settings(const CommandLine& line, const char* const* environment);

/// The path of the settings file that `read_settings` would read, empty when there is none.
std::string settings_file_path(const CommandLine& line, const char* const* environment);

/// docs/operating/settings.md, made from the description.
std::string settings_reference_markdown();

}  // namespace hanse::node
