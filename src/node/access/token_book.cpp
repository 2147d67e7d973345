#include "node/access/token_book.hpp"

#include <fmt/format.h>

#include "base/random.hpp"
#include "node/access/permissions.hpp"
#include "node/access/secret.hpp"

namespace hanse::node {
namespace {

constexpr std::string_view kPrefix = "hanse_";
constexpr std::size_t kTokenSecretBytes = 32;
constexpr std::size_t kTokenBytesMax = 200;
constexpr Duration kDefaultLife = 90 * 24h;
constexpr Duration kLongestLife = 731 * 24h;

std::string token_credential(std::string_view token) { return "token:" + std::string{token}; }

std::vector<FieldError> wrong_scopes(const std::vector<std::string>& scopes, const Rights& rights) {
  std::vector<FieldError> errors;
  if (scopes.empty()) errors.push_back({"scopes", "must name at least one permission, as in plant.read"});
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    const auto path = fmt::format("scopes[{}]", i);
    if (!is_permission(scopes[i])) {
      errors.push_back({path, "is no permission; /api/v1/roles lists them"});
    } else if (!rights.holds(scopes[i]) && !rights.at_sites.contains(scopes[i])) {
      errors.push_back({path, "is not yours to give"});
    }
  }
  return errors;
}

}  // namespace

Result<TokenMade> TokenBook::make(const store::Actor& actor, const std::string& owner, const Rights& rights,
                                  const NewToken& fresh) {
  const auto now = clock_.now();
  auto errors = wrong_scopes(fresh.scopes, rights);
  const auto expires = fresh.expires.value_or(now + kDefaultLife);
  if (expires <= now) errors.push_back({"expires", "must be in the future"});
  if (expires > now + kLongestLife) errors.push_back({"expires", "must be within two years"});
  if (!errors.empty()) return fail(ErrorCode::invalid, "the request has wrong fields", std::move(errors));
  const Token token{.id = new_id(clock_),
                    .name = fresh.name,
                    .owner = owner,
                    .scopes = fresh.scopes,
                    .created = now,
                    .expires = expires};
  const auto secret = fmt::format("{}{}_{}", kPrefix, token.id, secure_random_hex(kTokenSecretBytes));
  HANSE_CHECK(store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_CHECK(tokens_.put(transaction, token, 0));
    HANSE_CHECK(credentials_.put(transaction, {.id = token_credential(token.id), .hash = fingerprint(secret)}, 0));
    return {};
  }));
  return TokenMade{.id = token.id,
                   .name = token.name,
                   .owner = owner,
                   .scopes = token.scopes,
                   .created = token.created,
                   .expires = token.expires,
                   .secret = secret};
}

Result<std::optional<Token>> TokenBook::find(std::string_view secret) const {
  const std::optional<Token> nothing;
  if (!secret.starts_with(kPrefix) || secret.size() > kTokenBytesMax) return nothing;
  const auto id = secret.substr(kPrefix.size(), secret.find('_', kPrefix.size()) - kPrefix.size());
  HANSE_TRY(const auto credential, credentials_.find(token_credential(id)));
  if (!credential || !same_secret(credential->record.hash, fingerprint(secret))) return nothing;
  HANSE_TRY(auto stored, tokens_.find(id));
  if (!stored || stored->record.expires <= clock_.now()) return nothing;
  return std::optional<Token>{std::move(stored->record)};
}

Result<store::StoredPage<Token>> TokenBook::list(const std::string& owner, store::Query query) const {
  if (!owner.empty()) query.equal = {{"owner", owner}};
  return tokens_.list(std::move(query));
}

Result<void> TokenBook::revoke(const store::Actor& actor, const std::string& id) {
  return store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_CHECK(tokens_.remove(transaction, id));
    return credentials_.remove(transaction, token_credential(id));
  });
}

}  // namespace hanse::node
