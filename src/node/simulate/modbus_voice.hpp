#pragma once

#include "node/simulate/device_server.hpp"
#include "node/simulate/modbus_meter.hpp"
#include "node/simulate/speaking_plant.hpp"

namespace hanse::node::simulate {

/// The meters of all lines behind one Modbus TCP gateway: unit 1 measures the scenario's first line.
class ModbusVoice {
 public:
  explicit ModbusVoice(const SpeakingPlant& plant);
  /// Errors: when the port can't be had.
  Result<void> start(const boost::asio::any_io_executor& executor, std::uint16_t port);
  /// Reads the meters; those of lines without network fall silent.
  void measure();
  std::uint16_t port() const { return server_->port(); }
  void close() { server_->close(); }

 private:
  boost::asio::awaitable<void> serve(net::Stream& stream);

  const SpeakingPlant& plant_;
  ModbusMeters meters_;
  std::unique_ptr<DeviceServer> server_;
};

}  // namespace hanse::node::simulate
