#include "connectors/sparkplug/topic.hpp"

#include <array>

#include "base/text.hpp"

namespace hanse::connectors::sparkplug {
namespace {

constexpr std::array<std::string_view, 9> kNames = {"NBIRTH", "NDATA",  "NDEATH", "NCMD", "DBIRTH",
                                                    "DDATA",  "DDEATH", "DCMD",   "STATE"};
constexpr std::size_t kLevelsMax = 5;

Error wrong(std::string_view topic, std::string_view why) {
  return fail(ErrorCode::invalid, "the topic '" + std::string{topic.substr(0, 200)} + "' " + std::string{why});
}

/// Levels of `topic`; one more than `kLevelsMax` when there are too many.
std::size_t cut(std::string_view topic, std::array<std::string_view, kLevelsMax + 1>& levels) {
  std::size_t count = 0;
  for (std::size_t begin = 0; count < levels.size(); ++count) {
    const auto end = topic.find('/', begin);
    levels[count] = topic.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (end == std::string_view::npos) return count + 1;
    begin = end + 1;
  }
  return count;
}

}  // namespace

bool is_sparkplug(std::string_view topic) {
  return (topic.starts_with(kNamespace) && topic.substr(kNamespace.size()).starts_with('/')) ||
         topic.starts_with("STATE/");
}

Result<Topic> parse_topic(std::string_view topic) {
  std::array<std::string_view, kLevelsMax + 1> levels;
  const std::size_t count = cut(topic, levels);
  if (count == 2 && levels[0] == "STATE" && !levels[1].empty()) {
    return Topic{.type = MessageType::host_state, .host = levels[1], .old_state = true};
  }
  if (!is_utf8(topic)) return fail(ErrorCode::invalid, "a topic isn't UTF-8");
  if (levels[0] != kNamespace) return wrong(topic, "doesn't begin with spBv1.0");
  if (count >= 3 && levels[1] == "STATE") {
    if (count != 3 || levels[2].empty()) return wrong(topic, "is no STATE topic: it needs one host id");
    return Topic{.type = MessageType::host_state, .host = levels[2]};
  }
  if (count < 4 || count > kLevelsMax) return wrong(topic, "needs four or five levels");
  Topic out{.group = levels[1], .edge = levels[3]};
  std::size_t type = 0;
  while (type < kNames.size() - 1 && kNames[type] != levels[2]) ++type;
  if (type == kNames.size() - 1) return wrong(topic, "has an unknown message type");
  out.type = static_cast<MessageType>(type);
  const bool of_device = kNames[type].starts_with('D');
  if (of_device != (count == 5)) return wrong(topic, of_device ? "lacks a device id" : "has a device id too many");
  if (of_device) out.device = levels[4];
  if (out.group.empty() || out.edge.empty() || (of_device && out.device.empty()))
    return wrong(topic, "has an empty id");
  return out;
}

std::string make_topic(std::string_view group, MessageType type, std::string_view edge, std::string_view device) {
  std::string topic{kNamespace};
  for (const auto level : {group, to_string(type), edge}) {
    topic += '/';
    topic += level;
  }
  if (!device.empty()) {
    topic += '/';
    topic += device;
  }
  return topic;
}

std::string host_state_topic(std::string_view host) { return std::string{kNamespace} + "/STATE/" + std::string{host}; }

std::string_view to_string(MessageType type) { return kNames[static_cast<std::size_t>(type)]; }

}  // namespace hanse::connectors::sparkplug
