#include "connectors/opcua/server/connection.hpp"

#include <algorithm>

namespace hanse::connectors::opcua {
namespace {

constexpr std::uint32_t kClientBufferMin = 8192;  // OPC 10000-6, 7.1.2.3
constexpr std::size_t kClientUrlMax = 4096;       // The same.
constexpr Duration kTokenLifetimeMin = 10s;
constexpr StatusCode kBadSecurityPolicyRejected{0x80550000}, kBadTcpMessageTypeInvalid{0x807E0000},
    kBadTcpEndpointUrlInvalid{0x80830000}, kBadConnectionRejected{0x80AC0000};

}  // namespace

ServerConnection::ServerConnection(Options options, CertificateStore& store, Identity own, Now now)
    : options_(options),
      store_(store),
      own_(std::move(own)),
      now_(now),
      splitter_(options_.limits.receive_chunk_bytes),
      open_deadline_(now.monotonic + options_.open_limit),
      heard_at_(now.monotonic) {}

void ServerConnection::end_with(StatusCode status, std::string_view reason) {
  if (ended_) return;
  output_ += encode_plain(MessageType::error, ErrorMessage{.error = status, .reason = reason});
  ended_ = true;
}

void ServerConnection::receive(std::string_view bytes, Now now) {
  if (ended_) return;
  now_ = now;
  heard_at_ = now.monotonic;
  splitter_.feed(bytes);
  while (!ended_) {
    const auto chunk = splitter_.next();
    if (!chunk) {
      const bool large = chunk.error().code == ErrorCode::too_large;
      return end_with(large ? status::kBadTcpMessageTooLarge : kBadTcpMessageTypeInvalid, "this is no OPC UA message");
    }
    if (!*chunk) return;
    take_chunk(**chunk);
  }
}

void ServerConnection::take_chunk(std::string_view chunk) {
  const auto header = read_chunk_header(chunk);
  if (!header) return end_with(kBadTcpMessageTypeInvalid, "this is no OPC UA message");
  if (!greeted_) {
    if (header->type == MessageType::hello) return take_hello(chunk);
    return end_with(kBadTcpMessageTypeInvalid, "the first message must be a hello");
  }
  if (header->type == MessageType::open) return take_open(chunk);
  if (!open_ || (header->type != MessageType::message && header->type != MessageType::close)) {
    return end_with(kBadTcpMessageTypeInvalid, "this message has no place here");
  }
  auto message = channel_->unseal(chunk);
  if (!message) {
    const bool large = message.error().code == ErrorCode::too_large;
    return end_with(large ? status::kBadTcpMessageTooLarge : status::kBadSecurityChecksFailed, "");
  }
  if (!*message) return;
  if ((*message)->type == MessageType::close) {
    ended_ = true;
    return;
  }
  if (!(*message)->aborted && on_request) on_request(std::move(**message));
}

void ServerConnection::take_hello(std::string_view chunk) {
  const auto hello = decode_plain<Hello>(chunk);
  if (!hello) return end_with(status::kBadDecodingError, "the hello can't be read");
  if (hello->endpoint_url.size() > kClientUrlMax) return end_with(kBadTcpEndpointUrlInvalid, "the address is too long");
  if (hello->receive_buffer_size < kClientBufferMin || hello->send_buffer_size < kClientBufferMin) {
    return end_with(kBadConnectionRejected, "buffers must hold 8192 bytes");
  }
  auto& limits = options_.limits;
  limits.send_chunk_bytes = std::min(limits.send_chunk_bytes, hello->receive_buffer_size);
  limits.receive_chunk_bytes = std::min(limits.receive_chunk_bytes, hello->send_buffer_size);
  limits.send_message_bytes = hello->max_message_size;
  limits.send_chunks = hello->max_chunk_count;
  splitter_.limit(limits.receive_chunk_bytes);
  greeted_ = true;
  output_ += encode_plain(MessageType::acknowledge, Acknowledge{.receive_buffer_size = limits.receive_chunk_bytes,
                                                                .send_buffer_size = limits.send_chunk_bytes,
                                                                .max_message_size = limits.receive_message_bytes,
                                                                .max_chunk_count = limits.receive_chunks});
}

bool ServerConnection::begin_channel(std::string_view chunk) {
  const auto header = read_asymmetric_header(chunk);
  if (!header) {
    end_with(status::kBadSecurityChecksFailed, "");
    return false;
  }
  const auto* policy = find_policy(header->policy_uri);
  if (!policy) {
    end_with(kBadSecurityPolicyRejected, "this security policy isn't offered");
    return false;
  }
  ChannelSecurity security{.policy = policy, .mode = MessageSecurityMode::none, .own = {}, .peer = {}};
  if (!policy->is_none()) {
    const auto chain = Certificate::chain_from_der(header->sender_certificate);
    if (!chain || chain->empty()) {
      end_with(status::kBadSecurityChecksFailed, "");
      return false;
    }
    if (const auto trusted = store_.check(*chain, now_.time); !trusted) {
      if (on_stranger) on_stranger(trusted.error());
      end_with(status::kBadSecurityChecksFailed, "");
      return false;
    }
    security.own = own_;
    security.peer = (*chain)[0];
  }
  channel_.emplace(ChannelRole::server, std::move(security), options_.limits);
  channel_->assign(options_.channel_id);
  return true;
}

void ServerConnection::take_open(std::string_view chunk) {
  if (!channel_ && !begin_channel(chunk)) return;
  const auto message = channel_->unseal_open(chunk);
  if (!message) return end_with(status::kBadSecurityChecksFailed, "");
  answer_open(*message);
}

void ServerConnection::answer_open(const IncomingMessage& message) {
  auto request = decode_message<OpenSecureChannelRequest>(message.body);
  if (!request) return end_with(status::kBadDecodingError, "the request can't be read");
  const auto& policy = *channel_->security().policy;
  const bool renewal = request->request_type == SecurityTokenRequestType::renew;
  const bool mode_fits = policy.is_none() ? request->security_mode == MessageSecurityMode::none
                                          : request->security_mode == MessageSecurityMode::sign ||
                                                request->security_mode == MessageSecurityMode::sign_and_encrypt;
  if (!mode_fits || renewal != open_ || (open_ && request->security_mode != channel_->security().mode) ||
      request->client_nonce.size() < policy.nonce_bytes) {
    return end_with(status::kBadSecurityChecksFailed, "");
  }
  const Secret client_nonce{std::string{request->client_nonce}};
  const Secret server_nonce = random_bytes(policy.nonce_bytes);
  const auto lifetime = std::clamp<Duration>(std::chrono::milliseconds{request->requested_lifetime_ms},
                                             kTokenLifetimeMin, options_.lifetime_max);
  OpenSecureChannelResponse response;
  response.header.timestamp = DateTime::from(now_.time);
  response.header.request_handle = request->header.request_handle;
  response.security_token = {.channel_id = options_.channel_id,
                             .token_id = ++tokens_,
                             .created_at = DateTime::from(now_.time),
                             .revised_lifetime_ms = static_cast<std::uint32_t>(lifetime / 1ms)};
  response.server_nonce = std::string{server_nonce.reveal()};
  auto body = encode_message(response);
  auto sealed = channel_->seal_open(message.request_id, body);
  wipe(body);
  wipe(response.server_nonce);
  wipe(request->client_nonce);
  if (!sealed) return end_with(status::kBadSecurityChecksFailed, "");
  output_ += *sealed;
  channel_->mode(request->security_mode);
  channel_->install(response.security_token, client_nonce, server_nonce);
  open_ = true;
  open_deadline_ = Duration::max();
  // A quarter longer than told, so that a late renewal still finds its channel. OPC 10000-4, 5.5.2.1
  token_deadline_ = now_.monotonic + lifetime + lifetime / 4;
}

bool ServerConnection::send(std::uint32_t request_id, std::string body) {
  auto sealed = channel_->seal(MessageType::message, request_id, body);
  wipe(body);
  if (!sealed) return false;
  output_ += *sealed;
  return true;
}

void ServerConnection::fault(std::uint32_t request_id, std::uint32_t request_handle, StatusCode status) {
  if (ended_) return;
  ServiceFault out;
  out.header.timestamp = DateTime::from(now_.time);
  out.header.request_handle = request_handle;
  out.header.service_result = status;
  if (!send(request_id, encode_message(out))) ended_ = true;
}

void ServerConnection::tick(Now now) {
  if (ended_) return;
  now_ = now;
  const bool forgotten = !in_use_ && now.monotonic - heard_at_ > options_.idle_limit;
  if (now.monotonic >= open_deadline_ || now.monotonic >= token_deadline_ || forgotten) {
    end_with(status::kBadTimeout, "nothing came in time");
  }
}

}  // namespace hanse::connectors::opcua
