#include "dataspace/onboarding.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "dataspace/internal/loose.hpp"
#include "dataspace/records.hpp"

namespace hanse::dataspace {
namespace {

constexpr std::size_t kWaitingMax = 20;
constexpr std::size_t kIntroductionMax = 8192;
constexpr Duration kIntroductionLife = 10min;
constexpr Duration kIntroductionSkew = 30s;
constexpr std::string_view kDidWeb = "did:web:";

struct IntroductionClaims {
  std::string iss, aud, name, address, key;
  std::int64_t iat = 0;
};
HANSE_DESCRIBE(IntroductionClaims, (iss, aud, name, address, key, iat))

Error not_an_address() {
  return fail(ErrorCode::invalid, "this is no address of a node",
              {{"address", "as in https://node.example.org, node.example.org or did:web:node.example.org"}});
}

}  // namespace

Result<std::string> origin_of_typed(std::string_view typed) {
  std::string text{trim(typed)};
  if (text.starts_with(kDidWeb)) {
    // Paths of a did:web come after a further colon; the host's own colon is written %3A.
    text = text.substr(kDidWeb.size(), text.find(':', kDidWeb.size()) - kDidWeb.size());
    for (auto at = text.find("%3A"); at != std::string::npos; at = text.find("%3A")) text.replace(at, 3, ":");
    for (auto at = text.find("%3a"); at != std::string::npos; at = text.find("%3a")) text.replace(at, 3, ":");
  }
  if (text.find("://") == std::string::npos) text = "https://" + text;
  auto origin = origin_of(text);
  if (origin.empty() || origin.ends_with("//") || origin.find_first_of(" \t@\\<>\"") != std::string::npos)
    return not_an_address();
  return origin;
}

Result<DidFacts> read_did_document(std::string_view body) {
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  DidFacts out;
  out.participant = loose::text(document.root(), "id").value_or("");
  if (!out.participant.starts_with("did:"))
    return fail(ErrorCode::invalid, "this is no DID document", {{"id", "must begin with did:"}});
  for (const auto method : loose::list(document.root().find("verificationMethod"))) {
    const auto jwk = method.find("publicKeyJwk");
    if (!jwk || loose::text(*jwk, "crv") != "Ed25519") continue;
    const auto key = loose::text(*jwk, "x").value_or("");
    if (const auto bytes = from_base64url(key); !bytes || bytes->size() != 32)
      return fail(ErrorCode::invalid, "the DID document's key can't be read",
                  {{"verificationMethod.publicKeyJwk.x", "must be 32 bytes, base64url"}});
    out.public_key = key;
    break;
  }
  return out;
}

Result<std::string> read_version_document(std::string_view body) {
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  const auto versions = loose::list(document.root().find("protocolVersions"));
  if (versions.empty())
    return fail(ErrorCode::invalid, "this is no version document", {{"protocolVersions", "is missing or empty"}});
  std::string others;
  for (const auto entry : versions) {
    const auto version = loose::text(entry, "version").value_or("");
    if (version != "2025-1") {
      others += (others.empty() ? "" : ", ") + version.substr(0, 40);
      continue;
    }
    auto path = loose::text(entry, "path").value_or("");
    if (!path.empty() && !path.starts_with('/'))
      return fail(ErrorCode::invalid, "the version document is wrong", {{"path", "must begin with a slash"}});
    return without_slash(std::move(path));
  }
  return fail(ErrorCode::not_found, fmt::format("the node speaks {} of the Dataspace Protocol, not 2025-1", others));
}

std::string write_introduction(const IntroductionText& text, std::string_view audience, Timestamp now) {
  const IntroductionClaims claims{.iss = text.participant,
                                  .aud = std::string{audience},
                                  .name = text.name,
                                  .address = text.address,
                                  .key = text.key.public_key,
                                  .iat = now.ms() / 1000};
  return sign_jws(to_json(claims), text.key, text.participant + "#key");
}

Result<Introduction> read_introduction(std::string_view jws, std::string_view own_participant, Timestamp now) {
  const auto first = jws.find('.'), last = jws.rfind('.');
  if (jws.size() > kIntroductionMax || first == std::string_view::npos || first == last)
    return fail(ErrorCode::invalid, "this is no introduction");
  HANSE_TRY(const auto unchecked, from_base64url(jws.substr(first + 1, last - first - 1)));
  HANSE_TRY(const auto claims, from_json<IntroductionClaims>(unchecked, UnknownMembers::ignore));
  HANSE_CHECK(verify_jws(jws, claims.key));
  const auto age_s = now.ms() / 1000 - claims.iat;
  if (claims.aud != own_participant || age_s > kIntroductionLife / 1s || age_s < -(kIntroductionSkew / 1s))
    return fail(ErrorCode::forbidden, "the introduction is old, or meant for somebody else");
  if (claims.iss.empty() || claims.iss.size() > 500 || claims.name.size() > 200 || claims.address.size() > 1000 ||
      origin_of(claims.address).empty()) {
    return fail(ErrorCode::invalid, "the introduction doesn't say who it is from",
                {{"address", "must be the base of the node's protocol"}});
  }
  return Introduction{.card = {.participant = claims.iss,
                               .address = without_slash(claims.address),
                               .public_key = claims.key,
                               .fingerprint = key_fingerprint(claims.key),
                               .name = claims.name},
                      .time = now};
}

void IntroductionBook::put(Introduction introduction) {
  const std::lock_guard lock{mutex_};
  std::erase_if(introductions_,
                [&](const auto& known) { return known.card.participant == introduction.card.participant; });
  introductions_.push_back(std::move(introduction));
  if (introductions_.size() > kWaitingMax) introductions_.pop_front();
}

void IntroductionBook::forget(std::string_view participant) {
  const std::lock_guard lock{mutex_};
  std::erase_if(introductions_, [&](const auto& known) { return known.card.participant == participant; });
}

std::vector<Introduction> IntroductionBook::all() const {
  const std::lock_guard lock{mutex_};
  return {introductions_.begin(), introductions_.end()};
}

}  // namespace hanse::dataspace
