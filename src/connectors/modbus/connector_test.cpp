#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "connectors/modbus/internal/fake_device.hpp"
#include "connectors/modbus/protocol.hpp"
#include "net/stream.hpp"

namespace hanse::connectors::modbus {
namespace {

namespace asio = boost::asio;

/// A fake device on a socket: each connection is served until it closes.
class ModbusConnectorTest : public ::testing::Test {
 protected:
  ModbusConnectorTest() : listener_(*net::listen(io_.get_executor(), "127.0.0.1", 0)) {
    asio::co_spawn(io_, accept(), asio::detached);
  }
  ModbusSettings settings(std::string more) {
    const auto text = fmt::format(R"({{"host":"127.0.0.1","port":{},"interval":"20ms","time_limit":"100ms",{}}})",
                                  listener_->port(), more);
    return *from_json<ModbusSettings>(text);
  }
  template <class Done>
  bool run_until(Done done) {
    const auto end = clock_.monotonic() + 10s;
    while (!done() && clock_.monotonic() < end) io_.run_one_for(50ms);
    return done();
  }
  asio::awaitable<void> accept() {
    for (;;) {
      auto accepting = listener_->accept();
      auto accepted = co_await std::move(accepting);
      if (!accepted) co_return;
      std::shared_ptr<net::Stream> stream = std::move(*accepted);
      current_ = stream;
      asio::co_spawn(io_, serve(stream), asio::detached);
    }
  }
  asio::awaitable<void> serve(std::shared_ptr<net::Stream> stream) {
    ++connections_;
    std::array<char, 512> buffer{};
    for (;;) {
      auto reading = stream->read(buffer, 10s);
      const auto count = co_await std::move(reading);
      if (!count || *count < 12) co_return;
      const auto answer = device_.answer({buffer.data(), *count});
      auto writing = stream->write(answer, 1s);
      const auto written = co_await std::move(writing);
      if (!written) co_return;
    }
  }

  SystemClock clock_;
  Log log_{clock_, LogLevel::error, LogFormat::text};
  asio::io_context io_;
  std::unique_ptr<net::Listener> listener_;
  std::shared_ptr<net::Stream> current_;
  internal::FakeDevice device_;
  RecordingSink sink_;
  int connections_ = 0;
};

TEST_F(ModbusConnectorTest, ReadsOverASocketAndStopsWhenCancelled) {
  device_.put(0, {17});
  const auto connector =
      *make_connector(settings(R"("map":"","points":[{"name":"parts","number":"40001"}])"), {clock_, log_, "c"});
  asio::cancellation_signal cancel;
  bool ended = false;
  asio::co_spawn(io_, connector->run(sink_),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr, Result<void>) { ended = true; }));
  ASSERT_TRUE(run_until([&] { return sink_.of("parts").size() >= 3; }));
  EXPECT_EQ(sink_.last("parts"), "17");

  cancel.emit(asio::cancellation_type::terminal);
  ASSERT_TRUE(run_until([&] { return ended; }));
  EXPECT_EQ(sink_.last("parts"), "null") << "nobody reads it now";
}

TEST_F(ModbusConnectorTest, ReturnsWithTheReasonWhenTheDeviceGoesAndComesBackWhenRunAgain) {
  device_.put(0, {17});
  const auto connector =
      *make_connector(settings(R"("map":"","points":[{"name":"parts","number":"40001"}])"), {clock_, log_, "c"});
  std::optional<Result<void>> ended;
  const auto run = [&] {
    ended.reset();
    asio::co_spawn(io_, connector->run(sink_),
                   [&](std::exception_ptr, Result<void> result) { ended = std::move(result); });
  };
  run();
  ASSERT_TRUE(run_until([&] { return sink_.of("parts").size() >= 2; }));
  current_->close();
  ASSERT_TRUE(run_until([&] { return ended.has_value(); }));
  EXPECT_FALSE(*ended);
  EXPECT_EQ(sink_.last("parts"), "null");

  run();
  ASSERT_TRUE(run_until([&] { return sink_.last("parts") == "17"; }));
  EXPECT_EQ(connections_, 2);
  EXPECT_EQ(sink_.notices_of(NoticeKind::gap), 1u);
  current_->close();
  ASSERT_TRUE(run_until([&] { return ended.has_value(); }));
}

TEST_F(ModbusConnectorTest, ALookShowsTheValueAndItsNeighbours) {
  device_.put(0, {5, 17, 6});
  const auto browser =
      *make_browser(settings(R"("map":"","points":[{"name":"parts","address":1}])"), {clock_, log_, "c"});
  std::optional<Result<std::vector<BrowsedValue>>> found;
  asio::co_spawn(io_, browser->browse(3s),
                 [&](std::exception_ptr, Result<std::vector<BrowsedValue>> result) { found = std::move(result); });
  ASSERT_TRUE(run_until([&] { return found.has_value(); }));
  ASSERT_TRUE(*found);
  ASSERT_EQ((*found)->size(), 3u);
  EXPECT_EQ((**found)[0].value, "17");
  EXPECT_EQ((**found)[1].declaration.name, "parts (at 0)");
  EXPECT_EQ((**found)[1].value, "5");
  EXPECT_EQ((**found)[2].value, "6");
}

TEST_F(ModbusConnectorTest, ALookAtADeviceThatIsNoSunSpecSaysSo) {
  const auto browser = *make_browser(settings(R"("unit":1)"), {clock_, log_, "c"});
  std::optional<Result<std::vector<BrowsedValue>>> found;
  asio::co_spawn(io_, browser->browse(3s),
                 [&](std::exception_ptr, Result<std::vector<BrowsedValue>> result) { found = std::move(result); });
  ASSERT_TRUE(run_until([&] { return found.has_value(); }));
  EXPECT_EQ(found->error().message, "unit 1: no SunSpec mark at 40000, 50000 or 0: choose the device's map instead");
}

}  // namespace
}  // namespace hanse::connectors::modbus
