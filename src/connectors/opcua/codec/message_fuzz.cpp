#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/codec/server_services.hpp"
#include "connectors/opcua/session/value_summary.hpp"

// The first byte picks what the rest is read as: a value of a built-in type, or one of the messages.

namespace hanse::connectors::opcua {
namespace {

/// What was read and written once is the same bytes when read and written again.
template <class T>
void check(std::string_view bytes) {
  BinaryReader reader{bytes};
  T value{};
  reader.read(value);
  if (!reader.ok()) return;
  const auto written = to_binary(value);
  const auto again = from_binary<T>(written);
  HANSE_ASSERT(again && to_binary(*again) == written);
}

}  // namespace
}  // namespace hanse::connectors::opcua

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::connectors::opcua;
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0]) {
    case 0:
      check<Variant>(bytes);
      break;
    case 1:
      check<DataValue>(bytes);
      break;
    case 2:
      check<ExtensionObject>(bytes);
      break;
    case 3:
      check<DiagnosticInfo>(bytes);
      break;
    case 4:
      check<DataChangeNotification>(bytes);
      break;
    case 5:
      check<EventNotificationList>(bytes);
      break;
    case 6:
      check<HistoryData>(bytes);
      break;
    case 7:
      check<ServerStatus>(bytes);
      break;
    case 8:
      check<StructureDefinition>(bytes);
      break;
    case 9:
      if (const auto value = from_binary<Variant>(bytes)) {
        (void)value_text(*value);
        (void)value_summary(*value, TypeBook{});
      }
      break;
    case 10:
      check<Argument>(bytes);
      break;
    case 11:
      check<Range>(bytes);
      break;
    default:
      // Whole messages, as they come: with their id in front.
      const auto check_message = [&]<class Message>() {
        if (message_id(bytes) != Message::kBinaryId) return;
        const auto message = decode_message<Message>(bytes);
        if (!message) return;
        const auto written = encode_message(*message);
        const auto again = decode_message<Message>(written);
        HANSE_ASSERT(again && encode_message(*again) == written);
      };
      for_each_message(check_message);
      for_each_server_message(check_message);
  }
  return 0;
}
