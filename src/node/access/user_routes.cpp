#include "node/access/access_routes.hpp"

#include <array>

namespace hanse::node {
namespace {

using api::Context;
using api::Method;
using api::Nothing;
using api::Page;
using api::Versioned;

struct UserById {
  std::string id;
};
HANSE_DESCRIBE(UserById, (id))

struct UserList {
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(UserList, (cursor, limit))

}  // namespace

void AccessRoutes::add_user_routes(std::vector<api::Route>& routes) {
  routes.push_back(api::route<UserList, Page<User>>(
      {.path = "/api/v1/users", .summary = "All users, by id.", .permission = "users.read"},
      [this](const UserList& in, const Context&) -> Result<Page<User>> {
        HANSE_TRY(auto stored, access_.users_.list({.cursor = in.cursor, .limit = in.limit}));
        Page<User> page{.items = {}, .next = std::move(stored.next)};
        for (auto& item : stored.items) page.items.push_back(std::move(item.record));
        return page;
      }));
  routes.push_back(api::route<NewUser, Versioned<User>>(
      {Method::post, "/api/v1/users", "Makes a user.", "users.write", 64u << 10},
      [this](const NewUser& in, const Context& context) -> Result<Versioned<User>> {
        HANSE_TRY(const auto giver, access_.rights_of(context.caller));
        HANSE_TRY(auto made, access_.users_.create({context.caller.id}, giver, in));
        return Versioned<User>{std::move(made.record), made.version};
      }));
  routes.push_back(api::route<UserById, Versioned<User>>(
      {.path = "/api/v1/users/{id}", .summary = "One user.", .permission = "users.read"},
      [this](const UserById& in, const Context&) -> Result<Versioned<User>> {
        HANSE_TRY(auto stored, access_.users_.get(in.id));
        return Versioned<User>{std::move(stored.record), stored.version};
      }));
  routes.push_back(api::route<UserChange, Versioned<User>>(
      {Method::put, "/api/v1/users/{id}",
       "Changes roles, password or whether the user may sign in; what is absent stays. If-Match names the version "
       "seen.",
       "users.write", 64u << 10},
      [this](const UserChange& in, const Context& context) -> Result<Versioned<User>> {
        HANSE_TRY(const auto giver, access_.rights_of(context.caller));
        HANSE_TRY(auto changed, access_.users_.change({context.caller.id}, giver, in, context.if_match));
        return Versioned<User>{std::move(changed.record), changed.version};
      }));
  routes.push_back(api::route<UserById, Nothing>(
      {Method::del, "/api/v1/users/{id}",
       "Deletes a user with all sessions and tokens; the journal keeps what they did.", "users.write"},
      [this](const UserById& in, const Context& context) -> Result<Nothing> {
        HANSE_TRY(const auto giver, access_.rights_of(context.caller));
        HANSE_CHECK(access_.users_.remove({context.caller.id}, giver, in.id, context.if_match));
        return Nothing{};
      }));
}

}  // namespace hanse::node
