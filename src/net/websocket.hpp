#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hanse::net {

/// The headers of a WebSocket's opening handshake.
struct WebSocketOpening {
  std::string_view method, upgrade, connection, version, key;
};
/// Sec-WebSocket-Accept for the answer; nothing when this is no good opening. Source: RFC 6455, 4.2.1.
std::optional<std::string> accept_websocket(const WebSocketOpening& opening);

/// Why a WebSocket ends. Source: RFC 6455, 7.4.1.
enum class WebSocketClose : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unacceptable_data = 1003,
  bad_text = 1007,
  policy = 1008,
  too_large = 1009,
};

enum class WebSocketSide { client, server };

/// Something a peer sent: a whole message, or a control frame.
struct WebSocketEvent {
  enum class Kind { text, binary, ping, pong, close };
  Kind kind = Kind::text;
  std::string data;        ///< For `close`, the reason's text.
  std::uint16_t code = 0;  ///< Of a `close`; 1005 when it gave none.
  friend bool operator==(const WebSocketEvent&, const WebSocketEvent&) = default;
};

/// Reads frames from bytes as they come and puts messages together. Sans-I/O. After an error the connection is closed
/// with `close_code`. Source: RFC 6455, 5.
class WebSocketReader {
 public:
  WebSocketReader(WebSocketSide own_side, std::size_t message_bytes_max)
      : own_side_(own_side), message_bytes_max_(message_bytes_max) {}

  /// Errors: `corrupt` for what breaks the protocol, `too_large`.
  Result<std::vector<WebSocketEvent>> feed(std::string_view bytes);
  WebSocketClose close_code() const { return close_code_; }

 private:
  struct Head {
    bool final = false;
    std::uint8_t opcode = 0;
    std::uint64_t length = 0;
    std::size_t head_bytes = 0;
    std::uint8_t mask[4] = {};
  };
  Error broken(WebSocketClose code, std::string message);
  Result<std::optional<Head>> read_head(std::string_view bytes);
  Result<void> check_head(const Head& head);
  Result<void> take_frame(const Head& head, std::string payload, std::vector<WebSocketEvent>& events);
  Result<void> take_close(std::string payload, std::vector<WebSocketEvent>& events);
  Result<void> take_data(const Head& head, std::string payload, std::vector<WebSocketEvent>& events);

  WebSocketSide own_side_;
  std::size_t message_bytes_max_;
  std::string buffer_;
  std::string message_;
  std::uint8_t message_opcode_ = 0;  // 0 while no message is begun.
  bool closed_ = false;
  WebSocketClose close_code_ = WebSocketClose::protocol_error;
};

/// One unfragmented frame. A client's is masked with `mask`, which must be fresh random bytes; a server's isn't.
std::string websocket_frame(WebSocketEvent::Kind kind, std::string_view payload,
                            std::optional<std::uint32_t> mask = std::nullopt);
std::string websocket_close_frame(WebSocketClose code, std::string_view reason,
                                  std::optional<std::uint32_t> mask = std::nullopt);

}  // namespace hanse::net
