#include "connectors/opcua/level_question.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "connectors/opcua/exchange.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kAskConnectLimit = 5s, kAskLimit = 15s;

}  // namespace

/// Shared with the coroutine, which ends by itself a little later than the object when that goes early.
struct LevelQuestion::State {
  State(OpcuaSettings settings, FolderCertificateStore::Options options, const Clock& its_clock,
        std::function<void(Result<int> level)> whom_to_tell)
      : certificates(std::move(options)),
        session(std::move(settings), certificates),
        clock(its_clock),
        told(std::move(whom_to_tell)) {}

  FolderCertificateStore certificates;
  Session session;
  const Clock& clock;
  std::function<void(Result<int> level)> told;
  net::Stream* stream = nullptr;  ///< While one is open.
  bool dropped = false;
};

LevelQuestion::LevelQuestion(const boost::asio::any_io_executor& executor, OpcuaSettings settings,
                             FolderCertificateStore::Options certificates, const Clock& clock,
                             std::function<void(Result<int> level)> told) {
  settings.fallback_urls.clear();
  state_ = std::make_shared<State>(std::move(settings), std::move(certificates), clock, std::move(told));
  boost::asio::co_spawn(executor, ask_and_tell(state_), boost::asio::detached);
}

LevelQuestion::~LevelQuestion() {
  state_->dropped = true;
  if (state_->stream) state_->stream->close();
}

boost::asio::awaitable<void> LevelQuestion::ask_and_tell(std::shared_ptr<State> state) {
  auto asking = ask(state);
  auto level = co_await std::move(asking);
  if (!state->dropped) state->told(std::move(level));
}

boost::asio::awaitable<Result<int>> LevelQuestion::ask(std::shared_ptr<State> state) {
  auto& session = state->session;
  const Duration end = state->clock.monotonic() + kAskLimit;
  const auto is_over = [&] { return state->dropped || session.is_ready() || state->clock.monotonic() > end; };
  while (true) {
    auto connecting = connect_to(session.url(), kAskConnectLimit);
    HANSE_CO_TRY(auto stream, co_await std::move(connecting));
    state->stream = stream.get();
    auto exchanging = exchange(*stream, session, state->clock, is_over);
    const auto exchanged = co_await std::move(exchanging);
    state->stream = nullptr;
    if (!exchanged) co_return exchanged.error();
    if (session.is_ready()) {
      const int level = session.facts().service_level;
      auto leaving = farewell(*stream, session);
      co_await std::move(leaving);
      co_return level;
    }
    if (session.want() == Session::Want::end)
      co_return session.failure().value_or(fail(ErrorCode::unavailable, "the connection ended"));
    if (is_over()) co_return fail(ErrorCode::timeout, "the server took too long to tell its service level");
    session.lost();
  }
}

}  // namespace hanse::connectors::opcua
