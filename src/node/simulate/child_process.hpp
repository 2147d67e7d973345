#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace hanse::node::simulate {

/// A program that runs as long as this object lives. It dies with us, also when we are killed.
class ChildProcess {
 public:
  /// `command[0]` is a path or a name in the search path. With `read_output` its standard output comes to `read_line`,
  /// otherwise it goes where ours goes. Errors: `unavailable` when it can't be started.
  enum class Output { inherit, read, drop };
  static Result<std::unique_ptr<ChildProcess>> start(const std::vector<std::string>& command, Output output);
  /// Ends it: SIGTERM, after five seconds SIGKILL.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// The next line of its output, without its end. Errors: `timeout`; `unavailable` when it closed its output.
  Result<std::string> read_line(Duration time_limit);
  bool running();
  int pid() const { return pid_; }

 private:
  ChildProcess(int pid, int output) : pid_(pid), output_(output) {}
  int pid_ = -1;
  int output_ = -1;
  std::string pending_;
};

}  // namespace hanse::node::simulate
