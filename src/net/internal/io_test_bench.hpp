#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "net/stream.hpp"

namespace hanse::net::internal {

/// Runs coroutines on a context of its own until all have ended; what they throw comes out of `run`.
class IoTestBench {
 public:
  boost::asio::any_io_executor executor() { return context_.get_executor(); }
  boost::asio::io_context& context() { return context_; }
  void start(boost::asio::awaitable<void> task) {
    boost::asio::co_spawn(context_, std::move(task), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  void run() { context_.run(); }

 private:
  boost::asio::io_context context_;
};

}  // namespace hanse::net::internal
