#include "connectors/opcua/server/session_book.hpp"

#include <algorithm>
#include <cmath>

#include "connectors/opcua/security/crypto.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr double kTimeoutMinMs = 10'000, kTimeoutMaxMs = 3'600'000;
constexpr Duration kActivationLimit = 20s;  // A session that nobody logs in to holds a place no longer.

}  // namespace

ServerSession* SessionBook::create(Now now, double timeout_ms) {
  if (sessions_.size() >= sessions_max_) return nullptr;
  ServerSession session;
  session.id = NodeId{1, ++numbers_};
  session.token.space = 1;
  session.token.id = ByteString{random_bytes(32).reveal()};
  if (std::isnan(timeout_ms)) timeout_ms = kTimeoutMinMs;
  session.timeout = std::chrono::duration_cast<Duration>(
      std::chrono::duration<double, std::milli>{std::clamp(timeout_ms, kTimeoutMinMs, kTimeoutMaxMs)});
  session.last_used = now.monotonic;
  session.nonce = random_bytes(32).reveal();
  const NodeId token = session.token;
  return &sessions_.emplace(token, std::move(session)).first->second;
}

ServerSession* SessionBook::find(const NodeId& token) {
  const auto found = sessions_.find(token);
  return found == sessions_.end() ? nullptr : &found->second;
}

std::vector<NodeId> SessionBook::expired(Now now) const {
  std::vector<NodeId> out;
  for (const auto& [token, session] : sessions_) {
    const Duration limit = session.user ? session.timeout : kActivationLimit;
    if (now.monotonic - session.last_used > limit) out.push_back(token);
  }
  return out;
}

}  // namespace hanse::connectors::opcua
