#pragma once

#include <optional>
#include <string>

#include "node/settings.hpp"
#include "node/simulate/simulate.hpp"

namespace hanse::node {

struct ServeOptions {
  std::string settings_file;                            ///< Empty: none was read.
  std::optional<simulate::SimulateSettings> demo = {};  ///< With a simulated plant as a process of its own.
  bool with_programme = true;                           ///< The demo with the programme that its plant makes for.
  bool with_partner = false;                            ///< With a partner's node as another one.
  std::string partner_of = {};                          ///< This is that node: where the one that started it is met.
};

/// Runs a node until SIGTERM or SIGINT. Prints its address and, until there is an administrator, the one-time link to
/// make the first one. Errors: of the start, with what to do.
Result<void> serve(const Settings& settings, const ServeOptions& options);

/// The OpenAPI document of a node of this program, made from one in a folder that is thrown away.
Result<std::string> describe_interface();

}  // namespace hanse::node
