#include "node/simulate/device_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace hanse::node::simulate {

struct DeviceServer::State {
  std::unique_ptr<net::Listener> listener;
  Serve serve;
  std::set<net::Stream*> open;
  bool plugged = true;

  void break_connections() {
    for (auto* stream : open) stream->close();
  }
};

namespace {

template <class State>
boost::asio::awaitable<void> serve_one(std::shared_ptr<State> state, std::unique_ptr<net::Stream> stream) {
  state->open.insert(stream.get());
  auto serving = state->serve(*stream);
  co_await std::move(serving);
  state->open.erase(stream.get());
  stream->close();
}

template <class State>
boost::asio::awaitable<void> accept_all(std::shared_ptr<State> state, boost::asio::any_io_executor executor) {
  for (;;) {
    auto accepting = state->listener->accept();
    auto stream = co_await std::move(accepting);
    if (!stream) co_return;  // Closed.
    if (!state->plugged) {
      (*stream)->close();
      continue;
    }
    boost::asio::co_spawn(executor, serve_one(state, *std::move(stream)), boost::asio::detached);
  }
}

}  // namespace

Result<std::unique_ptr<DeviceServer>> DeviceServer::start(const boost::asio::any_io_executor& executor,
                                                          std::uint16_t port, Serve serve) {
  auto state = std::make_shared<State>();
  HANSE_TRY(state->listener, net::listen(executor, "127.0.0.1", port));
  state->serve = std::move(serve);
  boost::asio::co_spawn(executor, accept_all(state, executor), boost::asio::detached);
  struct Made : DeviceServer {
    explicit Made(std::shared_ptr<State> s) : DeviceServer(std::move(s)) {}
  };
  return std::unique_ptr<DeviceServer>{std::make_unique<Made>(std::move(state))};
}

DeviceServer::~DeviceServer() { close(); }
std::uint16_t DeviceServer::port() const { return state_->listener->port(); }
bool DeviceServer::plugged() const { return state_->plugged; }

void DeviceServer::set_plugged(bool plugged) {
  if (std::exchange(state_->plugged, plugged) && !plugged) state_->break_connections();
}

void DeviceServer::close() {
  state_->plugged = false;
  state_->listener->close();
  state_->break_connections();
}

}  // namespace hanse::node::simulate
