#include "node/access/password.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace hanse::node {
namespace {

constexpr int kAtOnceMax = 2;
constexpr std::size_t kDistinctMin = 5;
constexpr std::size_t kNameLengthThatCounts = 4;

// Of twelve characters or more and on every list of leaked passwords; shorter ones fail by length.
constexpr std::array<std::string_view, 20> kTriedFirst = {
    "123456789012",  "1234567890123",  "12345678901234",   "123456789123",  "012345678910",
    "password1234",  "password12345",  "passwordpassword", "administrator", "qwertyuiop12",
    "qwertyuiop123", "qwertyuiopasdf", "qwertzuiopasdf",   "1qaz2wsx3edc",  "1q2w3e4r5t6y",
    "q1w2e3r4t5y6",  "abcdefghijkl",   "letmeinletmein",   "iloveyou1234",  "changemechangeme"};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Error refuse(std::string message) { return fail(ErrorCode::invalid, std::move(message)); }

}  // namespace

Result<void> check_password(std::string_view password, std::string_view name) {
  if (!is_utf8(password)) return refuse("must be text in UTF-8");
  if (characters(password) < kPasswordLengthMin) {
    return refuse(fmt::format("must have at least {} characters; a sentence is best", kPasswordLengthMin));
  }
  if (password.size() > kPasswordBytesMax) return refuse(fmt::format("must have at most {} bytes", kPasswordBytesMax));
  const auto lower = to_lower(password);
  const auto own = to_lower(name);
  if (own.size() >= kNameLengthThatCounts && lower.contains(own)) return refuse("must not hold the name");
  if (std::set<char>{lower.begin(), lower.end()}.size() < kDistinctMin) {
    return refuse(fmt::format("must have at least {} different characters", kDistinctMin));
  }
  if (std::find(kTriedFirst.begin(), kTriedFirst.end(), lower) != kTriedFirst.end()) {
    return refuse("is one of those that everybody tries first; take another");
  }
  return {};
}

/// One of the few places where a hash may run.
class PasswordHasher::Place {
 public:
  explicit Place(std::atomic<int>& busy) : busy_(busy), taken_(++busy <= kAtOnceMax) {}
  ~Place() { --busy_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool taken() const { return taken_; }

 private:
  std::atomic<int>& busy_;
  bool taken_;
};

PasswordHasher::PasswordHasher(PasswordCost cost) : cost_(cost) {
  HANSE_ASSERT(sodium_init() >= 0);
  // Made by hand and not by hashing, which would delay every start: the salt and the digest of no password.
  const auto random = [](std::size_t bytes) {
    const auto hex = secure_random_hex(bytes);
    std::string out(sodium_base64_ENCODED_LEN(hex.size(), sodium_base64_VARIANT_ORIGINAL_NO_PADDING), '\0');
    std::vector<unsigned char> raw(bytes);
    sodium_hex2bin(raw.data(), raw.size(), hex.data(), hex.size(), nullptr, nullptr, nullptr);
    sodium_bin2base64(out.data(), out.size(), raw.data(), raw.size(), sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    return std::string{out.c_str()};
  };
  nobody_ = fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", cost_.memory_bytes / 1024, cost_.passes,
                        random(crypto_pwhash_SALTBYTES), random(32));
}

Result<std::string> PasswordHasher::hash(std::string_view password) const {
  const Place place{busy_};
  if (!place.taken())
    return fail(ErrorCode::unavailable, "too many people sign in at this moment; try again in a second");
  std::string out(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str(out.data(), password.data(), password.size(), cost_.passes, cost_.memory_bytes) != 0) {
    return fail(ErrorCode::unavailable, "there is not enough memory to hash a password");
  }
  return std::string{out.c_str()};
}

Result<bool> PasswordHasher::verify(std::string_view hash, std::string_view password) const {
  const Place place{busy_};
  if (!place.taken())
    return fail(ErrorCode::unavailable, "too many people sign in at this moment; try again in a second");
  const bool known = !hash.empty();
  const std::string against{known ? hash : std::string_view{nobody_}};
  const std::string_view tried = password.substr(0, kPasswordBytesMax + 1);
  return crypto_pwhash_str_verify(against.c_str(), tried.data(), tried.size()) == 0 && known;
}

bool PasswordHasher::is_outdated(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory_bytes) != 0;
}

}  // namespace hanse::node
