#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/internal/connection.hpp"

namespace hanse::store::internal {

/// Connections for readers (and, in a memory database, for everybody: it has only one).
class ConnectionPool {
 public:
  ConnectionPool(std::string address, std::size_t connections_max)
      : address_(std::move(address)), free_slots_(is_memory(address_) ? 1 : connections_max) {}

  /// Calls `work(Connection&)` with a connection of its own, opened at first need.
  template <class Work>
  auto with(Work&& work) -> decltype(work(std::declval<Connection&>())) {
    std::unique_ptr<Connection> connection;
    {
      std::unique_lock lock{mutex_};
      returned_.wait(lock, [this] { return free_slots_ > 0; });
      --free_slots_;
      if (!idle_.empty()) {
        connection = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    const Return back{*this, connection};
    if (!connection) {
      HANSE_TRY(connection, connect(address_));
    }
    return work(*connection);
  }

 private:
  struct Return {
    ConnectionPool& pool;
    std::unique_ptr<Connection>& connection;
    ~Return() {
      {
        const std::lock_guard lock{pool.mutex_};
        ++pool.free_slots_;
        if (connection) pool.idle_.push_back(std::move(connection));
      }
      pool.returned_.notify_one();
    }
  };

  std::string address_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::size_t free_slots_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace hanse::store::internal
