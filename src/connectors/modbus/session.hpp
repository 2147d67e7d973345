#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/modbus/unit_reader.hpp"

namespace hanse::connectors::modbus {

/// What the connector is to do now.
struct SessionStep {
  std::string send;                   ///< Bytes, if any.
  Duration wait{};                    ///< Then read, but no longer than this.
  std::optional<Error> failure = {};  ///< Give the connection up.
};

/// One connection to a device or gateway: one question at a time, turn and turn about among its units, each answer held
/// against its question. Told bytes, losses and time; no socket, no clock. Outlives the connection, so that what it
/// learned of the device stays. Source: MODBUS Messaging on TCP/IP V1.0b.
class Session {
 public:
  Session(const ModbusSettings& settings, Sink& sink);

  void begin(Moment now);
  SessionStep step(Moment now);
  void on_bytes(std::span<const char> bytes, Moment now);
  void on_lost(Moment now);

  /// Every unit was read once, or can't be.
  bool read_once() const;
  /// Sentences on units that can't be read.
  std::string trouble() const;

 private:
  struct Pending {
    ReadRequest request;
    std::size_t unit = 0;
    Duration deadline{};
    int tries = 0;
  };
  void on_frame(const Frame& frame, Moment now);
  void reject(const std::string& reason, std::string sample, Moment now);
  std::string send(Moment now);
  void give_up_on(const std::string& reason, Moment now);

  Duration time_limit_, pause_;
  int retries_;
  Sink& sink_;
  std::vector<UnitReader> units_;
  FrameReader frames_;
  std::optional<Pending> pending_;
  std::optional<Error> failure_;
  std::uint16_t transaction_ = 0;
  std::size_t turn_ = 0;
  Duration quiet_until_{};
  bool heard_ = false;  ///< A unit answered on this connection.
};

}  // namespace hanse::connectors::modbus
