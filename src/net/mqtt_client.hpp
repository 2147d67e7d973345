#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "net/stream.hpp"

namespace hanse::net {

namespace internal {
class MqttSession;
}

struct MqttMessage {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retained = false;  ///< Received: it was kept by the broker, so it may be old. Sent: the broker shall keep it.
  friend bool operator==(const MqttMessage&, const MqttMessage&) = default;
};

struct MqttOptions {
  std::string host;
  std::uint16_t port = 1883;
  std::string client_id;  ///< One live connection per id: a second one evicts the first. Empty: the broker's choice.
  std::string user, password;  ///< Empty for none.
  std::optional<TlsOptions> tls = {};
  Duration keep_alive = 30s;  ///< The broker drops a silent client after one and a half of it.
  std::optional<MqttMessage> will = {};
  bool clean_session = true;
  std::size_t queue_in_max =
      100'000;  ///< Messages received and not yet taken; over it the newest are dropped, counted.
  std::size_t queue_out_max = 100'000;  ///< Messages given and not yet sent or, above QoS 0, acknowledged.
};

struct MqttCounters {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;  ///< Received and thrown away because nobody took them in time.
  std::uint64_t sent = 0;     ///< Handed to the broker.
};

/// One connection to an MQTT 3.1.1 broker, over libmosquitto on a thread of its own. It never reconnects by itself: a
/// lost connection is reported once and for all, and the next one is a new client with a fresh will.
/// `publish` may be called from any thread; the coroutines belong to the executor that connected.
class MqttClient {
 public:
  /// Connects and waits for the broker's answer. Runs on the caller's executor, which must outlive the client.
  /// Errors: `unavailable` (no such host, refused, TLS; the message says which), `unauthenticated` (the broker doesn't
  /// accept user or client id), `timeout`, `invalid` (options).
  static boost::asio::awaitable<Result<std::unique_ptr<MqttClient>>> connect(MqttOptions options, Duration time_limit);
  /// Without a farewell, so the broker sends the will: `disconnect` first to leave in peace.
  ~MqttClient();
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;

  /// Waits until the broker granted all `filters`. Errors: `forbidden` (refused by the broker), `timeout`,
  /// `unavailable`, `invalid` (a filter).
  boost::asio::awaitable<Result<void>> subscribe(std::vector<std::string> filters, int qos, Duration time_limit);
  /// Takes the message for sending and returns at once. Errors: `unavailable` (connection lost, or the queue is full;
  /// then it was not taken), `invalid` (topic or size).
  Result<void> publish(MqttMessage message);
  /// Sends and waits for the broker's acknowledgement (QoS 0: until it was written to the socket).
  /// Errors: `timeout` (whether it arrived is unknown), `unavailable`, `invalid`.
  boost::asio::awaitable<Result<void>> publish_acknowledged(MqttMessage message, Duration time_limit);
  /// What came since the last call, one message or more, in order. Errors: `timeout` when nothing came; `unavailable`,
  /// with the reason, when the connection is lost and everything received before was taken.
  boost::asio::awaitable<Result<std::vector<MqttMessage>>> receive(Duration time_limit);
  /// Sends what is queued and an MQTT DISCONNECT: the broker throws the will away.
  boost::asio::awaitable<void> disconnect(Duration time_limit);

  bool connected() const;
  MqttCounters counters() const;

 private:
  struct Key {};

 public:
  MqttClient(Key, std::shared_ptr<internal::MqttSession> session);

 private:
  std::shared_ptr<internal::MqttSession> session_;
};

/// True when `topic` is matched by `filter` (`+` one level, `#` the rest).
bool mqtt_matches(std::string_view filter, std::string_view topic);

}  // namespace hanse::net
