#pragma once

#include <span>

#include "connectors/opcua/codec/services.hpp"
#include "connectors/opcua/security/crypto.hpp"
#include "connectors/opcua/settings.hpp"

namespace hanse::connectors::opcua {

/// An endpoint that was chosen, with what is needed to use it.
struct ChosenEndpoint {
  EndpointDescription description;
  const SecurityPolicy* policy = &kNonePolicy;
};

/// The strongest endpoint that fits the settings; none only where the settings allow it at `now`.
/// Errors: `unavailable`, listing what the server offers; `forbidden` when only unsecured ones are left.
Result<ChosenEndpoint> choose_endpoint(std::span<const EndpointDescription> offered, const OpcuaSettings& settings,
                                       Timestamp now);

/// Who logs in.
struct UserIdentity {
  std::string name;
  Secret password;
  std::optional<Identity> certificate;  ///< Wins over the name.
};

/// What goes into ActivateSession.
struct IdentityToken {
  ExtensionObject token;
  SignatureData signature;
};

/// The token that this endpoint takes for `user`. The password goes out encrypted with the server's key, or in an
/// encrypted channel; otherwise only where `unsecured_allowed`. `nonce` and `certificate` are the server's last.
/// Errors: `unavailable` when the endpoint takes no such log-in, `forbidden` when the password would travel in the
/// clear.
Result<IdentityToken> make_token(const ChosenEndpoint& endpoint, const UserIdentity& user, std::string_view nonce,
                                 std::string_view certificate, bool unsecured_allowed);

}  // namespace hanse::connectors::opcua
