#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/route.hpp"
#include "base/log.hpp"
#include "node/access/caller_cache.hpp"
#include "node/access/lock_out.hpp"
#include "node/access/session_book.hpp"
#include "node/access/site_limits.hpp"
#include "node/access/token_book.hpp"
#include "node/access/user_book.hpp"

namespace hanse::node {

class AccessRoutes;

/// Who is it, and may they: the one place that decides. Denies what the table of permissions doesn't give. Everything
/// it hands out refers to it: make it before the server, keep it until after. Safe from many threads.
class Access {
 public:
  Access(store::Store& store, const Clock& clock, const Log& log, AccessSettings settings = {}, PasswordCost cost = {});
  ~Access();
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  /// A fresh one-time code for making the first administrator, to be printed as `.../setup?code=CODE`; the code before
  /// is void, and so is each when the process ends. Nothing when there is an administrator.
  Result<std::optional<std::string>> setup_code();

  api::Authorise authorise();
  api::Permit permit();
  /// /api/v1/session, /setup, /users, /tokens and /roles.
  std::vector<api::Route> routes();

  /// The routes with the limits of roles that hold at some sites only. Until this was called such a role gives nothing,
  /// and it never gives routes without a rule in `site_limits.cpp`.
  std::vector<api::Route> limit_to_sites(std::vector<api::Route> routes, SiteLookup lookup);

  /// Does a role of the caller give `permission` at the site of this signal? For what isn't a route: live values.
  bool holds_at_site_of(const api::Caller& caller, std::string_view permission, std::uint32_t signal) const;

  /// For doors other than the page: the user when name and password fit. Guessing is slowed down and a failure noted as
  /// there. Blocking, and slow on purpose. Errors: `unauthenticated`; `unavailable` while nobody may try.
  Result<api::Caller> log_in(std::string_view name, std::string_view password, const std::string& address);

  /// What a caller may do, read anew. Errors: `unauthenticated` when it is gone.
  Result<Rights> rights_of(const api::Caller& caller) const;

 private:
  friend class AccessRoutes;
  Result<api::Caller> identify(const api::RequestFacts& facts);
  Result<std::shared_ptr<const CallerCache::Known>> known_token(std::string_view secret);
  Result<std::shared_ptr<const CallerCache::Known>> known_session(std::string_view secret);
  Result<std::shared_ptr<const CallerCache::Known>> load_session(std::string_view secret) const;
  Result<std::shared_ptr<const CallerCache::Known>> load_token(std::string_view secret) const;
  Result<void> decide(const api::Caller& caller, const api::Route& route) const;
  Result<bool> holds_at_some_site(const api::Caller& caller, const api::Route& route) const;
  Result<api::Response> handle_at_sites(const api::Route& route, const api::Request& request,
                                        const SiteLookup& lookup) const;

  store::Store& store_;
  const Clock& clock_;
  const Log& log_;
  std::shared_ptr<CallerCache> cache_;  ///< Shared with the store's listener, which may live longer.
  UserBook users_;
  SessionBook sessions_;
  TokenBook tokens_;
  LockOut lock_out_;
  std::mutex setup_mutex_;
  std::string setup_fingerprint_;  ///< Of the code that was printed; empty when there is none or it was used.
  std::unique_ptr<AccessRoutes> routes_;
  std::shared_ptr<const SiteLookup> sites_;  ///< Set once, before anything is served.
};

}  // namespace hanse::node
