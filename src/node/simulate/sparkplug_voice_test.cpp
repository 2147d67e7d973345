// Over a real mosquitto on loopback.
#include "node/simulate/sparkplug_voice.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "connectors/sparkplug/payload.hpp"
#include "node/simulate/broker.hpp"
#include "node/simulate/demo_files.hpp"

namespace hanse::node::simulate {
namespace {

namespace asio = boost::asio;
constexpr std::size_t kMoulding = 1;

/// A plant whose moulding line speaks to a broker, and somebody who listens.
class SparkplugVoiceTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = Broker::start(0);
    if (!started) GTEST_SKIP() << started.error().message;
    broker_ = *std::move(started);
    plant_.add(kMoulding, voice_);
  }

  /// Runs `story` beside the voice; the voice stops when the story ends.
  void tell(std::function<asio::awaitable<void>()> story) {
    const auto whole = [](SparkplugVoiceTest& self,
                          std::function<asio::awaitable<void>()> inner) -> asio::awaitable<void> {
      auto connecting = net::MqttClient::connect({.host = "127.0.0.1", .port = self.broker_->port()}, 5s);
      auto client = co_await std::move(connecting);
      EXPECT_TRUE(client);
      self.client_ = *std::move(client);
      std::vector<std::string> filters{"spBv1.0/#"};
      auto subscribing = self.client_->subscribe(std::move(filters), 1, 5s);
      const auto subscribed = co_await std::move(subscribing);
      EXPECT_TRUE(subscribed);
      asio::co_spawn(self.context_, self.voice_.run(self.broker_->port()), asio::detached);
      auto telling = inner();
      co_await std::move(telling);
      self.voice_.stop();
      auto ending = self.next("NDEATH");
      co_await std::move(ending);
      self.client_.reset();
    };
    asio::co_spawn(context_, whole(*this, std::move(story)), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
    context_.run();
  }

  /// Waits for a message of that type and keeps it in `last_`; false when none comes in ten seconds.
  asio::awaitable<bool> next(std::string type) {
    for (int step = 0; step < 50; ++step) {
      while (!heard_.empty()) {
        last_ = std::move(heard_.front());
        heard_.erase(heard_.begin());
        if (last_.topic.contains("/" + type + "/")) co_return true;
      }
      auto receiving = client_->receive(200ms);
      auto messages = co_await std::move(receiving);
      if (!messages) continue;
      for (auto& message : *messages) heard_.push_back(std::move(message));
    }
    ADD_FAILURE() << "no " << type;
    co_return false;
  }

  connectors::sparkplug::Payload payload() const {
    connectors::sparkplug::Payload decoded;
    EXPECT_TRUE(connectors::sparkplug::decode(last_.payload, decoded)) << last_.topic;
    return decoded;
  }

  SystemClock clock_;
  Log log_{clock_, LogLevel::error, LogFormat::text};
  asio::io_context context_{1};
  std::unique_ptr<Broker> broker_;
  simulation::Factory factory_{*simulation::read_scenario(demo_file("ventilator-plant.json")), 1, clock_.now() - 1h};
  SpeakingPlant plant_{factory_, {.wall_begin = clock_.now(), .simulated_begin = clock_.now(), .factor = 60}};
  SparkplugVoice voice_{plant_, kMoulding, clock_, log_};
  std::unique_ptr<net::MqttClient> client_;
  std::vector<net::MqttMessage> heard_;
  net::MqttMessage last_;
};

TEST_F(SparkplugVoiceTest, IsBornWithAllItsDevicesAndThenTellsChanges) {
  tell([this]() -> asio::awaitable<void> {
    auto birth = next("NBIRTH");
    co_await std::move(birth);
    EXPECT_EQ(payload().seq, 0u);
    EXPECT_EQ(payload().metrics.at(0).name, "bdSeq");
    for (std::uint64_t seq = 1; seq <= 6; ++seq) {
      auto device = next("DBIRTH");
      co_await std::move(device);
      const auto decoded = payload();
      EXPECT_EQ(decoded.seq, seq);
      EXPECT_EQ(decoded.metrics.size(), simulation::vocabulary().size());
      EXPECT_EQ(decoded.metrics.at(3).name, "part_count");
      EXPECT_EQ(decoded.metrics.at(3).datatype, connectors::sparkplug::DataType::int64);
    }
    plant_.advance(clock_.now() + 2s);
    auto data = next("DDATA");
    co_await std::move(data);
    EXPECT_EQ(payload().seq, 7u);
    EXPECT_TRUE(payload().metrics.at(0).name.empty());
    EXPECT_TRUE(payload().metrics.at(0).alias);
  });
}

TEST_F(SparkplugVoiceTest, IsBornAgainOnCommandWithTheSameDeathNumber) {
  tell([this]() -> asio::awaitable<void> {
    auto birth = next("NBIRTH");
    co_await std::move(birth);
    const auto number = payload().metrics.at(0).value.bits;
    const net::MqttMessage command{.topic = "spBv1.0/plant-moulding/NCMD/moulding",
                                   .payload = "\x12\x18\x0A\x14Node Control/Rebirth\x70\x01"};
    EXPECT_TRUE(client_->publish(command));
    auto again = next("NBIRTH");
    co_await std::move(again);
    EXPECT_EQ(payload().metrics.at(0).value.bits, number);
    EXPECT_EQ(payload().seq, 0u);
  });
}

TEST_F(SparkplugVoiceTest, DiesWithoutNetworkAndComesBackWithTheNextDeathNumber) {
  tell([this]() -> asio::awaitable<void> {
    auto birth = next("NBIRTH");
    co_await std::move(birth);
    const auto number = payload().metrics.at(0).value.bits;
    const auto trouble = factory_.start_trouble(simulation::TroubleKind::lose_network, "moulding", std::nullopt);
    auto death = next("NDEATH");
    co_await std::move(death);
    EXPECT_EQ(payload().metrics.at(0).value.bits, number) << "the broker tells the will of that connection";
    EXPECT_TRUE(factory_.end_trouble(trouble->id));
    auto again = next("NBIRTH");
    co_await std::move(again);
    EXPECT_EQ(payload().metrics.at(0).value.bits, number + 1);
  });
}

}  // namespace
}  // namespace hanse::node::simulate
