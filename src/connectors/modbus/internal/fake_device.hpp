#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "connectors/modbus/session.hpp"
#include "connectors/recording_sink.hpp"

namespace hanse::connectors::modbus::internal {

/// A device made of registers, with the quirks of real ones; holding and input registers are the same.
struct FakeDevice {
  std::map<std::uint32_t, std::uint16_t> registers;
  std::uint32_t quantity_max = 125;
  std::map<std::uint8_t, std::uint8_t> exception_of_unit;  ///< Always this one.
  std::set<std::uint8_t> silent_units;
  int busy = 0;  ///< So many times code 6 first.
  std::uint8_t hole_code = 2;
  bool short_answers = false;  ///< Past its end it gives what it has, without an exception.
  std::vector<Read> asked;

  std::string answer(std::string_view request) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(request[at]); };
    const auto word = [&](std::size_t at) { return static_cast<std::uint32_t>(byte(at) << 8 | byte(at + 1)); };
    const std::uint8_t unit = byte(6), function = byte(7);
    const auto address = word(8), quantity = word(10);
    asked.push_back({function == 3 ? Table::holding : Table::input, address, quantity});
    if (silent_units.contains(unit)) return {};
    std::string pdu;
    const auto refuse = [&](std::uint8_t code) { pdu = {static_cast<char>(function | 0x80), static_cast<char>(code)}; };
    if (exception_of_unit.contains(unit))
      refuse(exception_of_unit[unit]);
    else if (busy > 0)
      --busy, refuse(6);
    else if (quantity > quantity_max)
      refuse(3);
    else {
      pdu = {static_cast<char>(function), static_cast<char>(quantity * 2)};
      for (std::uint32_t i = 0; i < quantity; ++i) {
        const auto found = registers.find(address + i);
        if (found == registers.end() && short_answers) {
          pdu[1] = static_cast<char>(i * 2);
          break;
        }
        if (found == registers.end()) {
          refuse(hole_code);
          break;
        }
        pdu += static_cast<char>(found->second >> 8);
        pdu += static_cast<char>(found->second & 0xFF);
      }
    }
    return frame(static_cast<std::uint16_t>(word(0)), unit, pdu);
  }

  static std::string frame(std::uint16_t transaction, std::uint8_t unit, std::string_view pdu) {
    std::string out{static_cast<char>(transaction >> 8),
                    static_cast<char>(transaction & 0xFF),
                    0,
                    0,
                    static_cast<char>((pdu.size() + 1) >> 8),
                    static_cast<char>((pdu.size() + 1) & 0xFF),
                    static_cast<char>(unit)};
    return out.append(pdu);
  }

  void put(std::uint32_t address, std::vector<std::uint16_t> words) {
    for (const auto value : words) registers[address++] = value;
  }
};

/// A session against a fake device, in simulated time.
struct TestBench {
  explicit TestBench(const ModbusSettings& settings) : session(settings, sink) { session.begin(now); }

  void pass(Duration by) {
    now.time += by;
    now.monotonic += by;
  }
  /// Lets `duration` pass, answering at once.
  void run(Duration duration) {
    const auto end = now.monotonic + duration;
    for (int guard = 0; now.monotonic <= end && guard < 5'000'000; ++guard) {
      const auto step = session.step(now);
      if (step.failure) {
        failure = step.failure;
        return;
      }
      const auto answer = step.send.empty() ? std::string{} : device.answer(step.send);
      if (answer.empty())
        pass(std::min(step.wait, std::max<Duration>(end - now.monotonic, 1ms)));
      else
        session.on_bytes(answer, now);
    }
  }

  RecordingSink sink;
  FakeDevice device;
  Moment now{.time = {1'772'000'000'000'000'000}, .monotonic = 1h};
  Session session;
  std::optional<Error> failure;
};

inline RegisterPoint point(std::string name, std::int64_t address, PointType type = PointType::u16) {
  RegisterPoint out;
  out.name = std::move(name);
  out.address = address;
  out.type = type;
  return out;
}

inline ModbusSettings settings_with(std::vector<RegisterPoint> points) {
  ModbusSettings settings;
  settings.host = "device";
  settings.map.clear();
  settings.points = std::move(points);
  return settings;
}

}  // namespace hanse::connectors::modbus::internal
