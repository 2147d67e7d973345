#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace hanse::net {

/// A mosquitto broker of our own on loopback, for the demo, tests and benchmarks. Nothing is kept on disk but its
/// settings, in a temporary folder that goes with it.
class MosquittoProcess {
 public:
  /// Starts it on `port`, 0 for a free one, and waits until it answers. `extra_settings` are appended to its file, one
  /// a line. Errors: `not_found` when there is no mosquitto on this machine; `unavailable` when it doesn't start.
  static Result<MosquittoProcess> start(std::uint16_t port = 0, const std::string& extra_settings = "");
  MosquittoProcess(MosquittoProcess&& other) noexcept;
  MosquittoProcess& operator=(MosquittoProcess&& other) noexcept;
  ~MosquittoProcess();

  std::uint16_t port() const { return port_; }
  int pid() const { return pid_; }
  /// Kills it at once; its clients lose their connections.
  void stop();
  /// Again, on the same port. Errors: as `start`.
  Result<void> restart();

 private:
  MosquittoProcess() = default;
  std::uint16_t port_ = 0;
  int pid_ = -1;
  std::string folder_;
};

}  // namespace hanse::net
