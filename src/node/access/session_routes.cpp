#include <fmt/format.h>

#include <array>

#include "api/problem.hpp"
#include "base/text.hpp"
#include "node/access/access_routes.hpp"
#include "node/access/secret.hpp"

namespace hanse::node {

/// Who is signed in, as the page sees it.
struct SessionUser {
  std::string id, name;
  std::vector<RoleGrant> roles;
  std::vector<std::string> permissions;  ///< Held everywhere or at some site.
  std::vector<std::string> sites;        ///< Empty when nothing is limited to sites.
};
HANSE_DESCRIBE(SessionUser, (id, name, roles, permissions, sites))
struct SessionView {
  std::optional<SessionUser> user;
  bool setup_needed = false;
};
HANSE_DESCRIBE(SessionView, (user, setup_needed))

struct SignIn {
  std::string name, password;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "name", .length_max = 1000, .required = true},
                      FieldNote{.field = "password", .length_max = 10'000, .required = true, .secret = true}};
  }
};
HANSE_DESCRIBE(SignIn, (name, password))
struct SetUp {
  std::string code, name, password;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "code",
                                .summary = "From the link on the console.",
                                .length_max = 1000,
                                .required = true,
                                .secret = true},
                      FieldNote{.field = "name", .length_max = 1000, .required = true},
                      FieldNote{.field = "password", .length_max = 10'000, .required = true, .secret = true}};
  }
};
HANSE_DESCRIBE(SetUp, (code, name, password))
struct OwnPassword {
  std::string current, password;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "current",
                                .summary = "The password so far.",
                                .length_max = 10'000,
                                .required = true,
                                .secret = true},
                      FieldNote{.field = "password",
                                .summary = "The new one: at least 12 characters.",
                                .length_max = 10'000,
                                .required = true,
                                .secret = true}};
  }
};
HANSE_DESCRIBE(OwnPassword, (current, password))

namespace {

using api::Context;
using api::Method;
using api::Response;

const api::RequestFacts& facts_of(const Context& context) {
  static const api::RequestFacts kNone;
  return context.facts ? *context.facts : kNone;
}

SessionUser view_of(const User& user) {
  const auto rights = rights_of(user);
  SessionUser view{.id = user.id, .name = user.name, .roles = user.roles, .permissions = rights.all(), .sites = {}};
  if (rights.everywhere.empty()) {
    for (const auto& grant : user.roles) view.sites.insert(view.sites.end(), grant.sites.begin(), grant.sites.end());
  }
  return view;
}

Response json_response(const SessionView& view) { return Response{.body = to_json(view)}; }

}  // namespace

Result<std::string> signed_in_user(const api::Caller& caller) {
  constexpr std::string_view kUser = "user:";
  if (std::string_view{caller.id}.starts_with(kUser)) return caller.id.substr(kUser.size());
  return fail(ErrorCode::forbidden, "a token can't do this; a person has to sign in");
}

Response AccessRoutes::too_early(Duration pause) const {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(pause).count();
  auto response =
      api::problem(fail(ErrorCode::unavailable, fmt::format("too many wrong tries; try again in {} s", seconds)), 429);
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

Result<void> AccessRoutes::note_failure(const Entry& entry, bool known) {
  std::string detail = R"({"address":)";
  json::append_string(detail, entry.peer);
  // An unknown name is not written down: people type their password there.
  const auto id = known ? to_lower(entry.name) : std::string{};
  access_.log_.warning("access", "a sign-in failed", {{"user", id}, {"address", entry.peer}});
  return access_.store_.write({"anonymous"}, [&](store::Transaction& transaction) {
    return transaction.note("login_failed", kUserKind, id, detail + "}");
  });
}

Result<Response> AccessRoutes::begin_session(const User& user, const Entry& entry) {
  HANSE_TRY(const auto begun, access_.sessions_.begin(user.id, entry.peer));
  Response response = json_response({.user = view_of(user), .setup_needed = false});
  response.headers.emplace_back(
      "Set-Cookie",
      session_cookie(begun.secret, entry.host, access_.sessions_.settings().session_longest, entry.secure));
  return response;
}

Result<Response> AccessRoutes::sign_in(const Entry& entry) {
  const auto key = to_lower(trim(entry.name)).substr(0, 100);
  if (const auto pause = access_.lock_out_.pause(key, entry.peer); pause > Duration::zero()) return too_early(pause);
  HANSE_TRY(const auto user, check(trim(entry.name), entry.password, entry.peer));
  return begin_session(user, entry);
}

Result<Response> AccessRoutes::set_up(const std::string& code, const Entry& entry) {
  if (const auto pause = access_.lock_out_.pause("", entry.peer); pause > Duration::zero()) return too_early(pause);
  HANSE_TRY(const bool done, access_.users_.has_administrator());
  if (done) return fail(ErrorCode::conflict, "this node has its administrator already; sign in");
  // Held to the end: two who hold the code must not both use it.
  const std::lock_guard lock{access_.setup_mutex_};
  if (access_.setup_fingerprint_.empty() || !same_secret(access_.setup_fingerprint_, fingerprint(code))) {
    access_.lock_out_.failed("", entry.peer);
    HANSE_CHECK(note_failure({.name = {}, .password = {}, .peer = entry.peer}, false));
    return fail(ErrorCode::forbidden, "this set-up code is not right; the console shows a new one at each start");
  }
  HANSE_TRY(const auto made,
            access_.users_.create_first({.name = entry.name, .password = entry.password, .roles = {}}));
  access_.setup_fingerprint_.clear();
  access_.log_.info("access", "the first administrator was made", {{"user", made.record.id}, {"address", entry.peer}});
  return begin_session(made.record, entry);
}

Result<Response> AccessRoutes::change_password(const Context& context, const std::string& current,
                                               const std::string& fresh) {
  const auto& facts = facts_of(context);
  HANSE_TRY(const auto id, signed_in_user(context.caller));
  if (const auto pause = access_.lock_out_.pause(id, facts.peer); pause > Duration::zero()) return too_early(pause);
  HANSE_TRY(const auto user, access_.users_.check(id, current));
  if (!user) {
    access_.lock_out_.failed(id, facts.peer);
    HANSE_CHECK(note_failure({.name = id, .password = {}, .peer = facts.peer}, true));
    return fail(ErrorCode::invalid, "the request has wrong fields", {{"current", "is not your password"}});
  }
  HANSE_CHECK(access_.users_.set_password({context.caller.id}, *user, fresh));
  return begin_session(*user, entry_of(facts));
}

void AccessRoutes::add_session_routes(std::vector<api::Route>& routes) {
  routes.push_back(api::route<api::Nothing, SessionView>(
      {.path = "/api/v1/session",
       .summary = "Who is signed in, and whether the first administrator is still missing.",
       .permission = "public"},
      [this](const api::Nothing&, const Context& context) -> Result<SessionView> {
        SessionView view;
        if (context.caller.id.starts_with("user:")) {
          HANSE_TRY(const auto user, access_.users_.find(context.caller.id.substr(5)));
          if (user) view.user = view_of(user->record);
          return view;
        }
        if (!context.caller.id.empty()) {
          view.user = SessionUser{.id = context.caller.id,
                                  .name = context.caller.name,
                                  .roles = {},
                                  .permissions = context.caller.permissions,
                                  .sites = context.caller.sites};
          return view;
        }
        HANSE_TRY(const bool done, access_.users_.has_administrator());
        view.setup_needed = !done;
        return view;
      }));
  routes.push_back(api::route<SignIn, Response>(
      {Method::post, "/api/v1/session", "Signs in; the answer sets the session's cookie.", "public", 16u << 10},
      [this](const SignIn& in, const Context& context) {
        const auto& facts = facts_of(context);
        return sign_in(entry_of(facts, in.name, in.password));
      }));
  routes.push_back(api::route<api::Nothing, Response>(
      {Method::del, "/api/v1/session", "Signs out and takes the cookie away.", "public"},
      [this](const api::Nothing&, const Context& context) -> Result<Response> {
        const auto& facts = facts_of(context);
        if (const auto secret = session_secret(facts.cookie, facts.host);
            !secret.empty() && context.caller.id.starts_with("user:")) {
          HANSE_CHECK(access_.sessions_.end(secret));
        }
        Response response{.status = 204, .content_type = "", .body = ""};
        response.headers.emplace_back("Set-Cookie", session_cookie("", facts.host, {}, facts.secure));
        return response;
      }));
  routes.push_back(api::route<OwnPassword, Response>(
      {Method::post, "/api/v1/session/password", "Changes one's own password; all one's other sessions end.", "user",
       32u << 10},
      [this](const OwnPassword& in, const Context& context) {
        return change_password(context, in.current, in.password);
      }));
  routes.push_back(api::route<SetUp, Response>(
      {Method::post, "/api/v1/setup", "Makes the first administrator with the code from the console, and signs in.",
       "public", 16u << 10},
      [this](const SetUp& in, const Context& context) {
        const auto& facts = facts_of(context);
        return set_up(in.code, entry_of(facts, in.name, in.password));
      }));
}

}  // namespace hanse::node
