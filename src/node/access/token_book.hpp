#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "node/access/rights.hpp"
#include "store/collection.hpp"

namespace hanse::node {

struct NewToken {
  std::string name;
  std::vector<std::string> scopes;
  std::optional<Timestamp> expires;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "name", .summary = "Which program uses it.", .length_max = 100, .required = true},
        FieldNote{
            .field = "scopes", .summary = "Permissions, each one that you hold.", .length_max = 100, .required = true},
        FieldNote{.field = "expires", .summary = "In 90 days when absent; in two years at most."}};
  }
};
HANSE_DESCRIBE(NewToken, (name, scopes, expires))

/// A token as it is told once, with its secret.
struct TokenMade {
  std::string id, name, owner;
  std::vector<std::string> scopes;
  Timestamp created, expires;
  std::string secret;
};
HANSE_DESCRIBE(TokenMade, (id, name, owner, scopes, created, expires, secret))

/// The access tokens: `hanse_<id>_<256 random bits>`, so that scanners of source code find a leaked one by its look.
class TokenBook {
 public:
  TokenBook(store::Store& store, const Clock& clock)
      : store_(store), clock_(clock), tokens_(store, kTokenKind), credentials_(store, kCredentialKind) {}

  /// Errors: `invalid` with fields.
  Result<TokenMade> make(const store::Actor& actor, const std::string& owner, const Rights& rights,
                         const NewToken& fresh);
  /// The token of a secret that is right and not expired.
  Result<std::optional<Token>> find(std::string_view secret) const;
  Result<store::Stored<Token>> get(std::string_view id) const { return tokens_.get(id); }
  /// Of one owner, or of all when empty.
  Result<store::StoredPage<Token>> list(const std::string& owner, store::Query query) const;
  Result<void> revoke(const store::Actor& actor, const std::string& id);

 private:
  store::Store& store_;
  const Clock& clock_;
  store::Collection<Token> tokens_;
  store::Collection<Credential> credentials_;
};

}  // namespace hanse::node
