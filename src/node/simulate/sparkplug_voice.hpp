#pragma once

#include <memory>

#include "base/log.hpp"
#include "node/simulate/sparkplug_edge.hpp"
#include "node/simulate/speaking_plant.hpp"

namespace hanse::node::simulate {

/// A group per line, so that each can be listened to alone.
std::string sparkplug_group(std::string_view line);

/// One line's Sparkplug edge node: connects to the broker, is born, tells changes, is born again when told to, comes
/// back after every loss. Without network it breaks the connection without a farewell, so that the broker tells its
/// death.
class SparkplugVoice final : public Voice {
 public:
  SparkplugVoice(const SpeakingPlant& plant, std::size_t line, const Clock& clock, const Log& log);
  /// Runs until `stop`; then tells its death itself and leaves.
  boost::asio::awaitable<void> run(std::uint16_t broker_port);
  void stop() { stopping_ = true; }
  void said(std::size_t machine, const std::vector<std::size_t>& words, Timestamp time) override;
  bool connected() const { return client_ != nullptr; }

 private:
  boost::asio::awaitable<Result<void>> connect(std::uint16_t broker_port);
  boost::asio::awaitable<void> speak_until_lost();
  void be_born();

  const SpeakingPlant& plant_;
  std::size_t line_;
  const Clock& clock_;
  const Log& log_;
  std::vector<std::size_t> machines_;  ///< By device of the edge node.
  SparkplugEdge edge_;
  std::uint8_t bd_seq_ = 0;
  bool stopping_ = false;
  std::unique_ptr<net::MqttClient> client_;
};

}  // namespace hanse::node::simulate
