#include "node/connections/machine_changes.hpp"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

namespace hanse::node {
namespace {

namespace asio = boost::asio;
using connectors::Command;
using connectors::CommandDone;

/// What the machine of the running test answers, and what it got.
struct Machine {
  std::atomic<int> commands = 0;
  std::atomic<bool> up = false;
  Result<std::string> answer = std::string{"written"};
  bool silent = false;  ///< Drops what it got unsaid.
};
Machine* machine = nullptr;

class MachineConnector final : public connectors::Connector {
 public:
  asio::awaitable<Result<void>> run(connectors::Sink&) override {
    machine->up = true;
    asio::steady_timer timer{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()};
    co_await timer.async_wait(asio::use_awaitable);
    co_return Result<void>{};
  }
  void command(Command, CommandDone done) override {
    ++machine->commands;
    if (!machine->silent) done(machine->answer);
  }
};

Result<std::unique_ptr<connectors::Connector>> make_machine(JsonRef, const connectors::ConnectorContext&) {
  return std::make_unique<MachineConnector>();
}
Result<void> any_settings(JsonRef) { return {}; }
/// Settings list what may be written.
Result<void> only_listed(JsonRef settings, const Command& command) {
  if (settings.find(command.address)) return {};
  return fail(ErrorCode::forbidden, "not on the list");
}
constexpr connectors::Protocol kMachine{.id = "machine",
                                        .title = "Machine",
                                        .summary = "For tests.",
                                        .settings_schema = nullptr,
                                        .check = any_settings,
                                        .make = make_machine,
                                        .make_browser = nullptr,
                                        .check_command = only_listed};
constexpr connectors::Protocol kReading{.id = "reading",
                                        .title = "Reading",
                                        .summary = "For tests.",
                                        .settings_schema = nullptr,
                                        .check = any_settings,
                                        .make = make_machine,
                                        .make_browser = nullptr};
constexpr const connectors::Protocol* kProtocols[] = {&kMachine, &kReading};

class NoSink final : public connectors::ConnectionSink {
 public:
  std::vector<signal::SignalId> declare(std::span<const connectors::Declaration>) override { return {}; }
  void deliver(signal::SampleBatch) override {}
  void notice(connectors::Notice) override {}
  std::uint64_t dropped() const override { return 0; }
};

class FourEyes : public testing::Test {
 protected:
  FourEyes() {
    machine = &here_;
    for (const auto* protocol : {"machine", "reading"}) {
      EXPECT_TRUE(book_.put({.id = protocol,
                             .name = protocol,
                             .protocol = protocol,
                             .asset = "press",
                             .template_id = {},
                             .settings = {R"({"target": true})"}}));
    }
    while (!here_.up) std::this_thread::yield();
  }
  ~FourEyes() override {
    supervisor_.stop();
    work_.reset();
    thread_.join();
  }
  static MachineChange wish(std::string connection = "machine", std::string address = "target") {
    MachineChange change;
    change.connection = std::move(connection);
    change.command = {.address = std::move(address), .method = {}, .value = {"5"}};
    change.reason = "warmer";
    return change;
  }
  std::string asked() { return changes_.request("user:anna", wish())->id; }
  std::string acts() {
    std::string out;
    const auto entries = store_->journal(0, 100, false).value();
    for (const auto& entry : entries) {
      if (!entry.detail.empty()) out += entry.actor + " " + entry.action + "; ";
    }
    return out;
  }
  static std::optional<ErrorCode> refusal(const Result<MachineChange>& result) {
    return result ? std::nullopt : std::optional{result.error().code};
  }

  Machine here_;
  SimulatedClock clock_{Timestamp{1'790'000'000'000'000'000}};
  Log log_{clock_, LogLevel::error, LogFormat::text};
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  connectors::Supervisor supervisor_{{io_.get_executor()}, clock_, log_};
  connectors::ConnectionBook book_{kProtocols, supervisor_, [](const auto&) { return std::make_shared<NoSink>(); }};
  std::thread thread_{[this] { io_.run(); }};
  std::unique_ptr<store::Store> store_ = *store::open_store("sqlite::memory:", clock_);
  MachineChanges changes_{*store_, book_, clock_, 5s};
};

TEST_F(FourEyes, a_second_person_approves_and_it_is_sent_once_with_all_of_it_in_the_journal) {
  const auto id = asked();
  EXPECT_EQ(here_.commands, 0);
  const auto done = changes_.approve("user:ben", id);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->state, ChangeState::done);
  EXPECT_EQ(done->answer, "written");
  EXPECT_EQ(refusal(changes_.approve("user:carl", id)), ErrorCode::conflict);
  EXPECT_EQ(refusal(changes_.refuse("user:carl", id)), ErrorCode::conflict);
  EXPECT_EQ(here_.commands, 1);
  EXPECT_EQ(acts(), "user:anna request; user:ben approve; user:ben done; ");
  EXPECT_TRUE(store_->verify_journal());
}

TEST_F(FourEyes, nobody_approves_alone_and_no_program_does) {
  EXPECT_EQ(refusal(changes_.request("token:01", wish())), ErrorCode::forbidden);
  const auto id = asked();
  EXPECT_EQ(refusal(changes_.approve("user:anna", id)), ErrorCode::forbidden);
  EXPECT_EQ(refusal(changes_.approve("token:01", id)), ErrorCode::forbidden);
  EXPECT_EQ(refusal(changes_.refuse("token:01", id)), ErrorCode::forbidden);
  EXPECT_EQ(changes_.get(id)->state, ChangeState::pending);
  EXPECT_EQ(here_.commands, 0);
  EXPECT_EQ(acts(), "user:anna request; ");
}

TEST_F(FourEyes, what_is_not_on_the_list_is_not_even_asked_for) {
  EXPECT_EQ(refusal(changes_.request("user:anna", wish("machine", "other"))), ErrorCode::forbidden);
  EXPECT_EQ(refusal(changes_.request("user:anna", wish("reading"))), ErrorCode::forbidden);
  EXPECT_EQ(refusal(changes_.request("user:anna", wish("nowhere"))), ErrorCode::not_found);
  EXPECT_EQ(acts(), "");
}

TEST_F(FourEyes, a_list_that_became_shorter_holds_for_what_waits) {
  const auto id = asked();
  auto record = *book_.find("machine");
  record.settings = {"{}"};
  ASSERT_TRUE(book_.put(record));
  EXPECT_EQ(refusal(changes_.approve("user:ben", id)), ErrorCode::forbidden);
  EXPECT_EQ(here_.commands, 0);
}

TEST_F(FourEyes, after_an_hour_it_is_to_be_asked_anew) {
  const auto id = asked();
  clock_.advance(MachineChanges::kPendingMax + 1s);
  EXPECT_EQ(changes_.get(id)->state, ChangeState::expired);
  EXPECT_EQ(refusal(changes_.approve("user:ben", id)), ErrorCode::conflict);
  EXPECT_EQ(here_.commands, 0);
}

TEST_F(FourEyes, a_refusal_ends_it_and_ones_own_can_be_taken_back) {
  EXPECT_EQ(changes_.refuse("user:ben", asked())->state, ChangeState::refused);
  const auto id = asked();
  EXPECT_EQ(changes_.refuse("user:anna", id)->state, ChangeState::refused);
  EXPECT_EQ(refusal(changes_.approve("user:ben", id)), ErrorCode::conflict);
  EXPECT_EQ(here_.commands, 0);
}

TEST_F(FourEyes, the_newest_comes_first) {
  std::vector<std::string> asked_for;
  for (int i = 0; i < 5; ++i) {
    asked_for.insert(asked_for.begin(), asked());
    clock_.advance(1s);
  }
  const auto first = changes_.list({}, 3);
  ASSERT_TRUE(first && first->next);
  const auto rest = changes_.list(first->next, 3);
  std::vector<std::string> listed;
  for (const auto* page : {&*first, &*rest}) {
    for (const auto& item : page->items) listed.push_back(item.record.id);
  }
  EXPECT_EQ(listed, asked_for);
}

TEST_F(FourEyes, what_the_machine_says_is_kept) {
  here_.answer = fail(ErrorCode::unavailable, "BadNotWritable");
  const auto failed = changes_.approve("user:ben", asked());
  EXPECT_EQ(failed->state, ChangeState::failed);
  EXPECT_EQ(failed->answer, "BadNotWritable");
  here_.silent = true;
  EXPECT_EQ(changes_.approve("user:ben", asked())->state, ChangeState::unknown) << "dropped unsaid";
  ASSERT_TRUE(book_.put({.id = "machine",
                         .name = "machine",
                         .protocol = "machine",
                         .enabled = false,
                         .asset = "press",
                         .template_id = {},
                         .settings = {R"({"target": true})"}}));
  const auto off = changes_.approve("user:ben", asked());
  EXPECT_EQ(off->state, ChangeState::failed) << off->answer;
  EXPECT_EQ(here_.commands, 2);
}

TEST_F(FourEyes, what_an_end_of_the_program_left_under_way_is_unknown_and_not_sent_again) {
  store::Collection<MachineChange> records{*store_, "machine_change"};
  auto change = wish();
  change.id = "left";
  change.state = ChangeState::approved;
  ASSERT_TRUE(records.put({"user:ben"}, change));
  ASSERT_TRUE(changes_.start());
  EXPECT_EQ(changes_.get("left")->state, ChangeState::unknown);
  EXPECT_EQ(refusal(changes_.approve("user:ben", "left")), ErrorCode::conflict);
  EXPECT_EQ(here_.commands, 0);
}

}  // namespace
}  // namespace hanse::node
