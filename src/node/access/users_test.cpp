#include <sodium.h>

#include "node/access/access_fixture.hpp"
#include "node/access/route_matrix.hpp"
#include "node/system/journal_routes.hpp"
#include "plant/routes.hpp"

namespace hanse::node {
namespace {

using api::Method;

class UsersTest : public AccessFixture {
 protected:
  void SetUp() override {
    AccessFixture::SetUp();
    set_up();
  }
  std::string make_token(const std::string& scopes) {
    return member(ask({Method::post, "/api/v1/tokens", R"({"name":"robot","scopes":)" + scopes + "}"}), "secret");
  }
  api::RequestFacts bearer(const std::string& secret) {
    return {.peer = "192.0.2.8", .authorization = "Bearer " + secret, .host = "localhost:8080"};
  }
  /// A node for each role, signed in by a session of its own.
  api::Caller caller_of(std::string_view role) {
    const std::string name = "person-" + std::string{role};
    EXPECT_EQ(make_user(name, R"([{"role":")" + std::string{role} + "\"}]").status, 200);
    auto own = facts;
    const auto answer =
        ask({Method::post, "/api/v1/session", R"({"name":")" + name + R"(","password":")" + kPassword + "\"}"});
    const auto cookie = header(answer, "Set-Cookie");
    own.cookie = cookie.substr(0, cookie.find(';'));
    const auto caller = access->authorise()(own);
    EXPECT_TRUE(caller);
    return caller ? *caller : api::Caller{};
  }
};

TEST_F(UsersTest, EveryRouteGivesEachRoleWhatTheTableSays) {
  signal::Directory directory;
  const auto plant = *plant::Plant::open(*store, clock, directory);
  auto routes = access->routes();
  for (auto& route : plant::routes(*plant)) routes.push_back(std::move(route));
  for (auto& route : journal_routes(*store)) routes.push_back(std::move(route));

  const auto findings =
      route_matrix_findings(routes, access->permit(), [&](std::string_view role) { return caller_of(role); });

  EXPECT_TRUE(findings.empty()) << fmt::format("{}", fmt::join(findings, "\n"));
  EXPECT_GT(routes.size(), 40u);
}

TEST_F(UsersTest, TheMatrixFindsRoutesWithoutARule) {
  const auto route = [](Method method, const std::string& path, const std::string& permission) {
    return api::route<api::Nothing, api::Nothing>({method, path, "", permission}, {});
  };
  const std::vector<api::Route> routes{route(Method::get, "/a", ""), route(Method::get, "/b", "plant.raed"),
                                       route(Method::get, "/c", "public"), route(Method::del, "/d", "plant.read"),
                                       route(Method::get, "/e", "plant.read")};
  const auto everybody = [](const api::Caller&, const api::Route&) { return Result<void>{}; };

  const auto findings =
      route_matrix_findings(routes, access->permit(), [&](std::string_view role) { return caller_of(role); });
  const auto lax = route_matrix_findings({&routes[4], 1}, everybody, [](std::string_view) { return api::Caller{}; });

  EXPECT_EQ(findings, (std::vector<std::string>{"GET /a has the permission '', which no table knows",
                                                "GET /b has the permission 'plant.raed', which no table knows",
                                                "GET /c is public, and not in the table of those",
                                                "DELETE /d changes something by 'plant.read'"}));
  EXPECT_EQ(lax, (std::vector<std::string>{"GET /e is allowed for nobody, and should be unauthenticated"}));
}

TEST_F(UsersTest, RolesAreKnownOnesAtKnownSites) {
  const auto answer = make_user("vera", R"([{"role":"viewr"},{"role":"viewer","sites":["mars"]}])");

  EXPECT_EQ(answer.status, 422);
  EXPECT_TRUE(answer.body.contains(R"("roles[0].role","message":"must be one of viewer, operator,)")) << answer.body;
  EXPECT_TRUE(answer.body.contains(R"("roles[1].sites[0]")")) << answer.body;
}

TEST_F(UsersTest, NamesThatCouldBeTakenForOthersAreRefused) {
  for (const auto* name :
       {" anna", "anna ", "an/na", "user:anna", "an\\u0007na", "an\\u200bna", "an\\u202ena", "an\\u00a0na"}) {
    const auto answer = make_user(name, "[]");
    EXPECT_EQ(answer.status, 422) << name;
    EXPECT_TRUE(answer.body.contains(R"({"path":"name",)")) << answer.body;
  }
  for (const auto* name : {"Jörg Müller", "o’brien", "anna.b@example.org", "李雷"}) {
    EXPECT_EQ(make_user(name, "[]").status, 200) << name;
  }
}

TEST_F(UsersTest, AChangeOfRolesActsAtOnceOnLivingSessions) {
  make_user("otto", R"([{"role":"engineer"}])");
  const auto admin = facts;
  sign_in("otto");
  const auto otto = facts;
  EXPECT_EQ(ask({.path = "/api/v1/roles"}, otto).status, 200);
  EXPECT_EQ(ask({.path = "/api/v1/users"}, otto).status, 403);

  EXPECT_EQ(ask({Method::put, "/api/v1/users/otto", R"({"roles":[{"role":"admin"}]})"}, admin).status, 200);
  EXPECT_EQ(ask({.path = "/api/v1/users"}, otto).status, 200);
  EXPECT_EQ(ask({Method::put, "/api/v1/users/otto", R"({"disabled":true})"}, admin).status, 200);
  EXPECT_EQ(ask({.path = "/api/v1/users"}, otto).status, 401);
}

TEST_F(UsersTest, APasswordGivenByTheAdministratorEndsTheSessions) {
  make_user("otto", R"([{"role":"viewer"}])");
  const auto admin = facts;
  sign_in("otto");
  EXPECT_EQ(ask({Method::put, "/api/v1/users/otto", R"({"password":"another good sentence"})"}, admin).status, 200);
  EXPECT_EQ(ask({.path = "/api/v1/roles"}).status, 401);
  EXPECT_EQ(sign_in("otto", "another good sentence").status, 200);
}

TEST_F(UsersTest, TheLastAdministratorStays) {
  const Ask away{Method::del, "/api/v1/users/admin"};
  const Ask demote{Method::put, "/api/v1/users/admin", R"({"roles":[{"role":"viewer"}]})"};
  const Ask disable{Method::put, "/api/v1/users/admin", R"({"disabled":true})"};
  EXPECT_EQ(ask(away).status, 409);
  EXPECT_EQ(ask(demote).status, 409);
  EXPECT_EQ(ask(disable).status, 409);

  make_user("second", R"([{"role":"admin"}])");
  EXPECT_EQ(ask(demote).status, 200);
  EXPECT_EQ(sign_in("second").status, 200);
  EXPECT_EQ(ask({Method::del, "/api/v1/users/second"}).status, 409);
}

TEST_F(UsersTest, ADeletedUserIsGoneWithSessionsTokensAndPassword) {
  make_user("otto", R"([{"role":"engineer"}])");
  const auto admin = facts;
  sign_in("otto");
  const auto secret = make_token(R"(["plant.read"])");
  ASSERT_EQ(ask({.path = "/api/v1/roles"}, bearer(secret)).status, 200);

  EXPECT_EQ(ask({Method::del, "/api/v1/users/otto"}, admin).status, 204);
  EXPECT_EQ(ask({.path = "/api/v1/roles"}).status, 401);
  EXPECT_EQ(ask({.path = "/api/v1/roles"}, bearer(secret)).status, 401);
  EXPECT_EQ(sign_in("otto").status, 401);
  EXPECT_TRUE(store->list({.kind = kTokenKind})->items.empty());
  EXPECT_EQ(store->list({.kind = kCredentialKind})->items.size(), 1u);
}

TEST_F(UsersTest, AStaleChangeOfAUserIsRefused) {
  const auto made = make_user("otto", R"([{"role":"viewer"}])");
  const Ask change{Method::put, "/api/v1/users/otto", R"({"roles":[{"role":"operator"}]})", made.version};
  EXPECT_EQ(ask(change).status, 200);
  EXPECT_EQ(ask(change).status, 412);
  EXPECT_EQ(ask({Method::put, "/api/v1/users/otto", R"({"name":"ottilie"})"}).status, 422);
}

TEST_F(UsersTest, ATokenMayDoWhatItsScopesNameAndNothingElse) {
  const auto secret = make_token(R"(["users.read"])");
  ASSERT_TRUE(secret.starts_with("hanse_"));

  EXPECT_EQ(ask({.path = "/api/v1/users"}, bearer(secret)).status, 200);
  EXPECT_EQ(ask({Method::post, "/api/v1/users", "{}"}, bearer(secret)).status, 403);
  auto wrong = secret;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  for (const auto& bad :
       {wrong, std::string{"nonsense"}, std::string{"hanse_"}, std::string{"hanse__"}, secret.substr(0, 40)}) {
    EXPECT_EQ(ask({.path = "/api/v1/users"}, bearer(bad)).status, 401) << bad;
  }
  auto basic = bearer(secret);
  basic.authorization = "Basic " + secret;
  EXPECT_EQ(ask({.path = "/api/v1/users"}, basic).status, 401);
}

TEST_F(UsersTest, ATokenIsTakenInTheWaysThatClientsOfHistoryKnow) {
  const auto secret = make_token(R"(["users.read","users.write"])");
  const auto with = [&](const std::string& header) {
    auto sent = bearer(secret);
    sent.authorization = header;
    return sent;
  };
  const auto basic = [](const std::string& text) {
    std::string out(text.size() * 2 + 8, '\0');
    sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    return "Basic " + std::string{out.c_str()};
  };
  const Ask users{.path = "/api/v1/users"};
  for (const auto& header : {"bearer " + secret, "Token " + secret, basic("token:" + secret), basic(":" + secret)}) {
    EXPECT_EQ(ask(users, with(header)).status, 200) << header;
  }
  for (const auto& header :
       {basic("admin:" + std::string{kPassword}), basic(secret), std::string{"Basic !"}, std::string{"Basic"},
        std::string{"Digest x"}, "Token" + secret, "Bearer " + std::string(2000, 'x')}) {
    EXPECT_EQ(ask(users, with(header)).status, 401) << header;
  }
  auto from_a_page = with(basic("token:" + secret));
  from_a_page.fetch_site = "cross-site";
  EXPECT_EQ(ask({Method::del, "/api/v1/users/nobody"}, from_a_page).status, 403);
  EXPECT_EQ(ask({Method::del, "/api/v1/users/nobody"}, with(basic("token:" + secret))).status, 404);
}

TEST_F(UsersTest, ATokenEndsWhenItExpiresOrIsRevoked) {
  const auto first = make_token(R"(["users.read"])");
  clock.advance(90 * 24h);
  EXPECT_EQ(ask({.path = "/api/v1/users"}, bearer(first)).status, 401);

  sign_in("admin");
  const auto second = ask({Method::post, "/api/v1/tokens", R"({"name":"robot","scopes":["users.read"]})"});
  EXPECT_EQ(ask({.path = "/api/v1/users"}, bearer(member(second, "secret"))).status, 200);
  EXPECT_EQ(ask({Method::del, "/api/v1/tokens/" + member(second, "id")}).status, 204);
  EXPECT_EQ(ask({.path = "/api/v1/users"}, bearer(member(second, "secret"))).status, 401);
}

TEST_F(UsersTest, ATokenLosesWhatItsOwnerLoses) {
  make_user("otto", R"([{"role":"admin"}])");
  const auto admin = facts;
  sign_in("otto");
  const auto secret = make_token(R"(["users.read","plant.read"])");
  ASSERT_EQ(ask({.path = "/api/v1/users"}, bearer(secret)).status, 200);

  ask({Method::put, "/api/v1/users/otto", R"({"roles":[{"role":"viewer"}]})"}, admin);
  EXPECT_EQ(ask({.path = "/api/v1/users"}, bearer(secret)).status, 403);
}

TEST_F(UsersTest, NobodyGivesWhatTheyDoNotHold) {
  make_user("eng", R"([{"role":"engineer"}])");
  const auto by_scope = make_token(R"(["users.write","users.read"])");
  EXPECT_EQ(ask({Method::post, "/api/v1/users",
                 R"({"name":"eve","password":"correct horse battery staple","roles":[{"role":"admin"}]})"},
                bearer(by_scope))
                .status,
            403);
  EXPECT_EQ(
      ask({Method::put, "/api/v1/users/admin", R"({"password":"correct horse battery"})"}, bearer(by_scope)).status,
      403);
  EXPECT_EQ(ask({Method::del, "/api/v1/users/eng"}, bearer(by_scope)).status, 403);
  const auto maker = make_token(R"(["tokens.write"])");
  EXPECT_EQ(ask({Method::post, "/api/v1/tokens", R"({"name":"x","scopes":["tokens.write"]})"}, bearer(maker)).status,
            403);

  sign_in("eng");
  const auto answer = ask({Method::post, "/api/v1/tokens", R"({"name":"x","scopes":["users.read","plant.raed"]})"});
  EXPECT_EQ(answer.status, 422);
  EXPECT_TRUE(answer.body.contains(R"({"path":"scopes[0]","message":"is not yours to give"})")) << answer.body;
  EXPECT_TRUE(answer.body.contains(R"({"path":"scopes[1]","message":"is no permission)")) << answer.body;
}

TEST_F(UsersTest, EverybodySeesOnlyTheirOwnTokensAndNoSecrets) {
  make_token(R"(["plant.read"])");
  make_user("eng", R"([{"role":"engineer"}])");
  const auto admin = facts;
  sign_in("eng");
  make_token(R"(["plant.read"])");

  const auto own = ask({.path = "/api/v1/tokens"});
  const auto all = ask({.path = "/api/v1/tokens"}, admin);
  EXPECT_FALSE(own.body.contains(R"("owner":"admin")")) << own.body;
  EXPECT_TRUE(all.body.contains(R"("owner":"admin")") && all.body.contains(R"("owner":"eng")")) << all.body;
  EXPECT_FALSE(all.body.contains("secret"));
}

/// Two sites with a press each; the plant's routes are served, limited to sites.
class SitesTest : public UsersTest {
 protected:
  void SetUp() override {
    UsersTest::SetUp();
    plant = *plant::Plant::open(*store, clock, directory);
    const auto add = [&](const std::string& id, plant::Level level, const std::string& parent) {
      const plant::Asset asset{.id = plant::AssetId{id}, .name = id, .level = level, .parent = plant::AssetId{parent}};
      const auto made = plant->put<plant::Asset>({"test"}, asset);
      ASSERT_TRUE(made) << to_string(made.error());
    };
    add("works", plant::Level::enterprise, "");
    for (const std::string site : {"north", "south"}) {
      add(site, plant::Level::site, "works");
      add(site + "-press", plant::Level::asset, site);
    }
    const auto made = make_user("nina", R"([{"role":"engineer","sites":["north"]}])");
    ASSERT_EQ(made.status, 200) << made.body;
    sign_in("nina");
  }
  void limit() {
    auto routes = access->routes();
    for (auto& route : plant::routes(*plant)) routes.push_back(std::move(route));
    router = std::make_unique<api::Router>(access->limit_to_sites(std::move(routes), plant_sites(*plant, directory)));
  }
  Ask put_asset(const std::string& id, const std::string& parent, const std::string& query = "") {
    return {Method::put, "/api/v1/assets/" + id + query,
            R"({"name":"New","level":"asset","parent":")" + parent + "\"}"};
  }
  signal::Directory directory;
  std::unique_ptr<plant::Plant> plant;
};

TEST_F(SitesTest, ARoleAtOneSiteReadsAndChangesThereAndNowhereElse) {
  limit();
  EXPECT_EQ(ask({.path = "/api/v1/assets/north-press"}).status, 200);
  EXPECT_EQ(ask({.path = "/api/v1/assets/south-press"}).status, 403);
  EXPECT_EQ(ask({.path = "/api/v1/assets/works"}).status, 403);
  EXPECT_EQ(ask({.path = "/api/v1/assets/nothing"}).status, 403);
  EXPECT_EQ(ask(put_asset("north-press", "north")).status, 200);
  EXPECT_EQ(ask(put_asset("south-press", "south")).status, 403);
  EXPECT_EQ(ask(put_asset("north-press", "south")).status, 403) << "nothing is moved away";
  EXPECT_EQ(ask(put_asset("south-press", "north")).status, 403) << "nor taken in";
  EXPECT_EQ(ask({Method::put, "/api/v1/assets/north-press", R"({"name":"New","level":"asset"})"}).status, 403);
  EXPECT_EQ(ask({Method::del, "/api/v1/assets/south-press"}).status, 403);
  EXPECT_EQ(ask({Method::post, "/api/v1/assets", R"({"id":"n2","name":"N2","level":"asset","parent":"north"})"}).status,
            200);
  EXPECT_EQ(ask({Method::post, "/api/v1/assets", R"({"id":"s2","name":"S2","level":"asset","parent":"south"})"}).status,
            403);
}

TEST_F(SitesTest, ListsShowWhatIsAtTheSites) {
  limit();
  const auto assets = ask({.path = "/api/v1/assets"});
  EXPECT_TRUE(assets.body.contains(R"("id":"north")") && assets.body.contains(R"("id":"north-press")")) << assets.body;
  EXPECT_FALSE(assets.body.contains("south") || assets.body.contains(R"("id":"works")")) << assets.body;
  EXPECT_EQ(ask({.path = "/api/v1/products"}).status, 200);
}

TEST_F(SitesTest, ASignalIsWhereItsAssetIs) {
  const auto signal_of = [&](const std::string& asset) {
    const auto made = plant->catalogue().find_or_create({"test"}, {.asset = plant::AssetId{asset}, .name = "power"});
    EXPECT_TRUE(made);
    return made ? static_cast<std::uint32_t>(*made) : 0;
  };
  const auto north = signal_of("north-press"), south = signal_of("south-press");
  limit();
  EXPECT_EQ(ask({.path = fmt::format("/api/v1/signals/{}", north)}).status, 200);
  EXPECT_EQ(ask({.path = fmt::format("/api/v1/signals/{}", south)}).status, 403);
  const auto history =
      api::route<api::Nothing, api::Nothing>({Method::get, "/api/v1/history/chart", "", "history.read"}, {});
  const auto chart = [&](const std::string& numbers) {
    const api::Request request{.parameters = {{"signals", numbers}}};
    return check_sites(history, request, {"north"}, plant_sites(*plant, directory)).has_value();
  };
  EXPECT_TRUE(chart(std::to_string(north)));
  for (const auto& numbers :
       {fmt::format("{},{}", north, south), std::string{}, std::string{"x"}, fmt::format("{},", north)}) {
    EXPECT_FALSE(chart(numbers)) << numbers;
  }
}

TEST_F(SitesTest, TheAddressCanNotOverruleTheBodyThatWasChecked) {
  limit();
  auto sent = put_asset("north-press", "north");
  const auto match = router->find(sent.method, sent.path);
  auto parameters = match->parameters;
  parameters["parent"] = "south";
  const auto caller = *access->authorise()(facts);
  const api::Request request{.parameters = parameters,
                             .body = sent.body,
                             .content_type = "application/json",
                             .if_match = {},
                             .caller = caller,
                             .facts = facts};
  EXPECT_FALSE(match->route->handle(request));
}

TEST_F(SitesTest, RoutesWithoutARuleAndNodesWithoutLimitsGiveNothing) {
  EXPECT_EQ(ask({.path = "/api/v1/tokens"}).status, 200) << "what any user may";
  const auto caller = access->authorise()(facts);
  ASSERT_TRUE(caller);
  const auto known = api::route<api::Nothing, api::Nothing>({Method::get, "/api/v1/assets", "", "plant.read"}, {});
  const auto unknown = api::route<api::Nothing, api::Nothing>({Method::get, "/a", "", "plant.read"}, {});
  EXPECT_FALSE(access->permit()(*caller, known)) << "before limit_to_sites";
  limit();
  EXPECT_TRUE(access->permit()(*caller, known));
  EXPECT_FALSE(access->permit()(*caller, unknown));
}

TEST_F(SitesTest, RightsAtASiteGoWithTheRoleAndIntoTokens) {
  limit();
  const auto secret = make_token(R"(["plant.write","plant.read"])");
  EXPECT_EQ(secret, "") << "making tokens is for roles that hold everywhere";
  const auto rights = access->rights_of(*access->authorise()(facts));
  ASSERT_TRUE(rights);
  EXPECT_TRUE(rights->everywhere.empty());
  EXPECT_EQ(rights->at_sites.at("plant.write"), std::vector<std::string>{"north"});
  const Rights north{.everywhere = {}, .at_sites = {{"plant.write", {"north"}}}};
  const Rights both{.everywhere = {}, .at_sites = {{"plant.write", {"north", "south"}}}};
  EXPECT_TRUE(rights->covers(north));
  EXPECT_FALSE(rights->covers(both));
  EXPECT_TRUE((Rights{.everywhere = {"plant.write"}, .at_sites = {}}.covers(both)));
}

}  // namespace
}  // namespace hanse::node
