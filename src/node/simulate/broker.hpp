#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "node/simulate/child_process.hpp"

namespace hanse::node::simulate {

/// A mosquitto of our own on loopback, with a settings file that loses nothing at a burst (`max_queued_messages 0`; the
/// shipped settings drop QoS 0 for a slow reader). Lives as long as this object; its folder goes with it.
class Broker {
 public:
  /// `port` 0 takes a free one. Waits until it accepts. Errors: `unavailable`, saying that mosquitto is missing or why
  /// it doesn't start.
  static Result<std::unique_ptr<Broker>> start(std::uint16_t port);
  ~Broker();
  std::uint16_t port() const { return port_; }
  bool running() { return process_->running(); }

 private:
  Broker() = default;
  std::string folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

/// A TCP port on loopback that nobody uses at the moment. Errors: `unavailable`.
Result<std::uint16_t> free_port();

}  // namespace hanse::node::simulate
