#include "connectors/opcua/codec/message.hpp"

namespace hanse::connectors::opcua {

std::uint32_t message_id(std::string_view body) {
  BinaryReader reader{body};
  const auto id = reader.take<NodeId>();
  const auto* number = std::get_if<std::uint32_t>(&id.id);
  return reader.ok() && id.space == 0 && number ? *number : 0;
}

}  // namespace hanse::connectors::opcua
