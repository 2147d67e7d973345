#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <set>

#include "net/stream.hpp"

namespace hanse::node::simulate {

/// Accepts connections of one simulated device on loopback, each in a coroutine of its own, and can be unplugged like
/// one: then open connections break and new ones are closed at once. Lives on one I/O thread.
class DeviceServer {
 public:
  using Serve = std::function<boost::asio::awaitable<void>(net::Stream& stream)>;
  /// `port` 0 takes a free one. Errors: of `net::listen`.
  static Result<std::unique_ptr<DeviceServer>> start(const boost::asio::any_io_executor& executor, std::uint16_t port,
                                                     Serve serve);
  ~DeviceServer();
  std::uint16_t port() const;
  void set_plugged(bool plugged);
  bool plugged() const;
  void close();

 private:
  struct State;
  explicit DeviceServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace hanse::node::simulate
