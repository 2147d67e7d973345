#pragma once

#include "connectors/sparkplug/convert.hpp"
#include "connectors/sparkplug/host_session.hpp"

namespace hanse::connectors::sparkplug {

/// What a birth told of one metric.
struct HostSession::Definition {
  std::string name;                   ///< Within its node or device.
  DataType type = DataType::unknown;  ///< Holds until the next birth: DATA needn't repeat it.
  signal::SignalId signal = signal::kNoSignal;
  bool stale = true;  ///< The last sample said so; written once per outage.
  Timestamp last{};   ///< Of the newest live sample.
};

/// An edge node itself, or one of its devices.
struct HostSession::Owner {
  std::string device;   ///< Empty for the node itself.
  std::string address;  ///< `group/edge` or `group/edge/device`.
  bool online = false;
  std::deque<Definition> definitions;  ///< Never moves its elements, which aliases point to.
  std::unordered_map<std::string_view, Definition*> by_name;

  Definition* find(std::string_view name) {
    const auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : found->second;
  }
};

/// A message that came too early.
struct HostSession::Waiting {
  std::string topic;
  std::string payload;
};

struct HostSession::EdgeNode {
  std::string group, edge;
  Owner self;
  std::map<std::string, Owner, std::less<>> devices;
  std::unordered_map<std::uint64_t, Definition*> aliases;
  std::optional<std::uint64_t> bd_seq;
  std::uint8_t next_seq = 0;
  Duration born_at{};  ///< Monotonic.
  std::optional<Duration> died_at;
  std::map<std::uint8_t, Waiting> waiting;  ///< By distance from nothing: by seq.
  Duration waiting_until{};
  Timestamp waiting_since{};
  int old_in_a_row = 0;                 ///< Messages that looked like duplicates.
  std::optional<Duration> devices_due;  ///< After a birth: devices not born again by then are offline.
  bool met = false;                     ///< Heard of since we connected.
  bool rebirth_queued = false;
  Duration rebirth_due{};
  Duration rebirth_not_before{};
  Duration rebirth_pause{};
};

/// One birth under way: first all metrics are declared in one call, then their values are delivered.
struct HostSession::Birth {
  EdgeNode& edge;
  Owner& owner;
  Moment now;
  std::vector<Declaration> declarations;
  std::vector<Definition*> declared;
  std::vector<std::pair<Definition*, Metric>> values;
};

inline constexpr std::size_t kNodesMax = 20'000;
inline constexpr std::size_t kDevicesMax = 10'000;       ///< Of one edge node.
inline constexpr std::size_t kDefinitionsMax = 200'000;  ///< Of one node or device.
inline constexpr std::size_t kNameBytesMax = 1000;
inline constexpr std::size_t kInflatedBytesMax = 16 << 20;
inline constexpr int kTemplateDepthMax = 8;
inline constexpr int kOldInARowMax = 4;
inline constexpr Duration kDeviceGrace = 5s;  ///< For DBIRTHs to follow their NBIRTH.
inline constexpr Duration kRebirthPauseMax = 5min;
inline constexpr Duration kBirthSettled = 10min;  ///< A birth that held for so long was a good one.
inline constexpr Duration kSuspiciousLife = 2s;   ///< Data so soon after a death: the death was a stranger's.

}  // namespace hanse::connectors::sparkplug
