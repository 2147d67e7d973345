#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "connectors/sparkplug/topic.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::connectors::sparkplug;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto topic = parse_topic(text);
  if (!topic) return 0;
  // What was taken apart goes together again.
  if (topic->type != MessageType::host_state)
    HANSE_ASSERT(make_topic(topic->group, topic->type, topic->edge, topic->device) == text);
  else if (!topic->old_state)
    HANSE_ASSERT(host_state_topic(topic->host) == text);
  return 0;
}
