#include "connectors/sparkplug/host_session.hpp"
#include "connectors/sparkplug/plain_topics.hpp"
#include "node/replay/player.hpp"

namespace hanse::node::replay {

namespace sparkplug = connectors::sparkplug;

namespace {

struct RecordedMessage {
  std::int64_t t = 0;
  std::string topic;
  std::int64_t qos = 0;
  bool retain = false;
  std::string hex;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "t", .summary = "When it came, ms since 1970.", .min = 0, .max = 9e12},
                      FieldNote{.field = "topic", .required = true}};
  }
};
HANSE_DESCRIBE(RecordedMessage, (t, topic, qos, retain, hex))

/// When it was sent, as it says itself; a recording needn't tell.
Timestamp time_of(const RecordedMessage& message, const std::string& payload, Timestamp otherwise) {
  if (message.t > 0) return Timestamp::from_ms(message.t);
  sparkplug::Payload read;
  if (!sparkplug::is_sparkplug(message.topic) || !sparkplug::decode(payload, read) || !read.timestamp_ms)
    return otherwise;
  constexpr std::uint64_t kTimeMsMax = 9'000'000'000'000;
  if (*read.timestamp_ms == 0 || *read.timestamp_ms > kTimeMsMax) return otherwise;
  return std::max(otherwise, Timestamp::from_ms(static_cast<std::int64_t>(*read.timestamp_ms)));
}

}  // namespace

Result<void> play_mqtt(std::string_view text, Player& player) {
  const sparkplug::SparkplugSettings settings{.role = sparkplug::Role::passive};
  sparkplug::HostSession session{settings, player};
  sparkplug::PlainTopics plain{player};
  Timestamp now{};
  bool stopped = false;
  HANSE_CHECK(for_each_line(text, [&](std::size_t, std::string_view line) -> Result<void> {
    if (stopped) return {};
    HANSE_TRY(const auto message, from_json<RecordedMessage>(line, UnknownMembers::ignore));
    HANSE_TRY(const auto payload, from_hex(message.hex));
    now = time_of(message, payload, now);
    stopped = now.ns != 0 && !player.pace(now);
    if (stopped) return {};
    const sparkplug::Moment moment{now, 1h + player.elapsed(now)};
    if (session.next_tick() && *session.next_tick() <= moment.monotonic) session.tick(moment);
    if (sparkplug::is_sparkplug(message.topic))
      session.message(message.topic, payload, moment);
    else
      plain.message(message.topic, payload, message.retain, now);
    session.flush();
    plain.flush();
    player.count_message();
    return {};
  }));
  return {};
}

}  // namespace hanse::node::replay
