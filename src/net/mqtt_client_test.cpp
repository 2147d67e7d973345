#include "net/mqtt_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "net/mosquitto_process.hpp"

namespace hanse::net {
namespace {

namespace asio = boost::asio;

class Mqtt : public testing::Test {
 protected:
  void SetUp() override {
    auto started = MosquittoProcess::start();
    if (!started && started.error().code == ErrorCode::not_found) GTEST_SKIP() << "mosquitto is not installed";
    ASSERT_TRUE(started) << to_string(started.error());
    broker.emplace(*std::move(started));
  }

  MqttOptions options(std::string id) const { return {.host = "127.0.0.1", .port = broker->port(), .client_id = id}; }

  void run(std::function<asio::awaitable<void>()> scenario) {
    asio::io_context io{1};
    bool done = false;
    asio::co_spawn(io, scenario, [&](std::exception_ptr failure) {
      done = !failure;
      if (failure) std::rethrow_exception(failure);
    });
    io.run();
    EXPECT_TRUE(done);
  }

  static asio::awaitable<std::unique_ptr<MqttClient>> join(MqttOptions options) {
    auto connecting = MqttClient::connect(std::move(options), 10s);
    auto client = co_await std::move(connecting);
    EXPECT_TRUE(client) << to_string(client.error());
    co_return client ? std::move(*client) : nullptr;
  }

  static asio::awaitable<std::vector<MqttMessage>> take(MqttClient& client, std::size_t count) {
    std::vector<MqttMessage> all;
    while (all.size() < count) {
      auto receiving = client.receive(10s);
      auto messages = co_await std::move(receiving);
      EXPECT_TRUE(messages) << to_string(messages.error());
      if (!messages) break;
      all.insert(all.end(), messages->begin(), messages->end());
    }
    co_return all;
  }

  std::optional<MosquittoProcess> broker;
};

TEST_F(Mqtt, DeliversWhatWasPublishedInOrder) {
  run([this]() -> asio::awaitable<void> {
    auto receiver = co_await join(options("receiver"));
    auto sender = co_await join(options("sender"));
    const std::vector<std::string> filters = {"plant/#"};
    auto subscribing = receiver->subscribe(filters, 1, 10s);
    const auto subscribed = co_await std::move(subscribing);
    EXPECT_TRUE(subscribed);

    for (int i = 0; i < 2000; ++i) {
      EXPECT_TRUE(sender->publish({.topic = "plant/count", .payload = std::to_string(i), .qos = i % 2}));
    }
    const auto got = co_await take(*receiver, 2000);

    EXPECT_EQ(got.size(), 2000u);
    for (std::size_t i = 0; i < got.size(); i += 2) EXPECT_EQ(got[i].payload, std::to_string(i));
    EXPECT_EQ(receiver->counters().dropped, 0u);
  });
}

TEST_F(Mqtt, AcknowledgedPublishIsWithTheBroker) {
  run([this]() -> asio::awaitable<void> {
    auto sender = co_await join(options("sender"));
    MqttMessage kept{.topic = "state", .payload = "on", .qos = 1, .retained = true};
    auto publishing = sender->publish_acknowledged(kept, 10s);
    const auto published = co_await std::move(publishing);
    EXPECT_TRUE(published);

    auto late = co_await join(options("late"));
    const std::vector<std::string> filters = {"state"};
    auto subscribing = late->subscribe(filters, 1, 10s);
    const auto subscribed = co_await std::move(subscribing);
    EXPECT_TRUE(subscribed);
    const auto got = co_await take(*late, 1);

    EXPECT_EQ(got.at(0), kept);
  });
}

TEST_F(Mqtt, BrokerSendsTheWillOfAClientThatVanishesAndNotOfOneThatLeaves) {
  run([this]() -> asio::awaitable<void> {
    auto watcher = co_await join(options("watcher"));
    const std::vector<std::string> filters = {"death/#"};
    auto subscribing = watcher->subscribe(filters, 1, 10s);
    const auto subscribed = co_await std::move(subscribing);
    EXPECT_TRUE(subscribed);
    auto polite_options = options("polite");
    polite_options.will = MqttMessage{.topic = "death/polite", .payload = "x", .qos = 1};
    auto rude_options = options("rude");
    rude_options.will = MqttMessage{.topic = "death/rude", .payload = "y", .qos = 1};
    auto polite = co_await join(polite_options);
    auto rude = co_await join(rude_options);

    co_await polite->disconnect(10s);
    polite.reset();
    rude.reset();
    const auto got = co_await take(*watcher, 1);

    EXPECT_EQ(got.at(0).topic, "death/rude");
  });
}

TEST_F(Mqtt, LossOfTheBrokerIsToldToWhoeverWaits) {
  run([this]() -> asio::awaitable<void> {
    auto client = co_await join(options("client"));
    broker->stop();

    auto receiving = client->receive(10s);
    const auto messages = co_await std::move(receiving);

    EXPECT_FALSE(messages);
    EXPECT_EQ(messages.error().code, ErrorCode::unavailable);
    EXPECT_FALSE(client->connected());
    EXPECT_EQ(client->publish({.topic = "a", .payload = "b"}).error().code, ErrorCode::unavailable);
  });
}

TEST_F(Mqtt, NewClientConnectsAfterTheBrokerCameBack) {
  run([this]() -> asio::awaitable<void> {
    broker->stop();
    auto refused_task = MqttClient::connect(options("client"), 10s);
    const auto refused = co_await std::move(refused_task);
    EXPECT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_NE(refused.error().message.find("refused"), std::string::npos) << refused.error().message;

    EXPECT_TRUE(broker->restart());
    auto client = co_await join(options("client"));

    EXPECT_TRUE(client && client->connected());
  });
}

TEST_F(Mqtt, SilenceEndsAtTheTimeLimit) {
  run([this]() -> asio::awaitable<void> {
    auto client = co_await join(options("client"));

    auto receiving = client->receive(5ms);
    const auto messages = co_await std::move(receiving);

    EXPECT_EQ(messages.error().code, ErrorCode::timeout);
  });
}

TEST_F(Mqtt, QueueThatNobodyEmptiesDropsAndCounts) {
  run([this]() -> asio::awaitable<void> {
    auto small = options("small");
    small.queue_in_max = 10;
    auto receiver = co_await join(small);
    const std::vector<std::string> filters = {"#"};
    auto subscribing = receiver->subscribe(filters, 1, 10s);
    const auto subscribed = co_await std::move(subscribing);
    EXPECT_TRUE(subscribed);
    auto sender = co_await join(options("sender"));
    for (int i = 0; i < 100; ++i) {
      MqttMessage message{.topic = "t", .payload = "x", .qos = 1};
      auto publishing = sender->publish_acknowledged(message, 10s);
      const auto published = co_await std::move(publishing);
      EXPECT_TRUE(published);
    }
    while (receiver->counters().received < 100) {
      auto idle = sender->receive(1ms);
      static_cast<void>(co_await std::move(idle));
    }

    const auto got = co_await take(*receiver, 10);

    EXPECT_EQ(got.size(), 10u);
    EXPECT_EQ(receiver->counters().dropped, 90u);
  });
}

TEST_F(Mqtt, WrongTopicsAndFiltersAreRefusedWithoutHarm) {
  run([this]() -> asio::awaitable<void> {
    auto client = co_await join(options("client"));
    EXPECT_EQ(client->publish({.topic = "a/#", .payload = ""}).error().code, ErrorCode::invalid);
    const std::vector<std::string> filters = {"a/#/b"};
    auto subscribing = client->subscribe(filters, 0, 10s);
    const auto refused = co_await std::move(subscribing);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid);
    EXPECT_TRUE(client->connected());
  });
}

TEST(MqttConnect, SaysThatAHostDoesNotExist) {
  asio::io_context io{1};
  Error error;
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        MqttOptions options{.host = "no-such-host.invalid"};
        auto connecting = MqttClient::connect(options, 20s);
        auto client = co_await std::move(connecting);
        if (!client) error = client.error();
      },
      asio::detached);
  io.run();

  EXPECT_EQ(error.code, ErrorCode::unavailable);
  EXPECT_NE(error.message.find("no such host"), std::string::npos) << error.message;
}

TEST(MqttTopics, MatchTheirFilters) {
  EXPECT_TRUE(mqtt_matches("spBv1.0/#", "spBv1.0/G/NBIRTH/E"));
  EXPECT_TRUE(mqtt_matches("a/+/c", "a/b/c"));
  EXPECT_FALSE(mqtt_matches("a/+", "a/b/c"));
  EXPECT_FALSE(mqtt_matches("#", "$SYS/broker"));
}

}  // namespace
}  // namespace hanse::net
