#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/codec/status.hpp"
#include "connectors/opcua/security/secure_channel.hpp"

namespace hanse::connectors::opcua {

/// Both times of one moment: one with a date, one that never jumps.
struct Now {
  Timestamp time;
  Duration monotonic{};
};

/// What a service answered: a bad status (the service's own, `BadTimeout`, `BadDecodingError`) comes with an empty
/// value.
template <class Response>
struct Reply {
  StatusCode status;
  Response value;
  bool ok() const { return !status.is_bad(); }
};
template <class Request>
using ReplyHandler = std::move_only_function<void(Reply<typename Request::Response>)>;

/// Why a connection is of no use any more.
struct ConnectionFailure {
  Error error;
  StatusCode status;  ///< The server's own, where it named one.
};

/// One TCP connection's worth of protocol: hello, secure channel with its renewal, requests and their answers in any
/// order. Told bytes and time, gives bytes to send; no socket, no clock. Never reused after a failure.
class Connection {
 public:
  struct Options {
    std::string endpoint_url;
    ChannelSecurity security;
    ChannelLimits limits;
    Duration open_limit = 10s;
    Duration lifetime = 1h;  ///< Of a channel's token, as asked for.
  };
  explicit Connection(Options options);

  /// The socket is open. `opened` is called once requests can be made.
  void begin(Now now, std::move_only_function<void()> opened);
  /// The moment of the last thing told.
  Now now() const { return now_; }
  void receive(std::string_view bytes, Now now);
  /// Time limits and renewal.
  void tick(Now now);
  /// When `tick` is wanted next.
  Duration next_tick() const;
  std::string take_output() { return std::exchange(output_, {}); }
  /// Says goodbye; nothing is answered.
  void close();

  /// Sends `request`; the handler is called once with the answer, unless the connection fails before.
  template <class Request>
  void call(Request request, Duration time_limit, ReplyHandler<Request> handler) {
    if (failure_) return;
    const std::uint32_t id = next_request_++;
    request.header.authentication_token = authentication_;
    request.header.timestamp = DateTime::from(now_.time);
    request.header.request_handle = id;
    request.header.timeout_hint_ms = static_cast<std::uint32_t>(std::min<Duration>(time_limit, 24h) / 1ms);
    send(id, encode_message(request), time_limit,
         [handler = std::move(handler)](StatusCode status, std::string_view body) mutable {
           handler(read_reply<typename Request::Response>(status, body));
         });
  }

  void authentication(NodeId token) { authentication_ = std::move(token); }
  bool is_open() const { return open_ && !failure_; }
  const std::optional<ConnectionFailure>& failure() const { return failure_; }
  void fail_with(Error error, StatusCode status = status::kBadCommunicationError);
  /// True once anything was secured with the peer: a later failure isn't about keys.
  bool was_open() const { return open_; }
  std::size_t outstanding() const { return pending_.size(); }

 private:
  using RawHandler = std::move_only_function<void(StatusCode status, std::string_view body)>;
  struct Pending {
    Duration deadline;
    RawHandler handler;
  };
  template <class Response>
  static Reply<Response> read_reply(StatusCode status, std::string_view body) {
    if (status.is_bad()) return {.status = status, .value = {}};
    if (message_id(body) == ServiceFault::kBinaryId) {
      const auto fault = decode_message<ServiceFault>(body);
      if (!fault) return {.status = status::kBadDecodingError, .value = {}};
      const auto result = fault->header.service_result;
      return {.status = result.is_bad() ? result : status::kBadUnexpectedError, .value = {}};
    }
    auto response = decode_message<Response>(body);
    if (!response) return {.status = status::kBadDecodingError, .value = {}};
    const auto result = response->header.service_result;
    if (result.is_bad()) return {.status = result, .value = {}};
    return {.status = result, .value = std::move(*response)};
  }
  void send(std::uint32_t id, std::string body, Duration time_limit, RawHandler handler);
  void take_chunk(std::string_view chunk);
  void take_acknowledge(std::string_view chunk);
  void open_channel(SecurityTokenRequestType type);
  void take_token(const OpenSecureChannelResponse& response, const Secret& client_nonce, Duration asked_at);
  void dispatch(IncomingMessage message);

  Options options_;
  Now now_;
  ChunkSplitter splitter_;
  SecureChannel channel_;
  std::string output_;
  std::map<std::uint32_t, Pending> pending_;
  std::uint32_t next_request_ = 1;
  NodeId authentication_;
  bool acknowledged_ = false, open_ = false, renewing_ = false;
  Duration open_deadline_ = Duration::max(), renew_at_ = Duration::max();
  std::move_only_function<void()> opened_;
  std::optional<ConnectionFailure> failure_;
};

}  // namespace hanse::connectors::opcua
