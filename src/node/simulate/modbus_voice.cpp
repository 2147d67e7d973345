#include "node/simulate/modbus_voice.hpp"

namespace hanse::node::simulate {
namespace {

constexpr Duration kMeterIdleMax = 10min;
constexpr Duration kMeterWriteMax = 10s;

std::vector<std::string> meter_names(const SpeakingPlant& plant) {
  std::vector<std::string> names;
  for (const auto& line : plant.factory().scenario().lines) names.push_back("meter-" + line.id);
  return names;
}

}  // namespace

ModbusVoice::ModbusVoice(const SpeakingPlant& plant) : plant_(plant), meters_(meter_names(plant)) { measure(); }

Result<void> ModbusVoice::start(const boost::asio::any_io_executor& executor, std::uint16_t port) {
  HANSE_TRY(server_, DeviceServer::start(executor, port, [this](net::Stream& stream) { return serve(stream); }));
  return {};
}

void ModbusVoice::measure() {
  for (std::size_t line = 0; line < plant_.factory().scenario().lines.size(); ++line) {
    const auto reading = plant_.factory().read_line(line);
    // The counter sums power over the time on the wall, as a meter would.
    meters_.update(line, {.power_kw = reading.power_kw, .energy_kwh = reading.energy_kwh / plant_.pace().factor});
    meters_.silence(line, plant_.factory().network_lost(line));
  }
}

boost::asio::awaitable<void> ModbusVoice::serve(net::Stream& stream) {
  std::vector<std::uint8_t> bytes;
  for (;;) {
    bool wrong = false;
    while (const auto answer = meters_.answer(bytes, wrong)) {
      auto writing = stream.write({reinterpret_cast<const char*>(answer->data()), answer->size()}, kMeterWriteMax);
      const auto written = co_await std::move(writing);
      if (!written) co_return;
    }
    if (wrong) co_return;
    std::array<char, 1024> chunk{};
    auto reading = stream.read(chunk, kMeterIdleMax);
    const auto count = co_await std::move(reading);
    if (!count || *count == 0) co_return;
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(*count));
  }
}

}  // namespace hanse::node::simulate
