#pragma once

#include <functional>
#include <optional>
#include <string>

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/codec/status.hpp"
#include "connectors/opcua/security/certificate_store.hpp"
#include "connectors/opcua/security/secure_channel.hpp"
#include "connectors/opcua/session/connection.hpp"

namespace hanse::connectors::opcua {

/// One client's TCP connection as the server sees it: hello, secure channel with its renewal, requests out of chunks
/// and answers into them. Told bytes and time, gives bytes to send; no socket, no clock. What a stranger sends ends
/// here, always with the same words where security is at stake.
class ServerConnection {
 public:
  struct Options {
    std::uint32_t channel_id = 1;
    ChannelLimits limits{.receive_message_bytes = 4U << 20, .receive_chunks = 256};
    Duration open_limit = 10s;
    Duration lifetime_max = 1h;  ///< Of a channel's token.
    Duration idle_limit = 60s;   ///< Without a session and without a word.
  };
  /// `store` outlives it; `own` is the server's certificate with its key.
  ServerConnection(Options options, CertificateStore& store, Identity own, Now now);

  /// Called with each request once the channel is open.
  std::function<void(IncomingMessage message)> on_request;
  /// A client whose certificate isn't trusted, with the certificate's fingerprint.
  std::function<void(const Error& why)> on_stranger;

  void receive(std::string_view bytes, Now now);
  void tick(Now now);
  std::string take_output() { return std::exchange(output_, {}); }
  bool has_output() const { return !output_.empty(); }
  /// True when the socket is to be closed once the output is sent.
  bool has_ended() const { return ended_; }
  /// With a session on it a silent client stays until its channel's token ends.
  void in_use(bool used) { in_use_ = used; }

  const ChannelSecurity& security() const { return channel_->security(); }
  const Identity& own() const { return own_; }

  template <class Response>
  void answer(std::uint32_t request_id, std::uint32_t request_handle, Response response) {
    if (ended_) return;
    response.header.timestamp = DateTime::from(now_.time);
    response.header.request_handle = request_handle;
    if (!send(request_id, encode_message(response))) fault(request_id, request_handle, status::kBadResponseTooLarge);
  }
  void fault(std::uint32_t request_id, std::uint32_t request_handle, StatusCode status);
  /// Says why, and ends.
  void end_with(StatusCode status, std::string_view reason);

 private:
  bool send(std::uint32_t request_id, std::string body);
  void take_chunk(std::string_view chunk);
  void take_hello(std::string_view chunk);
  void take_open(std::string_view chunk);
  /// Chooses the channel's security by what the first OPN says of itself. False when it ended.
  bool begin_channel(std::string_view chunk);
  void answer_open(const IncomingMessage& message);

  Options options_;
  CertificateStore& store_;
  Identity own_;
  Now now_;
  ChunkSplitter splitter_;
  std::optional<SecureChannel> channel_;
  std::string output_;
  bool greeted_ = false, open_ = false, ended_ = false, in_use_ = false;
  std::uint32_t tokens_ = 0;
  Duration open_deadline_, token_deadline_ = Duration::max(), heard_at_;
};

}  // namespace hanse::connectors::opcua
