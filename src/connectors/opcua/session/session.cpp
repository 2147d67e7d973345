#include "connectors/opcua/session/session.hpp"

#include "connectors/opcua/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kSessionCallLimit = 15s;
constexpr std::uint32_t kMessageBytesMax = 32U << 20;

constexpr std::uint32_t kNamespaceArray = 2255, kServerStatus = 2256, kServiceLevel = 2267, kContinuationPoints = 2735,
                        kNodesPerRead = 11705, kNodesPerBrowse = 11710, kNodesPerTranslate = 11712,
                        kItemsPerCall = 11714, kNodesPerHistory = 12165, kRedundancySupport = 3709,
                        kServerUriArray = 11314, kNodesPerRegister = 11711, kSessionsMax = 24095,
                        kSubscriptionsMax = 24096, kItemsMax = 24097, kSubscriptionsPerSession = 24098,
                        kItemsPerSubscription = 24104;
constexpr std::uint32_t kFactNodes[] = {
    kNamespaceArray,          kServerStatus,        kServiceLevel, kContinuationPoints, kNodesPerRead,
    kNodesPerBrowse,          kNodesPerTranslate,   kItemsPerCall, kNodesPerHistory,    kRedundancySupport,
    kServerUriArray,          kNodesPerRegister,    kSessionsMax,  kSubscriptionsMax,   kItemsMax,
    kSubscriptionsPerSession, kItemsPerSubscription};
constexpr int kServiceLevelWithData = 2;
constexpr std::size_t kServerSetMax = 10;

bool is_session_gone(StatusCode status) {
  const auto kind = status.kind();
  return kind == status::kBadSessionIdInvalid.code || kind == status::kBadSessionClosed.code ||
         kind == status::kBadSessionNotActivated.code || kind == status::kBadSecureChannelIdInvalid.code ||
         kind == 0x80580000 /* BadApplicationSignatureInvalid: the server's nonce is another */ ||
         kind == status::kBadSecurityChecksFailed.code;
}

std::uint32_t limit_of(const DataValue& value) {
  if (const auto* wide = std::get_if<std::uint32_t>(&value.value.value)) return *wide;
  if (const auto* narrow = std::get_if<std::uint16_t>(&value.value.value)) return *narrow;
  return 0;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  if (!file) return fail(ErrorCode::unavailable, fmt::format("cannot read '{}'", path));
  return bytes;
}

}  // namespace

const std::string& Session::url() const { return url_at(url_index_); }

const std::string& Session::url_at(std::size_t index) const {
  if (index == 0) return settings_.url;
  const std::size_t place = index - 1, configured = settings_.fallback_urls.size();
  return place < configured ? settings_.fallback_urls[place] : learned_urls_[place - configured];
}

std::vector<std::string> Session::other_urls() const {
  std::vector<std::string> others;
  for (std::size_t i = 0; i < urls(); ++i) {
    if (i != url_index_) others.push_back(url_at(i));
  }
  return others;
}

void Session::change_to(std::string_view url) {
  for (std::size_t i = 0; i < urls(); ++i) {
    if (url_at(i) != url) continue;
    close();
    url_index_ = i;
    endpoint_.reset();
    changing_ = true;
    ready_ = false;
    return;
  }
}

Result<ChannelSecurity> Session::channel_security(Now now) {
  ChannelSecurity security;
  if (!endpoint_ || endpoint_->policy->is_none()) return security;
  HANSE_TRY(const auto chain, Certificate::chain_from_der(endpoint_->description.server_certificate));
  HANSE_CHECK(store_.check(chain, now.time));
  HANSE_TRY(auto own, store_.own(now.time));
  security.policy = endpoint_->policy;
  security.mode = endpoint_->description.security_mode;
  security.own = std::move(own);
  security.peer = chain[0];
  return security;
}

void Session::connected(Now now) {
  ready_ = changing_ = false;
  refused_.reset();
  connection_.reset();
  if (endpoint_ && endpoint_->policy->is_none() &&
      (!settings_.unsecured_until || now.time >= *settings_.unsecured_until)) {
    endpoint_.reset();  // The time for it is over: choosing again says so.
  }
  discovered_ = endpoint_.has_value();
  auto security = channel_security(now);
  if (!security) {
    refused_ = security.error();
    return;
  }
  Connection::Options options{.endpoint_url = discovered_ ? std::string{endpoint_->description.endpoint_url} : url(),
                              .security = std::move(*security),
                              .limits = {.receive_message_bytes = kMessageBytesMax}};
  connection_.emplace(std::move(options));
  connection_->begin(now, [this] {
    if (!discovered_) return discover();
    if (token_) return activate(ReadyKind::resumed);
    create();
  });
}

void Session::receive(std::string_view bytes, Now now) {
  if (connection_) connection_->receive(bytes, now);
}

void Session::tick(Now now) {
  if (connection_) connection_->tick(now);
}

Session::Want Session::want() const {
  if (refused_ || !connection_ || connection_->failure()) return Want::end;
  return changing_ || (endpoint_ && !discovered_) ? Want::connect : Want::exchange;
}

std::optional<Error> Session::failure() const {
  if (refused_) return refused_;
  if (connection_ && connection_->failure()) return connection_->failure()->error;
  return std::nullopt;
}

void Session::lost() {
  const bool moved_on = want() == Want::connect;
  if (!moved_on && !(connection_ && connection_->was_open() && ready_)) {
    // It never came to work: its certificate or endpoints may have changed, or it is the other server's turn. One that
    // can't even be reached has told nothing new.
    const bool was_reached = connection_.has_value() || refused_.has_value();
    if (was_reached || urls() > 1) endpoint_.reset();
    url_index_ = (url_index_ + 1) % urls();
    if (urls() > 1) token_.reset();
  }
  ready_ = changing_ = false;
  connection_.reset();
}

void Session::close() {
  if (!connection_ || !connection_->is_open()) return;
  if (token_) call(CloseSessionRequest{}, 1s, [](Reply<CloseSessionResponse>) {});
  token_.reset();
  connection_->close();
}

void Session::discover() {
  GetEndpointsRequest request;
  request.endpoint_url = url();
  call(std::move(request), kSessionCallLimit, [this](Reply<GetEndpointsResponse> reply) {
    if (!reply.ok()) {
      return end(fail(ErrorCode::unavailable,
                      fmt::format("the server doesn't tell its endpoints: {}", to_string(reply.status))));
    }
    take_endpoints(reply.value);
  });
}

void Session::take_endpoints(const GetEndpointsResponse& response) {
  auto chosen = choose_endpoint(response.endpoints, settings_, now().time);
  if (!chosen) return end(chosen.error());
  // Some servers name hosts that only they can resolve; we stay with the address we have. An unsecured endpoint needs
  // no second connection.
  endpoint_ = std::move(*chosen);
  connection_->close();
}

void Session::create() {
  const auto own = store_.own(now().time);
  if (!own) return end(own.error());
  const auto& security = *endpoint_;
  CreateSessionRequest request;
  request.client_description.application_uri = own->certificate.application_uri();
  request.client_description.product_uri = kProductUri;
  request.client_description.application_name.text = "Hanse";
  request.endpoint_url = security.description.endpoint_url;
  request.session_name = "Hanse";
  client_nonce_ = random_bytes(32).reveal();
  request.client_nonce = client_nonce_;
  if (!security.policy->is_none()) request.client_certificate = own->certificate.der();
  request.requested_session_timeout_ms = static_cast<double>(settings_.session_timeout / 1ms);
  request.max_response_message_size = kMessageBytesMax;
  connection_->authentication(NodeId{});
  call(std::move(request), kSessionCallLimit, [this](Reply<CreateSessionResponse> reply) {
    if (!reply.ok()) {
      return end(fail(ErrorCode::unavailable, fmt::format("the server opens no session: {}", to_string(reply.status))));
    }
    if (auto taken = take_session(reply.value); !taken) return end(taken.error());
    activate(ReadyKind::fresh);
  });
}

Result<void> Session::take_session(const CreateSessionResponse& response) {
  const auto& policy = *endpoint_->policy;
  if (!policy.is_none()) {
    HANSE_TRY(const auto certificate, Certificate::from_der(response.server_certificate));
    HANSE_TRY(const auto expected, Certificate::from_der(endpoint_->description.server_certificate));
    HANSE_TRY(const auto own, store_.own(now().time));
    if (certificate.der() != expected.der() ||
        !verify(certificate, policy.signature, own.certificate.der() + client_nonce_,
                response.server_signature.signature)) {
      return fail(ErrorCode::unauthenticated, "the server did not prove that the certificate is its own");
    }
    const auto& uri = endpoint_->description.server.application_uri;
    if (!uri.empty() && !certificate.application_uri().empty() && certificate.application_uri() != uri) {
      return fail(ErrorCode::unauthenticated,
                  fmt::format("the server calls itself '{}', its certificate says '{}'",
                              std::string{uri}.substr(0, 200), certificate.application_uri().substr(0, 200)));
    }
  }
  server_certificate_ =
      response.server_certificate.empty() ? endpoint_->description.server_certificate : response.server_certificate;
  server_nonce_ = response.server_nonce;
  token_ = response.authentication_token;
  return {};
}

Result<UserIdentity> Session::user() const {
  UserIdentity out{.name = settings_.user, .password = Secret{settings_.password}, .certificate = {}};
  if (settings_.user_certificate_file.empty()) return out;
  HANSE_TRY(const auto der, read_file(settings_.user_certificate_file));
  HANSE_TRY(auto certificate, Certificate::from_der(der));
  HANSE_TRY(auto text, read_file(settings_.user_key_file));
  const Secret pem{text};
  wipe(text);
  HANSE_TRY(auto key, PrivateKey::from_pem(pem));
  out.certificate = Identity{std::move(certificate), std::move(key)};
  return out;
}

void Session::activate(ReadyKind kind) {
  connection_->authentication(*token_);
  ActivateSessionRequest request;
  const auto& policy = *endpoint_->policy;
  if (!policy.is_none()) {
    const auto own = store_.own(now().time);
    if (!own) return end(own.error());
    auto signature = sign(own->key, policy.signature, server_certificate_ + server_nonce_);
    if (!signature) return end(signature.error());
    request.client_signature = {.algorithm = policy.signature_uri, .signature = std::move(*signature)};
  }
  const auto who = user();
  if (!who) return end(who.error());
  const bool unsecured = settings_.unsecured_until && now().time < *settings_.unsecured_until;
  if (!who->name.empty() && policy.is_none() && !server_certificate_.empty()) {
    // The password is encrypted for whoever this certificate belongs to: that must be somebody trusted.
    const auto chain = Certificate::chain_from_der(server_certificate_);
    if (!chain) return end(chain.error());
    if (const auto trusted = store_.check(*chain, now().time); !trusted) return end(trusted.error());
  }
  auto token = make_token(*endpoint_, *who, server_nonce_, server_certificate_, unsecured);
  if (!token) return end(token.error());
  request.user_identity_token = std::move(token->token);
  request.user_token_signature = std::move(token->signature);
  call(std::move(request), kSessionCallLimit, [this, kind](Reply<ActivateSessionResponse> reply) {
    if (!reply.ok()) return activation_refused(kind, reply.status);
    server_nonce_ = reply.value.server_nonce;
    read_facts(kind);
  });
}

void Session::activation_refused(ReadyKind kind, StatusCode status) {
  if (kind == ReadyKind::resumed && is_session_gone(status)) {
    token_.reset();
    return create();
  }
  token_.reset();
  const bool user =
      status.kind() == status::kBadUserAccessDenied.code || status.kind() == status::kBadIdentityTokenRejected.code;
  end(fail(user ? ErrorCode::unauthenticated : ErrorCode::unavailable,
           fmt::format("the server refuses the log-in: {}", to_string(status))));
}

void Session::read_facts(ReadyKind kind) {
  ReadRequest request;
  for (const auto number : kFactNodes) request.nodes.push_back({.node = number});
  call(std::move(request), kSessionCallLimit, [this, kind](Reply<ReadResponse> reply) {
    if (!reply.ok() || reply.value.results.size() != std::size(kFactNodes)) {
      return end(fail(ErrorCode::unavailable,
                      fmt::format("the server doesn't tell its namespaces: {}", to_string(reply.status))));
    }
    if (const auto taken = take_facts(reply.value.results); !taken) return end(taken.error());
    find_server_set();
    ready_ = true;
    if (on_ready) on_ready(kind);
  });
}

Result<void> Session::take_facts(const std::vector<DataValue>& values) {
  ServerFacts facts;
  if (const auto* names = std::get_if<Array<String>>(&values[0].value.value))
    facts.namespaces.assign(names->begin(), names->end());
  if (const auto* object = std::get_if<Box<ExtensionObject>>(&values[1].value.value); object && *object) {
    facts.status = unwrap<ServerStatus>(**object).value_or(ServerStatus{});
  }
  if (const auto* level = std::get_if<std::uint8_t>(&values[2].value.value)) facts.service_level = *level;
  facts.continuation_points = limit_of(values[3]);
  facts.nodes_per_read = limit_of(values[4]);
  facts.nodes_per_browse = limit_of(values[5]);
  facts.nodes_per_translate = limit_of(values[6]);
  facts.items_per_call = limit_of(values[7]);
  facts.nodes_per_history = limit_of(values[8]);
  if (const auto* support = std::get_if<std::int32_t>(&values[9].value.value)) {
    facts.redundancy = *support > 0 && *support <= static_cast<std::int32_t>(Redundancy::hot_and_mirrored)
                           ? static_cast<Redundancy>(*support)
                           : Redundancy::none;
  }
  if (const auto* uris = std::get_if<Array<String>>(&values[10].value.value)) {
    for (const auto& uri : *uris) {
      if (facts.server_set.size() < kServerSetMax) facts.server_set.emplace_back(uri);
    }
  }
  facts.nodes_per_register = limit_of(values[11]);
  facts.sessions_max = limit_of(values[12]);
  facts.subscriptions_max = limit_of(values[13]);
  facts.items_max = limit_of(values[14]);
  facts.subscriptions_per_session = limit_of(values[15]);
  facts.items_per_subscription = limit_of(values[16]);
  facts_ = std::move(facts);
  if (is_worth_passing_over()) {
    ++passed_over_;
    token_.reset();
    return fail(ErrorCode::unavailable, fmt::format("the server has no data now, its service level is {}; the next "
                                                    "one is tried",
                                                    facts_.service_level));
  }
  passed_over_ = 0;
  return {};
}

/// When all of a set have no data the first one asked is as good as any.
bool Session::is_worth_passing_over() const {
  return facts_.service_level < kServiceLevelWithData && passed_over_ + 1 < urls();
}

void Session::find_server_set() {
  const bool one_address = facts_.redundancy == Redundancy::none || facts_.redundancy == Redundancy::transparent;
  if (one_address || facts_.server_set.empty()) return;
  FindServersRequest request;
  request.endpoint_url = url();
  for (const auto& uri : facts_.server_set) request.server_uris.emplace_back(uri);
  call(std::move(request), kSessionCallLimit, [this](Reply<FindServersResponse> reply) {
    if (reply.ok()) take_server_set(reply.value);
  });
}

void Session::take_server_set(const FindServersResponse& response) {
  const auto is_among = [](const std::vector<std::string>& list, std::string_view text) {
    return std::ranges::find(list, text) != list.end();
  };
  for (const auto& server : response.servers) {
    const bool itself = endpoint_ && server.application_uri == endpoint_->description.server.application_uri;
    if (itself || !is_among(facts_.server_set, server.application_uri)) continue;
    for (const auto& address : server.discovery_urls) {
      // What is there already keeps its place: the one of now is found by it.
      if (address == settings_.url || is_among(settings_.fallback_urls, address) || is_among(learned_urls_, address))
        continue;
      if (learned_urls_.size() < kServerSetMax && parse_url(address)) learned_urls_.emplace_back(address);
    }
  }
}

}  // namespace hanse::connectors::opcua
