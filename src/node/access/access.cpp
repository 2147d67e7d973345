#include "node/access/access.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "base/random.hpp"
#include "base/text.hpp"
#include "node/access/access_routes.hpp"
#include "node/access/permissions.hpp"
#include "node/access/secret.hpp"

namespace hanse::node {
namespace {

using Known = CallerCache::Known;

constexpr std::size_t kSetupCodeBytes = 16;
constexpr std::size_t kAuthorizationBytesMax = 500;

Error nobody() { return fail(ErrorCode::unauthenticated, "sign in first, or send a token"); }

Error stranger() { return fail(ErrorCode::forbidden, "a page from elsewhere may not do this"); }

bool changes_state(api::Method method) { return method != api::Method::get; }

enum class Scheme { none, bearer, basic };
struct Authorization {
  Scheme scheme = Scheme::none;
  std::string secret;
};

/// The token of an Authorization header: `Bearer TOKEN` (RFC 6750), `Token TOKEN` as InfluxDB's clients say it, or the
/// password of `Basic` (RFC 7617), which is all that some clients of history can send. A user's own password is never
/// taken here: it would go around the lock-out.
Authorization read_authorization(std::string_view header) {
  if (header.size() > kAuthorizationBytesMax) return {};
  const auto blank = std::min(header.find(' '), header.size());
  const auto scheme = to_lower(header.substr(0, blank));
  const auto rest = trim(header.substr(blank));
  if (scheme == "bearer" || scheme == "token") return {Scheme::bearer, std::string{rest}};
  if (scheme != "basic") return {};
  std::string decoded(rest.size(), '\0');
  std::size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(decoded.data()), decoded.size(), rest.data(), rest.size(),
                        nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    return {};
  }
  decoded.resize(length);
  const auto colon = decoded.find(':');
  if (colon == std::string::npos) return {};
  return {Scheme::basic, decoded.substr(colon + 1)};
}

/// Would a browser say that a page of this node sends it? Programs send neither header.
bool is_own_page(const api::RequestFacts& facts) {
  if (!facts.fetch_site.empty() && facts.fetch_site != "same-origin" && facts.fetch_site != "none") return false;
  if (facts.origin.empty()) return true;
  const auto scheme = facts.origin.find("://");
  return scheme != std::string::npos && to_lower(facts.origin.substr(scheme + 3)) == to_lower(facts.host);
}

api::Caller make_caller(std::string id, std::string name, const Rights& rights) {
  api::Caller caller{.id = std::move(id), .name = std::move(name), .permissions = rights.everywhere, .sites = {}};
  for (const auto& [permission, sites] : rights.at_sites) {
    for (const auto& site : sites) {
      if (std::find(caller.sites.begin(), caller.sites.end(), site) == caller.sites.end()) caller.sites.push_back(site);
    }
  }
  return caller;
}

}  // namespace

Access::Access(store::Store& store, const Clock& clock, const Log& log, AccessSettings settings, PasswordCost cost)
    : store_(store),
      clock_(clock),
      log_(log),
      cache_(std::make_shared<CallerCache>()),
      users_(store, cost),
      sessions_(store, clock, settings),
      tokens_(store, clock),
      lock_out_(clock),
      routes_(std::make_unique<AccessRoutes>(*this)) {
  store_.listen([cache = cache_](std::span<const store::JournalEntry> entries) {
    const bool ours = std::any_of(entries.begin(), entries.end(), [](const store::JournalEntry& entry) {
      return entry.kind == kUserKind || entry.kind == kSessionKind || entry.kind == kTokenKind;
    });
    if (ours) cache->clear();
  });
}

Access::~Access() = default;

Result<std::optional<std::string>> Access::setup_code() {
  HANSE_TRY(const bool done, users_.has_administrator());
  const std::lock_guard lock{setup_mutex_};
  setup_fingerprint_.clear();
  if (done) return std::optional<std::string>{};
  auto code = secure_random_hex(kSetupCodeBytes);
  setup_fingerprint_ = fingerprint(code);
  return std::optional<std::string>{std::move(code)};
}

api::Authorise Access::authorise() {
  return [this](const api::RequestFacts& facts) { return identify(facts); };
}

api::Permit Access::permit() {
  return [this](const api::Caller& caller, const api::Route& route) { return decide(caller, route); };
}

std::vector<api::Route> Access::routes() {
  std::vector<api::Route> routes;
  routes_->add_session_routes(routes);
  routes_->add_user_routes(routes);
  routes_->add_token_routes(routes);
  routes_->add_role_routes(routes);
  return routes;
}

Result<api::Caller> Access::identify(const api::RequestFacts& facts) {
  if (!facts.authorization.empty()) {
    const auto given = read_authorization(facts.authorization);
    if (given.scheme == Scheme::none) return nobody();
    // A browser sends what once stood in an address (`http://name:token@host`) along with any page's requests.
    if (given.scheme == Scheme::basic && changes_state(facts.method) && !is_own_page(facts)) return stranger();
    HANSE_TRY(const auto known, known_token(given.secret));
    return known->caller;
  }
  // Before looking at the cookie: signing in is a change too, and must not be done by another page in one's name.
  if ((changes_state(facts.method) || facts.live) && !is_own_page(facts)) return stranger();
  const auto secret = session_secret(facts.cookie, facts.host);
  if (secret.empty()) return nobody();
  HANSE_TRY(const auto known, known_session(secret));
  if (changes_state(facts.method) && facts.csrf != "1") {
    return fail(ErrorCode::forbidden, "a change with a session's cookie needs the header 'X-Hanse-Csrf: 1'");
  }
  return known->caller;
}

Result<std::shared_ptr<const Known>> Access::known_token(std::string_view secret) {
  const auto key = fingerprint(secret);
  if (auto known = cache_->find(key, clock_.monotonic()); known && clock_.now() < known->expires) return known;
  const auto generation = cache_->generation();
  HANSE_TRY(auto known, load_token(secret));
  cache_->keep(key, known, generation);
  return known;
}

Result<std::shared_ptr<const Known>> Access::load_token(std::string_view secret) const {
  HANSE_TRY(const auto token, tokens_.find(secret));
  if (!token) return fail(ErrorCode::unauthenticated, "this token is not known, has expired or was revoked");
  HANSE_TRY(const auto owner, users_.find(token->owner));
  if (!owner || owner->record.disabled) {
    return fail(ErrorCode::unauthenticated, "this token's owner may not sign in any more");
  }
  const auto rights = limited_to(node::rights_of(owner->record), token->scopes);
  return std::make_shared<const Known>(Known{.caller = make_caller("token:" + token->id, token->name, rights),
                                             .session = {},
                                             .expires = token->expires,
                                             .looked_up = clock_.monotonic()});
}

Result<std::shared_ptr<const Known>> Access::known_session(std::string_view secret) {
  const auto key = fingerprint(secret);
  auto known = cache_->find(key, clock_.monotonic());
  if (known && sessions_.lives(known->session)) return known;
  const auto generation = cache_->generation();
  HANSE_TRY(known, load_session(secret));
  // Reading goes on when the note can't be written: a full disk must not sign people out.
  Session session = known->session;
  if (const auto touched = sessions_.touch(session); !touched) {
    log_.warning("access", "can't note that a session is used", {{"error", to_string(touched.error())}});
  }
  cache_->keep(key, known, generation);
  return known;
}

Result<std::shared_ptr<const Known>> Access::load_session(std::string_view secret) const {
  HANSE_TRY(const auto session, sessions_.find(secret));
  if (!session) return nobody();
  HANSE_TRY(const auto user, users_.find(session->user));
  if (!user || user->record.disabled) return nobody();
  return std::make_shared<const Known>(
      Known{.caller = make_caller("user:" + user->record.id, user->record.name, node::rights_of(user->record)),
            .session = *session,
            .expires = session->expires,
            .looked_up = clock_.monotonic()});
}

Result<Rights> Access::rights_of(const api::Caller& caller) const {
  const std::string_view id{caller.id};
  std::string owner{id.substr(std::min(id.size(), id.find(':') + 1))};
  std::optional<std::vector<std::string>> scopes;
  if (id.starts_with("token:")) {
    HANSE_TRY(const auto token, tokens_.get(owner));
    owner = token.record.owner;
    scopes = token.record.scopes;
  } else if (!id.starts_with("user:")) {
    return nobody();
  }
  HANSE_TRY(const auto user, users_.find(owner));
  if (!user) return nobody();
  auto rights = node::rights_of(user->record);
  return scopes ? limited_to(std::move(rights), *scopes) : rights;
}

Result<void> Access::decide(const api::Caller& caller, const api::Route& route) const {
  if (route.permission == kPublicPermission) return {};
  if (caller.id.empty()) return nobody();
  if (route.permission == kUserPermission) return {};
  if (!is_permission(route.permission)) {
    return fail(ErrorCode::forbidden, fmt::format("nobody may do this: '{}' is no permission", route.permission));
  }
  if (holds(caller, route.permission)) return {};
  HANSE_TRY(const bool at_some_site, holds_at_some_site(caller, route));
  if (at_some_site) return {};
  return fail(ErrorCode::forbidden, fmt::format("this needs the permission '{}', which {} doesn't have",
                                                route.permission, caller.name.empty() ? caller.id : caller.name));
}

Result<bool> Access::holds_at_some_site(const api::Caller& caller, const api::Route& route) const {
  if (!sites_ || caller.sites.empty() || !has_site_rule(route)) return false;
  HANSE_TRY(const auto rights, rights_of(caller));
  return rights.at_sites.contains(route.permission);
}

std::vector<api::Route> Access::limit_to_sites(std::vector<api::Route> routes, SiteLookup lookup) {
  sites_ = std::make_shared<const SiteLookup>(std::move(lookup));
  for (auto& route : routes) {
    if (!has_site_rule(route)) continue;
    route.handle = [this, own = route](const api::Request& request) { return handle_at_sites(own, request, *sites_); };
  }
  return routes;
}

bool Access::holds_at_site_of(const api::Caller& caller, std::string_view permission, std::uint32_t signal) const {
  if (!sites_ || caller.sites.empty()) return false;
  const auto rights = rights_of(caller);
  if (!rights) return false;
  const auto held = rights->at_sites.find(std::string{permission});
  if (held == rights->at_sites.end()) return false;
  const auto site = sites_->site_of(sites_->asset_of(signal));
  return !site.empty() && std::find(held->second.begin(), held->second.end(), site) != held->second.end();
}

Result<api::Response> Access::handle_at_sites(const api::Route& route, const api::Request& request,
                                              const SiteLookup& lookup) const {
  if (holds(request.caller, route.permission)) return route.handle(request);
  HANSE_TRY(const auto rights, rights_of(request.caller));
  const auto held = rights.at_sites.find(route.permission);
  if (held == rights.at_sites.end()) return fail(ErrorCode::forbidden, "you may not do this");
  HANSE_CHECK(check_sites(route, request, held->second, lookup));
  HANSE_TRY(auto response, route.handle(request));
  keep_sites(route, response, held->second, lookup);
  return response;
}

}  // namespace hanse::node
