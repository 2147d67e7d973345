#include "connectors/opcua/security/secret.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace hanse::connectors::opcua {
namespace {

constexpr std::size_t kBytes = 64;
const std::string kZeros(kBytes, '\0');

/// What stands in memory that still belongs to the text, whatever length it has now.
std::string memory_at(const char* at) { return {at, kBytes}; }

TEST(Secret, is_gone_from_memory_when_it_is_wiped) {
  Secret secret{std::string(kBytes, 'k')};
  const char* at = secret.reveal().data();
  secret.wipe();
  EXPECT_TRUE(secret.empty());
  EXPECT_EQ(memory_at(at), kZeros);
}

TEST(Secret, what_was_longer_once_leaves_no_tail) {
  Secret secret{std::string(kBytes, 'k')};
  const char* at = secret.reveal().data();
  secret.fill().resize(1);
  secret.wipe();
  EXPECT_EQ(memory_at(at), kZeros);
}

TEST(Secret, moving_and_overwriting_leave_nothing_behind) {
  Secret first{std::string(kBytes, 'k')};
  const char* at = first.reveal().data();
  Secret second{std::move(first)};
  EXPECT_EQ(memory_at(at), kZeros);  // NOLINT(bugprone-use-after-move): that is what is asked.
  EXPECT_EQ(second.reveal(), std::string(kBytes, 'k'));
  at = second.reveal().data();
  second = Secret{std::string(kBytes, 'n')};
  EXPECT_EQ(second.reveal(), std::string(kBytes, 'n'));
  if (second.reveal().data() != at) GTEST_SKIP() << "the library took other memory";
  EXPECT_EQ(memory_at(at), std::string(kBytes, 'n'));
}

TEST(Secret, a_text_is_wiped_also_where_it_is_short) {
  std::string password = "horse";
  const char* at = password.data();
  wipe(password);
  EXPECT_EQ(std::memcmp(at, kZeros.data(), 5), 0);
}

}  // namespace
}  // namespace hanse::connectors::opcua
