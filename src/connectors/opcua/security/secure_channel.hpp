#pragma once

#include <map>
#include <optional>
#include <string>

#include "connectors/opcua/codec/chunk.hpp"
#include "connectors/opcua/codec/services.hpp"
#include "connectors/opcua/security/crypto.hpp"

namespace hanse::connectors::opcua {

/// What both ends agreed on in HEL and ACK, and what we take at most.
struct ChannelLimits {
  std::uint32_t receive_chunk_bytes = 65'536;
  std::uint32_t receive_message_bytes = 32U << 20;
  std::uint32_t receive_chunks = 4096;
  std::uint32_t send_chunk_bytes = 65'536;
  std::uint32_t send_message_bytes = 0;  ///< 0: the peer names no limit.
  std::uint32_t send_chunks = 0;
};

struct IncomingMessage {
  MessageType type = MessageType::message;
  std::uint32_t request_id = 0;
  std::string body;
  std::optional<ErrorMessage> aborted;  ///< The sender gave up half way and said why.
};

/// The header of an OPN, readable before anything is known of the sender.
struct AsymmetricHeader {
  String policy_uri;
  ByteString sender_certificate, receiver_thumbprint;
};
HANSE_DESCRIBE(AsymmetricHeader, (policy_uri, sender_certificate, receiver_thumbprint))
/// Errors: `corrupt`. Precondition: an OPN chunk.
Result<AsymmetricHeader> read_asymmetric_header(std::string_view chunk);

enum class ChannelRole { client, server };

/// How a channel is secured, decided before it opens.
struct ChannelSecurity {
  const SecurityPolicy* policy = &kNonePolicy;
  MessageSecurityMode mode = MessageSecurityMode::none;
  std::optional<Identity> own;      ///< Always with a policy other than None.
  std::optional<Certificate> peer;  ///< The same.
};

/// Messages to chunks on the wire and back: signed, encrypted, numbered. No socket, no clock, no trust decision:
/// whoever makes it has checked the peer's certificate. After an error the channel is of no use any more; errors about
/// security all read the same. Source: OPC 10000-6, 6.7.
class SecureChannel {
 public:
  SecureChannel(ChannelRole role, ChannelSecurity security, ChannelLimits limits);

  void limits(const ChannelLimits& limits) { limits_ = limits; }
  const ChannelSecurity& security() const { return security_; }
  void mode(MessageSecurityMode mode) { security_.mode = mode; }
  /// A server names its channel before the first OPN's answer.
  void assign(std::uint32_t channel_id) { current_.channel_id = channel_id; }

  /// One OPN chunk. Errors: `too_large`, `invalid` when our key is of no use.
  Result<std::string> seal_open(std::uint32_t request_id, std::string_view body);
  Result<IncomingMessage> unseal_open(std::string_view chunk);
  /// From here on a client's messages go out with this token; a server goes on with the one before, which both take,
  /// until a message with the new one came. Source: OPC 10000-4, 5.5.2.1.
  void install(const ChannelSecurityToken& token, const Secret& client_nonce, const Secret& server_nonce);

  /// All chunks of one MSG or CLO. Errors: `too_large` over the peer's limits.
  Result<std::string> seal(MessageType type, std::uint32_t request_id, std::string_view body);
  /// The whole message when this chunk completed it. Errors: `corrupt`, `too_large`.
  Result<std::optional<IncomingMessage>> unseal(std::string_view chunk);

  std::uint32_t channel_id() const { return current_.channel_id; }

 private:
  struct Keys {
    Secret sign, encrypt, iv;
  };
  struct Token {
    std::uint32_t channel_id = 0, token_id = 0;
    Keys send, receive;
  };
  struct Partial {
    std::string body;
    std::uint32_t chunks = 0;
  };
  static Keys derive(const SecurityPolicy& policy, const Secret& secret, const Secret& seed);
  std::uint32_t next_sequence();
  bool take_sequence(std::uint32_t number);
  Result<std::string> sign_and_encrypt_open(std::string header, std::string plain);
  Result<std::string> decrypt_and_verify_open(std::string_view header, std::string_view cipher);
  std::size_t body_bytes_max() const;
  void seal_chunk(std::string& out, MessageType type, char flag, std::uint32_t request_id, std::string_view part);
  Result<std::string> plain_of(const Token& token, std::string_view chunk) const;
  Result<std::optional<IncomingMessage>> assemble(const ChunkHeader& header, std::string_view plain);

  ChannelRole role_;
  ChannelSecurity security_;
  ChannelLimits limits_;
  Token current_;
  std::optional<Token> previous_;
  std::uint32_t sent_sequence_ = 0;
  std::optional<std::uint32_t> received_sequence_;
  std::map<std::uint32_t, Partial> partials_;
  std::size_t partial_bytes_ = 0;
};

}  // namespace hanse::connectors::opcua
