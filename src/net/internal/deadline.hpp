#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "base/time.hpp"

namespace hanse::net::internal {

/// A time limit that is started before nearly every read and write. The timer is armed rarely: as long as one wait is
/// pending that ends no later, a new limit costs one look at the clock.
class Deadline : public std::enable_shared_from_this<Deadline> {
 public:
  Deadline(const boost::asio::any_io_executor& executor, std::function<void()> expire);

  void start(Duration limit);
  /// True when it had expired.
  bool stop();
  bool is_active() const { return active_; }
  /// Its time is up now, if it runs.
  void expire();
  /// For the destructor of what `expire` refers to.
  void retire();

 private:
  void arm();
  void fired(std::uint64_t generation);

  boost::asio::steady_timer timer_;
  std::function<void()> expire_;
  Duration due_{};
  Duration armed_{};
  std::uint64_t generation_ = 0;
  bool active_ = false;
  bool expired_ = false;
  bool waiting_ = false;
};

}  // namespace hanse::net::internal
