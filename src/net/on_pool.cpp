#include "net/on_pool.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hanse::net {

namespace asio = boost::asio;

asio::awaitable<bool> run_on_pool(WorkPool& pool, std::move_only_function<void()> job) {
  const auto initiate = [&pool, &job](auto handler) {
    auto executor = asio::prefer(asio::get_associated_executor(handler), asio::execution::outstanding_work.tracked);
    using Handler = decltype(handler);
    // Shared between the two ways out: run by the pool, or refused by it.
    const auto waiting = std::make_shared<Handler>(std::move(handler));
    const bool accepted = pool.post([waiting, executor, job = std::move(job)]() mutable {
      job();
      job = {};
      asio::post(executor, [waiting = std::move(waiting)] { std::move (*waiting)(true); });
    });
    if (!accepted) asio::post(executor, [waiting] { std::move (*waiting)(false); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(initiate, asio::use_awaitable);
}

}  // namespace hanse::net
