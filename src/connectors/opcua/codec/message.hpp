#pragma once

#include "connectors/opcua/codec/binary.hpp"
#include "connectors/opcua/codec/services.hpp"

namespace hanse::connectors::opcua {

/// A message's body: the id of its encoding, then the structure.
template <class Message>
std::string encode_message(const Message& message) {
  std::string out;
  BinaryWriter writer{out};
  writer.write(NodeId{Message::kBinaryId});
  writer.write(message);
  return out;
}

/// The id at the front of a message's body; 0 when it is none of namespace 0.
std::uint32_t message_id(std::string_view body);

/// Errors: `corrupt` when the bytes are wrong, or are another message. Bytes after the end are let pass: some servers
/// pad.
template <class Message>
Result<Message> decode_message(std::string_view body) {
  BinaryReader reader{body};
  const auto id = reader.take<NodeId>();
  if (reader.ok() && !id.is(Message::kBinaryId)) reader.fail_with("is not the one expected: it begins with another id");
  Message out{};
  reader.read(out);
  if (!reader.ok()) return reader.error();
  return out;
}

/// A structure with its id, as an ExtensionObject.
template <class T>
ExtensionObject wrap(const T& structure) {
  return {.type_id = T::kBinaryId, .encoding = ExtensionObject::Encoding::binary, .body = to_binary(structure)};
}

/// The structure in an ExtensionObject. Errors: `corrupt` when it is another one or its bytes are wrong.
template <class T>
Result<T> unwrap(const ExtensionObject& object) {
  BinaryReader reader{object.body};
  if (!object.type_id.is(T::kBinaryId) || object.encoding != ExtensionObject::Encoding::binary) {
    reader.fail_with("has a structure of another type");
  }
  T out{};
  reader.read(out);
  if (!reader.ok()) return reader.error();
  return out;
}

}  // namespace hanse::connectors::opcua
