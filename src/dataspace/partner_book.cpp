#include "dataspace/partner_book.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.hpp"
#include "dataspace/canonical_json.hpp"

namespace hanse::dataspace {
namespace {

constexpr Duration kTokenLife = 60s;
constexpr Duration kClockSkew = 30s;
constexpr std::size_t kHeaderMax = 8192;

Error nobody() { return fail(ErrorCode::unauthenticated, "the partner's token isn't known here"); }

/// The claims of a short token that signs who sends to whom.
struct Claims {
  std::string iss, sub, aud, jti;
  std::int64_t iat = 0, exp = 0;
};
HANSE_DESCRIBE(Claims, (iss, sub, aud, jti, iat, exp))

struct MockIdentity {
  std::string region = "any", audience, clientId;  // NOLINT: names of EDC's mock identity
};
HANSE_DESCRIBE(MockIdentity, (region, audience, clientId))

}  // namespace

PartnerBook::PartnerBook(store::Store& store, const Clock& clock, OwnIdentity own)
    : store_(store), clock_(clock), own_(std::move(own)), partners_(store, "dataspace_partner") {}

Result<std::int64_t> PartnerBook::put(const store::Actor& actor, Partner partner,
                                      std::optional<std::int64_t> expected) {
  partner.address = without_slash(std::move(partner.address));
  // A secret is kept as its fingerprint: who reads the store can't be the partner.
  if (!partner.token_in.empty()) partner.token_in = sha256_hex(partner.token_in);
  std::int64_t version = 0;
  HANSE_CHECK(store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_TRY(const auto before, transaction.get(partners_.kind(), partner.id));
    if (before && expected != 0) {
      HANSE_TRY(const auto known, from_json<Partner>(before->body, UnknownMembers::ignore));
      if (partner.token_in.empty()) partner.token_in = known.token_in;
      if (partner.token_out.empty()) partner.token_out = known.token_out;
    }
    for (const auto& field : Partner::index(partner)) {
      HANSE_TRY(const auto same, transaction.list({.kind = partners_.kind(), .equal = {field}, .limit = 2}));
      for (const auto& other : same.items) {
        if (other.id == partner.id) continue;
        return fail(ErrorCode::conflict, fmt::format("partner '{}' has the same {}", other.id, field.name));
      }
    }
    HANSE_TRY(version, partners_.put(transaction, partner, expected));
    return {};
  }));
  return version;
}

Result<void> PartnerBook::remove(const store::Actor& actor, std::string_view id) {
  return store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    for (const auto* kind : {"dataspace_agreement", "dataspace_process"}) {
      HANSE_TRY(const auto used, transaction.list({.kind = kind, .equal = {{"partner", std::string{id}}}, .limit = 1}));
      if (!used.items.empty()) {
        return fail(
            ErrorCode::conflict,
            "there are agreements or negotiations with this partner; block it instead, so that the evidence stays");
      }
    }
    return partners_.remove(transaction, id);
  });
}

Result<Partner> PartnerBook::confirmed(std::string_view id) const {
  HANSE_TRY(auto stored, partners_.get(id));
  if (stored.record.trust != Trust::confirmed) {
    return fail(ErrorCode::forbidden,
                fmt::format("partner '{}' isn't confirmed; compare fingerprints and confirm it first", id));
  }
  return std::move(stored.record);
}

std::string PartnerBook::authorization_for(const Partner& partner) const {
  switch (partner.identity) {
    case IdentityMode::token:
      return partner.token_out.empty() ? std::string{} : "Bearer " + partner.token_out;
    case IdentityMode::edc_mock:
      return to_json(MockIdentity{.audience = partner.participant, .clientId = own_.participant});
    case IdentityMode::signed_key: {
      const auto now = clock_.now();
      const Claims claims{.iss = own_.participant,
                          .sub = own_.participant,
                          .aud = partner.participant,
                          .jti = secure_random_hex(16),
                          .iat = now.ms() / 1000,
                          .exp = (now + kTokenLife).ms() / 1000};
      return "Bearer " + sign_jws(to_json(claims), own_.key, own_.participant + "#key");
    }
  }
  return {};
}

Result<Partner> PartnerBook::by_index(std::string_view field, std::string value) const {
  HANSE_TRY(auto page, partners_.list({.kind = {}, .equal = {{std::string{field}, std::move(value)}}, .limit = 1}));
  if (page.items.empty() || page.items.front().record.trust != Trust::confirmed) return nobody();
  return std::move(page.items.front().record);
}

Result<Partner> PartnerBook::who(std::string_view authorization) {
  if (authorization.empty() || authorization.size() > kHeaderMax) return nobody();
  if (authorization.starts_with('{')) {
    const auto mock = from_json<MockIdentity>(authorization, UnknownMembers::ignore);
    if (!mock) return nobody();
    HANSE_TRY(auto partner, by_index("participant", mock->clientId));
    if (partner.identity != IdentityMode::edc_mock) return nobody();
    return partner;
  }
  constexpr std::string_view kBearer = "bearer ";
  if (authorization.size() > kBearer.size() &&
      std::ranges::equal(authorization.substr(0, kBearer.size()), kBearer,
                         [](char a, char b) { return (a | 0x20) == (b | 0x20); })) {
    authorization.remove_prefix(kBearer.size());
  }
  if (std::ranges::count(authorization, '.') == 2) return who_signed(authorization);
  HANSE_TRY(auto partner, by_index("token", sha256_hex(authorization)));
  if (partner.identity != IdentityMode::token) return nobody();
  return partner;
}

Result<Partner> PartnerBook::who_signed(std::string_view jws) {
  // Who claims to have signed it says which key to check with; nothing of it is believed before.
  const auto dot = jws.find('.');
  const auto unchecked = from_base64url(jws.substr(dot + 1, jws.rfind('.') - dot - 1));
  if (!unchecked) return nobody();
  const auto claimed = from_json<Claims>(*unchecked, UnknownMembers::ignore);
  if (!claimed) return nobody();
  HANSE_TRY(auto partner, by_index("participant", claimed->iss));
  if (partner.identity != IdentityMode::signed_key || !verify_jws(jws, partner.public_key)) return nobody();
  const auto now_s = clock_.now().ms() / 1000, skew_s = kClockSkew / 1s;
  const bool in_time =
      claimed->exp + skew_s >= now_s && claimed->iat - skew_s <= now_s && claimed->exp - claimed->iat <= 3600;
  if (claimed->sub != claimed->iss || claimed->aud != own_.participant || !in_time) return nobody();
  if (claimed->jti.empty() || !first_use(claimed->iss + ' ' + claimed->jti)) return nobody();
  return partner;
}

bool PartnerBook::first_use(const std::string& token_id) {
  const std::lock_guard lock{seen_mutex_};
  const auto now = clock_.now();
  while (!seen_order_.empty() && seen_order_.front().first < now) {
    seen_.erase(seen_order_.front().second);
    seen_order_.pop_front();
  }
  if (!seen_.insert(token_id).second) return false;
  seen_order_.emplace_back(now + 1h + kClockSkew, token_id);  // the longest that a token may live
  return true;
}

Result<void> PartnerBook::may_call(const Partner& partner, std::string_view url) {
  const auto origin = origin_of(url);
  const bool known =
      !origin.empty() && (origin == origin_of(partner.address) ||
                          std::ranges::find(partner.callback_origins, origin) != partner.callback_origins.end());
  if (known) return {};
  return fail(ErrorCode::forbidden, fmt::format("the address isn't one of partner '{}': it must begin with {}",
                                                partner.id, origin_of(partner.address)));
}

std::string PartnerBook::did_document(std::string_view version_url) const {
  const auto key_id = quoted(own_.participant + "#key");
  return fmt::format(
      R"({{"@context":["https://w3id.org/dspace/2025/1/context.jsonld","https://www.w3.org/ns/did/v1"],"id":{0},)"
      R"("verificationMethod":[{{"id":{1},"type":"JsonWebKey2020","controller":{0},"publicKeyJwk":)"
      R"({{"kty":"OKP","crv":"Ed25519","x":"{2}"}}}}],"authentication":[{1}],"assertionMethod":[{1}],)"
      R"("capabilityInvocation":[{1}],"service":[{{"id":{3},"type":"DataService","serviceEndpoint":{4}}}]}})",
      quoted(own_.participant), key_id, own_.key.public_key, quoted(own_.participant + "#dsp"), quoted(version_url));
}

}  // namespace hanse::dataspace
