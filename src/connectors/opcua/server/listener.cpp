#include "connectors/opcua/server/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace hanse::connectors::opcua {

namespace asio = boost::asio;

namespace {

constexpr Duration kBeat = 50ms, kIdleBeat = 250ms;
constexpr Duration kAcceptPause = 100ms;    // When file descriptors ran out: nothing gets better at once.
constexpr Duration kReadLimit = 24h;        // The server itself ends who is silent for too long.
constexpr Duration kSlowClientLimit = 30s;  // For a client that doesn't read.
constexpr Duration kLastWordsLimit = 1s;
constexpr std::size_t kRequestChunkBytes = 64U << 10;

}  // namespace

struct ServerListener::Link {
  ConnectionId id = 0;
  std::unique_ptr<net::Stream> stream;
  bool writing = false;
};

ServerListener::ServerListener(asio::any_io_executor executor, Server& server, const Clock& clock, const Log& log)
    : executor_(std::move(executor)), server_(server), clock_(clock), log_(log) {
  server_.on_output = [this](ConnectionId id) {
    if (const auto found = links_.find(id); found != links_.end()) flush(found->second);
  };
}

ServerListener::~ServerListener() = default;

Result<std::uint16_t> ServerListener::start(const std::string& address, std::uint16_t port) {
  HANSE_TRY(listener_, net::listen(executor_, address, port));
  asio::co_spawn(executor_, accept_loop(), asio::detached);
  asio::co_spawn(executor_, beat(), asio::detached);
  return listener_->port();
}

void ServerListener::stop() {
  stopping_ = true;
  if (listener_) listener_->close();
  for (const auto& [id, link] : links_) link->stream->close();
}

asio::awaitable<void> ServerListener::accept_loop() {
  while (!stopping_) {
    auto waiting = listener_->accept();
    auto accepted = co_await std::move(waiting);
    if (stopping_) co_return;
    if (!accepted) {
      log_.warning("opcua", "cannot accept a connection", {{"error", accepted.error().message}});
      auto resting = net::pause(kAcceptPause);
      co_await std::move(resting);
      continue;
    }
    const auto id = server_.connected((*accepted)->peer(), now());
    if (!id) continue;  // Too many: closed with the stream.
    auto link = std::make_shared<Link>(Link{.id = *id, .stream = std::move(*accepted)});
    links_.emplace(*id, link);
    asio::co_spawn(executor_, serve(std::move(link)), asio::detached);
  }
}

asio::awaitable<void> ServerListener::serve(std::shared_ptr<Link> link) {
  std::vector<char> buffer(kRequestChunkBytes);
  while (!stopping_) {
    auto reading = link->stream->read(std::span{buffer}, kReadLimit);
    const auto count = co_await std::move(reading);
    if (!count || *count == 0) break;
    server_.receive(link->id, {buffer.data(), *count}, now());
    flush(link);
  }
  server_.disconnected(link->id);
  links_.erase(link->id);
  link->stream->close();
}

void ServerListener::flush(const std::shared_ptr<Link>& link) {
  if (link->writing) return;
  link->writing = true;
  asio::co_spawn(executor_, write(link), asio::detached);
}

asio::awaitable<void> ServerListener::write(std::shared_ptr<Link> link) {
  bool broken = false;
  while (!broken) {
    const std::string output = server_.take_output(link->id);
    if (output.empty()) break;
    auto sending = link->stream->write(output, kSlowClientLimit);
    const auto sent = co_await std::move(sending);
    broken = !sent;
  }
  link->writing = false;
  if (broken) {
    link->stream->close();
  } else if (server_.has_ended(link->id)) {
    // A read is under way, so no reading farewell here: the last word goes out, then the socket.
    auto resting = net::pause(kLastWordsLimit);
    co_await std::move(resting);
    link->stream->close();
  }
}

asio::awaitable<void> ServerListener::beat() {
  while (!stopping_) {
    const Now moment = now();
    if (before_tick) before_tick(moment);
    server_.tick(moment);
    const bool idle = server_.connections() == 0 && server_.items() == 0;
    auto resting = net::pause(idle ? kIdleBeat : kBeat);
    co_await std::move(resting);
  }
}

}  // namespace hanse::connectors::opcua
