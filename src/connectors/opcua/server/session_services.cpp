#include <fmt/format.h>

#include <algorithm>

#include "connectors/opcua/names.hpp"
#include "connectors/opcua/security/crypto.hpp"
#include "connectors/opcua/server/call.hpp"
#include "connectors/opcua/settings.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr std::string_view kAnonymousPolicy = "anonymous", kUserNamePolicy = "username";
constexpr std::size_t kNonceBytesMin = 32;  // Of a client with security. OPC 10000-4, 5.7.2
constexpr std::size_t kNameBytesMax = 200, kPasswordBytesMax = 1000;
constexpr StatusCode kBadTooManySessions{0x80560000}, kBadNonceInvalid{0x80240000},
    kBadSecurityModeRejected{0x80540000}, kBadCertificateInvalid{0x80120000}, kBadIdentityTokenInvalid{0x80200000},
    kBadApplicationSignatureInvalid{0x80580000};

std::string short_text(std::string_view text) { return std::string{text.substr(0, kNameBytesMax)}; }

/// The encryption that a token names. None for an unknown one.
EncryptionScheme scheme_of(std::string_view algorithm) {
  for (const auto& policy : kPolicies) {
    if (!policy.is_none() && policy.encryption_uri == algorithm) return policy.encryption;
  }
  return EncryptionScheme::none;
}

/// The password out of the token's bytes: length, password, our last nonce. Source: OPC 10000-4, 7.40.2.2.
/// Errors: `unauthenticated`, with the same words whatever is wrong.
Result<Secret> open_password(const PrivateKey& key, EncryptionScheme scheme, std::string_view cipher,
                             std::string_view nonce) {
  const auto refused = [] { return fail(ErrorCode::unauthenticated, "the password can't be read"); };
  const auto plain = decrypt(key, scheme, cipher);
  if (!plain || plain->reveal().size() < sizeof(std::uint32_t)) return refused();
  const auto all = plain->reveal();
  std::uint32_t length = 0;
  std::memcpy(&length, all.data(), sizeof length);
  if (length > all.size() - sizeof length || length < nonce.size()) return refused();
  const auto content = all.substr(sizeof length, length);
  const std::size_t password = content.size() - nonce.size();
  if (!same_bytes(content.substr(password), nonce) || password > kPasswordBytesMax) return refused();
  return Secret{std::string{content.substr(0, password)}};
}

}  // namespace

bool Server::unsecured_allowed() const { return options_.unsecured_until && now_.time < *options_.unsecured_until; }

bool Server::serve_discovery(Call& call) {
  return serve<GetEndpointsRequest>(
             call,
             [&](const GetEndpointsRequest& request) {
               GetEndpointsResponse response;
               for (auto& endpoint : endpoints(request.endpoint_url)) {
                 const auto& profiles = request.profile_uris;
                 if (!profiles.empty() &&
                     std::ranges::find(profiles, endpoint.transport_profile_uri) == profiles.end()) {
                   continue;
                 }
                 response.endpoints.push_back(std::move(endpoint));
               }
               call.peer.connection.answer(call.request_id, request.header.request_handle, std::move(response));
             }) ||
         serve<FindServersRequest>(call, [&](const FindServersRequest& request) {
           FindServersResponse response;
           auto own = description(request.endpoint_url);
           const auto& wanted = request.server_uris;
           if (wanted.empty() || std::ranges::find(wanted, own.application_uri) != wanted.end()) {
             response.servers.push_back(std::move(own));
           }
           call.peer.connection.answer(call.request_id, request.header.request_handle, std::move(response));
         });
}

ApplicationDescription Server::description(std::string_view asked_url) const {
  ApplicationDescription out;
  out.application_uri = own_.certificate.application_uri();
  out.product_uri = kProductUri;
  out.application_name.text = options_.application_name;
  out.application_type = ApplicationType::server;
  // Under the name by which the client found us: it can surely resolve that one.
  out.discovery_urls.push_back(parse_url(asked_url) ? String{asked_url.substr(0, 1000)}
                                                    : String{options_.endpoint_url});
  return out;
}

std::vector<EndpointDescription> Server::endpoints(std::string_view asked_url) const {
  EndpointDescription common;
  common.server = description(asked_url);
  common.endpoint_url = common.server.discovery_urls[0];
  common.server_certificate = own_.certificate.der();
  common.transport_profile_uri = kBinaryTransport;
  std::vector<EndpointDescription> out;
  const auto offer = [&](const SecurityPolicy& policy, MessageSecurityMode mode, int level) {
    auto endpoint = common;
    endpoint.security_mode = mode;
    endpoint.security_policy_uri = policy.uri;
    endpoint.security_level = static_cast<std::uint8_t>(level);
    if (options_.anonymous) endpoint.user_identity_tokens.push_back({.policy_id = kAnonymousPolicy});
    UserTokenPolicy user{.policy_id = kUserNamePolicy, .token_type = UserTokenType::user_name};
    // Passwords are encrypted also where nothing else is.
    if (policy.is_none()) user.security_policy_uri = kPolicies[1].uri;
    endpoint.user_identity_tokens.push_back(std::move(user));
    out.push_back(std::move(endpoint));
  };
  for (const auto& policy : kPolicies) {
    if (policy.is_none()) continue;
    offer(policy, MessageSecurityMode::sign_and_encrypt, 100 + policy.rank);
    offer(policy, MessageSecurityMode::sign, 50 + policy.rank);
  }
  if (unsecured_allowed()) offer(kNonePolicy, MessageSecurityMode::none, 0);
  return out;
}

bool Server::serve_session(Call& call) {
  return serve<CreateSessionRequest>(call,
                                     [&](const CreateSessionRequest& request) { create_session(call, request); }) ||
         serve<ActivateSessionRequest>(
             call, [&](const ActivateSessionRequest& request) { activate_session(call, request); }) ||
         serve<CloseSessionRequest>(call, [&](const CloseSessionRequest& request) {
           StatusCode why;
           const auto* session = session_of(call, request.header, false, why);
           if (!session) return call.peer.connection.fault(call.request_id, request.header.request_handle, why);
           close_session(request.header.authentication_token, request.delete_subscriptions);
           call.peer.connection.answer(call.request_id, request.header.request_handle, CloseSessionResponse{});
         });
}

void Server::create_session(Call& call, const CreateSessionRequest& request) {
  const auto refuse = [&](StatusCode why) {
    call.peer.connection.fault(call.request_id, request.header.request_handle, why);
  };
  const auto& security = call.peer.connection.security();
  if (security.policy->is_none() && !unsecured_allowed()) return refuse(kBadSecurityModeRejected);
  std::string application = short_text(request.client_description.application_uri);
  if (!security.policy->is_none()) {
    const auto certificate = Certificate::from_der(request.client_certificate);
    if (!certificate || certificate->der() != security.peer->der()) return refuse(kBadCertificateInvalid);
    if (request.client_nonce.size() < kNonceBytesMin) return refuse(kBadNonceInvalid);
    application = short_text(security.peer->application_uri());
  }
  auto* session = sessions_.create(now_, request.requested_session_timeout_ms);
  if (!session) return refuse(kBadTooManySessions);
  session->name = short_text(request.session_name);
  session->application_uri = std::move(application);
  session->peer = call.peer.address;
  session->policy = security.policy;
  session->mode = security.mode;
  session->connection = call.peer.id;
  if (security.peer) session->client_certificate = security.peer->der();

  CreateSessionResponse response;
  response.session_id = session->id;
  response.authentication_token = session->token;
  response.revised_session_timeout_ms = static_cast<double>(session->timeout / 1ms);
  response.server_nonce = session->nonce;
  response.server_certificate = call.peer.connection.own().certificate.der();
  response.server_endpoints = endpoints(request.endpoint_url);
  response.max_request_message_size = ServerConnection::Options{}.limits.receive_message_bytes;
  if (!security.policy->is_none()) {
    std::string proof{request.client_certificate};
    proof += request.client_nonce;
    auto signature = sign(call.peer.connection.own().key, security.policy->signature, proof);
    if (!signature) return refuse(status::kBadSecurityChecksFailed);
    response.server_signature = {.algorithm = security.policy->signature_uri, .signature = std::move(*signature)};
  }
  call.peer.connection.answer(call.request_id, request.header.request_handle, std::move(response));
}

StatusCode Server::check_activation(const Peer& peer, const ServerSession& session,
                                    const ActivateSessionRequest& request) {
  const auto& security = peer.connection.security();
  if (security.policy->is_none() && !unsecured_allowed()) return kBadSecurityModeRejected;
  if (security.policy != session.policy || security.mode != session.mode) return status::kBadSecurityChecksFailed;
  if (security.policy->is_none()) {
    // Without security nothing proves that a new connection is of the session's owner: the log-in below must.
    return session.connection == peer.id || !options_.anonymous ? status::kGood : status::kBadSessionIdInvalid;
  }
  if (security.peer->der() != session.client_certificate) return status::kBadSecurityChecksFailed;
  std::string proof = peer.connection.own().certificate.der();
  proof += session.nonce;
  return verify(*security.peer, security.policy->signature, proof, request.client_signature.signature)
             ? status::kGood
             : kBadApplicationSignatureInvalid;
}

Result<LogIn> Server::read_identity(const Peer& peer, const ServerSession& session,
                                    const ExtensionObject& token) const {
  LogIn who{.user = {}, .password = {}, .peer = peer.address, .application = session.application_uri};
  if (token.type_id.is_null() || token.type_id.is(AnonymousIdentityToken::kBinaryId)) {
    if (options_.anonymous) return who;
    return fail(ErrorCode::unauthenticated, "anonymous");
  }
  HANSE_TRY(const auto given, unwrap<UserNameIdentityToken>(token));
  who.user = short_text(given.user_name);
  if (who.user.empty()) return fail(ErrorCode::unauthenticated, "no name");
  const auto scheme = scheme_of(given.encryption_algorithm);
  if (scheme != EncryptionScheme::none) {
    auto password = open_password(peer.connection.own().key, scheme, given.password, session.nonce);
    // One that can't be read goes the way of a wrong one, with its time and its count of failures: no oracle.
    constexpr std::size_t kNobodysBytes = 32;
    who.password = password ? std::move(*password) : random_bytes(kNobodysBytes);
    return who;
  }
  // In the clear only within an encrypted channel.
  const bool encrypted = session.mode == MessageSecurityMode::sign_and_encrypt;
  if (!given.encryption_algorithm.empty() || !encrypted || given.password.size() > kPasswordBytesMax) {
    return fail(ErrorCode::unauthenticated, "the password isn't encrypted");
  }
  who.password = Secret{std::string{given.password}};
  return who;
}

void Server::activate_session(Call& call, const ActivateSessionRequest& request) {
  const auto handle = request.header.request_handle;
  const auto refuse = [&](StatusCode why) { call.peer.connection.fault(call.request_id, handle, why); };
  auto* session = sessions_.find(request.header.authentication_token);
  if (!session) return refuse(status::kBadSessionIdInvalid);
  if (session->activating) return refuse(status::kBadUserAccessDenied);
  if (const auto wrong = check_activation(call.peer, *session, request); wrong.is_bad()) return refuse(wrong);
  const auto& token = request.user_identity_token;
  const bool known = token.type_id.is_null() || token.type_id.is(AnonymousIdentityToken::kBinaryId) ||
                     token.type_id.is(UserNameIdentityToken::kBinaryId);
  if (!known) return refuse(kBadIdentityTokenInvalid);
  session->last_used = now_.monotonic;
  auto who = read_identity(call.peer, *session, token);
  // The same answer for a token that can't be read and a wrong password: no oracle.
  if (!who) return refuse(status::kBadUserAccessDenied);
  // Another user takes nobody's session over to his own connection.
  if (session->user && session->connection != call.peer.id && *session->user != who->user) {
    return refuse(status::kBadUserAccessDenied);
  }
  session->activating = true;
  call.peer.deciding = true;
  auto asked = *who;
  wipe(who->password.fill());
  host_.log_in(std::move(asked), [this, connection = call.peer.id, session_token = session->token,
                                  request_id = call.request_id, handle, named = *who](bool granted) {
    decided(connection, session_token, request_id, handle, named, granted);
  });
}

void Server::decided(ConnectionId connection, const NodeId& token, std::uint32_t request_id,
                     std::uint32_t request_handle, const LogIn& who, bool granted) {
  auto* session = sessions_.find(token);
  if (session) session->activating = false;
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  auto& peer = *found->second;
  if (!session) {
    peer.connection.fault(request_id, request_handle, status::kBadSessionIdInvalid);
  } else if (!granted) {
    host_.note({.kind = ServerEventKind::log_in_refused,
                .user = who.user,
                .application = who.application,
                .peer = who.peer,
                .detail = {}});
    peer.connection.fault(request_id, request_handle, status::kBadUserAccessDenied);
  } else {
    ActivateSessionResponse response;
    response.server_nonce = take_in(*session, connection, who);
    peer.connection.answer(request_id, request_handle, std::move(response));
  }
  peer.deciding = false;
  peer.held_bytes = 0;
  for (const auto& message : std::exchange(peer.held, {})) take(peer, message);
  if (on_output) on_output(connection);
}

/// The session is this user's on this connection from now on. Returns the nonce for its next activation.
std::string Server::take_in(ServerSession& session, ConnectionId connection, const LogIn& who) {
  const bool is_new = session.user != who.user;
  if (session.connection != connection) session.publishes.clear();  // They came over the connection before.
  session.connection = connection;
  session.user = who.user;
  session.nonce = random_bytes(32).reveal();
  session.last_used = now_.monotonic;
  if (is_new) {
    host_.note({.kind = ServerEventKind::logged_in,
                .user = who.user,
                .application = who.application,
                .peer = who.peer,
                .detail = std::string{session.policy->name}});
  }
  return session.nonce;
}

void Server::close_session(const NodeId& token, bool delete_subscriptions) {
  auto* session = sessions_.find(token);
  if (!session) return;
  const auto peer = session->connection ? connections_.find(*session->connection) : connections_.end();
  for (const auto& waiting : session->publishes) {
    if (peer == connections_.end()) break;
    peer->second->connection.fault(waiting.request_id, waiting.request_handle, status::kBadSessionClosed);
  }
  const auto subscriptions = session->subscriptions;
  for (const auto id : subscriptions) {
    if (delete_subscriptions) {
      remove_subscription(id);
    } else if (const auto found = subscriptions_.find(id); found != subscriptions_.end()) {
      found->second.session = NodeId{};
    }
  }
  if (session->user) {
    host_.note({.kind = ServerEventKind::logged_out,
                .user = *session->user,
                .application = session->application_uri,
                .peer = session->peer,
                .detail = {}});
  }
  sessions_.remove(token);
}

}  // namespace hanse::connectors::opcua
