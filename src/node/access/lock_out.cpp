#include "node/access/lock_out.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace hanse::node {
namespace {

/// Who shares a fate: one IPv4 address, or the 64 bits of an IPv6 network, since one machine has all addresses of it.
std::string network_of(const std::string& address) {
  in6_addr parsed{};
  if (::inet_pton(AF_INET6, address.c_str(), &parsed) != 1 || IN6_IS_ADDR_V4MAPPED(&parsed)) return address;
  std::fill(std::begin(parsed.s6_addr) + 8, std::end(parsed.s6_addr), std::uint8_t{0});
  char text[INET6_ADDRSTRLEN] = {};
  return ::inet_ntop(AF_INET6, &parsed, text, sizeof text) ? text : address;
}

}  // namespace

Duration LockOut::pause(const std::string& name, const std::string& address) const {
  const std::lock_guard lock{mutex_};
  const auto now = clock_.monotonic();
  Duration longest{};
  const auto look = [&](const Book& book, const std::string& key) {
    const auto found = book.find(key);
    if (found != book.end()) longest = std::max(longest, found->second.until - now);
  };
  look(names_, name);
  look(addresses_, network_of(address));
  return longest;
}

void LockOut::failed(const std::string& name, const std::string& address) {
  const std::lock_guard lock{mutex_};
  if (!name.empty()) add(names_, name, kFreeTriesOfName);
  add(addresses_, network_of(address), kFreeTriesOfAddress);
}

void LockOut::succeeded(const std::string& name) {
  const std::lock_guard lock{mutex_};
  names_.erase(name);
}

void LockOut::add(Book& book, const std::string& key, int free_tries) {
  const auto now = clock_.monotonic();
  if (!book.contains(key) && book.size() >= kRemembered) forget_old(book);
  auto& failures = book[key];
  if (failures.count > 0 && now - failures.last > kForgottenAfter) failures = {};
  failures.last = now;
  if (++failures.count < free_tries) return;
  const int doublings = std::min(failures.count - free_tries, 20);
  failures.until = now + std::min<Duration>(Duration{1s} * (1LL << doublings), kPauseMax);
}

void LockOut::forget_old(Book& book) {
  const auto now = clock_.monotonic();
  std::erase_if(book, [&](const auto& entry) { return now - entry.second.last > kForgottenAfter; });
  while (book.size() >= kRemembered) {
    // The oldest goes: an attacker who invents names pushes out his own first.
    book.erase(std::min_element(book.begin(), book.end(),
                                [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
  }
}

}  // namespace hanse::node
