#pragma once

#include <array>
#include <optional>
#include <string>

#include "node/access/records.hpp"
#include "store/collection.hpp"

namespace hanse::node {

/// How long a browser stays signed in. Part of the node's settings as `access`.
struct AccessSettings {
  Duration session_idle = 12h;
  Duration session_longest = 7 * 24h;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "session_idle", .summary = "A session that isn't used for this long ends."},
        FieldNote{.field = "session_longest", .summary = "Any session ends after this long, used or not."}};
  }
  /// A session that ends at once would lock everybody out.
  void validate(JsonReader& reader) const {
    if (session_idle < 1min) reader.error_at("session_idle", "must be at least 1m");
    if (session_longest < session_idle) reader.error_at("session_longest", "must be at least session_idle");
  }
};
HANSE_DESCRIBE(AccessSettings, (session_idle, session_longest))

inline constexpr std::string_view kSessionCookie = "hanse_session";

/// The cookie's name for a request to `host` (its Host header): with the port, if it has one. Browsers keep one jar for
/// all ports of a host, and two nodes on one machine must not sign each other's people out.
std::string session_cookie_name(std::string_view host);
/// The session's secret in a Cookie header; empty when there is none.
std::string session_secret(std::string_view cookie_header, std::string_view host);
/// A Set-Cookie header's value; an empty secret takes the cookie away.
std::string session_cookie(std::string_view secret, std::string_view host, Duration longest, bool secure);

/// The sessions, kept in the store so that they outlive a restart.
class SessionBook {
 public:
  SessionBook(store::Store& store, const Clock& clock, AccessSettings settings)
      : store_(store), clock_(clock), settings_(settings), sessions_(store, kSessionKind) {}

  struct Begun {
    std::string secret;  ///< 256 bits, for the cookie; kept nowhere.
    Session session;
  };
  /// Signs the user in: journals it, and drops what of the user's sessions has expired or is over twenty.
  Result<Begun> begin(const std::string& user, const std::string& peer);
  /// The living session of a secret.
  Result<std::optional<Session>> find(std::string_view secret) const;
  bool lives(const Session& session) const;
  /// Notes that it is used, at most once an hour (each note is a write).
  Result<void> touch(Session& session);
  /// Ends it and journals that; nothing when there is none.
  Result<void> end(std::string_view secret);

  const AccessSettings& settings() const { return settings_; }

 private:
  store::Store& store_;
  const Clock& clock_;
  AccessSettings settings_;
  store::Collection<Session> sessions_;
};

}  // namespace hanse::node
