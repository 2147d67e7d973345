#pragma once

#include "node/command_line.hpp"

namespace hanse::node {

/// Runs the command; the process's exit status: 0 done, 1 refused or failed with a sentence on standard error, 2 wrong
/// words. `environment` is the process's `NAME=value` list, null at its end.
int run_command(const CommandLine& line, const char* const* environment);

}  // namespace hanse::node
