// Over real sockets on loopback.
#include "node/simulate/mtconnect_voice.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "net/http_client.hpp"
#include "node/simulate/demo_files.hpp"
#include "node/simulate/modbus_voice.hpp"

namespace hanse::node::simulate {
namespace {

namespace asio = boost::asio;

class VoicesTest : public testing::Test {
 protected:
  void SetUp() override {
    plant_.add(0, voice_);
    ASSERT_TRUE(voice_.start(context_.get_executor(), 0));
    ASSERT_TRUE(meters_.start(context_.get_executor(), 0));
  }

  void tell(std::function<asio::awaitable<void>()> story) {
    const auto whole = [](VoicesTest& self, std::function<asio::awaitable<void>()> inner) -> asio::awaitable<void> {
      auto telling = inner();
      co_await std::move(telling);
      self.voice_.close();
      self.meters_.close();
    };
    asio::co_spawn(context_, whole(*this, std::move(story)), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
    context_.run();
  }

  std::string url(std::string_view target) const { return fmt::format("http://127.0.0.1:{}{}", voice_.port(), target); }

  SystemClock clock_;
  asio::io_context context_{1};
  simulation::Factory factory_{*simulation::read_scenario(demo_file("ventilator-plant.json")), 1, clock_.now() - 8h};
  SpeakingPlant plant_{factory_, {.wall_begin = clock_.now(), .simulated_begin = clock_.now(), .factor = 60}};
  MtconnectVoice voice_{plant_, 0, clock_};
  ModbusVoice meters_{plant_};
};

TEST_F(VoicesTest, AgentAnswersSeveralRequestsOnOneConnection) {
  tell([this]() -> asio::awaitable<void> {
    net::HttpClient client{{}};
    for (const std::string_view target : {"/probe", "/cnc-03/current", "/sample?from=1&count=10"}) {
      net::HttpRequest request{.url = url(target)};
      auto fetching = client.fetch(std::move(request));
      const auto response = co_await std::move(fetching);
      EXPECT_TRUE(response) << target;
      if (!response) co_return;
      EXPECT_EQ(response->head.status, 200) << target;
      EXPECT_TRUE(response->body.contains("cnc-03") || target.starts_with("/sample")) << target;
    }
  });
}

TEST_F(VoicesTest, StreamTellsWhatHappensUntilTheNetworkIsLost) {
  tell([this]() -> asio::awaitable<void> {
    net::HttpClient client{{}};
    net::HttpRequest request{
        .url = url(fmt::format("/sample?from={}&interval=0&heartbeat=60000", voice_.agent().next_sequence()))};
    auto opening = client.open(std::move(request));
    auto body = co_await std::move(opening);
    EXPECT_TRUE(body);
    if (!body) co_return;
    auto first = body->next(5s);
    const auto empty = co_await std::move(first);
    EXPECT_TRUE(empty && empty->contains("--hanse-simulate-part"));
    plant_.advance(clock_.now() + 10s);
    std::string heard;
    for (int piece = 0; piece < 20 && !heard.contains("<PartCount"); ++piece) {
      auto reading = body->next(5s);
      const auto more = co_await std::move(reading);
      if (!more) break;
      heard += *more;
    }
    EXPECT_TRUE(heard.contains("<PartCount")) << heard.substr(0, 500);
    voice_.set_plugged(false);
    bool ended = false;
    for (int piece = 0; piece < 100 && !ended; ++piece) {
      auto reading = body->next(5s);
      const auto more = co_await std::move(reading);
      ended = !more || more->empty();
    }
    EXPECT_TRUE(ended);
    net::HttpRequest again{.url = url("/current")};
    auto fetching = client.fetch(std::move(again));
    const auto refused = co_await std::move(fetching);
    EXPECT_FALSE(refused);
  });
}

TEST_F(VoicesTest, MeterOfALineWithoutNetworkFallsSilent) {
  tell([this]() -> asio::awaitable<void> {
    auto connecting = net::connect("127.0.0.1", meters_.port(), std::nullopt, 5s);
    auto stream = co_await std::move(connecting);
    EXPECT_TRUE(stream);
    if (!stream) co_return;
    EXPECT_TRUE(factory_.start_trouble(simulation::TroubleKind::lose_network, "moulding", std::nullopt));
    meters_.measure();
    const std::string ask_second{"\x00\x01\x00\x00\x00\x06\x02\x03\x9C\x40\x00\x02", 12};
    auto writing = (*stream)->write(ask_second, 5s);
    const auto written = co_await std::move(writing);
    EXPECT_TRUE(written);
    std::array<char, 64> bytes{};
    auto reading = (*stream)->read(bytes, 5s);
    const auto count = co_await std::move(reading);
    EXPECT_TRUE(count);
    EXPECT_EQ(std::string_view(bytes.data(), count.value_or(0)),
              (std::string_view{"\x00\x01\x00\x00\x00\x03\x02\x83\x0B", 9}));
  });
}

}  // namespace
}  // namespace hanse::node::simulate
