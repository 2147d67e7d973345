#include "connectors/supervisor.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace hanse::connectors {

namespace asio = boost::asio;

void Connector::command(Command, CommandDone done) {
  done(fail(ErrorCode::forbidden, "this protocol only reads; nothing was sent"));
}

namespace {
Error not_up() {
  return fail(ErrorCode::unavailable, "the connection isn't up, nothing was sent; try again when it is active");
}
}  // namespace

/// One connection: what is wanted of it, and the coroutine that makes it so. Timer and cancellation belong to the
/// executor's thread; the rest is guarded.
struct Supervisor::Connection : Sink, std::enable_shared_from_this<Connection> {
  enum class Wish { run, rest, leave };

  Connection(asio::any_io_executor on, const Clock& with_clock, const Log& with_log, std::string folder,
             RestartPause pause)
      : executor(on),
        clock(with_clock),
        log(with_log),
        data_folder(std::move(folder)),
        restart_pause(std::move(pause)),
        timer(on),
        health(with_clock.now()) {}

  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    return current_sink()->declare(declarations);
  }
  void deliver(signal::SampleBatch batch) override {
    const auto to = current_sink();
    {
      const std::lock_guard lock{mutex};
      health.data(clock.now(), batch.samples.size());
    }
    to->deliver(std::move(batch));
  }
  void notice(Notice notice) override {
    const auto to = current_sink();
    {
      const std::lock_guard lock{mutex};
      health.notice(notice);
    }
    to->notice(std::move(notice));
  }
  std::shared_ptr<ConnectionSink> current_sink() {
    const std::lock_guard lock{mutex};
    return running_sink;
  }
  HealthReport report() {
    const std::lock_guard lock{mutex};
    const auto now = clock.now();
    if (plan.sink) health.dropped_total(now, plan.sink->dropped());
    return health.report(now);
  }
  /// Tells the coroutine that its wish or plan changed.
  void nudge() {
    asio::post(executor, [self = shared_from_this()] {
      self->cancel.emit(asio::cancellation_type::terminal);
      self->timer.cancel();
    });
  }

  asio::awaitable<void> drive();
  asio::awaitable<void> rest(Duration limit);
  asio::awaitable<Result<void>> run_once(const ConnectionPlan& of);
  static asio::awaitable<Result<void>> keep_alive(std::unique_ptr<Connector> connector,
                                                  std::shared_ptr<Connection> self);

  const asio::any_io_executor executor;
  const Clock& clock;
  const Log& log;
  const std::string data_folder;
  RestartPause restart_pause;
  asio::steady_timer timer;
  asio::cancellation_signal cancel;
  Connector* connector = nullptr;  ///< While one runs; of the executor's thread.
  std::mutex mutex;
  ConnectionPlan plan;
  std::shared_ptr<ConnectionSink> running_sink;
  Wish wish = Wish::run;
  bool changed = false;  ///< Since the run began: begin the next without a pause.
  HealthTracker health;
};

asio::awaitable<void> Supervisor::Connection::rest(Duration limit) {
  {
    const std::lock_guard lock{mutex};
    if (changed) co_return;
  }
  timer.expires_after(limit);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<Result<void>> Supervisor::Connection::keep_alive(std::unique_ptr<Connector> connector,
                                                                 std::shared_ptr<Connection> self) {
  self->connector = connector.get();
  const auto gone = [](Connection* connection) { connection->connector = nullptr; };
  const std::unique_ptr<Connection, decltype(gone)> guard{self.get(), gone};
  auto running = connector->run(*self);
  co_return co_await std::move(running);
}

asio::awaitable<Result<void>> Supervisor::Connection::run_once(const ConnectionPlan& of) {
  HANSE_CO_TRY(const auto settings, JsonDocument::parse(of.settings.text));
  const ConnectorContext context{clock, log, of.id, data_folder};
  auto made = of.protocol->make(settings.root(), context);
  if (!made) co_return made.error();
  // A run of its own, so that cancelling it leaves this coroutine alone.
  auto run = keep_alive(*std::move(made), shared_from_this());
  auto running =
      asio::co_spawn(executor, std::move(run), asio::bind_cancellation_slot(cancel.slot(), asio::use_awaitable));
  try {
    co_return co_await std::move(running);
  } catch (const boost::system::system_error& error) {
    co_return fail(ErrorCode::unavailable, error.code() == asio::error::operation_aborted
                                               ? "was told to end"
                                               : "the connection failed: " + error.code().message());
  }
}

asio::awaitable<void> Supervisor::Connection::drive() {
  const auto self = shared_from_this();
  for (;;) {
    ConnectionPlan now_running;
    Wish now_wished{};
    {
      const std::lock_guard lock{mutex};
      changed = false;
      now_wished = wish;
      now_running = plan;
      running_sink = plan.sink;
      if (wish == Wish::run) health.starting(clock.now());
      if (wish == Wish::rest) health.switched_off(clock.now());
    }
    if (now_wished == Wish::leave) co_return;
    if (now_wished == Wish::rest) {
      auto resting = rest(1h);
      co_await std::move(resting);
      continue;
    }
    const auto begun = clock.monotonic();
    auto running = run_once(now_running);
    const Result<void> ended = co_await std::move(running);
    const std::string reason = ended ? "the connection ended" : ended.error().message;
    Duration wait{};
    {
      const std::lock_guard lock{mutex};
      if (changed) continue;
      wait = restart_pause.after_run(clock.monotonic() - begun);
      health.ended(clock.now(), reason, wait);
    }
    log.warning("connectors", "a connection ended",
                {{"connection", now_running.id}, {"reason", reason}, {"next_try", to_string(wait)}});
    auto resting = rest(wait);
    co_await std::move(resting);
  }
}

Supervisor::Supervisor(std::vector<asio::any_io_executor> executors, const Clock& clock, const Log& log,
                       RestartPause::Limits pauses, std::string data_folder)
    : executors_(std::move(executors)),
      clock_(clock),
      log_(log),
      pauses_(pauses),
      data_folder_(std::move(data_folder)) {
  HANSE_ASSERT(!executors_.empty());
}

Supervisor::~Supervisor() { stop(); }

void Supervisor::start(ConnectionPlan plan) {
  HANSE_ASSERT(plan.protocol && plan.sink);
  const std::lock_guard lock{mutex_};
  auto& connection = connections_[plan.id];
  if (connection) {
    {
      const std::lock_guard connection_lock{connection->mutex};
      connection->plan = std::move(plan);
      connection->wish = Connection::Wish::run;
      connection->changed = true;
    }
    return connection->nudge();
  }
  const auto& executor = executors_[started_++ % executors_.size()];
  connection = std::make_shared<Connection>(executor, clock_, log_, data_folder_,
                                            RestartPause{std::hash<std::string>{}(plan.id), pauses_});
  connection->plan = std::move(plan);
  connection->health.starting(clock_.now());
  asio::co_spawn(executor, [connection]() -> asio::awaitable<void> { return connection->drive(); }, asio::detached);
}

Result<void> Supervisor::pause(const std::string& id) {
  const auto connection = find(id);
  if (!connection) return fail(ErrorCode::not_found, "there is no running connection '" + id + "'");
  {
    const std::lock_guard lock{connection->mutex};
    connection->wish = Connection::Wish::rest;
    connection->changed = true;
    connection->health.switched_off(clock_.now());
  }
  connection->nudge();
  return {};
}

Result<void> Supervisor::resume(const std::string& id) {
  const auto connection = find(id);
  if (!connection) return fail(ErrorCode::not_found, "there is no running connection '" + id + "'");
  {
    const std::lock_guard lock{connection->mutex};
    if (connection->wish == Connection::Wish::run) return {};
    connection->wish = Connection::Wish::run;
    connection->changed = true;
  }
  connection->nudge();
  return {};
}

void Supervisor::remove(const std::string& id) {
  std::shared_ptr<Connection> connection;
  {
    const std::lock_guard lock{mutex_};
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    connection = std::move(found->second);
    connections_.erase(found);
  }
  {
    const std::lock_guard lock{connection->mutex};
    connection->wish = Connection::Wish::leave;
    connection->changed = true;
  }
  connection->nudge();
}

void Supervisor::stop() {
  std::vector<std::string> ids;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [id, connection] : connections_) ids.push_back(id);
  }
  for (const auto& id : ids) remove(id);
}

void Supervisor::command(const std::string& id, Command command, CommandDone done) const {
  const auto connection = find(id);
  if (!connection) return done(not_up());
  asio::post(connection->executor, [connection, command = std::move(command), done = std::move(done)]() mutable {
    if (!connection->connector) return done(not_up());
    connection->connector->command(std::move(command), std::move(done));
  });
}

Result<HealthReport> Supervisor::report(const std::string& id) const {
  const auto connection = find(id);
  if (!connection) return fail(ErrorCode::not_found, "there is no running connection '" + id + "'");
  return connection->report();
}

std::map<std::string, HealthReport> Supervisor::reports() const {
  std::map<std::string, std::shared_ptr<Connection>> all;
  {
    const std::lock_guard lock{mutex_};
    all = connections_;
  }
  std::map<std::string, HealthReport> out;
  for (const auto& [id, connection] : all) out.emplace(id, connection->report());
  return out;
}

std::shared_ptr<Supervisor::Connection> Supervisor::find(const std::string& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second;
}

}  // namespace hanse::connectors
