#include <unistd.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdio>

#include "connectors/opcua/protocol.hpp"
#include "connectors/recording_sink.hpp"

namespace hanse::connectors::opcua {
namespace {

/// Writes a line for everything that comes, for the script that plays with the server at the other end.
class PrintingSink final : public Sink {
 public:
  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    for (const auto& declaration : declarations) std::printf("declare %s\n", to_json(declaration).c_str());
    std::fflush(stdout);
    return recording_.declare(declarations);
  }
  void deliver(signal::SampleBatch batch) override {
    recording_.deliver(std::move(batch));
    for (const auto& value : recording_.values) {
      std::string text;
      json::append_string(text, value.text);
      std::printf("value {\"address\": \"%s\", \"value\": %s, \"quality\": \"%s\", \"null\": %s, \"time\": \"%s\"}\n",
                  value.address.c_str(), text.c_str(), describe::enum_name(value.quality).c_str(),
                  value.type == signal::ValueType::null ? "true" : "false", to_string(value.time).c_str());
    }
    recording_.values.clear();
    std::fflush(stdout);
  }
  void notice(Notice notice) override {
    std::printf("notice %s\n", to_json(notice).c_str());
    std::fflush(stdout);
  }

 private:
  RecordingSink recording_;
};

std::string argument(std::string_view name) {
  for (const auto& text : testing::internal::GetArgvs()) {
    if (text.starts_with(name)) return text.substr(name.size());
  }
  return {};
}

/// Driven by tests/interop: follows the server of `--opcua-settings=<json>` until standard input ends, or browses it.
TEST(Peer, follows_a_server_until_told_to_stop) {
  const std::string text = argument("--opcua-settings=");
  if (text.empty()) GTEST_SKIP() << "no server: tests/interop starts them";
  const SystemClock clock;
  const Log log{clock, LogLevel::warning, LogFormat::text};
  const auto settings = from_json<OpcuaSettings>(text);
  ASSERT_TRUE(settings) << to_string(settings.error());
  const ConnectorContext context{clock, log, "peer"};
  boost::asio::io_context io{1};
  PrintingSink sink;
  if (!argument("--opcua-browse").empty()) {
    const auto browser = make_browser(*settings, context);
    boost::asio::co_spawn(io, (*browser)->browse(60s), [](std::exception_ptr, Result<std::vector<BrowsedValue>> found) {
      if (!found)
        std::printf("failed %s\n", to_string(found.error()).c_str());
      else
        for (const auto& value : *found) std::printf("browsed %s\n", to_json(value).c_str());
    });
    io.run();
    return;
  }
  const auto connector = make_connector(*settings, context);
  boost::asio::cancellation_signal stop;
  boost::asio::posix::stream_descriptor input{io, ::dup(STDIN_FILENO)};
  char byte = 0;
  input.async_read_some(boost::asio::buffer(&byte, 1),
                        [&](auto, auto) { stop.emit(boost::asio::cancellation_type::terminal); });
  bool ended = false;
  const auto on_end = [&](std::exception_ptr failed, Result<void> result) {
    ended = true;
    if (!failed && !result) std::printf("ended %s\n", to_string(result.error()).c_str());
    std::fflush(stdout);
    input.close();
  };
  boost::asio::co_spawn(io, (*connector)->run(sink), boost::asio::bind_cancellation_slot(stop.slot(), on_end));
  io.run();
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace hanse::connectors::opcua
