#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "connectors/modbus/session.hpp"
#include "connectors/recording_sink.hpp"

// The bytes are what a device sends, in pieces that each begin with their length; transaction numbers are put right so
// that answers get past the first check. The first byte chooses between SunSpec, a meter and own points.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  using namespace hanse::connectors;
  using namespace hanse::connectors::modbus;
  if (size < 2) return 0;
  ModbusSettings settings;
  settings.host = "h";
  if (data[0] % 3 == 1) settings.map = "abb-a-b-series";
  if (data[0] % 3 == 2) {
    settings.map.clear();
    settings.points = {{.name = "a", .address = 0, .type = PointType::f32},
                       {.name = "b", .address = 2, .type = PointType::text, .length = 9},
                       {.name = "c", .table = Table::coil, .address = 7, .type = PointType::bit},
                       {.name = "d", .address = 11, .type = PointType::m10k64, .scale_address = 20}};
    settings.more_units = {{.unit = 2, .name = "u", .map = "", .points = settings.points}};
  }
  RecordingSink sink;
  Session session{settings, sink};
  Moment now{.time = {1'000'000'000'000}, .monotonic = 1h};
  session.begin(now);
  std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
  std::uint16_t transaction = 0;
  for (int turns = 0; turns < 500 && !rest.empty(); ++turns) {
    const auto step = session.step(now);
    if (step.failure) {
      session.on_lost(now);
      session.begin(now);
      continue;
    }
    if (!step.send.empty())
      transaction = static_cast<std::uint16_t>(static_cast<std::uint8_t>(step.send[0]) << 8 |
                                               static_cast<std::uint8_t>(step.send[1]));
    const auto length = std::min<std::size_t>(static_cast<std::uint8_t>(rest[0]), rest.size() - 1);
    std::string piece{rest.substr(1, length)};
    rest.remove_prefix(1 + length);
    if (piece.size() > 8) {
      piece[0] = static_cast<char>(transaction >> 8);
      piece[1] = static_cast<char>(transaction & 0xFF);
    }
    if (piece.empty()) {
      now.monotonic += step.wait;
      now.time += step.wait;
    } else {
      session.on_bytes(piece, now);
    }
  }
  session.on_lost(now);
  return 0;
}
