#pragma once

#include <set>
#include <string>
#include <string_view>

#include "node/replay/replay.hpp"

namespace hanse::node::replay {

/// The sink of a recording: moves its times, counts what goes through, and keeps the pace.
class Player final : public connectors::Sink {
 public:
  Player(const ReplaySettings& settings, connectors::Sink& sink, const Waiting& wait)
      : settings_(settings), sink_(sink), wait_(wait) {}

  /// Waits until the recording's `time` has come; false when it is to stop. Times that go back don't wait.
  bool pace(Timestamp time);
  void count_message() { ++report_.messages; }
  const ReplayReport& report() const { return report_; }
  ReplayReport& report() { return report_; }
  const ReplaySettings& settings() const { return settings_; }
  /// How far `time` is into the recording: what sessions take for their steady clock.
  Duration elapsed(Timestamp time) const { return began_ ? std::max<Duration>(time - *began_, 0s) : 0s; }

  std::vector<signal::SignalId> declare(std::span<const connectors::Declaration> declarations) override;
  void deliver(signal::SampleBatch batch) override;
  void notice(connectors::Notice notice) override;

 private:
  Duration shift() const { return settings_.begin && began_ ? *settings_.begin - *began_ : 0s; }

  const ReplaySettings& settings_;
  connectors::Sink& sink_;
  const Waiting& wait_;
  ReplayReport report_;
  std::set<std::string, std::less<>> addresses_;
  std::optional<Timestamp> began_;  ///< The recording's first time.
  Duration waited_{};
};

/// The players of each kind. Errors: `invalid`, naming the line or file.
Result<void> play_shdr(std::string_view text, Player& player);
Result<void> play_agent(const std::vector<std::string>& answers, Player& player);
Result<void> play_mqtt(std::string_view text, Player& player);
Result<void> play_modbus(std::string_view text, Player& player);

/// Bytes of hexadecimal text. Errors: `invalid`.
Result<std::string> from_hex(std::string_view text);
/// Calls `f(number, line)` for each line that isn't blank, until it fails.
Result<void> for_each_line(std::string_view text, const std::function<Result<void>(std::size_t, std::string_view)>& f);

}  // namespace hanse::node::replay
