#include "connectors/opcua/session/connection.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::connectors::opcua {
namespace {

constexpr std::uint32_t kBufferBytesMin = 1024;  // OPC 10000-6, 7.1.2.3 wants 8192; some small servers offer less.
constexpr Duration kLifetimeMin = 10s;           // A server that revises to less isn't obeyed: it would renew for ever.
constexpr std::size_t kUrlBytesMax = 4096;       // OPC 10000-6, 7.1.2.3

}  // namespace

Connection::Connection(Options options)
    : options_(std::move(options)),
      splitter_(options_.limits.receive_chunk_bytes),
      channel_(ChannelRole::client, options_.security, options_.limits) {}

void Connection::begin(Now now, std::move_only_function<void()> opened) {
  now_ = now;
  opened_ = std::move(opened);
  open_deadline_ = now.monotonic + options_.open_limit;
  const Hello hello{.receive_buffer_size = options_.limits.receive_chunk_bytes,
                    .send_buffer_size = options_.limits.send_chunk_bytes,
                    .max_message_size = options_.limits.receive_message_bytes,
                    .max_chunk_count = options_.limits.receive_chunks,
                    .endpoint_url = options_.endpoint_url.substr(0, kUrlBytesMax)};
  output_ += encode_plain(MessageType::hello, hello);
}

void Connection::fail_with(Error error, StatusCode status) {
  if (failure_) return;
  failure_ = ConnectionFailure{.error = std::move(error), .status = status};
  // Handlers are not called: whoever made the requests learns of the failure as a whole.
  pending_.clear();
}

void Connection::receive(std::string_view bytes, Now now) {
  if (failure_) return;
  now_ = now;
  splitter_.feed(bytes);
  while (!failure_) {
    const auto chunk = splitter_.next();
    if (!chunk) return fail_with(chunk.error());
    if (!*chunk) return;
    take_chunk(**chunk);
  }
}

void Connection::take_chunk(std::string_view chunk) {
  const auto header = read_chunk_header(chunk);
  if (!header) return fail_with(header.error());
  if (header->type == MessageType::error) {
    const auto message = decode_plain<ErrorMessage>(chunk);
    if (!message) return fail_with(message.error());
    return fail_with(
        fail(ErrorCode::unavailable, fmt::format("the server ended the connection: {}", to_string(message->error))),
        message->error);
  }
  if (!acknowledged_) {
    if (header->type == MessageType::acknowledge) return take_acknowledge(chunk);
    return fail_with(fail(ErrorCode::corrupt, "the server's first answer is no acknowledgement"));
  }
  if (header->type == MessageType::open) {
    auto message = channel_.unseal_open(chunk);
    if (!message) return fail_with(message.error());
    return dispatch(std::move(*message));
  }
  if (header->type != MessageType::message || !open_) {
    return fail_with(fail(ErrorCode::corrupt, "the server sent a message that has no place here"));
  }
  auto message = channel_.unseal(chunk);
  if (!message) return fail_with(message.error());
  if (*message) dispatch(std::move(**message));
}

void Connection::take_acknowledge(std::string_view chunk) {
  const auto acknowledge = decode_plain<Acknowledge>(chunk);
  if (!acknowledge) return fail_with(acknowledge.error());
  if (acknowledge->receive_buffer_size < kBufferBytesMin || acknowledge->send_buffer_size < kBufferBytesMin) {
    return fail_with(fail(ErrorCode::invalid, "the server offers buffers that hold no message"));
  }
  auto& limits = options_.limits;
  limits.send_chunk_bytes = std::min(limits.send_chunk_bytes, acknowledge->receive_buffer_size);
  limits.send_message_bytes = acknowledge->max_message_size;
  limits.send_chunks = acknowledge->max_chunk_count;
  channel_.limits(limits);
  acknowledged_ = true;
  open_channel(SecurityTokenRequestType::issue);
}

void Connection::open_channel(SecurityTokenRequestType type) {
  const auto& security = options_.security;
  const Secret nonce = random_bytes(security.policy->nonce_bytes);
  OpenSecureChannelRequest request;
  request.request_type = type;
  request.security_mode = security.mode;
  request.client_nonce = std::string{nonce.reveal()};
  request.requested_lifetime_ms = static_cast<std::uint32_t>(options_.lifetime / 1ms);
  const std::uint32_t id = next_request_++;
  request.header.timestamp = DateTime::from(now_.time);
  request.header.request_handle = id;
  request.header.timeout_hint_ms = static_cast<std::uint32_t>(options_.open_limit / 1ms);
  auto body = encode_message(request);
  auto sealed = channel_.seal_open(id, body);
  wipe(body);
  if (!sealed) return fail_with(sealed.error());
  output_ += *sealed;
  renewing_ = true;
  renew_at_ = Duration::max();
  const auto took = [this, nonce, asked_at = now_.monotonic](StatusCode status, std::string_view answer) {
    const auto reply = read_reply<OpenSecureChannelResponse>(status, answer);
    if (!reply.ok()) {
      return fail_with(
          fail(ErrorCode::unavailable, fmt::format("the server opens no secure channel: {}", to_string(reply.status))),
          reply.status);
    }
    take_token(reply.value, nonce, asked_at);
  };
  pending_.emplace(id, Pending{.deadline = now_.monotonic + options_.open_limit, .handler = took});
}

void Connection::take_token(const OpenSecureChannelResponse& response, const Secret& client_nonce, Duration asked_at) {
  const Secret server_nonce{response.server_nonce};
  if (server_nonce.reveal().size() < options_.security.policy->nonce_bytes) {
    return fail_with(fail(ErrorCode::corrupt, "the server's random number is too short"));
  }
  channel_.install(response.security_token, client_nonce, server_nonce);
  renewing_ = false;
  // From when the request was sent, so that a slow answer makes it earlier, never later.
  const Duration lifetime =
      std::max<Duration>(std::chrono::milliseconds{response.security_token.revised_lifetime_ms}, kLifetimeMin);
  renew_at_ = asked_at + lifetime / 4 * 3;
  if (open_) return;
  open_ = true;
  open_deadline_ = Duration::max();
  if (opened_) std::exchange(opened_, nullptr)();
}

void Connection::send(std::uint32_t id, std::string body, Duration time_limit, RawHandler handler) {
  auto sealed = channel_.seal(MessageType::message, id, body);
  wipe(body);  // It may hold a password.
  if (!sealed) {
    // Too large for this server: the caller halves its batch.
    return handler(status::kBadRequestTooLarge, {});
  }
  output_ += *sealed;
  pending_.emplace(id, Pending{.deadline = now_.monotonic + time_limit, .handler = std::move(handler)});
}

void Connection::dispatch(IncomingMessage message) {
  auto found = pending_.extract(message.request_id);
  if (!found) return;  // Too late, or never asked.
  const auto status = message.aborted ? message.aborted->error : StatusCode{};
  found.mapped().handler(status.is_bad() || !message.aborted ? status : status::kBadUnexpectedError, message.body);
}

void Connection::tick(Now now) {
  if (failure_) return;
  now_ = now;
  if (now.monotonic >= open_deadline_) {
    return fail_with(fail(ErrorCode::timeout, "the server opened no secure channel in time"), status::kBadTimeout);
  }
  if (open_ && !renewing_ && now.monotonic >= renew_at_) open_channel(SecurityTokenRequestType::renew);
  while (!failure_) {
    const auto late =
        std::ranges::find_if(pending_, [&](const auto& entry) { return entry.second.deadline <= now.monotonic; });
    if (late == pending_.end()) return;
    auto entry = pending_.extract(late);
    entry.mapped().handler(status::kBadTimeout, {});
  }
}

Duration Connection::next_tick() const {
  Duration next = std::min(open_deadline_, renewing_ ? Duration::max() : renew_at_);
  for (const auto& [id, pending] : pending_) next = std::min(next, pending.deadline);
  return next;
}

void Connection::close() {
  if (!is_open()) return;
  CloseSecureChannelRequest request;
  request.header.timestamp = DateTime::from(now_.time);
  if (auto sealed = channel_.seal(MessageType::close, next_request_++, encode_message(request))) output_ += *sealed;
}

}  // namespace hanse::connectors::opcua
