#include "net/mqtt_client.hpp"

#include <mosquitto.h>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/internal/mqtt_session.hpp"

namespace hanse::net {

namespace asio = boost::asio;

namespace {

using internal::Wait;

/// True after a cancellation, for a caller that chose not to be thrown out by it.
asio::awaitable<bool> told_to_end() {
  const auto state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

/// Until the session finished the wait or the time is over. Precondition: on the wait's executor.
asio::awaitable<Result<void>> finish(std::shared_ptr<Wait> wait, Duration time_limit, std::string what) {
  wait->timer.expires_after(time_limit);
  while (!wait->done) {
    if (co_await told_to_end()) co_return fail(ErrorCode::unavailable, what + " was broken off");
    boost::system::error_code ec;
    co_await wait->timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (!ec && !wait->done) co_return fail(ErrorCode::timeout, what + " took longer than " + to_string(time_limit));
  }
  co_return wait->result;
}

}  // namespace

MqttClient::MqttClient(Key, std::shared_ptr<internal::MqttSession> session) : session_(std::move(session)) {}

MqttClient::~MqttClient() { session_->abandon(); }

asio::awaitable<Result<std::unique_ptr<MqttClient>>> MqttClient::connect(MqttOptions options, Duration time_limit) {
  const auto executor = co_await asio::this_coro::executor;
  const std::string broker = options.host + ':' + std::to_string(options.port);
  auto session = std::make_shared<internal::MqttSession>(executor, std::move(options));
  auto client = std::make_unique<MqttClient>(Key{}, session);
  auto wait = std::make_shared<Wait>(executor);
  HANSE_CO_CHECK(session->start(wait));
  auto waiting = finish(wait, time_limit, "connecting to the MQTT broker " + broker);
  const Result<void> connected = co_await std::move(waiting);
  if (!connected) co_return connected.error();
  co_return client;
}

asio::awaitable<Result<void>> MqttClient::subscribe(std::vector<std::string> filters, int qos, Duration time_limit) {
  for (const auto& filter : filters) {
    auto wait = std::make_shared<Wait>(co_await asio::this_coro::executor);
    if (mosquitto_sub_topic_check(filter.c_str()) != MOSQ_ERR_SUCCESS) {
      co_return fail(ErrorCode::invalid, "'" + filter + "' is not an MQTT topic filter");
    }
    session_->subscribe(filter, qos, wait);
    auto waiting = finish(wait, time_limit, "subscribing to " + filter);
    const Result<void> granted = co_await std::move(waiting);
    if (!granted) co_return granted.error();
  }
  co_return Result<void>{};
}

Result<void> MqttClient::publish(MqttMessage message) { return session_->publish(std::move(message), nullptr); }

asio::awaitable<Result<void>> MqttClient::publish_acknowledged(MqttMessage message, Duration time_limit) {
  auto wait = std::make_shared<Wait>(co_await asio::this_coro::executor);
  const std::string what = "publishing to " + message.topic;
  const Result<void> taken = session_->publish(std::move(message), wait);
  if (!taken) co_return taken.error();
  auto waiting = finish(wait, time_limit, what);
  co_return co_await std::move(waiting);
}

asio::awaitable<Result<std::vector<MqttMessage>>> MqttClient::receive(Duration time_limit) {
  auto wait = std::make_shared<Wait>(co_await asio::this_coro::executor);
  wait->timer.expires_after(time_limit);
  for (;;) {
    std::vector<MqttMessage> messages;
    const Result<void> state = session_->take(messages, wait);
    if (!messages.empty()) co_return messages;
    if (!state) co_return state.error();
    if (co_await told_to_end()) co_return fail(ErrorCode::timeout, "waiting for MQTT messages was broken off");
    boost::system::error_code ec;
    co_await wait->timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (!ec) co_return fail(ErrorCode::timeout, "no MQTT message for " + to_string(time_limit));
  }
}

asio::awaitable<void> MqttClient::disconnect(Duration time_limit) {
  auto wait = std::make_shared<Wait>(co_await asio::this_coro::executor);
  session_->disconnect(wait);
  auto waiting = finish(wait, time_limit, "leaving the MQTT broker");
  static_cast<void>(co_await std::move(waiting));
}

bool MqttClient::connected() const { return session_->connected(); }

MqttCounters MqttClient::counters() const { return session_->counters(); }

bool mqtt_matches(std::string_view filter, std::string_view topic) {
  bool matches = false;
  return mosquitto_topic_matches_sub2(filter.data(), filter.size(), topic.data(), topic.size(), &matches) ==
             MOSQ_ERR_SUCCESS &&
         matches;
}

}  // namespace hanse::net
