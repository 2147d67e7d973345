#pragma once

#include "node/simulate/device_server.hpp"
#include "node/simulate/mtconnect_agent.hpp"
#include "node/simulate/speaking_plant.hpp"

namespace hanse::node::simulate {

/// One line's MTConnect agent over HTTP: probe, current, sample, and streams of both.
class MtconnectVoice final : public Voice {
 public:
  MtconnectVoice(const SpeakingPlant& plant, std::size_t line, const Clock& clock);
  /// Errors: when the port can't be had.
  Result<void> start(const boost::asio::any_io_executor& executor, std::uint16_t port);
  void said(std::size_t machine, const std::vector<std::size_t>& words, Timestamp time) override;
  void set_plugged(bool plugged) { server_->set_plugged(plugged); }
  std::uint16_t port() const { return server_->port(); }
  void close() { server_->close(); }
  const MtconnectAgent& agent() const { return agent_; }

 private:
  boost::asio::awaitable<void> serve(net::Stream& stream);
  boost::asio::awaitable<Result<void>> stream_parts(net::Stream& stream, AgentAnswer::Streaming streaming);
  void observe_all(std::size_t machine, Timestamp time);

  const SpeakingPlant& plant_;
  const Clock& clock_;
  std::vector<std::size_t> machines_;  ///< By device of the agent.
  MtconnectAgent agent_;
  std::unique_ptr<DeviceServer> server_;
};

/// The agent's devices of one line: each machine with the words as data items, `avail` and the condition `system`.
std::vector<AgentDevice> agent_devices(const SpeakingPlant& plant, std::size_t line);

}  // namespace hanse::node::simulate
