#include "connectors/opcua/server/server.hpp"

#include <unistd.h>

#include <filesystem>

#include "connectors/opcua/session/client.hpp"
#include "connectors/recording_sink.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr std::string_view kPlant = "urn:hanse:plant";

/// Values and people, in memory.
class Host final : public ServerHost {
 public:
  DataValue read(LiveKey key) override { return values[key]; }
  void log_in(LogIn who, std::move_only_function<void(bool)> done) override {
    const bool granted = who.user.empty() || (who.user == "scada" && who.password.reveal() == "correct horse");
    if (slow) {
      waiting = [granted, done = std::move(done)]() mutable { done(granted); };
      return;
    }
    done(granted);
  }
  void note(const ServerEvent& event) override { events.push_back(event); }
  std::size_t count(ServerEventKind kind) const {
    return static_cast<std::size_t>(std::ranges::count(events, kind, &ServerEvent::kind));
  }

  std::map<LiveKey, DataValue> values;
  std::vector<ServerEvent> events;
  bool slow = false;
  std::move_only_function<void()> waiting;
};

/// Our client and our server in one memory, and a clock that moves when it is told to.
class Serving : public testing::Test {
 protected:
  static constexpr std::string_view kTemp = "nsu=urn:hanse:plant;s=press/temp";

  // Keys take their time to make: once for all tests.
  static void SetUpTestSuite() {
    for (const auto* name : {"server", "client"}) {
      FolderCertificateStore store{{.folder = keys_ + "/" + name, .application_uri = std::string{"urn:"} + name}};
      ASSERT_TRUE(store.own(Timestamp{1'790'000'000'000'000'000}));
    }
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(keys_); }

  Serving() {
    std::filesystem::copy(keys_, folder_, std::filesystem::copy_options::recursive);
    own_ = *server_store_.own(now().time);
    host_.values[1] = timed(20.5);
    host_.values[2] = timed(std::int64_t{7});
    make_server();
  }
  ~Serving() override { std::filesystem::remove_all(folder_); }

  DataValue timed(Variant::Value value) const {
    auto out = data_value(std::move(value));
    out.source_time = DateTime::from(now().time);
    return out;
  }
  std::shared_ptr<const AddressSpace> make_space(int more = 0) const {
    auto space = std::make_shared<AddressSpace>(standard_space(
        {.application_uri = "urn:server", .product_name = "Hanse", .software_version = "1", .started = {}},
        {std::string{kPlant}}));
    SpaceNode press{.id = {2, "press"}, .node_class = NodeClass::object, .browse_name = {2, String{"press"}}};
    press.display_name = std::string_view{"Press"};
    space->add(press, ids::kObjects, ids::kOrganizes, ids::kBaseObjectType);
    const auto add = [&](const std::string& name, std::uint32_t type, LiveKey key) {
      SpaceNode node{.id = {2, "press/" + name}, .node_class = NodeClass::variable, .browse_name = {2, String{name}}};
      node.display_name = name;
      node.data_type = type;
      node.live = key;
      space->add(node, NodeId{2, "press"}, ids::kHasComponent, ids::kBaseDataVariableType);
    };
    add("temp", ids::kDouble, 1);
    add("count", ids::kInt64, 2);
    for (int i = 0; i < more; ++i) add("v" + std::to_string(i), ids::kDouble, static_cast<LiveKey>(100 + i));
    return space;
  }
  void make_server(int more = 0) {
    server_ = std::make_unique<Server>(options_, server_store_, own_, host_, make_space(more));
    server_->on_output = [](ConnectionId) {};
  }
  void make_client(OpcuaSettings settings = {}) {
    settings.url = "opc.tcp://server:4840";
    settings.certificate_folder = folder_ + "/client";
    if (settings.security_policy == PolicyChoice::none) settings.unsecured_until = Timestamp::max();
    client_ = std::make_unique<Client>(settings, client_store_, sink_);
  }
  static OpcuaSettings user(PolicyChoice policy = PolicyChoice::best, ModeChoice mode = ModeChoice::best) {
    OpcuaSettings settings;
    settings.security_policy = policy;
    settings.security_mode = mode;
    settings.user = "scada";
    settings.password = "correct horse";
    return settings;
  }
  void trust_each_other() {
    const auto client = client_store_.own(now().time);
    ASSERT_FALSE(server_store_.check({{client->certificate}}, now().time));
    ASSERT_FALSE(client_store_.check({{own_.certificate}}, now().time));
    ASSERT_TRUE(server_store_.move(client->certificate.fingerprint(), TrustKind::trusted));
    ASSERT_TRUE(client_store_.move(own_.certificate.fingerprint(), TrustKind::trusted));
  }
  Now now() const { return {.time = Timestamp{1'790'000'000'000'000'000} + monotonic_, .monotonic = monotonic_}; }

  /// Hands bytes to and fro until neither has anything to say.
  void exchange() {
    for (int i = 0; i < 10'000; ++i) {
      const auto request = client_->take_output();
      if (connection_ && !request.empty()) server_->receive(*connection_, request, now());
      const auto response = connection_ ? server_->take_output(*connection_) : std::string{};
      if (!response.empty()) client_->receive(response, now());
      if (client_->want() == Session::Want::connect) {
        client_->move_on();
        reach();
        client_->connected(now());
        continue;
      }
      if (request.empty() && response.empty()) return;
    }
    FAIL() << "client and server talk without an end";
  }
  void reach() {
    if (connection_) server_->disconnected(*connection_);
    connection_ = server_->connected("10.0.0.9:5000", now());
    ASSERT_TRUE(connection_);
  }
  void connect() {
    reach();
    client_->connected(now());
    exchange();
  }
  void pass(Duration time, Duration step = 50ms) {
    for (Duration passed{}; passed < time; passed += step) {
      monotonic_ += step;
      server_->tick(now());
      client_->tick(now());
      exchange();
    }
  }
  void change(LiveKey key, Variant::Value value) {
    host_.values[key] = timed(std::move(value));
    const std::pair<LiveKey, DataValue> news{key, host_.values[key]};
    server_->changed({&news, 1}, now());
  }
  void cut() {
    client_->lost(fail(ErrorCode::unavailable, "the line is cut"), now().time);
    server_->disconnected(*connection_);
    connection_.reset();
  }
  std::size_t nulls(std::string_view address) const {
    const auto all = sink_.of(address);
    return static_cast<std::size_t>(std::ranges::count(all, signal::ValueType::null, &RecordingSink::Value::type));
  }

  static inline const std::string keys_ =
      (std::filesystem::temp_directory_path() / ("hanse-opcua-keys-" + std::to_string(::getpid()))).string();
  Duration monotonic_{};
  std::string folder_ =
      (std::filesystem::temp_directory_path() / ("hanse-opcua-server-" + std::to_string(::getpid()))).string();
  FolderCertificateStore server_store_{{.folder = folder_ + "/server", .application_uri = "urn:server"}};
  FolderCertificateStore client_store_{{.folder = folder_ + "/client", .application_uri = "urn:client"}};
  Identity own_{};
  ServerOptions options_{.endpoint_url = "opc.tcp://server:4840"};
  Host host_;
  std::unique_ptr<Server> server_;
  RecordingSink sink_;
  std::unique_ptr<Client> client_;
  std::optional<ConnectionId> connection_;
};

TEST_F(Serving, our_client_follows_our_values_in_every_mode) {
  trust_each_other();
  for (const auto policy :
       {PolicyChoice::basic256sha256, PolicyChoice::aes128_sha256_rsaoaep, PolicyChoice::aes256_sha256_rsapss}) {
    for (const auto mode : {ModeChoice::sign, ModeChoice::sign_and_encrypt}) {
      make_client(user(policy, mode));
      connect();
      ASSERT_TRUE(client_->is_ready()) << (client_->failure() ? client_->failure()->message : "");
      pass(2s);
      EXPECT_EQ(sink_.last(kTemp), "20.5");
      change(1, 21.5);
      pass(2s);
      EXPECT_EQ(sink_.last(kTemp), "21.5");
      change(1, 20.5);
      client_->close();
      exchange();
      EXPECT_EQ(server_->sessions(), 0u);
    }
  }
  EXPECT_EQ(host_.count(ServerEventKind::logged_in), 6u);
  EXPECT_EQ(host_.count(ServerEventKind::logged_out), 6u);
  EXPECT_EQ(server_->items(), 0u);
}

TEST_F(Serving, a_client_whose_certificate_nobody_accepted_is_kept_out_and_kept_for_a_person) {
  ASSERT_FALSE(client_store_.check({{own_.certificate}}, now().time));
  ASSERT_TRUE(client_store_.move(own_.certificate.fingerprint(), TrustKind::trusted));
  make_client(user());
  connect();
  EXPECT_FALSE(client_->is_ready());
  ASSERT_EQ(client_->want(), Session::Want::end);
  EXPECT_NE(client_->failure()->message.find("BadSecurityChecksFailed"), std::string::npos);
  EXPECT_EQ(host_.count(ServerEventKind::certificate_refused), 1u);
  const auto known = server_store_.list();
  ASSERT_TRUE(known);
  ASSERT_EQ(known->size(), 1u);
  EXPECT_EQ((*known)[0].application_uri, "urn:client");
  EXPECT_EQ((*known)[0].kind, TrustKind::rejected);
}

TEST_F(Serving, wrong_passwords_and_anonymous_clients_stay_out) {
  trust_each_other();
  auto settings = user();
  settings.password = "wrong horse";
  make_client(settings);
  connect();
  ASSERT_EQ(client_->want(), Session::Want::end);
  EXPECT_EQ(client_->failure()->code, ErrorCode::unauthenticated);
  EXPECT_EQ(host_.count(ServerEventKind::log_in_refused), 1u);
  make_client();  // Without a name: the endpoints don't even offer it.
  connect();
  ASSERT_EQ(client_->want(), Session::Want::end);
  EXPECT_NE(client_->failure()->message.find("anonymous"), std::string::npos);
  EXPECT_EQ(host_.count(ServerEventKind::logged_in), 0u);
}

TEST_F(Serving, a_log_in_may_take_its_time) {
  trust_each_other();
  host_.slow = true;
  make_client(user());
  connect();
  EXPECT_FALSE(client_->is_ready());
  ASSERT_TRUE(host_.waiting);
  // A client that doesn't wait for its activation is answered after it.
  std::optional<StatusCode> early;
  client_->session().call(ReadRequest{.nodes = {ReadValueId{.node = ids::kState}}}, 10s,
                          [&](Reply<ReadResponse> reply) { early = reply.status; });
  exchange();
  EXPECT_FALSE(early);
  host_.waiting();
  exchange();
  EXPECT_TRUE(client_->is_ready());
  ASSERT_TRUE(early);
  EXPECT_FALSE(early->is_bad());
  cut();
  connect();  // Taken up again; before the decision the line is cut once more.
  auto late = std::move(host_.waiting);
  cut();
  late();
  EXPECT_EQ(server_->sessions(), 1u);
}

TEST_F(Serving, without_security_only_until_the_time_set) {
  options_.unsecured_until = now().time + 1h;
  options_.anonymous = true;
  make_server();
  make_client({.security_policy = PolicyChoice::none});
  connect();
  ASSERT_TRUE(client_->is_ready());
  pass(2s);
  EXPECT_EQ(sink_.last(kTemp), "20.5");
  cut();
  monotonic_ += 2h;
  make_client({.security_policy = PolicyChoice::none});
  connect();
  EXPECT_FALSE(client_->is_ready());
}

TEST_F(Serving, a_password_is_encrypted_also_where_nothing_else_is) {
  trust_each_other();
  options_.unsecured_until = now().time + 1h;
  make_server();
  make_client(user(PolicyChoice::none));
  connect();
  EXPECT_TRUE(client_->is_ready()) << (client_->failure() ? client_->failure()->message : "");
}

/// What the server answers to a log-in whose encrypted password is `cipher`, without a channel's security.
class Garbling : public Serving {
 protected:
  StatusCode log_in_with(std::string cipher) {
    const auto connection = *server_->connected("10.0.0.9:1", now());
    Connection client{{.endpoint_url = "opc.tcp://server:4840", .security = {}, .limits = {}}};
    std::optional<StatusCode> answer;
    client.begin(now(), [&] {
      client.call(CreateSessionRequest{}, 10s,
                  ReplyHandler<CreateSessionRequest>{[&](Reply<CreateSessionResponse> made) {
                    client.authentication(made.value.authentication_token);
                    UserNameIdentityToken token;
                    token.policy_id = std::string_view{"user"};
                    token.user_name = std::string_view{"scada"};
                    token.password = ByteString{cipher};
                    token.encryption_algorithm = kPolicies[3].encryption_uri;
                    ActivateSessionRequest activate;
                    activate.user_identity_token = wrap(token);
                    client.call(std::move(activate), 10s,
                                ReplyHandler<ActivateSessionRequest>{
                                    [&](Reply<ActivateSessionResponse> reply) { answer = reply.status; }});
                  }});
    });
    for (int i = 0; i < 20 && !answer; ++i) {
      if (const auto out = client.take_output(); !out.empty()) server_->receive(connection, out, now());
      client.receive(server_->take_output(connection), now());
    }
    server_->disconnected(connection);
    return answer.value_or(StatusCode{});
  }
};

TEST_F(Garbling, a_password_that_cannot_be_read_is_a_wrong_password_and_nothing_else) {
  options_.unsecured_until = now().time + 1h;
  make_server();
  const auto wrong =
      encrypt(own_.certificate, kPolicies[3].encryption, std::string("\x24\0\0\0", 4) + std::string(36, 'x'));
  ASSERT_TRUE(wrong);
  auto damaged = *wrong;
  damaged[5] = static_cast<char>(damaged[5] ^ 1);
  std::size_t asked = 0;
  for (const auto& cipher :
       {*wrong, damaged, std::string(256, '\xff'), std::string(256, '\0'), std::string{"short"}, std::string{}}) {
    EXPECT_EQ(log_in_with(cipher), status::kBadUserAccessDenied);
    EXPECT_EQ(host_.count(ServerEventKind::log_in_refused), ++asked)
        << "each went all the way to the check of passwords";
  }
}

TEST_F(Serving, a_cut_line_loses_nothing_and_the_session_goes_on) {
  trust_each_other();
  make_client(user());
  connect();
  pass(2s);
  change(2, std::int64_t{8});
  pass(2s);
  cut();
  EXPECT_EQ(nulls(kTemp), 1u);
  for (const std::int64_t count : {9, 10, 11}) {
    change(2, count);
    monotonic_ += 1s;
    server_->tick(now());
  }
  connect();
  pass(3s);
  EXPECT_EQ(server_->sessions(), 1u);
  EXPECT_EQ(host_.count(ServerEventKind::logged_in), 1u) << "the session was taken up again";
  std::set<std::string> seen;
  for (const auto& value : sink_.of("nsu=urn:hanse:plant;s=press/count")) seen.insert(value.text);
  for (const auto* text : {"8", "9", "10", "11"}) EXPECT_TRUE(seen.contains(text)) << text;
  EXPECT_EQ(nulls(kTemp), 1u);
}

TEST_F(Serving, a_subscription_outlives_its_session_and_is_taken_over) {
  trust_each_other();
  auto settings = user();
  settings.session_timeout = 10s;
  make_client(settings);
  connect();
  pass(2s);
  cut();
  pass(12s, 1s);
  EXPECT_EQ(server_->sessions(), 0u);
  EXPECT_EQ(server_->items(), 2u);
  connect();
  pass(2s);
  ASSERT_TRUE(client_->is_ready());
  EXPECT_EQ(server_->items(), 2u) << "transferred, not made anew";
  EXPECT_EQ(sink_.last(kTemp), "20.5");
}

TEST_F(Serving, what_nobody_takes_up_again_is_forgotten) {
  trust_each_other();
  make_client(user());
  connect();
  pass(2s);
  cut();
  for (int i = 0; i < 20'000 && server_->items() > 0; ++i) {
    monotonic_ += 1s;
    server_->tick(now());
  }
  EXPECT_EQ(server_->items(), 0u);
  EXPECT_EQ(server_->sessions(), 0u);
}

TEST_F(Serving, channels_are_renewed_without_a_gap) {
  trust_each_other();
  make_client(user());
  connect();
  pass(2s);
  for (int i = 0; i < 40; ++i) {
    change(1, static_cast<double>(i));
    pass(5min, 10s);
    ASSERT_EQ(client_->want(), Session::Want::exchange) << i << client_->failure()->message;
  }
  EXPECT_EQ(sink_.last(kTemp), "39");
  EXPECT_EQ(nulls(kTemp), 0u);
  EXPECT_EQ(host_.count(ServerEventKind::logged_in), 1u);
}

TEST_F(Serving, many_values_come_with_continuation_points_and_batches) {
  trust_each_other();
  for (LiveKey key = 100; key < 5100; ++key) host_.values[key] = timed(static_cast<double>(key));
  make_server(5000);
  auto settings = user();
  settings.nodes_max = 10'000;
  make_client(settings);
  connect();
  pass(2s);
  EXPECT_EQ(sink_.declared.size(), 5002u);
  EXPECT_EQ(server_->items(), 5002u);
  EXPECT_EQ(sink_.last("nsu=urn:hanse:plant;s=press/v4999"), "5099");
}

TEST_F(Serving, without_a_subscription_to_give_it_is_read_over_registered_nodes) {
  trust_each_other();
  options_.subscriptions_per_session = 0;
  make_server();
  make_client(user());
  connect();
  EXPECT_EQ(sink_.last(kTemp), "20.5");
  EXPECT_TRUE(std::ranges::any_of(sink_.notices, [](const Notice& notice) {
    return notice.message.contains("2 of 2 values are read every 1000 ms, 2 of them as registered nodes");
  }));
  host_.values[1] = timed(33.0);
  pass(2s);
  EXPECT_EQ(sink_.last(kTemp), "33");
  client_->close();
  exchange();
  EXPECT_EQ(server_->sessions(), 0u);
}

TEST_F(Serving, another_space_keeps_what_is_still_there) {
  trust_each_other();
  make_client(user());
  connect();
  pass(2s);
  server_->replace(make_space(3), now());
  change(1, 33.0);
  pass(2s);
  EXPECT_EQ(sink_.last(kTemp), "33");
  // Emptied: what was watched turns bad, the session stays.
  server_->replace(std::make_shared<AddressSpace>(standard_space({.application_uri = "urn:server"}, {})), now());
  pass(2s);
  EXPECT_EQ(nulls(kTemp), 1u);
  EXPECT_EQ(server_->sessions(), 1u);
}

TEST_F(Serving, the_places_are_limited) {
  trust_each_other();
  options_.sessions_max = 1;
  options_.connections_max = 2;
  make_server();
  make_client(user());
  connect();
  ASSERT_TRUE(client_->is_ready());
  const auto first = connection_;
  connection_.reset();
  const auto kept = std::move(client_);
  make_client(user());
  connect();
  ASSERT_EQ(client_->want(), Session::Want::end);
  EXPECT_NE(client_->failure()->message.find("BadTooManySessions"), std::string::npos);
  EXPECT_FALSE(server_->connected("10.0.0.10:1", now())) << "two are there";
  server_->disconnected(*first);
  EXPECT_TRUE(server_->connected("10.0.0.10:1", now()));
}

TEST_F(Serving, strangers_who_say_nothing_or_nonsense_are_sent_away) {
  const auto silent = *server_->connected("a:1", now());
  const auto noisy = *server_->connected("b:1", now());
  server_->receive(noisy, "GET / HTTP/1.1\r\n\r\n", now());
  EXPECT_TRUE(server_->has_ended(noisy));
  EXPECT_EQ(server_->take_output(noisy).substr(0, 3), "ERR");
  monotonic_ += 11s;
  server_->tick(now());
  EXPECT_TRUE(server_->has_ended(silent));
}

}  // namespace
}  // namespace hanse::connectors::opcua
