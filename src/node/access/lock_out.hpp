#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/clock.hpp"

namespace hanse::node {

/// Slows down guessing (IEC 62443-4-2 CR 1.11): after a few free tries each failure doubles the pause before the next
/// one, by user name (known or not, so that the answer tells nothing) and by address. Nobody is locked for ever: that
/// would let a stranger shut out the administrator. Safe from many threads.
class LockOut {
 public:
  static constexpr int kFreeTriesOfName = 5;
  static constexpr int kFreeTriesOfAddress = 20;  ///< A terminal server's people share one.
  static constexpr Duration kPauseMax = 5min;
  static constexpr Duration kForgottenAfter = 1h;
  static constexpr std::size_t kRemembered = 10'000;

  explicit LockOut(const Clock& clock) : clock_(clock) {}
  /// How long until this name may be tried from this address; zero for now.
  Duration pause(const std::string& name, const std::string& address) const;
  void failed(const std::string& name, const std::string& address);
  /// Signed in: the name's failures are forgotten, the address's are not.
  void succeeded(const std::string& name);

 private:
  struct Failures {
    int count = 0;
    Duration last{};
    Duration until{};
  };
  using Book = std::map<std::string, Failures>;
  void add(Book& book, const std::string& key, int free_tries);
  void forget_old(Book& book);

  const Clock& clock_;
  mutable std::mutex mutex_;
  Book names_;
  Book addresses_;
};

}  // namespace hanse::node
