#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "connectors/opcua/codec/server_services.hpp"
#include "connectors/opcua/security/certificate_store.hpp"
#include "connectors/opcua/security/secret.hpp"
#include "connectors/opcua/server/address_space.hpp"
#include "connectors/opcua/server/connection.hpp"
#include "connectors/opcua/server/session_book.hpp"
#include "connectors/opcua/server/standard_nodes.hpp"
#include "connectors/opcua/server/subscription.hpp"

namespace hanse::connectors::opcua {

/// Somebody who wants in.
struct LogIn {
  std::string user;  ///< Empty: anonymous.
  Secret password;
  std::string peer;         ///< Address and port.
  std::string application;  ///< The client's application URI, as its certificate or its word has it.
};

enum class ServerEventKind { logged_in, log_in_refused, logged_out, certificate_refused };
HANSE_DESCRIBE_ENUM(ServerEventKind, logged_in, log_in_refused, logged_out, certificate_refused)

/// What the owner may want to note.
struct ServerEvent {
  ServerEventKind kind = ServerEventKind::logged_in;
  std::string user, application, peer, detail;
};

/// Whose server it is: knows the values and the people.
class ServerHost {
 public:
  virtual ~ServerHost() = default;
  /// The value of a live variable as it is now.
  virtual DataValue read(LiveKey key) = 0;
  /// Decides, now or later, and calls `done` on the server's thread.
  virtual void log_in(LogIn who, std::move_only_function<void(bool granted)> done) = 0;
  virtual void note(const ServerEvent& event) = 0;
};

struct ServerOptions {
  std::string endpoint_url;  ///< As `opc.tcp://node:4840`, for clients that don't say how they call it.
  std::string application_name = "Hanse";
  bool anonymous = false;                    ///< Takes clients that name no user.
  std::optional<Timestamp> unsecured_until;  ///< Until then an endpoint without security is offered.
  std::size_t connections_max = 100;
  std::size_t sessions_max = 50;
  std::size_t subscriptions_per_session = 20;
  std::size_t items_max = 100'000;  ///< Of all subscriptions.
};
inline constexpr std::size_t kNodesPerCall = 10'000;  ///< In one Read, Browse, CreateMonitoredItems...
inline constexpr std::size_t kBrowsesPerSession = 20;

/// An OPC UA server: endpoints, sessions, browsing, reading, subscriptions. Reading only. Told bytes, changes and time,
/// gives bytes; no socket, no clock, one thread.
class Server {
 public:
  /// `store` and `host` outlive it; `own` is its certificate.
  Server(ServerOptions options, CertificateStore& store, Identity own, ServerHost& host,
         std::shared_ptr<const AddressSpace> space);
  ~Server();

  /// Called when there is something to send to a connection that didn't just speak.
  std::function<void(ConnectionId connection)> on_output;

  /// A new client; none when there are too many. Ends with `disconnected`.
  std::optional<ConnectionId> connected(std::string peer, Now now);
  void receive(ConnectionId connection, std::string_view bytes, Now now);
  std::string take_output(ConnectionId connection);
  /// True when the socket is to be closed once the output is sent.
  bool has_ended(ConnectionId connection) const;
  void disconnected(ConnectionId connection);

  /// Values that changed; what was watched and is due goes out with the next `tick`.
  void changed(std::span<const std::pair<LiveKey, DataValue>> values, Now now);
  /// Another space in the place of the one before.
  void replace(std::shared_ptr<const AddressSpace> space, Now now);
  /// Publishing, time limits. To be called every 50 ms or oftener while there are connections.
  void tick(Now now);
  /// A renewed certificate, for connections from now on.
  void own(Identity own) { own_ = std::move(own); }

  std::size_t connections() const { return connections_.size(); }
  std::size_t sessions() const { return sessions_.size(); }
  std::size_t items() const { return items_; }

 private:
  struct Peer;
  struct Call;
  using Watchers = std::unordered_map<LiveKey, std::vector<MonitoredItem*>>;
  struct Subscribed {
    Subscription subscription;
    NodeId session;  ///< Its session's token; null when that is gone.
    std::string user, application;
  };

  void take(Peer& peer, const IncomingMessage& message);
  template <class Request, class Answer>
  bool serve(Call& call, Answer answer);
  template <class Request>
  bool in_session(Call& call, typename Request::Response (Server::*service)(ServerSession&, const Request&));
  ServerSession* session_of(Call& call, const RequestHeader& header, bool activated, StatusCode& why);
  bool serve_discovery(Call& call);
  bool serve_session(Call& call);
  bool serve_view(Call& call);
  bool serve_subscriptions(Call& call);

  // Discovery and sessions.
  std::vector<EndpointDescription> endpoints(std::string_view asked_url) const;
  ApplicationDescription description(std::string_view url) const;
  bool unsecured_allowed() const;
  void create_session(Call& call, const CreateSessionRequest& request);
  void activate_session(Call& call, const ActivateSessionRequest& request);
  StatusCode check_activation(const Peer& peer, const ServerSession& session, const ActivateSessionRequest& request);
  Result<LogIn> read_identity(const Peer& peer, const ServerSession& session, const ExtensionObject& token) const;
  void decided(ConnectionId connection, const NodeId& token, std::uint32_t request_id, std::uint32_t request_handle,
               const LogIn& who, bool granted);
  std::string take_in(ServerSession& session, ConnectionId connection, const LogIn& who);
  void close_session(const NodeId& token, bool delete_subscriptions);

  // View and attributes.
  BrowseResponse browse_nodes(ServerSession& session, const BrowseRequest& request);
  BrowseNextResponse browse_next(ServerSession& session, const BrowseNextRequest& request);
  BrowseResult browse_part(ServerSession& session, BrowseCursor cursor);
  TranslateBrowsePathsResponse translate(ServerSession& session, const TranslateBrowsePathsRequest& request);
  RegisterNodesResponse register_nodes(ServerSession& session, const RegisterNodesRequest& request);
  UnregisterNodesResponse unregister_nodes(ServerSession& session, const UnregisterNodesRequest& request);
  ReadResponse read_nodes(ServerSession& session, const ReadRequest& request);
  DataValue read_one(const ReadValueId& what) const;
  DataValue value_of(const SpaceNode& node) const;

  // Subscriptions.
  Subscribed* subscription_of(const ServerSession& session, std::uint32_t id);
  CreateSubscriptionResponse create_subscription(ServerSession& session, const CreateSubscriptionRequest& request);
  ModifySubscriptionResponse modify_subscription(ServerSession& session, const ModifySubscriptionRequest& request);
  SetPublishingModeResponse set_publishing(ServerSession& session, const SetPublishingModeRequest& request);
  DeleteSubscriptionsResponse delete_subscriptions(ServerSession& session, const DeleteSubscriptionsRequest& request);
  TransferSubscriptionsResponse transfer(ServerSession& session, const TransferSubscriptionsRequest& request);
  CreateMonitoredItemsResponse create_items(ServerSession& session, const CreateMonitoredItemsRequest& request);
  MonitoredItemCreateResult create_item(Subscription& subscription, TimestampsToReturn timestamps,
                                        const MonitoredItemCreateRequest& wanted);
  ModifyMonitoredItemsResponse modify_items(ServerSession& session, const ModifyMonitoredItemsRequest& request);
  SetMonitoringModeResponse set_mode(ServerSession& session, const SetMonitoringModeRequest& request);
  DeleteMonitoredItemsResponse delete_items(ServerSession& session, const DeleteMonitoredItemsRequest& request);
  RepublishResponse republish(ServerSession& session, const RepublishRequest& request);
  CancelResponse cancel(ServerSession& session, const CancelRequest& request);
  void take_publish(Call& call, ServerSession& session, const PublishRequest& request);
  /// Answers waiting publish requests of a session as far as there is something to say.
  void publish(ServerSession& session);
  void send_publish(ServerSession& session, std::uint32_t subscription, Subscription::Taken taken,
                    Array<std::uint32_t> available);
  void watch(MonitoredItem& item);
  void unwatch(MonitoredItem& item);
  void remove_subscription(std::uint32_t id);
  void sample_server_nodes();
  void expire_publishes(ServerSession& session);

  ServerOptions options_;
  CertificateStore& store_;
  Identity own_;
  ServerHost& host_;
  std::shared_ptr<const AddressSpace> space_;
  Now now_;
  std::map<ConnectionId, std::unique_ptr<Peer>> connections_;
  ConnectionId connection_numbers_ = 0;
  SessionBook sessions_;
  std::map<std::uint32_t, Subscribed> subscriptions_;
  std::uint32_t subscription_numbers_ = 0, item_numbers_ = 0;
  std::size_t items_ = 0;
  Watchers watchers_;
  std::vector<MonitoredItem*> sampled_;  ///< On the server's own time and state: read every second.
  Duration next_sampling_{};
};

}  // namespace hanse::connectors::opcua
