#pragma once

#include <string>
#include <vector>

#include "node/access/access.hpp"

namespace hanse::node {

/// The routes of `Access`, by subject. Only `Access::routes` makes one.
class AccessRoutes {
 public:
  explicit AccessRoutes(Access& access) : access_(access) {}
  void add_session_routes(std::vector<api::Route>& routes);  ///< session_routes.cpp
  void add_user_routes(std::vector<api::Route>& routes);     ///< user_routes.cpp
  void add_token_routes(std::vector<api::Route>& routes);    ///< token_routes.cpp
  void add_role_routes(std::vector<api::Route>& routes);     ///< token_routes.cpp
  /// The user when name and password fit; slows guessing down and notes a failure. See `Access::log_in`.
  Result<User> check(std::string_view name, std::string_view password, const std::string& peer);

 private:
  struct Entry {  ///< An attempt to get in.
    std::string name;
    std::string password;
    std::string peer;
    std::string host;
    bool secure = false;
  };
  static Entry entry_of(const api::RequestFacts& facts, std::string name = {}, std::string password = {}) {
    return {std::move(name), std::move(password), facts.peer, facts.host, facts.secure};
  }
  Result<api::Response> sign_in(const Entry& entry);
  Result<api::Response> set_up(const std::string& code, const Entry& entry);
  Result<api::Response> change_password(const api::Context& context, const std::string& current,
                                        const std::string& fresh);
  Result<api::Response> begin_session(const User& user, const Entry& entry);
  Result<void> note_failure(const Entry& entry, bool known);
  api::Response too_early(Duration pause) const;

  Access& access_;
};

/// The id of a user who is signed in. Errors: `forbidden` for a token, which must not make itself another way in.
Result<std::string> signed_in_user(const api::Caller& caller);

}  // namespace hanse::node
