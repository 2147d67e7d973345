#include "net/on_pool.hpp"

#include <semaphore>

#include "net/internal/io_test_bench.hpp"

namespace hanse::net {
namespace {

namespace asio = boost::asio;

TEST(OnPool, ComputesElsewhereAndComesBack) {
  internal::IoTestBench bench;
  WorkPool pool{2, 10};
  std::thread::id ran_on, back_on;
  std::string text;
  const auto call = [&]() -> asio::awaitable<void> {
    auto task = on_pool(pool, [&] {
      ran_on = std::this_thread::get_id();
      return std::string{"done"};
    });
    const auto result = co_await std::move(task);
    back_on = std::this_thread::get_id();
    if (result) text = *result;
  };
  bench.start(call());

  bench.run();

  EXPECT_EQ(text, "done");
  EXPECT_EQ(back_on, std::this_thread::get_id());
  EXPECT_NE(ran_on, back_on);
}

TEST(OnPool, SaysWhenThereIsTooMuchToDo) {
  internal::IoTestBench bench;
  std::binary_semaphore hold{0}, held{0};
  WorkPool pool{1, 1};
  ASSERT_TRUE(pool.post([&] {
    held.release();
    hold.acquire();
  }));
  held.acquire();
  ASSERT_TRUE(pool.post([] {}));
  std::optional<ErrorCode> code;
  const auto call = [&]() -> asio::awaitable<void> {
    auto task = on_pool(pool, [] { return 1; });
    const auto result = co_await std::move(task);
    if (!result) code = result.error().code;
  };
  bench.start(call());

  bench.run();
  hold.release();

  EXPECT_EQ(code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace hanse::net
