#include "connectors/opcua/codec/chunk.hpp"

#include <fmt/format.h>

namespace hanse::connectors::opcua {
namespace {

constexpr std::string_view kLetters[] = {"HEL", "ACK", "ERR", "OPN", "MSG", "CLO"};

}  // namespace

std::string_view type_letters(MessageType type) { return kLetters[static_cast<std::size_t>(type)]; }

Result<ChunkHeader> read_chunk_header(std::string_view bytes) {
  ChunkHeader header;
  const auto letters = bytes.substr(0, 3);
  std::size_t type = 0;
  while (type < std::size(kLetters) && kLetters[type] != letters) ++type;
  header.flag = bytes[3];
  const bool known_flag =
      header.flag == 'F' || (type == std::size_t(MessageType::message) && (header.flag == 'C' || header.flag == 'A'));
  if (type == std::size(kLetters) || !known_flag) {
    return fail(ErrorCode::corrupt, "what came is no OPC UA message: its first letters are unknown");
  }
  header.type = static_cast<MessageType>(type);
  std::memcpy(&header.size, bytes.data() + 4, sizeof header.size);
  if (header.size < ChunkHeader::kBytes)
    return fail(ErrorCode::corrupt, "a chunk claims to be shorter than its header");
  return header;
}

void ChunkSplitter::feed(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_ += bytes;
}

Result<std::optional<std::string_view>> ChunkSplitter::next() {
  const std::string_view rest = std::string_view{buffer_}.substr(at_);
  if (rest.size() < ChunkHeader::kBytes) return std::optional<std::string_view>{};
  HANSE_TRY(const auto header, read_chunk_header(rest));
  if (header.size > size_max_) {
    return fail(ErrorCode::too_large, fmt::format("a chunk of {} bytes is over the agreed {}", header.size, size_max_));
  }
  if (rest.size() < header.size) return std::optional<std::string_view>{};
  at_ += header.size;
  return std::optional<std::string_view>{rest.substr(0, header.size)};
}

}  // namespace hanse::connectors::opcua
