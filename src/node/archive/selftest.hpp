#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "node/settings.hpp"

namespace hanse::node {

/// One check of this installation.
struct SelfTestLine {
  std::string name;
  bool good = false;
  std::string message;  ///< What was measured, or what is wrong and what to do.
};

/// Crypto, TLS, store, history, clock, disk space and how long a durable write takes, on the disk of the data folder,
/// in a folder of its own that is gone afterwards. A node may run meanwhile. Source: IEC 62443-4-2 CR 3.3.
std::vector<SelfTestLine> run_selftest(const Settings& settings, const Clock& clock, const Log& log);

/// Runs it and prints each line. Errors: `unavailable`, how many failed.
Result<void> selftest(const Settings& settings, const Clock& clock, const Log& log,
                      const std::function<void(const std::string& line)>& print);

}  // namespace hanse::node
