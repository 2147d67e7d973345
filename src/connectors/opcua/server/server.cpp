#include "connectors/opcua/server/server.hpp"

#include "connectors/opcua/server/call.hpp"

namespace hanse::connectors::opcua {

Server::Server(ServerOptions options, CertificateStore& store, Identity own, ServerHost& host,
               std::shared_ptr<const AddressSpace> space)
    : options_(std::move(options)),
      store_(store),
      own_(std::move(own)),
      host_(host),
      space_(std::move(space)),
      sessions_(options_.sessions_max) {}

Server::~Server() = default;

std::optional<ConnectionId> Server::connected(std::string peer, Now now) {
  if (connections_.size() >= options_.connections_max) return std::nullopt;
  now_ = now;
  const ConnectionId id = ++connection_numbers_;
  auto made = std::make_unique<Peer>(
      Peer{.id = id, .address = std::move(peer), .connection = {{.channel_id = id}, store_, own_, now}});
  auto& kept = *made;
  kept.connection.on_request = [this, &kept](const IncomingMessage& message) { take(kept, message); };
  kept.connection.on_stranger = [this, &kept](const Error& why) {
    host_.note({.kind = ServerEventKind::certificate_refused,
                .user = {},
                .application = {},
                .peer = kept.address,
                .detail = why.message});
  };
  connections_.emplace(id, std::move(made));
  return id;
}

void Server::receive(ConnectionId connection, std::string_view bytes, Now now) {
  now_ = now;
  const auto found = connections_.find(connection);
  if (found != connections_.end()) found->second->connection.receive(bytes, now);
}

std::string Server::take_output(ConnectionId connection) {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? std::string{} : found->second->connection.take_output();
}

bool Server::has_ended(ConnectionId connection) const {
  const auto found = connections_.find(connection);
  return found == connections_.end() || found->second->connection.has_ended();
}

void Server::disconnected(ConnectionId connection) {
  connections_.erase(connection);
  sessions_.for_each([&](ServerSession& session) {
    if (session.connection != connection) return;
    session.connection.reset();
    session.publishes.clear();
  });
}

void Server::take(Peer& peer, const IncomingMessage& message) {
  if (peer.deciding) {
    // Some clients don't wait for their activation; a password takes its time to check.
    constexpr std::size_t kHeldMax = 50, kHeldBytesMax = 1U << 20;
    peer.held_bytes += message.body.size();
    if (peer.held.size() >= kHeldMax || peer.held_bytes > kHeldBytesMax) {
      return peer.connection.end_with(status::kBadTooManyOperations, "too much came before the log-in was decided");
    }
    peer.held.push_back(message);
    return;
  }
  Call call{.peer = peer, .request_id = message.request_id, .body = message.body};
  if (serve_discovery(call) || serve_session(call) || serve_view(call) || serve_subscriptions(call)) return;
  // What isn't offered still has a request's header, whose handle the client looks for.
  BinaryReader reader{message.body};
  (void)reader.take<NodeId>();
  const auto header = reader.take<RequestHeader>();
  const bool known = reader.ok() && message_id(message.body) != 0;
  peer.connection.fault(message.request_id, header.request_handle,
                        known ? status::kBadServiceUnsupported : status::kBadDecodingError);
}

ServerSession* Server::session_of(Call& call, const RequestHeader& header, bool activated, StatusCode& why) {
  auto* session = sessions_.find(header.authentication_token);
  if (!session) {
    why = status::kBadSessionIdInvalid;
    return nullptr;
  }
  if (session->connection != call.peer.id) {
    why = status::kBadSecureChannelIdInvalid;
    return nullptr;
  }
  if (activated && !session->user) {
    why = status::kBadSessionNotActivated;
    return nullptr;
  }
  session->last_used = now_.monotonic;
  return session;
}

void Server::changed(std::span<const std::pair<LiveKey, DataValue>> values, Now now) {
  now_ = now;
  if (watchers_.empty()) return;
  for (const auto& [key, value] : values) {
    const auto found = watchers_.find(key);
    if (found == watchers_.end()) continue;
    for (auto* item : found->second) {
      const auto owner = subscriptions_.find(item->subscription);
      if (owner == subscriptions_.end()) continue;
      DataValue given = value;
      given.server_time = DateTime::from(now.time);
      owner->second.subscription.offer(*item, std::move(given), now.monotonic);
    }
  }
}

void Server::replace(std::shared_ptr<const AddressSpace> space, Now now) {
  now_ = now;
  space_ = std::move(space);
  sessions_.for_each([](ServerSession& session) { session.browses.clear(); });
  for (auto& [id, subscribed] : subscriptions_) {
    auto& subscription = subscribed.subscription;
    subscription.for_each_item([&](MonitoredItem& item) {
      const auto* node = space_->find(item.what.node);
      const auto live = node && item.what.attribute == 13 ? node->live : std::nullopt;
      if (node && live == item.live) return;
      unwatch(item);
      item.live = live;
      watch(item);
      subscription.offer(item, read_one(item.what), now.monotonic);
    });
  }
}

void Server::tick(Now now) {
  now_ = now;
  sample_server_nodes();
  for (const auto& token : sessions_.expired(now)) close_session(token, false);
  std::vector<std::uint32_t> gone;
  for (auto& [id, subscribed] : subscriptions_) {
    subscribed.subscription.tick(now.monotonic);
    if (subscribed.subscription.has_expired()) gone.push_back(id);
  }
  for (const auto id : gone) remove_subscription(id);
  sessions_.for_each([this](ServerSession& session) {
    expire_publishes(session);
    publish(session);
  });
  for (auto& [id, peer] : connections_) {
    bool used = false;
    sessions_.for_each([&](const ServerSession& session) { used = used || session.connection == id; });
    peer->connection.in_use(used);
    peer->connection.tick(now);
    if ((peer->connection.has_output() || peer->connection.has_ended()) && on_output) on_output(id);
  }
}

}  // namespace hanse::connectors::opcua
