// From bytes as machines send them to durable history, by protocol: codec, session, sink, historian. Rates are per CPU
// second of this whole process, so the historian's background work is in them. And the way through a real mosquitto,
// beside the same messages to a bare subscriber that only counts.
#include <fmt/format.h>
#include <mosquitto.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <thread>

#include "connectors/modbus/session.hpp"
#include "connectors/mtconnect/agent_session.hpp"
#include "connectors/sparkplug/host_session.hpp"
#include "connectors/sparkplug/protocol.hpp"
#include "historian/engine.hpp"
#include "net/mosquitto_process.hpp"

namespace {

using namespace hanse;
using namespace hanse::connectors;

constexpr Timestamp kBegin{1'780'000'000'000'000'000};

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

[[noreturn]] void die(std::string_view what, const std::string& why) {
  fmt::print(stderr, "{}: {}\n", what, why);
  std::exit(1);
}

/// A history on disk of its own, and a sink in front of it that merges as the node's intake does.
class History final : public Sink {
 public:
  History() {
    std::string folder = "/tmp/hanse-connectors-bench-XXXXXX";
    if (!mkdtemp(folder.data())) die("history", "no folder");
    folder_ = folder;
    auto chunks = store::open_chunk_store("sqlite:" + folder + "/chunks.db");
    if (!chunks) die("history", chunks.error().message);
    chunks_ = *std::move(chunks);
    auto engine =
        historian::open_historian({.chunks = *chunks_, .clock = clock_, .log = log_, .folder = folder + "/log"}, {});
    if (!engine) die("history", engine.error().message);
    engine_ = *std::move(engine);
  }
  ~History() override {
    engine_.reset();
    chunks_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    std::vector<signal::SignalId> out;
    for (const auto& declaration : declarations) {
      const auto next = static_cast<std::uint32_t>(signals_.size() + 1);
      out.push_back(signal::SignalId{signals_.try_emplace(prefix + declaration.address, next).first->second});
    }
    return out;
  }
  void deliver(signal::SampleBatch batch) override {
    delivered_ += batch.samples.size();
    if (waiting_.empty()) {
      waiting_ = std::move(batch);
    } else {
      for (const auto& sample : batch.samples) waiting_.add_from(batch, sample);
    }
    constexpr std::size_t kAppendAt = 20'000;
    if (waiting_.samples.size() >= kAppendAt) append();
  }
  void notice(Notice notice) override {
    if (notice.kind == NoticeKind::rejected || notice.kind == NoticeKind::gap) die("notice", notice.message);
  }
  void append() {
    if (waiting_.empty()) return;
    const auto begin = cpu_s();
    const auto counts = engine_->append(waiting_);
    if (!counts) die("append", counts.error().message);
    stored_ += counts->stored;
    waiting_.clear();
    append_cpu_s_ += cpu_s() - begin;
  }
  void finish() {
    append();
    if (const auto done = engine_->flush(); !done) die("flush", done.error().message);
  }
  std::uint64_t delivered() const { return delivered_; }
  std::int64_t stored() const { return stored_; }

  std::string prefix;  ///< Of addresses, where sources repeat theirs.

 private:
  SystemClock clock_;
  Log log_{clock_, LogLevel::error, LogFormat::text};
  std::filesystem::path folder_;
  std::unique_ptr<store::ChunkStore> chunks_;
  std::unique_ptr<historian::Engine> engine_;
  std::map<std::string, std::uint32_t> signals_;
  signal::SampleBatch waiting_;
  std::atomic<std::uint64_t> delivered_ = 0;
  std::atomic<std::int64_t> stored_ = 0;
  double append_cpu_s_ = 0;
};

void figure(std::string_view id, double value, std::string_view unit) {
  fmt::print("FIGURE {} {:.0f} {}\n", id, value, unit);
  std::fflush(stdout);
}

/// The rate of `work`, which delivers to the history and returns how much it did. Everything is durable at its end.
template <class Work>
void measure(std::string_view id, std::string_view unit, Work work) {
  History history;
  const auto prepared = work(history);
  const double begin = cpu_s();
  const auto count = prepared();
  const double decoded = cpu_s();
  history.finish();
  const double end = cpu_s();
  if (static_cast<std::uint64_t>(history.stored()) < count) {
    die(id, fmt::format("{} of {} samples were stored", history.stored(), count));
  }
  fmt::print("{}: {} in {:.2f} CPU-s, the last {:.2f} to seal\n", id, count, end - begin, end - decoded);
  figure(id, static_cast<double>(count) / (end - begin), unit);
}

// --- Sparkplug
// --------------------------------------------------------------------------------------------------------

constexpr int kEdges = 40, kMetrics = 100, kMetricsInMessage = 50;

std::string edge_birth(std::string_view names, int metrics, std::uint64_t seq, Timestamp time, bool node) {
  std::vector<std::string> kept;
  for (int i = 0; i < metrics; ++i) kept.push_back(fmt::format("{}{}", names, i));
  sparkplug::Payload payload{.timestamp_ms = static_cast<std::uint64_t>(time.ms()), .seq = seq};
  if (node)
    payload.metrics.push_back({.name = "bdSeq",
                               .datatype = sparkplug::DataType::int64,
                               .value = sparkplug::integer_value(sparkplug::DataType::int64, 0)});
  for (int i = 0; i < metrics; ++i) {
    const bool whole = i % 5 == 0;
    const auto type = whole ? sparkplug::DataType::int32 : sparkplug::DataType::float64;
    payload.metrics.push_back({.name = kept[static_cast<std::size_t>(i)],
                               .alias = static_cast<std::uint64_t>(i + 1),
                               .timestamp_ms = payload.timestamp_ms,
                               .datatype = type,
                               .value = whole ? sparkplug::integer_value(type, 0) : sparkplug::real_value(type, 0)});
  }
  return sparkplug::encode(payload);
}

std::string edge_data(int first, int count, int metrics, int round, std::uint64_t seq, Timestamp time) {
  sparkplug::Payload payload{.timestamp_ms = static_cast<std::uint64_t>(time.ms()), .seq = seq};
  for (int i = 0; i < count; ++i) {
    const int metric = (first + i) % metrics;
    const auto value = metric % 5 == 0
                           ? sparkplug::integer_value(sparkplug::DataType::int32, round / 3)
                           : sparkplug::real_value(sparkplug::DataType::float64,
                                                   std::round(4000 * std::sin((round + metric) * 0.01)) / 100);
    payload.metrics.push_back(
        {.alias = static_cast<std::uint64_t>(metric + 1), .timestamp_ms = payload.timestamp_ms, .value = value});
  }
  return sparkplug::encode(payload);
}

void sparkplug_rate() {
  constexpr int kRounds = 500;  // Of all edges: 40 x 500 x 50 = a million metrics.
  struct Message {
    std::string topic, payload;
  };
  std::vector<Message> births, messages;
  for (int edge = 0; edge < kEdges; ++edge)
    births.push_back({fmt::format("spBv1.0/G/NBIRTH/E{}", edge), edge_birth("m/value_", kMetrics, 0, kBegin, true)});
  for (int round = 1; round <= kRounds; ++round) {
    for (int edge = 0; edge < kEdges; ++edge) {
      messages.push_back({fmt::format("spBv1.0/G/NDATA/E{}", edge),
                          edge_data(round % 2 * kMetricsInMessage, kMetricsInMessage, kMetrics, round,
                                    static_cast<std::uint64_t>(round % 256), kBegin + round * 1s)});
    }
  }
  measure("sparkplug.metrics_per_cpu_s", "metrics/CPU-s", [&](History& history) {
    const sparkplug::SparkplugSettings settings{.host = "bench", .role = sparkplug::Role::passive};
    auto session = std::make_shared<sparkplug::HostSession>(settings, history);
    const sparkplug::Moment now{kBegin, 1h};
    for (const auto& birth : births) session->message(birth.topic, birth.payload, now);
    session->flush();
    history.append();
    return [&, session, now] {
      std::size_t at = 0;
      for (const auto& message : messages) {
        session->message(message.topic, message.payload, now);
        if (++at % 64 == 0) session->flush();  // As many as a turn of the connector finds waiting.
      }
      session->flush();
      return messages.size() * kMetricsInMessage;
    };
  });
}

// --- MTConnect
// --------------------------------------------------------------------------------------------------------

void mtconnect_rate() {
  static constexpr int kDocuments = 800, kObservations = 1000, kItems = 200;
  std::string items;
  for (int i = 0; i < kItems; ++i) {
    const bool event = i % 4 == 0;
    items += fmt::format(R"(<DataItem category="{}" id="dt{}" name="item{}" type="{}"{}/>)", event ? "EVENT" : "SAMPLE",
                         i, i, event ? "EXECUTION" : "LOAD", event ? "" : R"( units="PERCENT" nativeUnits="PERCENT")");
  }
  const auto probe = fmt::format(
      R"(<MTConnectDevices xmlns="urn:mtconnect.org:MTConnectDevices:1.3"><Header instanceId="1" version="1.3"/><Devices><Device id="d" name="M" uuid="u"><DataItems>{}</DataItems></Device></Devices></MTConnectDevices>)",
      items);
  // As the reference agent writes it: about 165 bytes an observation, grouped by component and category.
  std::vector<std::string> documents;
  std::uint64_t sequence = 1;
  for (int document = 0; document <= kDocuments; ++document) {
    std::string samples, events;
    for (int i = 0; i < kObservations; ++i, ++sequence) {
      const int item = i % kItems;
      const Timestamp time = kBegin + Duration{static_cast<std::int64_t>(sequence) * 7'000'000};
      auto& out = item % 4 == 0 ? events : samples;
      if (item % 4 == 0) {
        out += fmt::format(
            "            <Execution dataItemId=\"dt{}\" timestamp=\"{}\" name=\"item{}\" "
            "sequence=\"{}\">{}</Execution>\n",
            item, to_string(time), item, sequence, i % 3 ? "ACTIVE" : "READY");
      } else {
        out += fmt::format(
            "            <Load dataItemId=\"dt{}\" timestamp=\"{}\" name=\"item{}\" sequence=\"{}\" "
            "subType=\"ACTUAL\">{:.3f}</Load>\n",
            item, to_string(time), item, sequence, 40 + 10 * std::sin(static_cast<double>(sequence) * 0.001));
      }
    }
    documents.push_back(fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<MTConnectStreams "
        "xmlns=\"urn:mtconnect.org:MTConnectStreams:1.3\">\n  <Header creationTime=\"2026-11-22T13:02:25Z\" "
        "sender=\"vm\" instanceId=\"1\" "
        "version=\"1.3.0.17\" bufferSize=\"131072\" nextSequence=\"{}\" firstSequence=\"1\" lastSequence=\"{}\"/>\n  "
        "<Streams>\n    <DeviceStream name=\"M\" uuid=\"u\">\n      <ComponentStream "
        "component=\"Device\" name=\"M\" componentId=\"d\">\n          <Samples>\n{}          </Samples>\n          "
        "<Events>\n{}          </Events>\n      </ComponentStream>\n    </DeviceStream>\n  "
        "</Streams>\n</MTConnectStreams>\n",
        sequence, sequence - 1, samples, events));
  }
  measure("mtconnect.observations_per_cpu_s", "observations/CPU-s", [&](History& history) {
    auto translator = std::make_shared<mtconnect::Translator>(history);
    auto session = std::make_shared<mtconnect::AgentSession>(mtconnect::AgentOptions{}, *translator, history);
    session->begin();
    const auto answer = [translator, session](const std::string& text) {
      auto document = mtconnect::parse_document(text);
      if (!document) die("mtconnect", document.error().message);
      if (const auto next = session->on_document(*std::move(document), kBegin); !next)
        die("mtconnect", next.error().message);
    };
    answer(probe);
    answer(documents.front());
    history.append();
    return [&documents, answer] {
      for (std::size_t i = 1; i < documents.size(); ++i) answer(documents[i]);
      return (documents.size() - 1) * kObservations;
    };
  });
}

// --- Modbus
// -----------------------------------------------------------------------------------------------------------

void modbus_rate() {
  static constexpr int kDevices = 100, kPoints = 60, kRounds = 200;  // 1.2 million points.
  measure("modbus.points_per_cpu_s", "points/CPU-s", [&](History& history) {
    modbus::ModbusSettings settings;
    settings.host = "bench";
    settings.map.clear();
    for (int i = 0; i < kPoints; ++i) {
      modbus::RegisterPoint point;
      point.name = fmt::format("p{}", i);
      point.address = 2 * i;
      point.type = i % 3 == 0 ? modbus::PointType::i32 : modbus::PointType::f32;
      if (i % 3 == 0) point.scale = 0.01;
      point.unit = "kW";
      settings.points.push_back(point);
    }
    auto sessions = std::make_shared<std::vector<std::unique_ptr<modbus::Session>>>();
    for (int i = 0; i < kDevices; ++i) sessions->push_back(std::make_unique<modbus::Session>(settings, history));
    return [&history, sessions] {
      modbus::Moment now{.time = kBegin, .monotonic = 1h};
      std::uint64_t points = 0;
      for (int round = 0; round < kRounds; ++round) {
        for (std::size_t device = 0; device < sessions->size(); ++device) {
          auto& session = *(*sessions)[device];
          if (round == 0) {
            history.prefix = fmt::format("device{}/", device);  // Declared in its first round.
            session.begin(now);
          }
          const auto step = session.step(now);
          // The device's side: 120 registers that move.
          std::string answer{step.send.substr(0, 4)};
          answer +=
              {'\0', static_cast<char>(3 + 2 * kPoints * 2), step.send[6], '\x03', static_cast<char>(2 * kPoints * 2)};
          for (int i = 0; i < kPoints; ++i) {
            const auto raw = i % 3 == 0
                                 ? static_cast<std::uint32_t>(20'000 + (round + i) % 500)
                                 : std::bit_cast<std::uint32_t>(static_cast<float>(230 + ((round + i) % 20) * 0.25));
            for (int shift = 24; shift >= 0; shift -= 8) answer += static_cast<char>(raw >> shift & 0xFF);
          }
          session.on_bytes(answer, now);
          points += kPoints;
        }
        now.time += 1s;
        now.monotonic += 1s;
      }
      return points;
    };
  });
}

// --- The whole way through a broker
// -----------------------------------------------------------------------------------

constexpr int kPathMessages = 60'000, kPathMetrics = 10;

struct PathMessages {
  std::string birth;
  std::vector<std::string> data;
};

PathMessages path_messages() {
  PathMessages out{.birth = edge_birth("m/value_", kPathMetrics, 0, kBegin, true)};
  for (int i = 1; i <= kPathMessages; ++i) {
    out.data.push_back(
        edge_data(0, kPathMetrics, kPathMetrics, i, static_cast<std::uint64_t>(i % 256), kBegin + i * 10ms));
  }
  return out;
}

/// Publishes all of it as fast as the library can.
void publish_all(std::uint16_t port, const PathMessages& messages) {
  auto* client = mosquitto_new(nullptr, true, nullptr);
  if (mosquitto_connect(client, "127.0.0.1", port, 60) != MOSQ_ERR_SUCCESS) die("publisher", "can't connect");
  mosquitto_loop_start(client);
  const auto publish = [&](const char* topic, const std::string& payload) {
    if (mosquitto_publish(client, nullptr, topic, static_cast<int>(payload.size()), payload.data(), 0, false) !=
        MOSQ_ERR_SUCCESS) {
      die("publisher", "can't publish");
    }
  };
  publish("spBv1.0/G/NBIRTH/E", messages.birth);
  for (const auto& payload : messages.data) publish("spBv1.0/G/NDATA/E", payload);
  mosquitto_disconnect(client);
  mosquitto_loop_stop(client, false);
  mosquitto_destroy(client);
}

template <class Done>
double seconds_until(std::uint16_t port, const PathMessages& messages, Done done) {
  const SystemClock clock;
  const auto begin = clock.monotonic();
  std::jthread publisher{[&] { publish_all(port, messages); }};
  while (!done()) {
    if (clock.monotonic() - begin > 2min) die("path", "the messages didn't arrive within two minutes");
    std::this_thread::sleep_for(1ms);
  }
  return std::chrono::duration<double>(clock.monotonic() - begin).count();
}

double bare_s(std::uint16_t port, const PathMessages& messages) {
  struct Counting {
    std::atomic<int> messages = 0;
    std::atomic<bool> subscribed = false;
  } counting;
  auto* client = mosquitto_new(nullptr, true, &counting);
  mosquitto_message_callback_set(
      client, [](mosquitto*, void* self, const mosquitto_message*) { ++static_cast<Counting*>(self)->messages; });
  mosquitto_subscribe_callback_set(
      client, [](mosquitto*, void* self, int, int, const int*) { static_cast<Counting*>(self)->subscribed = true; });
  if (mosquitto_connect(client, "127.0.0.1", port, 60) != MOSQ_ERR_SUCCESS) die("subscriber", "can't connect");
  mosquitto_loop_start(client);
  mosquitto_subscribe(client, nullptr, "spBv1.0/#", 0);
  while (!counting.subscribed) std::this_thread::sleep_for(1ms);
  const double taken = seconds_until(port, messages, [&] { return counting.messages >= kPathMessages + 1; });
  mosquitto_disconnect(client);
  mosquitto_loop_stop(client, false);
  mosquitto_destroy(client);
  return taken;
}

double path_s(std::uint16_t port, const PathMessages& messages) {
  class Connected final : public Sink {
   public:
    explicit Connected(History& history) : history_(history) {}
    std::vector<signal::SignalId> declare(std::span<const Declaration> d) override { return history_.declare(d); }
    void deliver(signal::SampleBatch batch) override { history_.deliver(std::move(batch)); }
    void notice(Notice notice) override {
      if (notice.kind == NoticeKind::connected) connected = true;
      history_.notice(std::move(notice));
    }
    std::atomic<bool> connected = false;

   private:
    History& history_;
  };
  History history;
  Connected sink{history};
  SystemClock clock;
  Log log{clock, LogLevel::error, LogFormat::text};
  const auto settings = JsonDocument::parse(fmt::format(R"({{"host":"127.0.0.1","port":{},"role":"passive"}})", port));
  const auto connector = sparkplug::kProtocol.make(settings->root(), {clock, log, "bench"});
  if (!connector) die("path", connector.error().message);
  boost::asio::io_context io;
  boost::asio::cancellation_signal cancel;
  boost::asio::co_spawn(io, (*connector)->run(sink),
                        boost::asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr, Result<void>) {}));
  std::jthread thread{[&] { io.run(); }};
  while (!sink.connected) std::this_thread::sleep_for(1ms);
  const auto wanted = static_cast<std::uint64_t>(kPathMessages) * kPathMetrics;
  const double taken = seconds_until(port, messages, [&] { return history.delivered() >= wanted; });
  boost::asio::post(io, [&] { cancel.emit(boost::asio::cancellation_type::terminal); });
  thread.join();
  history.finish();
  if (static_cast<std::uint64_t>(history.stored()) < wanted) die("path", "samples are missing in history");
  return taken;
}

void path_rate() {
  auto broker = net::MosquittoProcess::start(0, "max_queued_messages 0");
  if (!broker) {
    fmt::print("sparkplug.path_msgs_per_s: left out, {}\n", broker.error().message);
    return;
  }
  mosquitto_lib_init();
  const auto messages = path_messages();
  std::vector<double> ours, bare;
  for (int round = 0; round < 3; ++round) {  // Turn and turn about: what else the machine does hits both.
    bare.push_back(bare_s(broker->port(), messages));
    ours.push_back(path_s(broker->port(), messages));
  }
  // The best of each, as a ceiling is meant: what else runs here can only slow them.
  figure("sparkplug.path_msgs_per_s", kPathMessages / *std::min_element(ours.begin(), ours.end()), "messages/s");
  figure("sparkplug.path_msgs_per_s.broker", kPathMessages / *std::min_element(bare.begin(), bare.end()), "messages/s");
}

}  // namespace

int main() {
  sparkplug_rate();
  mtconnect_rate();
  modbus_rate();
  path_rate();
}
