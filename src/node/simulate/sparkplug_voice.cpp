#include "node/simulate/sparkplug_voice.hpp"

#include <algorithm>

namespace hanse::node::simulate {
namespace {

constexpr Duration kConnectMax = 5s;
constexpr Duration kListenStep = 200ms;
constexpr Duration kPauseMin = 250ms;
constexpr Duration kPauseMax = 10s;
constexpr Duration kNodeDataEvery = 10s;

std::vector<std::string> device_ids(const SpeakingPlant& plant, const std::vector<std::size_t>& machines) {
  std::vector<std::string> ids;
  for (const auto machine : machines) ids.emplace_back(plant.factory().machine(machine).id);
  return ids;
}

}  // namespace

std::string sparkplug_group(std::string_view line) { return fmt::format("plant-{}", line); }

SparkplugVoice::SparkplugVoice(const SpeakingPlant& plant, std::size_t line, const Clock& clock, const Log& log)
    : plant_(plant),
      line_(line),
      clock_(clock),
      log_(log),
      machines_(plant.machines_of(line)),
      edge_(sparkplug_group(plant.factory().scenario().lines[line].id), plant.factory().scenario().lines[line].id,
            device_ids(plant, machines_)) {}

boost::asio::awaitable<void> SparkplugVoice::run(std::uint16_t broker_port) {
  Duration pause = kPauseMin;
  while (!stopping_) {
    if (!plant_.factory().network_lost(line_)) {
      auto connecting = connect(broker_port);
      const auto connected = co_await std::move(connecting);
      if (connected) {
        pause = kPauseMin;
        auto speaking = speak_until_lost();
        co_await std::move(speaking);
        ++bd_seq_;  // Wraps at 255 as the standard wants.
      } else {
        log_.warning("simulate", "no connection to the broker", {{"error", to_string(connected.error())}});
        pause = std::min(pause * 2, kPauseMax);
      }
    }
    if (stopping_) break;
    auto waiting = net::pause(pause);
    co_await std::move(waiting);
  }
}

boost::asio::awaitable<Result<void>> SparkplugVoice::connect(std::uint16_t broker_port) {
  net::MqttOptions options{.host = "127.0.0.1",
                           .port = broker_port,
                           .client_id = "hanse-simulate-" + plant_.factory().scenario().lines[line_].id};
  options.will = edge_.death(bd_seq_, clock_.now());
  auto connecting = net::MqttClient::connect(std::move(options), kConnectMax);
  HANSE_CO_TRY(auto client, co_await std::move(connecting));
  auto subscribing = client->subscribe(edge_.command_filters(), 1, kConnectMax);
  const auto subscribed = co_await std::move(subscribing);
  if (!subscribed) co_return subscribed.error();
  client_ = std::move(client);
  be_born();
  co_return Result<void>{};
}

void SparkplugVoice::be_born() {
  const auto now = clock_.now();
  auto published = client_->publish(edge_.node_birth(bd_seq_, now));
  for (std::size_t device = 0; device < machines_.size() && published; ++device) {
    published = client_->publish(edge_.device_birth(device, plant_.latest(machines_[device]), now));
  }
  if (!published) log_.warning("simulate", "a birth was not sent", {{"error", to_string(published.error())}});
}

boost::asio::awaitable<void> SparkplugVoice::speak_until_lost() {
  Duration last_node_data = clock_.monotonic();
  while (!stopping_ && !plant_.factory().network_lost(line_)) {
    auto receiving = client_->receive(kListenStep);
    const auto messages = co_await std::move(receiving);
    if (!messages && messages.error().code != ErrorCode::timeout) break;
    const bool reborn =
        messages && std::any_of(messages->begin(), messages->end(),
                                [&](const net::MqttMessage& message) { return edge_.asks_for_rebirth(message); });
    if (reborn) be_born();
    if (clock_.monotonic() - last_node_data < kNodeDataEvery) continue;
    last_node_data = clock_.monotonic();
    if (auto sent = client_->publish(edge_.node_data(clock_.now())); !sent) break;
  }
  auto client = std::move(client_);
  if (!stopping_) co_return;  // Dropped without a farewell: the broker sends the will.
  auto telling = client->publish_acknowledged(edge_.death(bd_seq_, clock_.now()), kConnectMax);
  const auto told = co_await std::move(telling);
  if (!told) log_.warning("simulate", "the death was not sent", {{"error", to_string(told.error())}});
  auto leaving = client->disconnect(kConnectMax);
  co_await std::move(leaving);
}

void SparkplugVoice::said(std::size_t machine, const std::vector<std::size_t>& words, Timestamp time) {
  if (client_ == nullptr) return;
  const auto device =
      static_cast<std::size_t>(std::find(machines_.begin(), machines_.end(), machine) - machines_.begin());
  // A lost connection is found by the listening side, which then begins again with a birth.
  if (auto sent = client_->publish(edge_.device_data(device, words, plant_.latest(machine), time)); !sent) return;
}

}  // namespace hanse::node::simulate
