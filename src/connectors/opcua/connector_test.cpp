#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "connectors/opcua/internal/test_server.hpp"
#include "connectors/opcua/protocol.hpp"
#include "connectors/recording_sink.hpp"
#include "net/stream.hpp"

namespace hanse::connectors::opcua {
namespace {

/// A `TestServer` behind a real socket, for several connections one after the other or at once: only the last counts.
class SocketServer {
 public:
  explicit SocketServer(boost::asio::io_context& io) : listener_(*net::listen(io.get_executor(), "127.0.0.1", 0)) {
    server.nodes.push_back({.id = {2, "Temp"}, .parent = 85, .name = "Temp", .value = data_value(1.0)});
    boost::asio::co_spawn(io, accept(io.get_executor()), boost::asio::detached);
  }
  std::string url() const { return "opc.tcp://127.0.0.1:" + std::to_string(listener_->port()); }
  void close() {
    listener_->close();
    for (const auto& stream : streams_) stream->close();
  }

  internal::TestServer server;
  std::size_t connections = 0;

 private:
  boost::asio::awaitable<void> accept(boost::asio::any_io_executor executor) {
    while (true) {
      auto accepting = listener_->accept();
      auto stream = co_await std::move(accepting);
      if (!stream) co_return;
      ++connections;
      server.connected();
      streams_.push_back(*std::move(stream));
      boost::asio::co_spawn(executor, serve(streams_.back()), boost::asio::detached);
    }
  }
  boost::asio::awaitable<void> serve(std::shared_ptr<net::Stream> stream) {
    std::array<char, 65'536> buffer{};
    while (true) {
      auto reading = stream->read(buffer, 20ms);
      const auto count = co_await std::move(reading);
      if (count ? *count == 0 : count.error().code != ErrorCode::timeout) co_return;
      std::string out;
      if (count) out = server.answer({buffer.data(), *count});
      if (stream == streams_.back() && server.publish()) out += server.take_output();
      if (out.empty()) continue;
      auto writing = stream->write(out, 1s);
      if (!co_await std::move(writing)) co_return;
    }
  }

  std::unique_ptr<net::Listener> listener_;
  std::vector<std::shared_ptr<net::Stream>> streams_;
};

TEST(OpcuaConnector, leaves_a_server_that_degrades_for_a_healthy_one_of_its_set) {
  const auto folder = std::filesystem::temp_directory_path() / ("hanse-opcua-connector-" + std::to_string(::getpid()));
  boost::asio::io_context io{1};
  SocketServer first{io}, second{io};
  second.server.nodes[0].value = data_value(2.0);
  OpcuaSettings settings;
  settings.url = first.url();
  settings.fallback_urls = {second.url()};
  settings.security_policy = PolicyChoice::none;
  settings.unsecured_until = Timestamp::max();
  settings.publishing_interval = 50ms;
  settings.certificate_folder = folder.string();
  const SystemClock clock;
  const Log log{clock, LogLevel::error, LogFormat::text};
  RecordingSink sink;
  const auto connector = make_connector(settings, {clock, log, "test"});
  ASSERT_TRUE(connector);
  boost::asio::cancellation_signal stop;
  bool ended = false;
  boost::asio::co_spawn(io, (*connector)->run(sink),
                        boost::asio::bind_cancellation_slot(
                            stop.slot(), [&](const std::exception_ptr&, const Result<void>&) { ended = true; }));
  const auto wait_until = [&](const std::function<bool()>& is_so) {
    const Duration end = clock.monotonic() + 10s;
    while (!is_so() && clock.monotonic() < end) io.run_one_for(20ms);
    return is_so();
  };
  const auto last_is = [&](std::string_view text) {
    return [&sink, text] { return !sink.values.empty() && sink.values.back().text == text; };
  };
  ASSERT_TRUE(wait_until(last_is("1"))) << (sink.notices.empty() ? "silence" : sink.notices.back().message);
  ASSERT_EQ(second.connections, 0u);
  first.server.change_service_level(100);
  ASSERT_TRUE(wait_until(last_is("2"))) << sink.notices.back().message;
  EXPECT_FALSE(first.server.has_session()) << "left with a farewell";
  EXPECT_EQ(std::ranges::count(sink.values, signal::ValueType::null, &RecordingSink::Value::type), 0);
  stop.emit(boost::asio::cancellation_type::terminal);
  EXPECT_TRUE(wait_until([&] { return ended; }));
  first.close();
  second.close();
  io.run_for(1s);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace hanse::connectors::opcua
