#include <fmt/format.h>

#include "base/text.hpp"
#include "node/access/access_routes.hpp"

namespace hanse::node {

Result<api::Caller> Access::log_in(std::string_view name, std::string_view password, const std::string& address) {
  const auto user = routes_->check(trim(name), password, address);
  if (!user) return user.error();
  return api::Caller{
      .id = "user:" + user->id, .name = user->name, .permissions = node::rights_of(*user).everywhere, .sites = {}};
}

Result<User> AccessRoutes::check(std::string_view name, std::string_view password, const std::string& peer) {
  const auto key = to_lower(name).substr(0, 100);
  if (const auto pause = access_.lock_out_.pause(key, peer); pause > Duration::zero()) {
    return fail(ErrorCode::unavailable, "too many wrong tries; try again later");
  }
  HANSE_TRY(auto user, access_.users_.check(name, password));
  if (user) {
    access_.lock_out_.succeeded(key);
    return *std::move(user);
  }
  access_.lock_out_.failed(key, peer);
  const auto id = UserBook::id_of(name);
  HANSE_TRY(const auto known, access_.users_.find(id ? *id : std::string{}));
  HANSE_CHECK(note_failure({.name = std::string{name}, .password = {}, .peer = peer}, known.has_value()));
  return fail(ErrorCode::unauthenticated, "name or password is wrong");
}

}  // namespace hanse::node
