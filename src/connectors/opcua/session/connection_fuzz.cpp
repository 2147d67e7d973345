#include <cstddef>
#include <cstdint>

#include "connectors/opcua/session/connection.hpp"

// What a server sends from the first byte on, to a client that waits for it: acknowledge, channel, answers in chunks.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  using namespace hanse::connectors::opcua;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  Connection connection{
      {.endpoint_url = "opc.tcp://fuzz:4840", .security = {}, .limits = {.receive_message_bytes = 1U << 20}}};
  const Now now{.time = Timestamp{1'790'000'000'000'000'000}};
  connection.begin(now, [&connection] {
    connection.call(ReadRequest{}, 1s, [](Reply<ReadResponse>) {});
    connection.call(BrowseRequest{}, 1s, [](Reply<BrowseResponse>) {});
    connection.call(PublishRequest{}, 1s, [](Reply<PublishResponse>) {});
  });
  // In two pieces, so that a chunk may be cut anywhere.
  connection.receive(bytes.substr(0, size / 3), now);
  connection.receive(bytes.substr(size / 3), now);
  connection.tick({.time = now.time + 100s, .monotonic = 100s});
  return 0;
}
