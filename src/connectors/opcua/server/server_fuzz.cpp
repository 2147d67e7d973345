#include <cstddef>
#include <cstdint>

#include "connectors/opcua/server/server.hpp"

// What a client sends from the first byte on: hello, channel, requests in chunks, to a server without security, so that
// any bytes reach the services. An odd first byte: requests within a session, each with its length in front.

namespace hanse::connectors::opcua {
namespace {

class Host final : public ServerHost {
 public:
  DataValue read(LiveKey) override { return data_value(1.0); }
  void log_in(LogIn, std::move_only_function<void(bool)> done) override { done(true); }
  void note(const ServerEvent&) override {}
};

const Identity& identity() {
  static const Identity made = [] {
    auto key = *PrivateKey::generate(2048);
    const Timestamp now{1'790'000'000'000'000'000};
    auto certificate = *make_certificate({.application_uri = "urn:fuzz",
                                          .common_name = "fuzz",
                                          .host_names = {"localhost"},
                                          .not_before = now - 1h,
                                          .not_after = now + 24h},
                                         key);
    return Identity{std::move(certificate), std::move(key)};
  }();
  return made;
}

class NoStore final : public CertificateStore {
 public:
  Result<Identity> own(Timestamp) override { return identity(); }
  Result<void> check(std::span<const Certificate>, Timestamp) override { return {}; }
  Result<std::vector<CertificateEntry>> list() override { return std::vector<CertificateEntry>{}; }
  Result<void> move(const std::string&, TrustKind) override { return {}; }
  Result<void> remove(const std::string&) override { return {}; }
};

std::shared_ptr<const AddressSpace> make_space() {
  auto space = std::make_shared<AddressSpace>(standard_space({.application_uri = "urn:fuzz"}, {"urn:plant"}));
  for (std::uint32_t i = 0; i < 3; ++i) {
    SpaceNode node{.id = {2, i + 1}, .node_class = NodeClass::variable, .browse_name = {2, String{"value"}}};
    node.data_type = ids::kDouble;
    node.live = i;
    space->add(node, ids::kObjects, ids::kOrganizes, ids::kBaseDataVariableType);
  }
  return space;
}

/// The client's side up to an active session; then the input is read as bodies of requests, each with its length in
/// front, and gets the session's secret where it can be put in.
class Caller {
 public:
  Caller(Server& server, ConnectionId connection) : server_(server), connection_(connection) {
    channel_.emplace(ChannelRole::client, ChannelSecurity{}, ChannelLimits{});
    send(encode_plain(MessageType::hello, Hello{.receive_buffer_size = 65'536, .send_buffer_size = 65'536}));
    send(*channel_->seal_open(1, encode_message(OpenSecureChannelRequest{.security_mode = MessageSecurityMode::none,
                                                                         .requested_lifetime_ms = 60'000})));
    channel_->install({.channel_id = connection, .token_id = 1}, {}, {});
    CreateSessionRequest create;
    create.requested_session_timeout_ms = 60'000;
    call(encode_message(create));
    ActivateSessionRequest activate;
    activate.header.authentication_token = token_;
    call(encode_message(activate));
  }
  void call(const std::string& body) {
    if (auto sealed = channel_->seal(MessageType::message, ++requests_, body)) send(*sealed);
  }
  void take(std::string_view input) {
    while (input.size() > 4 && !server_.has_ended(connection_)) {
      const auto length = std::min<std::size_t>(
          static_cast<unsigned char>(input[0]) | static_cast<std::size_t>(static_cast<unsigned char>(input[1])) << 8,
          input.size() - 2);
      std::string body{input.substr(2, length)};
      input.remove_prefix(2 + length);
      bool called = false;
      const auto with_session = [&]<class Message>() {
        if constexpr (requires(Message message) { message.header.authentication_token; }) {
          if (message_id(body) != Message::kBinaryId) return;
          auto request = decode_message<Message>(body);
          if (!request) return;
          request->header.authentication_token = token_;
          call(encode_message(*request));
          called = true;
        }
      };
      for_each_message(with_session);
      for_each_server_message(with_session);
      if (!called) call(body);
    }
  }

 private:
  void send(const std::string& bytes) {
    const Now now{.time = Timestamp{1'790'000'000'000'000'000}};
    server_.receive(connection_, bytes, now);
    splitter_.feed(server_.take_output(connection_));
    while (true) {
      const auto chunk = splitter_.next();
      if (!chunk || !*chunk) return;
      if (read_chunk_header(**chunk)->type != MessageType::message) {
        if (read_chunk_header(**chunk)->type == MessageType::open) (void)channel_->unseal_open(**chunk);
        continue;
      }
      const auto message = channel_->unseal(**chunk);
      if (!message || !*message) continue;
      if (const auto made = decode_message<CreateSessionResponse>((**message).body)) {
        token_ = made->authentication_token;
      }
    }
  }

  Server& server_;
  ConnectionId connection_;
  std::optional<SecureChannel> channel_;
  ChunkSplitter splitter_{65'536};
  std::uint32_t requests_ = 1;
  NodeId token_;
};

/// Recorded streams, as public corpora have them, begin with a message and not with a choice of ours.
bool is_recorded(std::string_view bytes) {
  return bytes.starts_with("HEL") || bytes.starts_with("OPN") || bytes.starts_with("MSG") || bytes.starts_with("CLO");
}

}  // namespace
}  // namespace hanse::connectors::opcua

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  using namespace hanse::connectors::opcua;
  if (size == 0) return 0;
  static const auto space = make_space();
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  NoStore store;
  Host host;
  const Now now{.time = Timestamp{1'790'000'000'000'000'000}};
  Server server{{.anonymous = true, .unsecured_until = Timestamp::max()}, store, identity(), host, space};
  const auto connection = *server.connected("fuzz:1", now);
  const std::string_view whole{reinterpret_cast<const char*>(data), size};
  if (is_recorded(whole)) {
    const Hello hello{.receive_buffer_size = 65'536, .send_buffer_size = 65'536, .endpoint_url = "opc.tcp://fuzz:4840"};
    if (!whole.starts_with("HEL")) server.receive(connection, encode_plain(MessageType::hello, hello), now);
    server.receive(connection, whole, now);
  } else if (data[0] % 2 == 0) {
    // In two pieces, so that a chunk may be cut anywhere.
    server.receive(connection, bytes.substr(0, size / 3), now);
    server.receive(connection, bytes.substr(std::min(size / 3, bytes.size())), now);
  } else {
    Caller caller{server, connection};
    caller.take(bytes);
  }
  for (Duration passed = 1s; passed < 200s; passed *= 2) {
    const Now later{.time = now.time + passed, .monotonic = passed};
    const std::pair<LiveKey, DataValue> news{0, data_value(static_cast<double>(passed.count()))};
    server.changed({&news, 1}, later);
    server.tick(later);
  }
  (void)server.take_output(connection);
  server.disconnected(connection);
  return 0;
}
