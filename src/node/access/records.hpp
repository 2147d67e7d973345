#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "store/store.hpp"

namespace hanse::node {

/// A role, everywhere or at some sites only.
struct RoleGrant {
  std::string role;
  std::vector<std::string> sites;
  friend bool operator==(const RoleGrant&, const RoleGrant&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "role", .summary = "As in /api/v1/roles.", .required = true},
        FieldNote{.field = "sites", .summary = "Ids of the sites it is for; empty for all.", .length_max = 100}};
  }
};
HANSE_DESCRIBE(RoleGrant, (role, sites))

/// Somebody who signs in. The id is the name in lower case, which the journal shows: it never changes.
struct User {
  std::string id;
  std::string name;
  std::vector<RoleGrant> roles;
  bool disabled = false;
  static std::vector<store::IndexField> index(const User& user) {
    std::vector<store::IndexField> fields;
    for (const auto& grant : user.roles) fields.push_back({"role", grant.role});
    return fields;
  }
};
HANSE_DESCRIBE(User, (id, name, roles, disabled))

/// What proves that somebody is who they say; apart from its owner so that nothing that shows users can show it, and
/// never exported. `user:anna` with a password's argon2id hash, `token:01jd...` with a secret's SHA-256.
struct Credential {
  std::string id;
  std::string hash;
};
HANSE_DESCRIBE(Credential, (id, hash))

/// A signed-in browser. The id is the SHA-256 of the cookie's secret: who reads the store can't sign in with it.
struct Session {
  std::string id;
  std::string user;
  std::string peer;  ///< Address it was made from.
  Timestamp created;
  Timestamp used;  ///< Kept to the hour.
  Timestamp expires;
  static std::vector<store::IndexField> index(const Session& session) { return {{"user", session.user}}; }
};
HANSE_DESCRIBE(Session, (id, user, peer, created, used, expires))

/// A program's way in. It may do what its scopes name, as long as its owner may.
struct Token {
  std::string id;
  std::string name;
  std::string owner;  ///< User id.
  std::vector<std::string> scopes;
  Timestamp created;
  Timestamp expires;
  static std::vector<store::IndexField> index(const Token& token) { return {{"owner", token.owner}}; }
};
HANSE_DESCRIBE(Token, (id, name, owner, scopes, created, expires))

inline constexpr const char* kUserKind = "user";
inline constexpr const char* kCredentialKind = "credential";
inline constexpr const char* kSessionKind = "session";
inline constexpr const char* kTokenKind = "token";

}  // namespace hanse::node
