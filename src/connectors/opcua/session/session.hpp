#pragma once

#include "connectors/opcua/security/certificate_store.hpp"
#include "connectors/opcua/session/connection.hpp"
#include "connectors/opcua/session/endpoint.hpp"

namespace hanse::connectors::opcua {

/// How servers of one set stand in for each other. Source: OPC 10000-5, 12.5.
enum class Redundancy : std::int32_t { none, cold, warm, hot, transparent, hot_and_mirrored };

/// What the server says about itself, read at every new session. A limit of 0 is none.
struct ServerFacts {
  std::vector<std::string> namespaces;
  ServerStatus status;
  std::uint32_t nodes_per_read = 0, nodes_per_browse = 0, nodes_per_translate = 0, nodes_per_history = 0;
  std::uint32_t items_per_call = 0, continuation_points = 0, nodes_per_register = 0;
  std::uint32_t sessions_max = 0, subscriptions_max = 0, subscriptions_per_session = 0;
  std::uint32_t items_max = 0, items_per_subscription = 0;  ///< Monitored items.
  int service_level = 255;  ///< From 0, in maintenance, and 1, without data, to 255. Source: OPC 10000-4, 6.6.2.4.2.
  Redundancy redundancy = Redundancy::none;
  std::vector<std::string> server_set;  ///< Application URIs of the servers that stand in for each other.
};

enum class ReadyKind {
  fresh,    ///< A new session: nothing of the old is there, but subscriptions may be transferred.
  resumed,  ///< The old session on a new channel: its subscriptions went on.
};

/// A session that outlives its connections: finds the endpoint, checks the certificate, logs in, and after a loss tries
/// the old session first. Told what happens to the socket, says whether to connect again. No socket, no clock.
class Session {
 public:
  Session(OpcuaSettings settings, CertificateStore& store) : settings_(std::move(settings)), store_(store) {}

  /// Called whenever requests can be made.
  std::function<void(ReadyKind kind)> on_ready;

  /// Where to connect next.
  const std::string& url() const;
  /// Other servers of its set, as the server itself told; tried after `fallback_urls`.
  const std::vector<std::string>& learned_urls() const { return learned_urls_; }
  /// All that may stand in for the one at `url`.
  std::vector<std::string> other_urls() const;
  /// Says goodbye to the server and wants a socket to the one at `url`, one of `other_urls`.
  void change_to(std::string_view url);
  void connected(Now now);
  void receive(std::string_view bytes, Now now);
  void tick(Now now);
  Duration next_tick() const { return connection_ ? connection_->next_tick() : Duration::max(); }
  std::string take_output() { return connection_ ? connection_->take_output() : std::string{}; }

  enum class Want {
    exchange,  ///< Go on with this socket.
    connect,   ///< Close it and connect to `url` at once: all went well.
    end,       ///< Close it: `failure` says why.
  };
  Want want() const;
  std::optional<Error> failure() const;
  /// The socket is gone, by whatever reason.
  void lost();
  /// Orderly end: closes the session where there is one. What `take_output` gives is to be sent still.
  void close();
  /// Ends the connection; the session can be taken up again by the next one.
  void fail_with(Error error) {
    if (connection_) connection_->fail_with(std::move(error));
  }
  /// Stops trying the old session: the next one is new.
  void forget() { token_.reset(); }

  template <class Request>
  void call(Request request, Duration time_limit, ReplyHandler<Request> handler) {
    if (connection_) connection_->call(std::move(request), time_limit, std::move(handler));
  }

  /// The moment of the last thing told. Precondition: connected.
  Now now() const { return connection_->now(); }
  bool is_ready() const { return ready_ && connection_ && connection_->is_open(); }
  const ServerFacts& facts() const { return facts_; }
  const std::optional<ChosenEndpoint>& endpoint() const { return endpoint_; }
  const OpcuaSettings& settings() const { return settings_; }

 private:
  Result<ChannelSecurity> channel_security(Now now);
  void discover();
  void take_endpoints(const GetEndpointsResponse& response);
  void create();
  Result<void> take_session(const CreateSessionResponse& response);
  void activate(ReadyKind kind);
  void activation_refused(ReadyKind kind, StatusCode status);
  void read_facts(ReadyKind kind);
  Result<void> take_facts(const std::vector<DataValue>& values);
  void find_server_set();
  void take_server_set(const FindServersResponse& response);
  bool is_worth_passing_over() const;
  const std::string& url_at(std::size_t index) const;
  std::size_t urls() const { return 1 + settings_.fallback_urls.size() + learned_urls_.size(); }
  Result<UserIdentity> user() const;
  void end(Error error) { connection_->fail_with(std::move(error)); }

  OpcuaSettings settings_;
  CertificateStore& store_;
  std::vector<std::string> learned_urls_;
  std::size_t url_index_ = 0;
  std::size_t passed_over_ = 0;  ///< Servers in a row that had no data.
  std::optional<Connection> connection_;
  std::optional<Error> refused_;  ///< Ended before there was a connection.
  bool discovered_ = false, ready_ = false, changing_ = false;
  std::optional<ChosenEndpoint> endpoint_;
  std::string client_nonce_, server_nonce_, server_certificate_;
  std::optional<NodeId> token_;  ///< Of a session that may still be alive.
  ServerFacts facts_;
};

}  // namespace hanse::connectors::opcua
