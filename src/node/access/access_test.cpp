#include "node/access/access.hpp"

#include "node/access/access_fixture.hpp"

namespace hanse::node {
namespace {

using api::Method;

class AccessTest : public AccessFixture {};

TEST_F(AccessTest, AFreshNodeAsksForAnAdministratorAndLetsNobodyElseIn) {
  const auto session = ask({.path = "/api/v1/session"});

  EXPECT_EQ(session.body, R"({"user":null,"setup_needed":true})");
  EXPECT_EQ(ask({.path = "/api/v1/users"}).status, 401);
}

TEST_F(AccessTest, TheSetUpCodeMakesOneAdministratorWhoIsSignedIn) {
  set_up();

  const auto session = ask({.path = "/api/v1/session"});
  EXPECT_EQ(member(session, "setup_needed"), "false");
  EXPECT_TRUE(member(session, "user").contains(R"("name":"admin")")) << session.body;
  EXPECT_FALSE(access->setup_code()->has_value());
}

TEST_F(AccessTest, AWrongUsedOrOldSetUpCodeMakesNobody) {
  const auto with = [&](const std::string& code) {
    return ask(
        {Method::post, "/api/v1/setup", R"({"code":")" + code + R"(","name":"eve","password":")" + kPassword + "\"}"});
  };
  EXPECT_EQ(with("0123456789abcdef0123456789abcdef").status, 403);
  const auto old = **access->setup_code();
  const auto code = **access->setup_code();
  EXPECT_EQ(old.size(), 32u);
  EXPECT_EQ(with(old).status, 403);
  EXPECT_EQ(with(code).status, 200);
  EXPECT_EQ(with(code).status, 409);
  EXPECT_EQ(access->setup_code()->has_value(), false);
}

TEST_F(AccessTest, ABadPasswordDoesNotUseUpTheSetUpCode) {
  const auto code = **access->setup_code();
  const auto with = [&](const std::string& password) {
    return ask(
        {Method::post, "/api/v1/setup", R"({"code":")" + code + R"(","name":"anna","password":")" + password + "\"}"});
  };
  const auto shortish = with("short");
  EXPECT_EQ(shortish.status, 422);
  EXPECT_TRUE(shortish.body.contains(R"({"path":"password","message":"must have at least 12 characters)"))
      << shortish.body;
  EXPECT_EQ(with(kPassword).status, 200);
}

TEST_F(AccessTest, TheCookieIsOutOfReachOfScriptsAndOtherSites) {
  set_up();
  const auto plain = header(sign_in("admin"), "Set-Cookie");
  facts.secure = true;
  const auto secure = header(sign_in("admin"), "Set-Cookie");

  EXPECT_TRUE(plain.ends_with("; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict")) << plain;
  EXPECT_TRUE(secure.ends_with("; HttpOnly; SameSite=Strict; Secure")) << secure;
  EXPECT_EQ(plain.find(';'), std::string_view{"hanse_session_8080="}.size() + 64);
}

TEST_F(AccessTest, TheStoreHoldsNothingThatSignsIn) {
  set_up();
  const auto secret = session_secret(facts.cookie, facts.host);
  const auto token = ask({Method::post, "/api/v1/tokens", R"({"name":"robot","scopes":["plant.read"]})"});

  for (const char* kind : {kUserKind, kCredentialKind, kSessionKind, kTokenKind}) {
    const auto page = *store->list({.kind = kind});
    EXPECT_FALSE(page.items.empty()) << kind;
    for (const auto& document : page.items) {
      const auto text = document.id + document.body;
      EXPECT_FALSE(text.contains(secret) || text.contains(member(token, "secret")) || text.contains(kPassword)) << text;
    }
  }
}

TEST_F(AccessTest, NodesOnOneHostDoNotShareTheCookie) {
  EXPECT_EQ(session_cookie_name("localhost:8080"), "hanse_session_8080");
  EXPECT_EQ(session_cookie_name("[::1]:8081"), "hanse_session_8081");
  EXPECT_EQ(session_cookie_name("[::1]"), "hanse_session");
  EXPECT_EQ(session_cookie_name("node.example.org"), "hanse_session");
  EXPECT_EQ(session_cookie_name("node:evil; Path"), "hanse_session");
  set_up();
  auto other = facts;
  other.host = "localhost:8081";
  EXPECT_EQ(ask({.path = "/api/v1/users"}, other).status, 401) << "the other node's cookie counts here";
}

TEST_F(AccessTest, ASessionOutlivesARestartOfTheNode) {
  set_up();
  restart();
  EXPECT_TRUE(ask({.path = "/api/v1/session"}).body.contains(R"("name":"admin")"));
}

TEST_F(AccessTest, ASessionEndsWhenIdleForTwelveHoursOrOlderThanAWeek) {
  set_up();
  for (int i = 0; i < 15; ++i) {
    clock.advance(11h);
    EXPECT_EQ(ask({.path = "/api/v1/users"}).status, 200) << i;
  }
  clock.advance(11h);
  EXPECT_EQ(ask({.path = "/api/v1/users"}).status, 401) << "176 hours are over a week";

  sign_in("admin");
  clock.advance(12h);
  EXPECT_EQ(ask({.path = "/api/v1/users"}).status, 401);
}

TEST_F(AccessTest, SigningOutEndsTheSessionEverywhereAtOnce) {
  set_up();
  const auto before = facts;
  const auto out = ask({Method::del, "/api/v1/session"});

  EXPECT_EQ(out.status, 204);
  EXPECT_TRUE(header(out, "Set-Cookie").starts_with("hanse_session_8080=; Path=/; Max-Age=0;"));
  EXPECT_EQ(ask({.path = "/api/v1/users"}, before).status, 401);
}

TEST_F(AccessTest, ChangesWithACookieNeedTheHeader) {
  set_up();
  facts.csrf = "";
  EXPECT_EQ(make_user("vera", "[]").status, 403);
  EXPECT_EQ(ask({Method::del, "/api/v1/session"}).status, 403);
  EXPECT_EQ(ask({.path = "/api/v1/users"}).status, 200);
}

TEST_F(AccessTest, PagesFromElsewhereChangeNothingNotEvenWhoIsSignedIn) {
  set_up();
  const auto with = [&](const std::string& origin, const std::string& fetch_site) {
    auto changed = facts;
    changed.origin = origin;
    changed.fetch_site = fetch_site;
    return changed;
  };
  const Ask out{Method::del, "/api/v1/session"};
  const Ask in{Method::post, "/api/v1/session", R"({"name":"admin","password":"x"})"};
  for (const auto& asked : {out, in}) {
    EXPECT_EQ(ask(asked, with("https://evil.example", "")).status, 403);
    EXPECT_EQ(ask(asked, with("null", "")).status, 403);
    EXPECT_EQ(ask(asked, with("http://localhost:8081", "")).status, 403);
    EXPECT_EQ(ask(asked, with("", "cross-site")).status, 403);
    EXPECT_EQ(ask(asked, with("", "same-site")).status, 403);
  }
  EXPECT_EQ(ask(in, with("http://localhost:8080", "same-origin")).status, 401);
}

TEST_F(AccessTest, AWrongPasswordAnUnknownNameAndADisabledUserAreAnsweredAlike) {
  set_up();
  ASSERT_EQ(make_user("vera", R"([{"role":"viewer"}])").status, 200);
  ASSERT_EQ(ask({Method::put, "/api/v1/users/vera", R"({"disabled":true})"}).status, 200);
  facts.cookie.clear();

  const auto wrong = sign_in("admin", "not this one at all");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(sign_in("nobody at all").body, wrong.body);
  EXPECT_EQ(sign_in("vera").body, wrong.body);
  EXPECT_EQ(sign_in("a/b").body, wrong.body);
}

TEST_F(AccessTest, WrongTriesMakeAPauseThatGrowsAndEndsByItself) {
  set_up();
  for (int i = 0; i < LockOut::kFreeTriesOfName; ++i) EXPECT_EQ(sign_in("admin", "guess number one").status, 401) << i;

  const auto locked = sign_in("admin");
  EXPECT_EQ(locked.status, 429);
  EXPECT_EQ(header(locked, "Retry-After"), "1");
  clock.advance(1s);
  EXPECT_EQ(sign_in("admin", "guess number two").status, 401);
  EXPECT_EQ(header(sign_in("admin"), "Retry-After"), "2");
  clock.advance(2s);
  EXPECT_EQ(sign_in("admin").status, 200);
  EXPECT_EQ(sign_in("admin", "guess number one").status, 401) << "a right password forgives";
}

TEST_F(AccessTest, AnUnknownNameIsPausedAsAKnownOne) {
  set_up();
  for (int i = 0; i < LockOut::kFreeTriesOfName; ++i) EXPECT_EQ(sign_in("eve").status, 401);
  EXPECT_EQ(sign_in("eve").status, 429);
}

TEST_F(AccessTest, NamesAreTheSameInAnyCase) {
  set_up();
  EXPECT_EQ(sign_in("Admin").status, 200);
  EXPECT_EQ(make_user("ADMIN", "[]").status, 409);
}

TEST_F(AccessTest, ChangingOnesPasswordNeedsTheOldOneAndEndsTheOtherSessions) {
  set_up();
  const auto elsewhere = facts;
  sign_in("admin");
  const auto change = [&](const std::string& current) {
    return take_cookie(ask({Method::post, "/api/v1/session/password",
                            R"({"current":")" + current + R"(","password":"a wholly different sentence"})"}));
  };

  EXPECT_EQ(change("not the current one").status, 422);
  EXPECT_EQ(change(kPassword).status, 200);
  EXPECT_EQ(ask({.path = "/api/v1/users"}).status, 200) << "goes on with a new session";
  EXPECT_EQ(ask({.path = "/api/v1/users"}, elsewhere).status, 401);
  EXPECT_EQ(sign_in("admin").status, 401);
  EXPECT_EQ(sign_in("admin", "a wholly different sentence").status, 200);
}

TEST_F(AccessTest, WhoDidWhatIsInTheJournal) {
  set_up();
  make_user("vera", "[]");
  sign_in("vera", "not the password!");
  sign_in("vera");
  ask({Method::del, "/api/v1/session"});

  const auto lines = journal();
  for (const auto* line : {"create system:setup", "login user:admin", "create user:admin", "login_failed anonymous",
                           "login user:vera", "logout user:vera"}) {
    EXPECT_NE(std::find(lines.begin(), lines.end(), line), lines.end()) << line;
  }
  EXPECT_TRUE(store->verify_journal());
}

TEST_F(AccessTest, KeepsTwentySessionsOfAUserAtMost) {
  set_up();
  for (int i = 0; i < 30; ++i) {
    clock.advance(1s);
    EXPECT_EQ(sign_in("admin").status, 200);
  }
  EXPECT_EQ(store->list({.kind = kSessionKind, .limit = 1000})->items.size(), 20u);
  EXPECT_EQ(ask({.path = "/api/v1/users"}).status, 200);
}

}  // namespace
}  // namespace hanse::node
