#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "connectors/recording_sink.hpp"
#include "connectors/sparkplug/plain_topics.hpp"

// The first line is the topic, each further one a payload.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  using namespace hanse::connectors::sparkplug;
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  const auto line = [&] {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return text;
  };
  connectors::RecordingSink sink;
  PlainTopics topics{sink};
  const auto topic = line();
  for (int messages = 0; messages < 20 && !rest.empty(); ++messages) {
    const auto payload = line();
    topics.message(topic, payload, messages % 2 == 0, Timestamp{1'000'000'000});
    static_cast<void>(read_plain(payload));
  }
  topics.message(topic, "", false, Timestamp{2'000'000'000});
  topics.lost(Timestamp{3'000'000'000});
  return 0;
}
