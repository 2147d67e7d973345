#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <type_traits>

#include "base/result.hpp"
#include "base/work_pool.hpp"

namespace hanse::net {

/// Runs `job` on the pool and comes back to the caller's executor. False when the pool is full; then it didn't run.
/// The pool must be gone before the I/O context is.
boost::asio::awaitable<bool> run_on_pool(WorkPool& pool, std::move_only_function<void()> job);

namespace internal {
template <class T>
struct pool_result {
  using type = Result<T>;
};
template <class T>
struct pool_result<Result<T>> {
  using type = Result<T>;
};
}  // namespace internal

/// What `job` returns, computed on the pool: for what blocks or takes long. Errors: `unavailable` when the pool is
/// full.
///   auto lookup = on_pool(pool, [&] { return store.get(id); });
///   HANSE_CO_TRY(auto asset, co_await std::move(lookup));
template <class Job>
auto on_pool(WorkPool& pool, Job job)
    -> boost::asio::awaitable<typename internal::pool_result<std::invoke_result_t<Job&>>::type> {
  using Out = std::invoke_result_t<Job&>;
  std::move_only_function<void()> run;
  if constexpr (std::is_void_v<Out>) {
    run = [&job] { job(); };
    const bool ran = co_await run_on_pool(pool, std::move(run));
    if (ran) co_return Result<void>{};
  } else {
    std::optional<Out> out;
    run = [&job, &out] { out.emplace(job()); };
    const bool ran = co_await run_on_pool(pool, std::move(run));
    if (ran) co_return std::move(*out);
  }
  co_return fail(ErrorCode::unavailable, "there is too much to do at the moment; try again in a second");
}

}  // namespace hanse::net
