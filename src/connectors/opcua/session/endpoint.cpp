#include "connectors/opcua/session/endpoint.hpp"

#include <fmt/format.h>

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/names.hpp"

namespace hanse::connectors::opcua {
namespace {

std::string_view chosen_name(PolicyChoice choice) {
  switch (choice) {
    case PolicyChoice::none:
      return "None";
    case PolicyChoice::basic256sha256:
      return "Basic256Sha256";
    case PolicyChoice::aes128_sha256_rsaoaep:
      return "Aes128_Sha256_RsaOaep";
    case PolicyChoice::aes256_sha256_rsapss:
      return "Aes256_Sha256_RsaPss";
    case PolicyChoice::best:
      break;
  }
  return {};
}

bool fits(const SecurityPolicy& policy, MessageSecurityMode mode, const OpcuaSettings& settings) {
  if (settings.security_policy == PolicyChoice::best && policy.is_none()) return false;
  if (settings.security_policy != PolicyChoice::best && policy.name != chosen_name(settings.security_policy))
    return false;
  if (policy.is_none()) return mode == MessageSecurityMode::none;
  if (settings.security_mode == ModeChoice::sign) return mode == MessageSecurityMode::sign;
  if (settings.security_mode == ModeChoice::sign_and_encrypt) return mode == MessageSecurityMode::sign_and_encrypt;
  return mode == MessageSecurityMode::sign || mode == MessageSecurityMode::sign_and_encrypt;
}

std::string list_offers(std::span<const EndpointDescription> offered) {
  constexpr std::string_view kModes[] = {"invalid", "None", "Sign", "SignAndEncrypt"};
  std::string text;
  for (const auto& endpoint : offered) {
    const auto mode = static_cast<std::size_t>(endpoint.security_mode);
    const auto hash = endpoint.security_policy_uri.find('#');
    const auto name = hash == std::string::npos ? std::string{"?"} : endpoint.security_policy_uri.substr(hash + 1, 40);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, mode < std::size(kModes) ? kModes[mode] : "?");
    if (text.size() > 400) break;
  }
  return text.empty() ? "nothing" : text;
}

const UserTokenPolicy* find_token(const EndpointDescription& endpoint, UserTokenType type) {
  const UserTokenPolicy* found = nullptr;
  for (const auto& policy : endpoint.user_identity_tokens) {
    if (policy.token_type != type) continue;
    const auto* security =
        find_policy(policy.security_policy_uri.empty() ? endpoint.security_policy_uri : policy.security_policy_uri);
    if (security && (!found || !security->is_none())) found = &policy;
  }
  return found;
}

const SecurityPolicy& token_security(const ChosenEndpoint& endpoint, const UserTokenPolicy& policy) {
  const auto* found = policy.security_policy_uri.empty() ? endpoint.policy : find_policy(policy.security_policy_uri);
  return found ? *found : kNonePolicy;
}

Result<IdentityToken> user_name_token(const ChosenEndpoint& endpoint, const UserTokenPolicy& policy,
                                      const UserIdentity& user, std::string_view nonce, std::string_view certificate,
                                      bool unsecured_allowed) {
  const auto& security = token_security(endpoint, policy);
  UserNameIdentityToken token;
  token.policy_id = policy.policy_id;
  token.user_name = user.name;
  if (security.is_none()) {
    if (endpoint.description.security_mode != MessageSecurityMode::sign_and_encrypt && !unsecured_allowed) {
      return fail(ErrorCode::forbidden,
                  "the server takes the password only in the clear; choose an encrypted security_mode");
    }
    token.password = std::string{user.password.reveal()};
  } else {
    HANSE_TRY(const auto receiver, Certificate::from_der(certificate));
    // OPC 10000-4, 7.40.2.2: length, password, the server's nonce.
    Secret plain;
    BinaryWriter{plain.fill()}.write(static_cast<std::uint32_t>(user.password.reveal().size() + nonce.size()));
    plain.fill() += user.password.reveal();
    plain.fill() += nonce;
    HANSE_TRY(auto cipher, encrypt(receiver, security.encryption, plain.reveal()));
    token.password = std::move(cipher);
    token.encryption_algorithm = security.encryption_uri;
  }
  IdentityToken out{.token = wrap(token), .signature = {}};
  wipe(token.password);
  return out;
}

}  // namespace

Result<ChosenEndpoint> choose_endpoint(std::span<const EndpointDescription> offered, const OpcuaSettings& settings,
                                       Timestamp now) {
  const bool wants_none = settings.security_policy == PolicyChoice::none;
  if (wants_none && (!settings.unsecured_until || now >= *settings.unsecured_until)) {
    return fail(ErrorCode::forbidden,
                "the time for talking to this server without security is over; choose a security_policy");
  }
  std::optional<ChosenEndpoint> best;
  const auto rank = [](const ChosenEndpoint& endpoint) {
    return std::pair{endpoint.description.security_mode, endpoint.policy->rank};
  };
  for (const auto& description : offered) {
    const auto* policy = find_policy(description.security_policy_uri);
    const bool binary =
        description.transport_profile_uri.empty() || description.transport_profile_uri == kBinaryTransport;
    if (!policy || !binary || !description.endpoint_url.starts_with("opc.tcp:") ||
        !fits(*policy, description.security_mode, settings)) {
      continue;
    }
    ChosenEndpoint candidate{.description = description, .policy = policy};
    if (!best || rank(candidate) > rank(*best)) best = std::move(candidate);
  }
  if (best) return *std::move(best);
  return fail(ErrorCode::unavailable,
              fmt::format("the server offers no endpoint as the settings want it; it offers {}", list_offers(offered)));
}

Result<IdentityToken> make_token(const ChosenEndpoint& endpoint, const UserIdentity& user, std::string_view nonce,
                                 std::string_view certificate, bool unsecured_allowed) {
  const auto type = user.certificate    ? UserTokenType::certificate
                    : user.name.empty() ? UserTokenType::anonymous
                                        : UserTokenType::user_name;
  const auto* policy = find_token(endpoint.description, type);
  // An empty list means anonymous. OPC 10000-4, 7.14
  static const UserTokenPolicy kNameless;
  if (!policy && type == UserTokenType::anonymous && endpoint.description.user_identity_tokens.empty())
    policy = &kNameless;
  if (!policy) {
    constexpr std::string_view kLogIns[] = {"anonymous users", "user names", "user certificates"};
    return fail(ErrorCode::unavailable,
                fmt::format("the server's endpoint doesn't take {}", kLogIns[static_cast<std::size_t>(type)]));
  }
  if (type == UserTokenType::user_name)
    return user_name_token(endpoint, *policy, user, nonce, certificate, unsecured_allowed);
  if (type == UserTokenType::anonymous) {
    return IdentityToken{.token = wrap(AnonymousIdentityToken{.policy_id = policy->policy_id}), .signature = {}};
  }
  const auto& security = token_security(endpoint, *policy);
  IdentityToken out;
  out.token =
      wrap(X509IdentityToken{.policy_id = policy->policy_id, .certificate = user.certificate->certificate.der()});
  if (security.is_none()) return out;
  std::string proof{certificate};
  proof += nonce;
  HANSE_TRY(auto signature, sign(user.certificate->key, security.signature, proof));
  out.signature = {.algorithm = security.signature_uri, .signature = std::move(signature)};
  return out;
}

}  // namespace hanse::connectors::opcua
