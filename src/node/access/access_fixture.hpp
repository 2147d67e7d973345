#pragma once

#include <gtest/gtest.h>

#include "api/problem.hpp"
#include "api/router.hpp"
#include "node/access/access.hpp"
#include "node/access/permissions.hpp"

namespace hanse::node {

/// A node's access over a store in memory, asked as the server asks it. Hashing is cheap here; its real cost is tried
/// by one test of its own.
class AccessFixture : public testing::Test {
 protected:
  static constexpr const char* kPassword = "correct horse battery staple";

  struct Ask {
    api::Method method = api::Method::get;
    std::string path;
    std::string body = {};
    std::optional<std::int64_t> if_match = {};
  };

  /// As dispatch does: who, may they, what comes of it. Errors become problems.
  api::Response ask(const Ask& asked, api::RequestFacts sent) {
    sent.method = asked.method;
    sent.path = asked.path;
    const auto match = router->find(asked.method, asked.path);
    if (!match || !match->route) return api::Response{.status = 404};
    auto caller = access->authorise()(sent);
    if (!caller) {
      const bool nobody = caller.error().code == ErrorCode::unauthenticated && match->route->permission == "public";
      if (!nobody) return api::problem(caller.error());
      caller = api::Caller{};
    }
    if (const auto allowed = access->permit()(*caller, *match->route); !allowed) return api::problem(allowed.error());
    const api::Request request{.parameters = match->parameters,
                               .body = asked.body,
                               .content_type = "application/json",
                               .if_match = asked.if_match,
                               .caller = *caller,
                               .facts = sent};
    auto response = match->route->handle(request);
    if (response) return *std::move(response);
    return api::problem(response.error(), api::status_of(response.error(), asked.if_match.has_value()));
  }
  api::Response ask(const Ask& asked) { return ask(asked, facts); }

  /// Takes the cookie of the answer for all that follows.
  api::Response take_cookie(api::Response response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "Set-Cookie") facts.cookie = value.substr(0, value.find(';'));
    }
    return response;
  }
  api::Response sign_in(const std::string& name, const std::string& password = kPassword) {
    return take_cookie(
        ask({api::Method::post, "/api/v1/session", R"({"name":")" + name + R"(","password":")" + password + "\"}"}));
  }
  void set_up() {
    const auto code = access->setup_code();
    ASSERT_TRUE(code && *code);
    const auto made =
        take_cookie(ask({api::Method::post, "/api/v1/setup",
                         R"({"code":")" + **code + R"(","name":"admin","password":")" + kPassword + "\"}"}));
    ASSERT_EQ(made.status, 200) << made.body;
  }
  api::Response make_user(const std::string& name, const std::string& roles) {
    return ask({api::Method::post, "/api/v1/users",
                R"({"name":")" + name + R"(","password":")" + kPassword + R"(","roles":)" + roles + "}"});
  }
  /// Journal's actions with their actors, oldest first, as `login user:admin`.
  std::vector<std::string> journal() {
    std::vector<std::string> lines;
    const auto entries = *store->journal(0, 1000, false);
    for (const auto& entry : entries) lines.push_back(entry.action + ' ' + entry.actor);
    return lines;
  }
  static std::string header(const api::Response& response, std::string_view wanted) {
    for (const auto& [name, value] : response.headers) {
      if (name == wanted) return value;
    }
    return "";
  }
  static std::string member(const api::Response& response, std::string_view name) {
    const auto document = JsonDocument::parse(response.body);
    const auto found = document ? document->root().find(name) : std::nullopt;
    if (!found) return "";
    return found->kind() == JsonRef::Kind::string ? std::string{found->string()} : found->text();
  }
  /// Makes the node anew over the same store, as a restart does.
  void restart() {
    router.reset();
    access =
        std::make_unique<Access>(*store, clock, log, AccessSettings{}, PasswordCost{.passes = 1, .memory_bytes = 8192});
    router = std::make_unique<api::Router>(access->routes());
  }
  void SetUp() override { restart(); }

  SimulatedClock clock{Timestamp{1'772'323'200'000'000'000}};
  Log log{clock, LogLevel::error, LogFormat::text};
  std::unique_ptr<store::Store> store = *store::open_store("sqlite::memory:", clock);
  std::unique_ptr<Access> access;
  std::unique_ptr<api::Router> router;
  api::RequestFacts facts{.peer = "192.0.2.7", .host = "localhost:8080", .csrf = "1"};
};

}  // namespace hanse::node
