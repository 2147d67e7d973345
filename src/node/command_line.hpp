#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace hanse::node {

/// What the person typed, checked for shape but not for meaning.
struct CommandLine {
  std::string command;                                        ///< `serve`, `journal verify`, ...
  std::vector<std::string> arguments;                         ///< Its words without a dash.
  std::vector<std::pair<std::string, std::string>> settings;  ///< `--server.port 8080` as (`server.port`, `8080`).
  std::vector<std::pair<std::string, std::string>> options;   ///< The command's own: (`factor`, `60`).
  std::string settings_file;                                  ///< `--settings`, else empty.
  /// The command's own option, or `fallback`.
  std::string option(std::string_view name, std::string_view fallback = "") const;
};

/// Parses with help texts made from the commands' table and the settings' description.
/// The result is either a command or a text to print with an exit status (help, version, a wrong word).
struct CommandLineText {
  std::string text;
  int status = 0;
};
std::expected<CommandLine, CommandLineText> parse_command_line(int argc, const char* const* argv);

}  // namespace hanse::node
