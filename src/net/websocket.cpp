#include "net/websocket.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/text.hpp"

namespace hanse::net {

namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
constexpr std::size_t kControlBytesMax = 125;                               // RFC 6455, 5.5

enum Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

std::string base64(const unsigned char* bytes, std::size_t count) {
  std::string out(4 * ((count + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(count));
  return out;
}

bool names(std::string_view header, std::string_view wanted) {
  for (const auto part : split(header, ',')) {
    if (to_lower(trim(part)) == wanted) return true;
  }
  return false;
}

/// 16 bytes in base64: 22 characters and two fill characters.
bool is_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
         });
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

std::uint8_t opcode_of(WebSocketEvent::Kind kind) {
  switch (kind) {
    case WebSocketEvent::Kind::text:
      return Opcode::text;
    case WebSocketEvent::Kind::binary:
      return Opcode::binary;
    case WebSocketEvent::Kind::ping:
      return Opcode::ping;
    case WebSocketEvent::Kind::pong:
      return Opcode::pong;
    case WebSocketEvent::Kind::close:
      return Opcode::close;
  }
  return Opcode::text;
}

/// Codes that may stand in a close frame. Source: RFC 6455, 7.4.
bool is_close_code(std::uint64_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

}  // namespace

std::optional<std::string> accept_websocket(const WebSocketOpening& opening) {
  if (opening.method != "GET" || to_lower(opening.upgrade) != "websocket" || !names(opening.connection, "upgrade") ||
      opening.version != "13" || !is_key(opening.key)) {
    return std::nullopt;
  }
  const std::string text = std::string{opening.key} + std::string{kGuid};
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return base64(digest, sizeof digest);
}

Error WebSocketReader::broken(WebSocketClose code, std::string message) {
  close_code_ = code;
  closed_ = true;
  return fail(code == WebSocketClose::too_large ? ErrorCode::too_large : ErrorCode::corrupt, std::move(message));
}

Result<std::optional<WebSocketReader::Head>> WebSocketReader::read_head(std::string_view bytes) {
  if (bytes.size() < 2) return std::optional<Head>{};
  Head head;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  head.final = (first & 0x80) != 0;
  head.opcode = first & 0x0f;
  head.length = second & 0x7f;
  const bool masked = (second & 0x80) != 0;
  if ((first & 0x70) != 0) return broken(WebSocketClose::protocol_error, "a frame uses an extension nobody agreed on");
  if (masked != (own_side_ == WebSocketSide::server)) {
    return broken(WebSocketClose::protocol_error,
                  masked ? "a server's frame is masked" : "a client's frame is not masked");
  }
  const std::size_t length_bytes = head.length == 126 ? 2 : head.length == 127 ? 8 : 0;
  head.head_bytes = 2 + length_bytes + (masked ? 4 : 0);
  if (bytes.size() < head.head_bytes) return std::optional<Head>{};
  if (length_bytes > 0) head.length = big_endian(bytes.substr(2, length_bytes));
  if ((length_bytes == 2 && head.length < 126) || (length_bytes == 8 && (head.length < 65536 || head.length >> 63))) {
    return broken(WebSocketClose::protocol_error, "a frame's length is not in its shortest form");
  }
  for (std::size_t i = 0; masked && i < 4; ++i) head.mask[i] = static_cast<std::uint8_t>(bytes[2 + length_bytes + i]);
  return std::optional{head};
}

Result<void> WebSocketReader::check_head(const Head& head) {
  if (head.opcode >= Opcode::close) {
    if (head.opcode > Opcode::pong) return broken(WebSocketClose::protocol_error, "a frame has an unknown opcode");
    if (!head.final || head.length > kControlBytesMax) {
      return broken(WebSocketClose::protocol_error, "a control frame is fragmented or over 125 bytes");
    }
    return {};
  }
  if (head.opcode > Opcode::binary) return broken(WebSocketClose::protocol_error, "a frame has an unknown opcode");
  if ((head.opcode == Opcode::continuation) != (message_opcode_ != 0)) {
    return broken(WebSocketClose::protocol_error, "a message begins inside another, or goes on before it began");
  }
  if (head.length > message_bytes_max_ - message_.size()) {
    return broken(WebSocketClose::too_large, fmt::format("a message is over {} bytes", message_bytes_max_));
  }
  return {};
}

Result<std::vector<WebSocketEvent>> WebSocketReader::feed(std::string_view bytes) {
  std::vector<WebSocketEvent> events;
  buffer_ += bytes;
  std::size_t at = 0;
  while (!closed_) {
    const auto rest = std::string_view{buffer_}.substr(at);
    HANSE_TRY(const auto head, read_head(rest));
    if (!head) break;
    // Before the payload is waited for: a length over the limit is never collected.
    HANSE_CHECK(check_head(*head));
    if (rest.size() - head->head_bytes < head->length) break;
    std::string payload{rest.substr(head->head_bytes, static_cast<std::size_t>(head->length))};
    if (own_side_ == WebSocketSide::server) {
      for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ head->mask[i % 4]);
    }
    at += head->head_bytes + payload.size();
    HANSE_CHECK(take_frame(*head, std::move(payload), events));
  }
  buffer_.erase(0, at);
  return events;
}

Result<void> WebSocketReader::take_frame(const Head& head, std::string payload, std::vector<WebSocketEvent>& events) {
  switch (head.opcode) {
    case Opcode::ping:
      events.push_back({.kind = WebSocketEvent::Kind::ping, .data = std::move(payload)});
      return {};
    case Opcode::pong:
      events.push_back({.kind = WebSocketEvent::Kind::pong, .data = std::move(payload)});
      return {};
    case Opcode::close:
      return take_close(std::move(payload), events);
    default:
      return take_data(head, std::move(payload), events);
  }
}

Result<void> WebSocketReader::take_close(std::string payload, std::vector<WebSocketEvent>& events) {
  std::uint16_t code = 1005;  // RFC 6455, 7.1.5: none was given.
  if (!payload.empty()) {
    const auto given = big_endian(std::string_view{payload}.substr(0, 2));
    if (payload.size() < 2 || !is_close_code(given)) {
      return broken(WebSocketClose::protocol_error, "a close frame has no good code");
    }
    code = static_cast<std::uint16_t>(given);
    payload.erase(0, 2);
    if (!is_utf8(payload)) return broken(WebSocketClose::bad_text, "a close frame's reason is not UTF-8");
  }
  closed_ = true;
  events.push_back({.kind = WebSocketEvent::Kind::close, .data = std::move(payload), .code = code});
  return {};
}

Result<void> WebSocketReader::take_data(const Head& head, std::string payload, std::vector<WebSocketEvent>& events) {
  if (head.opcode != Opcode::continuation) message_opcode_ = head.opcode;
  message_ += payload;
  if (!head.final) return {};
  const bool is_text = std::exchange(message_opcode_, 0) == Opcode::text;
  WebSocketEvent event{.kind = is_text ? WebSocketEvent::Kind::text : WebSocketEvent::Kind::binary,
                       .data = std::exchange(message_, {})};
  if (is_text && !is_utf8(event.data)) return broken(WebSocketClose::bad_text, "a text message is not UTF-8");
  events.push_back(std::move(event));
  return {};
}

std::string websocket_frame(WebSocketEvent::Kind kind, std::string_view payload, std::optional<std::uint32_t> mask) {
  std::string out;
  out.reserve(payload.size() + 14);
  out += static_cast<char>(0x80 | opcode_of(kind));
  const int mask_bit = mask ? 0x80 : 0;
  if (payload.size() < 126) {
    out += static_cast<char>(mask_bit | static_cast<int>(payload.size()));
  } else {
    const int length_bytes = payload.size() < 65536 ? 2 : 8;
    out += static_cast<char>(mask_bit | (length_bytes == 2 ? 126 : 127));
    for (int i = length_bytes - 1; i >= 0; --i) out += static_cast<char>(std::uint64_t{payload.size()} >> (8 * i));
  }
  if (!mask) return out.append(payload);
  char key[4];
  for (int i = 0; i < 4; ++i) out += key[i] = static_cast<char>(*mask >> (8 * (3 - i)));
  for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ key[i % 4]);
  return out;
}

std::string websocket_close_frame(WebSocketClose code, std::string_view reason, std::optional<std::uint32_t> mask) {
  const auto number = static_cast<std::uint16_t>(code);
  std::string payload{static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
  payload += reason.substr(0, kControlBytesMax - 2);
  return websocket_frame(WebSocketEvent::Kind::close, payload, mask);
}

}  // namespace hanse::net
