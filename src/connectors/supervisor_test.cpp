#include "connectors/supervisor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>

namespace hanse::connectors {
namespace {

namespace asio = boost::asio;

/// What the scripted connectors of the running test do, one entry a run; the last is repeated.
struct Script {
  std::deque<std::string> endings;  ///< `stay` runs until cancelled; another text is the error that ends it.
  int runs = 0;
  int cancelled = 0;
  std::vector<std::string> settings;
};
Script* script = nullptr;

class ScriptedConnector final : public Connector {
 public:
  asio::awaitable<Result<void>> run(Sink& sink) override {
    ++script->runs;
    const auto ending = script->endings.front();
    if (script->endings.size() > 1) script->endings.pop_front();
    sink.notice({.kind = NoticeKind::connected});
    signal::SampleBatch batch;
    batch.add_real(signal::SignalId{1}, {}, 1.0);
    sink.deliver(std::move(batch));
    if (ending != "stay") co_return fail(ErrorCode::unavailable, ending);
    asio::steady_timer timer{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()};
    boost::system::error_code ec;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    ++script->cancelled;
    co_return Result<void>{};
  }
};

Result<std::unique_ptr<Connector>> make_scripted(JsonRef settings, const ConnectorContext&) {
  script->settings.push_back(settings.text());
  return std::make_unique<ScriptedConnector>();
}
constexpr Protocol kScripted{.id = "scripted",
                             .title = "Scripted",
                             .summary = "For tests.",
                             .settings_schema = nullptr,
                             .check = nullptr,
                             .make = make_scripted,
                             .make_browser = nullptr};

class CountingSink final : public ConnectionSink {
 public:
  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    return std::vector(declarations.size(), signal::SignalId{1});
  }
  void deliver(signal::SampleBatch batch) override { samples += batch.samples.size(); }
  void notice(Notice) override { ++notices; }
  std::uint64_t dropped() const override { return 3; }
  std::size_t samples = 0, notices = 0;
};

class SupervisedConnection : public testing::Test {
 protected:
  void SetUp() override { script = &told; }
  void start(std::string settings = "{}") {
    supervisor.start({.id = "one", .protocol = &kScripted, .settings = {settings}, .sink = sink});
  }
  void run_until(const std::function<bool()>& reached) {
    while (!reached() && io.run_one() > 0) {
    }
    EXPECT_TRUE(reached());
  }
  Script told;
  SystemClock clock;
  Log log{clock, LogLevel::error, LogFormat::text};
  asio::io_context io{1};
  std::shared_ptr<CountingSink> sink = std::make_shared<CountingSink>();
  Supervisor supervisor{{io.get_executor()}, clock, log, {.first = 1ms, .ceiling = 2ms, .healthy_run = 1h}};
};

TEST_F(SupervisedConnection, IsBegunAnewForEver) {
  told.endings = {"the broker is gone"};
  start();

  run_until([&] { return told.runs == 20; });

  EXPECT_GE(sink->samples, 20u);
  EXPECT_GE(supervisor.report("one")->restarts, 19u);
  supervisor.stop();
  io.run();
}

TEST_F(SupervisedConnection, CountsAndPassesOnWhatComes) {
  told.endings = {"stay"};
  start();

  run_until([&] { return told.runs == 1 && sink->samples == 1; });

  const auto report = *supervisor.report("one");
  EXPECT_EQ(report.samples, 1u);
  EXPECT_EQ(report.dropped, 3u);
  EXPECT_EQ(report.health, Health::degraded);
  EXPECT_EQ(report.notices.size(), 1u);
  supervisor.stop();
  io.run();
  EXPECT_EQ(told.cancelled, 1);
}

TEST_F(SupervisedConnection, PausesAndResumes) {
  told.endings = {"stay"};
  start();
  run_until([&] { return told.runs == 1; });

  ASSERT_TRUE(supervisor.pause("one"));
  run_until([&] { return told.cancelled == 1; });
  EXPECT_EQ(supervisor.report("one")->health, Health::stopped);
  EXPECT_EQ(supervisor.report("one")->reason, "switched off");

  ASSERT_TRUE(supervisor.resume("one"));
  run_until([&] { return told.runs == 2; });
  supervisor.stop();
  io.run();
}

TEST_F(SupervisedConnection, TakesNewSettingsWithoutAPause) {
  told.endings = {"stay"};
  start(R"({"a":1})");
  run_until([&] { return told.runs == 1; });

  start(R"({"a":2})");
  run_until([&] { return told.runs == 2; });

  EXPECT_EQ(told.settings, (std::vector<std::string>{R"({"a":1})", R"({"a":2})"}));
  supervisor.stop();
  io.run();
}

TEST_F(SupervisedConnection, EndsAndIsForgottenWhenRemoved) {
  told.endings = {"stay"};
  start();
  run_until([&] { return told.runs == 1; });

  supervisor.remove("one");
  io.run();

  EXPECT_EQ(told.cancelled, 1);
  EXPECT_EQ(supervisor.report("one").error().code, ErrorCode::not_found);
  EXPECT_EQ(supervisor.pause("one").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace hanse::connectors
