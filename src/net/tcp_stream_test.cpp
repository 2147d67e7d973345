#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "net/stream.hpp"

namespace hanse::net {
namespace {

namespace asio = boost::asio;

/// Both ends of one connection, on one thread.
class TcpPair : public testing::Test {
 protected:
  TcpPair() {
    listener_ = *listen(io_.get_executor(), "127.0.0.1", 0);
    const auto accept = [this]() -> asio::awaitable<void> {
      auto accepting = listener_->accept();
      far_ = *co_await std::move(accepting);
    };
    const auto open = [this]() -> asio::awaitable<void> {
      auto connecting = connect("127.0.0.1", listener_->port(), std::nullopt, 5s);
      near_ = *co_await std::move(connecting);
    };
    asio::co_spawn(io_, accept, asio::detached);
    asio::co_spawn(io_, open, asio::detached);
    io_.run_for(std::chrono::seconds{5});
    io_.restart();
  }
  asio::awaitable<Result<std::size_t>> read(Duration limit) {
    auto reading = near_->read(buffer_, limit);
    co_return co_await std::move(reading);
  }

  asio::io_context io_{1};
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Stream> near_, far_;
  std::array<char, 16> buffer_{};
};

TEST_F(TcpPair, a_waiting_read_is_woken_and_the_stream_goes_on) {
  std::optional<Result<std::size_t>> woken, after;
  const auto reads = [&]() -> asio::awaitable<void> {
    auto first = read(1h);
    woken = co_await std::move(first);
    auto second = read(5s);
    after = co_await std::move(second);
  };
  near_->wake();  // Nobody waits: nothing happens.
  asio::co_spawn(io_, reads, asio::detached);
  asio::post(io_, [&] { near_->wake(); });
  const auto write = [&]() -> asio::awaitable<void> {
    auto writing = far_->write("late", 5s);
    (void)co_await std::move(writing);
  };
  while (!woken && io_.run_one_for(std::chrono::seconds{5}) > 0) {
  }
  ASSERT_TRUE(woken);
  ASSERT_FALSE(*woken);
  EXPECT_EQ(woken->error().code, ErrorCode::timeout);
  asio::co_spawn(io_, write, asio::detached);
  while (!after && io_.run_one_for(std::chrono::seconds{5}) > 0) {
  }
  ASSERT_TRUE(after && *after) << "no byte was lost";
  EXPECT_EQ(**after, 4u);
}

}  // namespace
}  // namespace hanse::net
