#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "node/access/access_routes.hpp"
#include "node/access/permissions.hpp"

namespace hanse::node {

/// A role with what it may do.
struct RoleView {
  std::string id, name, summary;
  std::vector<std::string> permissions;
};
HANSE_DESCRIBE(RoleView, (id, name, summary, permissions))

namespace {

using api::Context;
using api::Method;
using api::Nothing;
using api::Page;

struct TokenById {
  std::string id;
};
HANSE_DESCRIBE(TokenById, (id))

struct TokenList {
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(TokenList, (cursor, limit))

}  // namespace

void AccessRoutes::add_token_routes(std::vector<api::Route>& routes) {
  routes.push_back(api::route<TokenList, Page<Token>>(
      {.path = "/api/v1/tokens",
       .summary = "One's own access tokens; all with users.read. Never their secrets.",
       .permission = "user"},
      [this](const TokenList& in, const Context& context) -> Result<Page<Token>> {
        std::string owner;
        if (!holds(context.caller, "users.read")) {
          HANSE_TRY(owner, signed_in_user(context.caller));
        }
        HANSE_TRY(auto stored, access_.tokens_.list(owner, {.cursor = in.cursor, .limit = in.limit}));
        Page<Token> page{.items = {}, .next = std::move(stored.next)};
        for (auto& item : stored.items) page.items.push_back(std::move(item.record));
        return page;
      }));
  routes.push_back(api::route<NewToken, TokenMade>(
      {Method::post, "/api/v1/tokens", "Makes an access token; its secret is told this once.", "tokens.write",
       64u << 10},
      [this](const NewToken& in, const Context& context) -> Result<TokenMade> {
        HANSE_TRY(const auto owner, signed_in_user(context.caller));
        HANSE_TRY(const auto rights, access_.rights_of(context.caller));
        return access_.tokens_.make({context.caller.id}, owner, rights, in);
      }));
  routes.push_back(api::route<TokenById, Nothing>(
      {Method::del, "/api/v1/tokens/{id}", "Revokes a token at once: one's own, anybody's with users.write.",
       "tokens.write"},
      [this](const TokenById& in, const Context& context) -> Result<Nothing> {
        HANSE_TRY(const auto token, access_.tokens_.get(in.id));
        const bool own = context.caller.id == "user:" + token.record.owner;
        if (!own && !holds(context.caller, "users.write")) {
          // As if it weren't there: whose token is whose is nobody else's business.
          return fail(ErrorCode::not_found, fmt::format("there is no token '{}'", in.id));
        }
        HANSE_CHECK(access_.tokens_.revoke({context.caller.id}, in.id));
        return Nothing{};
      }));
}

void AccessRoutes::add_role_routes(std::vector<api::Route>& routes) {
  routes.push_back(api::route<Nothing, Page<RoleView>>(
      {.path = "/api/v1/roles", .summary = "The roles and what each may do.", .permission = "user"},
      [](const Nothing&, const Context&) -> Result<Page<RoleView>> {
        Page<RoleView> page;
        for (const auto& role : role_table()) {
          page.items.push_back(
              {std::string{role.id}, std::string{role.name}, std::string{role.summary}, permissions_of(role.id)});
        }
        return page;
      }));
}

}  // namespace hanse::node
