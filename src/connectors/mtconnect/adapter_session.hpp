#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connectors/mtconnect/shdr.hpp"
#include "connectors/mtconnect/translator.hpp"

namespace hanse::connectors::mtconnect {

struct AdapterOptions {
  std::string device;         ///< What its keys belong to, when neither key nor model says so.
  std::vector<Device> model;  ///< As an agent's probe; empty: keys are declared as they come.
  Duration silence = {};      ///< Without a line for so long the adapter is dead, also without heartbeat; 0: never.
};

/// What an adapter's lines mean, and when it is dead. Told bytes and time passed; no socket, no clock.
class AdapterSession {
 public:
  AdapterSession(AdapterOptions options, Translator& translator, Sink& sink);

  /// A connection begins at `at` of a clock that never jumps.
  void begin(Duration at);
  void on_bytes(std::string_view bytes, Timestamp now, Duration at);

  struct Step {
    std::string send;  ///< May be empty.
    Duration wait{};   ///< For bytes, then ask again.
    bool dead = false;
  };
  /// What to do at `at`.
  Step step(Duration at);
  /// The connection is gone. All values turn bad, once per outage.
  void on_lost(Timestamp now);
  std::size_t rejected() const { return rejected_; }

 private:
  struct Key {
    std::string item;
    ShdrShape shape = ShdrShape::unknown;
  };
  void learn_model();
  void on_line(std::string_view line, Timestamp now);
  void apply(Timestamp now);
  const Key* find(std::string_view key) const;
  const Key& guess(const Observation& observation);

  AdapterOptions options_;
  Translator& translator_;
  Sink& sink_;
  ShdrLineReader reader_;
  ShdrLine line_;
  ShdrShapes shapes_;
  std::map<std::string, Key, std::less<>> keys_;
  std::string multiline_end_;  ///< An asset's text is being skipped up to this line.
  Duration last_line_{}, last_ping_{};
  std::optional<Duration> heartbeat_;
  bool pinged_ = false;
  std::size_t rejected_ = 0;
};

}  // namespace hanse::connectors::mtconnect
