#include "net/internal/deadline.hpp"

#include "base/clock.hpp"

namespace hanse::net::internal {

Deadline::Deadline(const boost::asio::any_io_executor& executor, std::function<void()> expire)
    : timer_(executor), expire_(std::move(expire)) {}

void Deadline::start(Duration limit) {
  active_ = true;
  expired_ = false;
  due_ = SystemClock{}.monotonic() + limit;
  if (!waiting_ || due_ < armed_) arm();
}

bool Deadline::stop() {
  active_ = false;
  return expired_;
}

void Deadline::retire() {
  active_ = false;
  expire_ = {};
  ++generation_;
  timer_.cancel();
}

void Deadline::arm() {
  armed_ = due_;
  waiting_ = true;
  timer_.expires_after(due_ - SystemClock{}.monotonic());
  timer_.async_wait([self = shared_from_this(), generation = ++generation_](const boost::system::error_code&) {
    self->fired(generation);
  });
}

void Deadline::fired(std::uint64_t generation) {
  if (generation != generation_) return;
  waiting_ = false;
  if (!active_ || !expire_) return;
  if (SystemClock{}.monotonic() < due_) return arm();
  expire();
}

void Deadline::expire() {
  if (!active_ || !expire_) return;
  expired_ = true;
  expire_();
}

}  // namespace hanse::net::internal
