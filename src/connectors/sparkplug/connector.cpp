#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "base/id.hpp"
#include "connectors/sparkplug/convert.hpp"
#include "connectors/sparkplug/host_session.hpp"
#include "connectors/sparkplug/plain_topics.hpp"
#include "connectors/sparkplug/protocol.hpp"
#include "net/mqtt_client.hpp"

namespace hanse::connectors::sparkplug {

namespace asio = boost::asio;
using net::MqttClient;
using net::MqttMessage;

namespace {

constexpr Duration kConnectLimit = 15s;
constexpr Duration kAnswerLimit = 10s;  // of the broker to a subscription or an acknowledged message
constexpr Duration kFarewellLimit = 2s;
constexpr Duration kTurnMax = 1s;  // the longest wait: then time goes on in the session

net::MqttOptions mqtt_options(const SparkplugSettings& settings, const std::string& client_id) {
  net::MqttOptions options{.host = settings.host,
                           .port = static_cast<std::uint16_t>(settings.port),
                           .client_id = client_id,
                           .user = settings.user,
                           .password = settings.password};
  if (settings.tls) {
    options.tls = net::TlsOptions{.authorities_file = settings.authorities_file,
                                  .certificate_file = settings.certificate_file,
                                  .key_file = settings.key_file,
                                  .verify = settings.tls_verify};
  }
  return options;
}

MqttMessage message_of(Outgoing out) {
  return {.topic = std::move(out.topic), .payload = std::move(out.payload), .qos = out.qos, .retained = out.retained};
}

/// The session of one connection with its broker: moves messages both ways.
class Link {
 public:
  Link(const SparkplugSettings& settings, const Clock& clock, Sink& sink)
      : settings_(settings), clock_(clock), sink_(sink), session_(settings, sink), plain_(sink) {}

  /// Connects, subscribes and goes online. Errors: as of the MQTT client.
  asio::awaitable<Result<void>> join(std::string client_id) {
    auto options = mqtt_options(settings_, client_id);
    if (auto will = session_.will(now())) options.will = message_of(*std::move(will));
    auto connecting = MqttClient::connect(std::move(options), kConnectLimit);
    HANSE_CO_TRY(client_, co_await std::move(connecting));
    auto filters = session_.filters();
    filters.insert(filters.end(), settings_.topics.begin(), settings_.topics.end());
    auto subscribing = client_->subscribe(std::move(filters), 1, kAnswerLimit);
    HANSE_CO_CHECK(co_await std::move(subscribing));
    session_.online(now());
    HANSE_CO_CHECK(send());
    sink_.notice({.kind = NoticeKind::connected,
                  .time = clock_.now(),
                  .message = "connected to the MQTT broker " + settings_.host + ':' + std::to_string(settings_.port)});
    heard_ = clock_.monotonic();
    co_return Result<void>{};
  }

  /// One turn: waits for messages, at most `limit`, and works on them. Errors: the connection is lost.
  asio::awaitable<Result<void>> turn(Duration limit) {
    auto receiving = client_->receive(wait_limit(limit));
    auto messages = co_await std::move(receiving);
    if (messages) {
      heard_ = clock_.monotonic();
      for (const auto& message : *messages) {
        if (is_sparkplug(message.topic)) {
          session_.message(message.topic, message.payload, now());
        } else {
          plain_.message(message.topic, message.payload, message.retained, clock_.now());
        }
      }
      session_.flush();
      plain_.flush();
      tell_drops();
    } else if (messages.error().code != ErrorCode::timeout) {
      co_return messages.error();
    } else if (settings_.silence > 0s && clock_.monotonic() - heard_ > settings_.silence) {
      co_return fail(ErrorCode::timeout, "the broker sent nothing for " + hanse::to_string(settings_.silence));
    }
    if (const auto due = session_.next_tick(); due && *due <= clock_.monotonic()) session_.tick(now());
    co_return send();
  }

  /// Leaves on purpose, telling the edges.
  asio::awaitable<void> leave() {
    if (!client_ || !client_->connected()) co_return;
    if (auto farewell = session_.farewell(now())) {
      auto publishing = client_->publish_acknowledged(message_of(*std::move(farewell)), kFarewellLimit);
      static_cast<void>(co_await std::move(publishing));
    }
    auto leaving = client_->disconnect(kFarewellLimit);
    co_await std::move(leaving);
  }

  void lost(const std::string& reason) {
    if (client_) {
      sink_.notice({.kind = NoticeKind::disconnected, .time = clock_.now(), .message = reason});
    }
    session_.lost(now());
    plain_.lost(clock_.now());
  }

 private:
  Moment now() const { return {clock_.now(), clock_.monotonic()}; }
  Duration wait_limit(Duration limit) const {
    const auto due = session_.next_tick();
    if (!due) return limit;
    return std::clamp<Duration>(*due - clock_.monotonic(), 1ms, limit);
  }
  Result<void> send() {
    for (auto& out : session_.take_outgoing()) HANSE_CHECK(client_->publish(message_of(std::move(out))));
    return {};
  }
  void tell_drops() {
    const auto dropped = client_->counters().dropped;
    if (dropped == dropped_) return;
    sink_.notice({.kind = NoticeKind::gap,
                  .time = clock_.now(),
                  .message = std::to_string(dropped - dropped_) + " MQTT messages were dropped: they came faster than "
                                                                  "they can be worked on"});
    dropped_ = dropped;
  }

  const SparkplugSettings settings_;
  const Clock& clock_;
  Sink& sink_;
  HostSession session_;
  PlainTopics plain_;
  std::unique_ptr<MqttClient> client_;
  Duration heard_{};
  std::uint64_t dropped_ = 0;
};

class SparkplugConnector final : public Connector {
 public:
  SparkplugConnector(SparkplugSettings settings, const ConnectorContext& context)
      : settings_(std::move(settings)), clock_(context.clock), connection_id_(context.connection_id) {}

  asio::awaitable<Result<void>> run(Sink& sink) override {
    // The farewell needs the network after a cancellation: look at the state instead of being thrown out.
    co_await asio::this_coro::throw_if_cancelled(false);
    Link link{settings_, clock_, sink};
    auto serving = serve(link);
    const Result<void> ended = co_await std::move(serving);
    const bool cancelled = (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
    if (cancelled) {
      co_await asio::this_coro::reset_cancellation_state();
      auto leaving = link.leave();
      co_await std::move(leaving);
    }
    link.lost(ended ? "ended as wished" : ended.error().message);
    co_return ended;
  }

 private:
  asio::awaitable<Result<void>> serve(Link& link) {
    auto joining = link.join(settings_.client_id.empty() ? "hanse-" + connection_id_ : settings_.client_id);
    HANSE_CO_CHECK(co_await std::move(joining));
    while ((co_await asio::this_coro::cancellation_state).cancelled() == asio::cancellation_type::none) {
      auto turning = link.turn(kTurnMax);
      HANSE_CO_CHECK(co_await std::move(turning));
    }
    co_return Result<void>{};
  }

  const SparkplugSettings settings_;
  const Clock& clock_;
  const std::string connection_id_;
};

/// Collects what a connection says instead of storing it.
class BrowsingSink final : public Sink {
 public:
  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    std::vector<signal::SignalId> out;
    for (const auto& declaration : declarations) {
      const auto [at, fresh] = numbers_.try_emplace(declaration.address, values_.size());
      if (fresh) values_.push_back({.declaration = declaration});
      out.push_back(signal::SignalId{static_cast<std::uint32_t>(at->second) + 1});
    }
    return out;
  }
  void deliver(signal::SampleBatch batch) override {
    for (const auto& sample : batch.samples) {
      auto& value = values_[static_cast<std::uint32_t>(sample.signal) - 1];
      value.quality = sample.quality;
      value.time = sample.time;
      switch (sample.type) {
        case signal::ValueType::null:
          value.value.clear();
          break;
        case signal::ValueType::real:
          value.value = to_json(sample.real());
          break;
        case signal::ValueType::integer:
          value.value = std::to_string(sample.integer());
          break;
        case signal::ValueType::boolean:
          value.value = sample.boolean() ? "true" : "false";
          break;
        case signal::ValueType::text:
          value.value = batch.text(sample);
          break;
      }
    }
  }
  void notice(Notice) override {}
  std::vector<BrowsedValue> take() { return std::move(values_); }

 private:
  std::map<std::string, std::size_t> numbers_;
  std::vector<BrowsedValue> values_;
};

class SparkplugBrowser final : public Browser {
 public:
  SparkplugBrowser(SparkplugSettings settings, const ConnectorContext& context)
      : settings_(std::move(settings)), clock_(context.clock) {}

  /// Listens for `time_limit`, asking edges that speak for their births, and tells what it heard. Never says STATE: a
  /// look must not wake edges that wait for their primary host.
  asio::awaitable<Result<std::vector<BrowsedValue>>> browse(Duration time_limit) override {
    if (settings_.role == Role::primary) settings_.role = Role::active;
    settings_.rebirth_pause = time_limit;
    BrowsingSink sink;
    Link link{settings_, clock_, sink};
    auto joining = link.join("hanse-look-" + new_id(clock_));
    HANSE_CO_CHECK(co_await std::move(joining));
    const auto until = clock_.monotonic() + time_limit;
    while (clock_.monotonic() < until) {
      auto turning = link.turn(std::clamp<Duration>(until - clock_.monotonic(), 1ms, kTurnMax));
      const Result<void> turned = co_await std::move(turning);
      if (!turned) break;
    }
    auto values = sink.take();
    auto leaving = link.leave();
    co_await std::move(leaving);
    co_return values;
  }

 private:
  SparkplugSettings settings_;
  const Clock& clock_;
};

std::string settings_schema(SchemaBook& book) { return book.schema<SparkplugSettings>(SchemaBook::Use::input); }

Result<void> check(JsonRef settings) {
  HANSE_TRY(const auto read, from_json<SparkplugSettings>(settings));
  static_cast<void>(read);
  return {};
}

Result<std::unique_ptr<Connector>> make(JsonRef settings, const ConnectorContext& context) {
  HANSE_TRY(auto read, from_json<SparkplugSettings>(settings));
  return std::make_unique<SparkplugConnector>(std::move(read), context);
}

Result<std::unique_ptr<Browser>> make_browser(JsonRef settings, const ConnectorContext& context) {
  HANSE_TRY(auto read, from_json<SparkplugSettings>(settings));
  return std::make_unique<SparkplugBrowser>(std::move(read), context);
}

}  // namespace

const Protocol kProtocol{
    .id = "sparkplug",
    .title = "Sparkplug B and MQTT",
    .summary = "Edge nodes and gateways that publish to an MQTT broker, and plain topics with JSON or numbers.",
    .settings_schema = settings_schema,
    .check = check,
    .make = make,
    .make_browser = make_browser};

}  // namespace hanse::connectors::sparkplug
