#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <span>
#include <vector>

#include "connectors/opcua/session/session.hpp"
#include "net/stream.hpp"

namespace hanse::connectors::opcua {

inline Now now_of(const Clock& clock) { return {.time = clock.now(), .monotonic = clock.monotonic()}; }

/// Opens a socket to the server at `url`. Errors: `invalid` for the address, else as `net::connect`.
inline boost::asio::awaitable<Result<std::unique_ptr<net::Stream>>> connect_to(std::string url, Duration limit) {
  HANSE_CO_TRY(auto address, parse_url(url));
  auto connecting = net::connect(std::move(address.host), address.port, std::nullopt, limit);
  co_return co_await std::move(connecting);
}

/// Moves bytes between one socket and `talker`, a `Session` or what is built upon one, until it wants another socket or
/// `enough` says so, which is asked at every turn. Errors: of the socket. Without an error `want` says what comes next.
template <class Talker>
boost::asio::awaitable<Result<void>> exchange(net::Stream& stream, Talker& talker, const Clock& clock,
                                              std::function<bool()> enough) {
  constexpr Duration kWriteLimit = 30s, kWaitMax = 10s;
  constexpr std::size_t kReadBytes = 256U << 10;
  std::vector<char> buffer(kReadBytes);
  talker.connected(now_of(clock));
  while (true) {
    // More may come to be sent while a write waits.
    for (std::string output = talker.take_output(); !output.empty(); output = talker.take_output()) {
      auto writing = stream.write(output, kWriteLimit);
      HANSE_CO_CHECK(co_await std::move(writing));
    }
    if (talker.want() != Session::Want::exchange || enough()) co_return Result<void>{};
    const Duration wait = std::clamp<Duration>(talker.next_tick() - clock.monotonic(), 1ms, kWaitMax);
    auto reading = stream.read(std::span{buffer}, wait);
    const auto count = co_await std::move(reading);
    if (count && *count == 0) co_return fail(ErrorCode::unavailable, "the server closed the connection");
    if (!count && count.error().code != ErrorCode::timeout) co_return count.error();
    if (count) talker.receive({buffer.data(), *count}, now_of(clock));
    talker.tick(now_of(clock));
  }
}

/// Tells the server that nobody comes back, and closes the socket.
template <class Talker>
boost::asio::awaitable<void> farewell(net::Stream& stream, Talker& talker) {
  constexpr Duration kFarewellLimit = 1s;
  talker.close();
  const std::string last = talker.take_output();
  if (last.empty()) co_return;
  auto writing = stream.write(last, kFarewellLimit);
  (void)co_await std::move(writing);
  auto finishing = stream.finish(kFarewellLimit);
  co_await std::move(finishing);
}

}  // namespace hanse::connectors::opcua
