#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "connectors/opcua/codec/services.hpp"
#include "connectors/opcua/security/secure_channel.hpp"
#include "connectors/opcua/server/view.hpp"
#include "connectors/opcua/session/connection.hpp"

namespace hanse::connectors::opcua {

using ConnectionId = std::uint32_t;

/// A publish request that waits for something to say.
struct WaitingPublish {
  std::uint32_t request_id = 0, request_handle = 0;
  Duration deadline = Duration::max();
  Array<StatusCode> results;  ///< Of what it acknowledged.
};

/// One client's session. It outlives its connection: the client may take it up on another.
struct ServerSession {
  NodeId id, token;
  std::string name, application_uri, peer;
  std::string client_certificate;  ///< DER of the leaf; empty without security.
  const SecurityPolicy* policy = &kNonePolicy;
  MessageSecurityMode mode = MessageSecurityMode::none;
  std::string nonce;                ///< The last one we sent: what the next activation is proven with.
  std::optional<std::string> user;  ///< Who is logged in; empty text: anonymous; nothing: not activated.
  std::optional<ConnectionId> connection;
  bool activating = false;  ///< A log-in is being decided.
  Duration timeout{}, last_used{};
  std::deque<WaitingPublish> publishes;
  std::set<std::uint32_t> subscriptions;
  std::map<std::string, BrowseCursor> browses;  ///< By continuation point.
  std::uint64_t browses_made = 0;
};

/// All sessions, by the secret that their requests carry.
class SessionBook {
 public:
  explicit SessionBook(std::size_t sessions_max) : sessions_max_(sessions_max) {}

  /// A new session with fresh secrets; null when there are too many.
  ServerSession* create(Now now, double timeout_ms);
  ServerSession* find(const NodeId& token);
  void remove(const NodeId& token) { sessions_.erase(token); }
  std::size_t size() const { return sessions_.size(); }
  template <class F>
  void for_each(F&& f) {
    for (auto& [token, session] : sessions_) f(session);
  }
  /// Those whose time is over at `now`.
  std::vector<NodeId> expired(Now now) const;

 private:
  std::size_t sessions_max_;
  std::uint32_t numbers_ = 0;
  std::map<NodeId, ServerSession> sessions_;
};

}  // namespace hanse::connectors::opcua
