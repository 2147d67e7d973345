#include "node/access/session_book.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.hpp"
#include "base/text.hpp"
#include "node/access/secret.hpp"

namespace hanse::node {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kSessionsOfUserMax = 20;
constexpr Duration kTouchStep = 1h;

std::string peer_detail(const std::string& peer) {
  std::string detail = R"({"address":)";
  json::append_string(detail, peer);
  return detail + "}";
}

}  // namespace

std::string session_cookie_name(std::string_view host) {
  const auto colon = host.rfind(':');
  // The colons of an IPv6 address stand within brackets.
  const auto port = colon == std::string_view::npos ? std::string_view{} : host.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos;
  return digits ? fmt::format("{}_{}", kSessionCookie, port) : std::string{kSessionCookie};
}

std::string session_secret(std::string_view cookie_header, std::string_view host) {
  const auto name = session_cookie_name(host);
  for (const auto part : split(cookie_header, ';')) {
    const auto pair = trim(part);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      const auto secret = pair.substr(name.size() + 1);
      return secret.size() == 2 * kSecretBytes ? std::string{secret} : std::string{};
    }
  }
  return {};
}

std::string session_cookie(std::string_view secret, std::string_view host, Duration longest, bool secure) {
  const auto age = secret.empty() ? 0 : std::chrono::duration_cast<std::chrono::seconds>(longest).count();
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", session_cookie_name(host), secret, age,
                     secure ? "; Secure" : "");
}

Result<SessionBook::Begun> SessionBook::begin(const std::string& user, const std::string& peer) {
  const auto now = clock_.now();
  Begun begun{.secret = secure_random_hex(kSecretBytes), .session = {}};
  begun.session = {.id = fingerprint(begun.secret),
                   .user = user,
                   .peer = peer,
                   .created = now,
                   .used = now,
                   .expires = now + settings_.session_longest};
  HANSE_CHECK(store_.write({"user:" + user}, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_TRY(const auto page, transaction.list({.kind = kSessionKind, .equal = {{"user", user}}, .limit = 1000}));
    std::vector<Session> living;
    for (const auto& document : page.items) {
      HANSE_TRY(const auto session, from_json<Session>(document.body, UnknownMembers::ignore));
      if (lives(session)) {
        living.push_back(session);
      } else {
        HANSE_CHECK(sessions_.remove(transaction, session.id));
      }
    }
    std::sort(living.begin(), living.end(), [](const Session& a, const Session& b) { return a.used > b.used; });
    for (std::size_t i = kSessionsOfUserMax - 1; i < living.size(); ++i) {
      HANSE_CHECK(sessions_.remove(transaction, living[i].id));
    }
    HANSE_CHECK(sessions_.put(transaction, begun.session, 0));
    return transaction.note("login", kUserKind, user, peer_detail(peer));
  }));
  return begun;
}

bool SessionBook::lives(const Session& session) const {
  const auto now = clock_.now();
  return now < session.expires && now < session.used + settings_.session_idle;
}

Result<std::optional<Session>> SessionBook::find(std::string_view secret) const {
  HANSE_TRY(auto stored, sessions_.find(fingerprint(secret)));
  if (!stored || !lives(stored->record)) return std::optional<Session>{};
  return std::optional<Session>{std::move(stored->record)};
}

Result<void> SessionBook::touch(Session& session) {
  // An hour's grain must not end a shorter idle time early.
  const auto step = std::min(kTouchStep, settings_.session_idle / 4);
  if (clock_.now() - session.used < step) return {};
  session.used = clock_.now();
  return store_.write({"user:" + session.user}, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_TRY(const auto there, transaction.get(kSessionKind, session.id));
    if (!there) return {};  // Signed out meanwhile: it must not come back.
    HANSE_CHECK(sessions_.put(transaction, session));
    return {};
  });
}

Result<void> SessionBook::end(std::string_view secret) {
  HANSE_TRY(const auto stored, sessions_.find(fingerprint(secret)));
  if (!stored) return {};
  const auto& session = stored->record;
  return store_.write({"user:" + session.user}, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_CHECK(sessions_.remove(transaction, session.id));
    return transaction.note("logout", kUserKind, session.user, "{}");
  });
}

}  // namespace hanse::node
