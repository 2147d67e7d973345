#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "connectors/opcua/codec/binary.hpp"

namespace hanse::connectors::opcua {

enum class MessageType { hello, acknowledge, error, open, message, close };

/// The first eight bytes of everything on the wire. Source: OPC 10000-6, 7.1.2.2.
struct ChunkHeader {
  static constexpr std::size_t kBytes = 8;
  MessageType type = MessageType::message;
  char flag = 'F';         ///< F final, C more follow, A abort.
  std::uint32_t size = 0;  ///< Of the whole chunk.
};

/// Errors: `corrupt` for an unknown type or flag. Precondition: eight bytes.
Result<ChunkHeader> read_chunk_header(std::string_view bytes);
std::string_view type_letters(MessageType type);

struct Hello {
  std::uint32_t protocol_version = 0, receive_buffer_size = 0, send_buffer_size = 0, max_message_size = 0,
                max_chunk_count = 0;
  String endpoint_url;
};
HANSE_DESCRIBE(Hello, (protocol_version, receive_buffer_size, send_buffer_size, max_message_size, max_chunk_count,
                       endpoint_url))

struct Acknowledge {
  std::uint32_t protocol_version = 0, receive_buffer_size = 0, send_buffer_size = 0, max_message_size = 0,
                max_chunk_count = 0;
};
HANSE_DESCRIBE(Acknowledge,
               (protocol_version, receive_buffer_size, send_buffer_size, max_message_size, max_chunk_count))

struct ErrorMessage {
  StatusCode error;
  String reason;
};
HANSE_DESCRIBE(ErrorMessage, (error, reason))

/// A message that stands outside of channels: HEL, ACK, ERR.
template <class T>
std::string encode_plain(MessageType type, const T& content) {
  std::string out{type_letters(type)};
  out += 'F';
  BinaryWriter writer{out};
  writer.write(std::uint32_t{0});
  writer.write(content);
  const auto size = static_cast<std::uint32_t>(out.size());
  std::memcpy(out.data() + 4, &size, sizeof size);
  return out;
}

/// Errors: `corrupt`.
template <class T>
Result<T> decode_plain(std::string_view chunk) {
  return from_binary<T>(chunk.substr(ChunkHeader::kBytes));
}

/// Cuts what comes over the wire into chunks, however it is split.
class ChunkSplitter {
 public:
  explicit ChunkSplitter(std::uint32_t size_max) : size_max_(size_max) {}
  void limit(std::uint32_t size_max) { size_max_ = size_max; }
  void feed(std::string_view bytes);
  /// The next whole chunk; nothing while it isn't complete. It stays valid until `feed`. Errors: `corrupt`,
  /// `too_large`.
  Result<std::optional<std::string_view>> next();

 private:
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint32_t size_max_;
};

}  // namespace hanse::connectors::opcua
