#include <fmt/format.h>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <filesystem>

#include "connectors/opcua/exchange.hpp"
#include "connectors/opcua/level_question.hpp"
#include "connectors/opcua/protocol.hpp"
#include "connectors/opcua/session/client.hpp"
#include "connectors/opcua/session/reconnect_pause.hpp"

namespace hanse::connectors::opcua {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr Duration kConnectLimit = 5s;
// What the connection knows (which values, where each stood, the session's key) is worth keeping for so long; after
// that the supervisor begins anew.
constexpr Duration kOutageMax = 1h;

/// Where our certificate is, and whom we trust: the node's one folder unless the connection has its own.
FolderCertificateStore::Options store_options(const OpcuaSettings& settings, const ConnectorContext& context) {
  const std::filesystem::path data{context.data_folder};
  return {.folder = (data / (settings.certificate_folder.empty() ? "opcua" : settings.certificate_folder)).string(),
          .application_uri = settings.application_uri};
}

class OpcuaConnector final : public Connector {
 public:
  OpcuaConnector(const OpcuaSettings& settings, const ConnectorContext& context)
      : settings_(settings),
        store_options_(store_options(settings, context)),
        store_(store_options_),
        clock_(context.clock),
        pause_seed_(std::hash<std::string>{}(context.connection_id)) {}

  awaitable<Result<void>> run(Sink& sink) override {
    // A cancelled run says goodbye to the server, which would keep the session for a minute otherwise.
    co_await asio::this_coro::throw_if_cancelled(false);
    Client client{settings_, store_, sink};
    const LossGuard guard{*this, client};
    client_ = &client;
    std::optional<Duration> lost_at;
    ReconnectPause pause{pause_seed_};
    while (true) {
      auto running = once(client);
      const Result<void> ended = co_await std::move(running);
      const auto state = co_await asio::this_coro::cancellation_state;
      if (told_to_end_ || state.cancelled() != asio::cancellation_type::none) {
        co_return fail(ErrorCode::unavailable, "was told to end");
      }
      if (ended) {
        client.move_on();
        continue;
      }
      const bool was_up = client.is_ready();
      client.lost(ended.error(), clock_.now());
      if (!client.was_ready()) co_return ended.error();
      const Duration now = clock_.monotonic();
      if (was_up || !lost_at) lost_at = now;
      if (now - *lost_at > kOutageMax) co_return ended.error();
      if (was_up) pause.start_over();
      auto pausing = net::pause(was_reached_ ? pause.refused() : pause.unreachable(now - *lost_at));
      co_await std::move(pausing);
    }
  }

  void command(Command command, CommandDone done) override {
    if (!client_)
      return done(fail(ErrorCode::unavailable, "the connection isn't up, nothing was sent; try again when it is"));
    client_->command(std::move(command), std::move(done));
    if (stream_) stream_->wake();
  }

 private:
  /// Takes the values back, and the client away, however the coroutine ends.
  class LossGuard {
   public:
    LossGuard(OpcuaConnector& owner, Client& client) : owner_(owner), client_(client) {}
    ~LossGuard() {
      client_.points().lose(owner_.clock_.now());
      owner_.client_ = nullptr;
    }
    LossGuard(const LossGuard&) = delete;
    LossGuard& operator=(const LossGuard&) = delete;

   private:
    OpcuaConnector& owner_;
    Client& client_;
  };

  /// One socket. Ends without an error when the client wants the next one at once.
  awaitable<Result<void>> once(Client& client) {
    was_reached_ = false;
    auto connecting = connect_to(client.url(), kConnectLimit);
    HANSE_CO_TRY(auto stream, co_await std::move(connecting));
    was_reached_ = true;
    stream_ = stream.get();
    const auto executor = co_await asio::this_coro::executor;
    auto exchanging = exchange(*stream, client, clock_, [&] {
      ask_another(executor, client);
      return false;
    });
    Result<void> ended = co_await std::move(exchanging);
    stream_ = nullptr;
    question_.reset();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      told_to_end_ = true;
      co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation{});
      auto leaving = farewell(*stream, client);
      co_await std::move(leaving);
      co_return fail(ErrorCode::unavailable, "was told to end");
    }
    stream->close();
    if (ended && client.want() == Session::Want::end) {
      ended = client.failure().value_or(fail(ErrorCode::unavailable, "the connection ended"));
    }
    co_return ended;
  }

  /// Another server of the set is asked for its service level while this one is followed: `once` calls it at every
  /// turn.
  void ask_another(const asio::any_io_executor& executor, Client& client) {
    if (answered_) question_.reset();
    const auto url = client.level_wanted();
    if (!url) return;
    auto settings = settings_;
    settings.url = *url;
    answered_ = false;
    question_ = std::make_unique<LevelQuestion>(executor, std::move(settings), store_options_, clock_,
                                                [this, &client, url = *url](const Result<int>& level) {
                                                  answered_ = true;
                                                  client.level_told(url, level);
                                                  if (stream_) stream_->wake();
                                                });
  }

  OpcuaSettings settings_;
  FolderCertificateStore::Options store_options_;
  FolderCertificateStore store_;
  const Clock& clock_;
  std::uint64_t pause_seed_;
  bool was_reached_ = false;  ///< By the last try.
  std::unique_ptr<LevelQuestion> question_;
  bool answered_ = false;          ///< `question_` was.
  Client* client_ = nullptr;       ///< While `run` goes on.
  net::Stream* stream_ = nullptr;  ///< While one is open.
  bool told_to_end_ = false;
};

/// A sink for somebody who only looks.
class NoSink final : public Sink {
 public:
  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    return std::vector<signal::SignalId>(declarations.size(), signal::kNoSignal);
  }
  void deliver(signal::SampleBatch) override {}
  void notice(Notice) override {}
};

BrowsedValue browsed(SelectedValue& value) {
  BrowsedValue out{.declaration = std::move(value.plan.declaration),
                   .value = value_text(value.value.value),
                   .quality = {},
                   .time = {}};
  const auto status = value.value.status_or_good();
  out.quality = status.is_bad()         ? signal::Quality::bad
                : status.is_uncertain() ? signal::Quality::uncertain
                                        : signal::Quality::good;
  if (value.value.value.is_array()) out.value = "an array";
  if (value.value.value.type() == Builtin::extension_object) out.value = "a structure";
  if (status.is_bad() && out.value.empty()) out.value = to_string(status);
  const auto& time = value.value.source_time ? value.value.source_time : value.value.server_time;
  if (time && time->is_set()) out.time = time->time();
  return out;
}

class OpcuaBrowser final : public Browser {
 public:
  OpcuaBrowser(const OpcuaSettings& settings, const ConnectorContext& context)
      : settings_(settings), store_(store_options(settings, context)), clock_(context.clock) {}

  awaitable<Result<std::vector<BrowsedValue>>> browse(Duration time_limit) override {
    NoSink nowhere;
    Client client{settings_, store_, nowhere};
    std::optional<Result<Selection::Result>> found;
    client.look([&found](Result<Selection::Result> result) { found = std::move(result); });
    const Duration end = clock_.monotonic() + time_limit;
    while (!found) {
      auto connecting = connect_to(client.url(), std::min<Duration>(kConnectLimit, time_limit));
      HANSE_CO_TRY(auto stream, co_await std::move(connecting));
      auto exchanging = exchange(*stream, client, clock_, [&] { return found || clock_.monotonic() > end; });
      HANSE_CO_CHECK(co_await std::move(exchanging));
      if (found) {
        auto leaving = farewell(*stream, client);
        co_await std::move(leaving);
        break;
      }
      if (client.want() == Session::Want::end) {
        co_return client.failure().value_or(fail(ErrorCode::unavailable, "the connection ended"));
      }
      if (clock_.monotonic() > end)
        co_return fail(ErrorCode::timeout, "the server has more than could be read in time");
      client.move_on();
    }
    if (!*found) co_return found->error();
    std::vector<BrowsedValue> values;
    for (auto& value : (**found).values) values.push_back(browsed(value));
    co_return values;
  }

 private:
  OpcuaSettings settings_;
  FolderCertificateStore store_;
  const Clock& clock_;
};

std::string settings_schema(SchemaBook& book) { return book.schema<OpcuaSettings>(SchemaBook::Use::input); }

Result<void> check(JsonRef settings) {
  HANSE_CHECK(from_json<OpcuaSettings>(settings));
  return {};
}

Result<void> check_change(JsonRef settings, const Command& command) {
  HANSE_TRY(const auto parsed, from_json<OpcuaSettings>(settings));
  return check_command(parsed, command);
}

Result<std::unique_ptr<Connector>> make(JsonRef settings, const ConnectorContext& context) {
  HANSE_TRY(const auto parsed, from_json<OpcuaSettings>(settings));
  return make_connector(parsed, context);
}

Result<std::unique_ptr<Browser>> make_browser_from(JsonRef settings, const ConnectorContext& context) {
  HANSE_TRY(const auto parsed, from_json<OpcuaSettings>(settings));
  return make_browser(parsed, context);
}

}  // namespace

const Protocol& protocol() {
  static constexpr Protocol kProtocol{
      .id = "opcua",
      .title = "OPC UA",
      .summary = "Controllers and machines with an OPC UA server: values, alarms and history, signed and encrypted.",
      .settings_schema = settings_schema,
      .check = check,
      .make = make,
      .make_browser = make_browser_from,
      .check_command = check_change};
  return kProtocol;
}

Result<std::unique_ptr<Connector>> make_connector(const OpcuaSettings& settings, const ConnectorContext& context) {
  std::unique_ptr<Connector> connector = std::make_unique<OpcuaConnector>(settings, context);
  return connector;
}

Result<std::unique_ptr<Browser>> make_browser(const OpcuaSettings& settings, const ConnectorContext& context) {
  std::unique_ptr<Browser> browser = std::make_unique<OpcuaBrowser>(settings, context);
  return browser;
}

}  // namespace hanse::connectors::opcua
