// How fast the OPC UA client is: values from the wire to a sink's queue, signed and encrypted and plain; browsing of
// our own server; memory for a followed node; the way back after a restart. The servers are in memory, so that only the
// client is measured. With a server's URL it follows that one for opcua_peers_bench.py instead, with `browse` behind it
// looks at what there is.
#include <malloc.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "connectors/opcua/internal/test_server.hpp"
#include "connectors/opcua/protocol.hpp"
#include "connectors/opcua/server/server.hpp"
#include "connectors/opcua/session/client.hpp"

namespace hanse::connectors::opcua {
namespace {

double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Takes samples as the node's queue does, and counts them.
class CountingSink final : public Sink {
 public:
  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    std::vector<signal::SignalId> numbers;
    for (std::size_t i = 0; i < declarations.size(); ++i) numbers.push_back(signal::SignalId{++last_});
    return numbers;
  }
  void deliver(signal::SampleBatch batch) override {
    samples += batch.samples.size();
    queue = std::move(batch);
  }
  void notice(Notice) override {}
  std::uint64_t samples = 0;
  signal::SampleBatch queue;

 private:
  std::uint32_t last_ = 0;
};

struct Rig {
  explicit Rig(std::size_t variables) {
    server.nodes.reserve(variables);
    for (std::size_t i = 0; i < variables; ++i) {
      auto value = data_value(static_cast<double>(i));
      value.source_time = value.server_time = DateTime::from(now().time);
      const auto line = static_cast<std::uint32_t>(i / 1000);
      if (i % 1000 == 0) {
        server.nodes.push_back(
            {.id = {2, 1'000'000 + line}, .parent = 85, .name = "Line", .node_class = NodeClass::object, .value = {}});
      }
      server.nodes.push_back({.id = {2, static_cast<std::uint32_t>(i)},
                              .parent = {2, 1'000'000 + line},
                              .name = "Temperature",
                              .value = std::move(value)});
    }
    server.items_per_call_reported = 1000;
    OpcuaSettings settings;
    settings.url = "opc.tcp://server:4840";
    settings.security_policy = PolicyChoice::none;
    settings.unsecured_until = Timestamp::max();
    settings.nodes_max = 100'000;
    settings.events = false;
    client.emplace(settings, store, sink);
  }
  ~Rig() { std::filesystem::remove_all(folder); }
  Now now() const { return {.time = Timestamp{1'790'000'000'000'000'000} + monotonic, .monotonic = monotonic}; }
  void exchange() {
    while (true) {
      const auto request = client->take_output();
      const double begin = cpu_s();
      auto response = server.answer(request);
      server_cpu_s += cpu_s() - begin;
      if (client->want() == Session::Want::connect) {
        client->move_on();
        server.connected();
        client->connected(now());
        continue;
      }
      if (request.empty() && response.empty()) return;
      client->receive(response, now());
    }
  }
  void connect() {
    server.connected();
    client->connected(now());
    exchange();
  }

  std::string folder = (std::filesystem::temp_directory_path() / "hanse-opcua-bench").string();
  FolderCertificateStore store{{.folder = folder, .application_uri = "urn:bench"}};
  CountingSink sink;
  internal::TestServer server;
  std::optional<Client> client;
  Duration monotonic{};
  double server_cpu_s = 0;
};

void measure_values(std::size_t variables) {
  Rig rig{variables};
  rig.connect();
  double spent = 0;
  const std::uint64_t before = rig.sink.samples;
  for (int round = 0; round < 2'000'000 / static_cast<int>(variables) + 1; ++round) {
    rig.monotonic += 1s;
    for (std::size_t i = 0; i < rig.server.nodes.size(); ++i) {
      if (rig.server.nodes[i].node_class == NodeClass::variable) rig.server.change(i, rig.server.nodes[i].value);
    }
    rig.server.publish();
    const std::string bytes = rig.server.take_output();
    const double begin = cpu_s();
    rig.client->receive(bytes, rig.now());
    spent += cpu_s() - begin;
    rig.exchange();
  }
  const double rate = static_cast<double>(rig.sink.samples - before) / spent;
  std::printf("FIGURE opcua.values_per_cpu_s%s %.0f 1/s\n", variables == 2000 ? "" : ".nodes_100k", rate);
}

void measure_channel() {
  // What signing and encrypting adds: one chunk full of values, opened again and again.
  constexpr std::size_t kChunkBytes = 65'000, kValueBytes = 34;
  {
    ChannelSecurity security{
        .policy = &kPolicies[3], .mode = MessageSecurityMode::sign_and_encrypt, .own = {}, .peer = {}};
    SecureChannel sender{ChannelRole::server, security, {}}, receiver{ChannelRole::client, security, {}};
    const Secret a = random_bytes(32), b = random_bytes(32);
    const ChannelSecurityToken token{.channel_id = 1, .token_id = 1, .created_at = {}, .revised_lifetime_ms = 1};
    sender.install(token, a, b);
    receiver.install(token, a, b);
    const std::string body(kChunkBytes, 'x');
    double spent = 0;
    constexpr int kRounds = 2000;
    for (int i = 0; i < kRounds; ++i) {
      const auto sealed = sender.seal(MessageType::message, 1, body);
      const double begin = cpu_s();
      const auto opened = receiver.unseal(*sealed);
      spent += cpu_s() - begin;
      if (!opened) std::abort();
    }
    std::printf("FIGURE opcua.decrypted_values_per_cpu_s %.0f 1/s\n", kRounds * (kChunkBytes / kValueBytes) / spent);
  }
}

/// Values and people of a server that is only looked at.
class BenchHost final : public ServerHost {
 public:
  DataValue read(LiveKey key) override { return data_value(static_cast<double>(key)); }
  void log_in(LogIn, std::move_only_function<void(bool)> done) override { done(true); }
  void note(const ServerEvent&) override {}
};

std::shared_ptr<const AddressSpace> bench_space(std::size_t variables) {
  auto space = std::make_shared<AddressSpace>(standard_space({.application_uri = "urn:bench:server",
                                                              .product_name = "Hanse",
                                                              .software_version = "1",
                                                              .started = {},
                                                              .nodes_per_read = kNodesPerCall,
                                                              .nodes_per_browse = kNodesPerCall},
                                                             {"urn:bench"}));
  NodeId line;
  for (std::size_t i = 0; i < variables; ++i) {
    if (i % 1000 == 0) {
      line = NodeId{2, static_cast<std::uint32_t>(1'000'000 + i)};
      SpaceNode object{.id = line, .node_class = NodeClass::object, .browse_name = {2, String{"Line"}}};
      object.display_name = std::string_view{"Line"};
      space->add(object, ids::kObjects, ids::kOrganizes, ids::kBaseObjectType);
    }
    SpaceNode node{.id = {2, static_cast<std::uint32_t>(i)},
                   .node_class = NodeClass::variable,
                   .browse_name = {2, String{"Temperature"}}};
    node.display_name = std::string_view{"Temperature"};
    node.data_type = ids::kDouble;
    node.live = static_cast<LiveKey>(i);
    space->add(node, line, ids::kHasComponent, ids::kBaseDataVariableType);
  }
  return space;
}

/// Finds and describes (five attributes each) what our own server has.
void measure_browse() {
  constexpr std::size_t kNodes = 100'000;
  const std::string folder = (std::filesystem::temp_directory_path() / "hanse-opcua-bench").string();
  const Now now{.time = Timestamp{1'790'000'000'000'000'000}, .monotonic = 1s};
  FolderCertificateStore store{{.folder = folder, .application_uri = "urn:bench"}};
  BenchHost host;
  Server server{{.endpoint_url = "opc.tcp://server:4840", .anonymous = true, .unsecured_until = Timestamp::max()},
                store,
                *store.own(now.time),
                host,
                bench_space(kNodes)};
  server.on_output = [](ConnectionId) {};
  OpcuaSettings settings;
  settings.url = "opc.tcp://server:4840";
  settings.security_policy = PolicyChoice::none;
  settings.unsecured_until = Timestamp::max();
  settings.nodes_max = kNodes;
  CountingSink sink;
  Client client{settings, store, sink};
  std::size_t found = 0;
  client.look([&](Result<Selection::Result> result) { found = result ? result->values.size() : 1; });
  auto connection = server.connected("bench", now);
  double server_cpu_s = 0;
  const double begin = cpu_s();
  client.connected(now);
  while (found == 0) {
    const auto request = client.take_output();
    const double asked = cpu_s();
    server.receive(*connection, request, now);
    const auto response = server.take_output(*connection);
    server_cpu_s += cpu_s() - asked;
    client.receive(response, now);
    if (client.want() == Session::Want::end) std::abort();
    if (client.want() != Session::Want::connect) continue;
    client.move_on();
    server.disconnected(*connection);
    connection = server.connected("bench", now);
    client.connected(now);
  }
  const double elapsed = cpu_s() - begin;
  std::filesystem::remove_all(folder);
  if (found != kNodes) std::abort();
  std::printf("FIGURE opcua.browse_per_s %.0f 1/s\n", kNodes / (elapsed - server_cpu_s));
  std::printf("FIGURE opcua.browse_both_sides_per_s %.0f 1/s\n", kNodes / elapsed);
}

void measure_take_up_and_memory() {
  constexpr std::size_t kNodes = 100'000;
  Rig rig{kNodes};
  const double begin = cpu_s();
  rig.server.connected();
  rig.client->connected(rig.now());
  rig.exchange();
  const double spent = cpu_s() - begin - rig.server_cpu_s;
  if (rig.client->points().size() != kNodes) std::abort();
  // Found, described (five attributes each), declared and subscribed.
  std::printf("FIGURE opcua.taken_up_per_s %.0f 1/s\n", kNodes / spent);
  rig.server.publish();
  (void)rig.server.take_output();
  rig.sink.queue = {};
  const auto with_client = mallinfo2().uordblks;
  rig.client.reset();
  std::printf("FIGURE opcua.bytes_per_node %.0f B\n", static_cast<double>(with_client - mallinfo2().uordblks) / kNodes);
}

void measure_reconnect() {
  Rig rig{2000};
  rig.connect();
  rig.server.publish();
  rig.client->receive(rig.server.take_output(), rig.now());
  rig.exchange();
  rig.client->lost(fail(ErrorCode::unavailable, "restart"), rig.now().time);
  rig.server.restart();
  rig.monotonic += 5s;
  const std::uint64_t before = rig.sink.samples;
  const double begin = cpu_s();
  rig.connect();
  rig.server.publish();
  rig.client->receive(rig.server.take_output(), rig.now());
  if (rig.sink.samples - before < 2000) std::abort();
  std::printf("FIGURE opcua.reconnect_cpu_s %.3f s\n", cpu_s() - begin);
}

/// Tells each second how many values came, and at once when they come again after a silence.
class TellingSink final : public Sink {
 public:
  explicit TellingSink(const Clock& clock) : clock_(clock) {}
  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    return counting_.declare(declarations);
  }
  void deliver(signal::SampleBatch batch) override {
    const bool lost = std::ranges::all_of(
        batch.samples, [](const signal::Sample& sample) { return sample.type == signal::ValueType::null; });
    if (lost) return;
    counting_.deliver(std::move(batch));
    const Duration now = clock_.monotonic();
    if (now - heard_at_ > 1s) std::printf("back %llu\n", static_cast<unsigned long long>(counting_.samples));
    if (now - told_at_ > 1s) {
      std::printf("values %llu\n", static_cast<unsigned long long>(counting_.samples));
      told_at_ = now;
    }
    heard_at_ = now;
    std::fflush(stdout);
  }
  void notice(Notice) override {}

 private:
  const Clock& clock_;
  CountingSink counting_;
  Duration heard_at_{}, told_at_{};
};

OpcuaSettings peer_settings(std::string url) {
  OpcuaSettings settings;
  settings.url = std::move(url);
  settings.security_policy = PolicyChoice::none;
  settings.unsecured_until = Timestamp::max();
  settings.root = "nsu=urn:press;s=Many";
  settings.nodes_max = 100'000;
  settings.certificate_folder = (std::filesystem::temp_directory_path() / "hanse-opcua-bench").string();
  return settings;
}

/// Says how many values there are below `Many` and how long it took to find and read them.
int browse(std::string url) {
  const SystemClock clock;
  const Log log{clock, LogLevel::error, LogFormat::text};
  const auto browser = make_browser(peer_settings(std::move(url)), {clock, log, "bench"});
  boost::asio::io_context io{1};
  const Duration begin = clock.monotonic();
  std::size_t found = 0;
  boost::asio::co_spawn(
      io, (*browser)->browse(5min),
      [&](std::exception_ptr, Result<std::vector<BrowsedValue>> values) { found = values ? values->size() : 0; });
  io.run();
  std::printf("browsed %zu %.3f\n", found, std::chrono::duration<double>(clock.monotonic() - begin).count());
  return found > 0 ? 0 : 1;
}

/// Until it is killed.
int follow(std::string url) {
  const SystemClock clock;
  const Log log{clock, LogLevel::error, LogFormat::text};
  auto settings = peer_settings(std::move(url));
  settings.publishing_interval = 500ms;
  settings.sampling_interval = 100ms;
  settings.events = false;
  const auto connector = make_connector(settings, {clock, log, "bench"});
  boost::asio::io_context io{1};
  TellingSink sink{clock};
  boost::asio::co_spawn(io, (*connector)->run(sink), boost::asio::detached);
  io.run();
  return 1;
}

}  // namespace
}  // namespace hanse::connectors::opcua

int main(int count, char** arguments) {
  using namespace hanse::connectors::opcua;
  if (count > 2) return browse(arguments[1]);
  if (count > 1) return follow(arguments[1]);
  measure_values(2000);
  measure_values(100'000);
  measure_channel();
  measure_browse();
  measure_take_up_and_memory();
  measure_reconnect();
}
