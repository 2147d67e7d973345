#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "connectors/recording_sink.hpp"
#include "connectors/sparkplug/convert.hpp"
#include "connectors/sparkplug/host_session.hpp"

namespace {

using namespace hanse;
using namespace hanse::connectors;
using namespace hanse::connectors::sparkplug;

/// What was decoded is the same once it was encoded and decoded again.
void round_trip(std::string_view bytes) {
  Payload first, second;
  if (!decode(bytes, first)) return;
  const auto encoded = encode(first);
  HANSE_ASSERT(decode(encoded, second));
  HANSE_ASSERT(first.metrics.size() == second.metrics.size() && first.seq == second.seq);
  for (std::size_t i = 0; i < first.metrics.size(); ++i) {
    const auto &a = first.metrics[i], &b = second.metrics[i];
    HANSE_ASSERT(a.name == b.name && a.alias == b.alias && a.timestamp_ms == b.timestamp_ms && a.is_null == b.is_null);
    static_cast<void>(value_text(a.datatype, a.value));
    static_cast<void>(decode_properties(a.properties));
    static_cast<void>(decode_data_set(a.value.bytes));
    static_cast<void>(decode_template(a.value.bytes));
  }
  static_cast<void>(decompress(first, 1 << 20));
}

}  // namespace

// One input is the messages of one edge in turn: a byte for the type, two for the length, the payload.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::string_view kTopics[] = {"spBv1.0/g/NBIRTH/e",  "spBv1.0/g/DBIRTH/e/d", "spBv1.0/g/NDATA/e",
                                                 "spBv1.0/g/DDATA/e/d", "spBv1.0/g/NDEATH/e",   "spBv1.0/g/DDEATH/e/d",
                                                 "spBv1.0/STATE/hanse", "STATE/hanse"};
  round_trip({reinterpret_cast<const char*>(data), size});
  RecordingSink sink;
  SparkplugSettings settings;
  HostSession session{settings, sink};
  Moment now{.utc = {1'000'000'000'000'000'000}, .monotonic = 1h};
  static_cast<void>(session.will(now));
  session.online(now);
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  while (rest.size() > 3) {
    const auto topic = kTopics[static_cast<std::uint8_t>(rest[0]) % std::size(kTopics)];
    const auto length = std::min<std::size_t>(
        static_cast<std::uint8_t>(rest[1]) << 8 | static_cast<std::uint8_t>(rest[2]), rest.size() - 3);
    session.message(topic, rest.substr(3, length), now);
    rest.remove_prefix(3 + length);
    now.monotonic += 700ms;
    now.utc += 700ms;
    session.tick(now);
    static_cast<void>(session.take_outgoing());
  }
  session.flush();
  session.lost(now);
  return 0;
}
