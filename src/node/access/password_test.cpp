#include "node/access/password.hpp"

#include <ctime>

#include "base/clock.hpp"
#include "node/access/lock_out.hpp"

namespace hanse::node {
namespace {

/// Of this thread: what others do on this machine doesn't count.
double processor_seconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

constexpr PasswordCost kCheap{.passes = 1, .memory_bytes = 8192};

TEST(Password, NeedsLengthAndNotCertainCharacters) {
  EXPECT_TRUE(check_password("correct horse battery staple", "anna"));
  EXPECT_TRUE(check_password("zwölf züge äö", "anna"));
  EXPECT_TRUE(check_password("nur kleine buchstaben", "anna"));
  EXPECT_FALSE(check_password("elf zeichen", "anna"));
  EXPECT_FALSE(check_password("äöüäöüß", "anna")) << "counts characters, not bytes";
  EXPECT_FALSE(check_password(std::string(2000, 'x'), "anna"));
  EXPECT_FALSE(check_password("\xFF\xFE this is no UTF-8", "anna"));
}

TEST(Password, IsNotTheNameAndNotWhatEverybodyTries) {
  EXPECT_FALSE(check_password("administrator", "bob"));
  EXPECT_FALSE(check_password("Password1234", "bob"));
  EXPECT_FALSE(check_password("aaaaaaaaaaaaaaaa", "bob"));
  EXPECT_FALSE(check_password("Annabelle-2026!", "annabelle"));
  EXPECT_TRUE(check_password("the bob on the pendulum", "bob")) << "three letters are in too many words";
}

TEST(PasswordHasher, KnowsItsOwnHashAndNoOther) {
  const PasswordHasher hasher{kCheap};
  const auto hash = hasher.hash("correct horse battery staple");
  ASSERT_TRUE(hash);

  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << *hash;
  EXPECT_TRUE(*hasher.verify(*hash, "correct horse battery staple"));
  EXPECT_FALSE(*hasher.verify(*hash, "correct horse battery stapl"));
  EXPECT_FALSE(*hasher.verify("", "correct horse battery staple"));
  EXPECT_FALSE(*hasher.verify("$argon2id$garbage", "correct horse battery staple"));
  EXPECT_NE(*hash, *hasher.hash("correct horse battery staple")) << "each has its own salt";
}

TEST(PasswordHasher, HashesAnewWhatWasMadeAtAnotherCost) {
  const PasswordHasher cheap{kCheap};
  const PasswordHasher dearer{{.passes = 2, .memory_bytes = 8192}};
  const auto hash = *cheap.hash("correct horse battery staple");
  EXPECT_FALSE(cheap.is_outdated(hash));
  EXPECT_TRUE(dearer.is_outdated(hash));
  EXPECT_TRUE(*dearer.verify(hash, "correct horse battery staple"));
}

TEST(PasswordHasher, CostsTheSameForNobodyAtTheRealPrice) {
  const PasswordHasher hasher;
  const auto hash = *hasher.hash("correct horse battery staple");
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=3,p=1$")) << hash;
  const auto cost_of = [&](std::string_view against) {
    const double begin = processor_seconds();
    EXPECT_FALSE(*hasher.verify(against, "not the password at all"));
    return processor_seconds() - begin;
  };

  const double known = cost_of(hash), unknown = cost_of("");
  EXPECT_GT(known, 0.02);
  EXPECT_LT(unknown / known, 2.0);
  EXPECT_GT(unknown / known, 0.5);
}

TEST(PasswordHasher, SendsAwayWhoComesWhileTwoAreBeingHashed) {
  const PasswordHasher hasher{{.passes = 3, .memory_bytes = 16u << 20}};
  constexpr int kThreads = 8, kTries = 4;
  std::atomic<int> done = 0, sent_away = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < kTries; ++j) {
          const auto hash = hasher.hash("correct horse battery staple");
          (hash ? done : sent_away)++;
          EXPECT_TRUE(hash || hash.error().code == ErrorCode::unavailable);
        }
      });
    }
  }
  EXPECT_EQ(done + sent_away, kThreads * kTries);
  EXPECT_GE(done, 1);
  EXPECT_GE(sent_away, 1);
  EXPECT_TRUE(hasher.hash("correct horse battery staple")) << "the places are free again";
}

TEST(LockOut, DoublesThePauseUpToFiveMinutes) {
  SimulatedClock clock{Timestamp{}};
  LockOut lock_out{clock};
  std::vector<Duration> pauses;
  for (int i = 0; i < 16; ++i) {
    lock_out.failed("anna", fmt::format("192.0.2.{}", i));
    pauses.push_back(lock_out.pause("anna", "198.51.100.1"));
    clock.advance(pauses.back());
  }
  EXPECT_EQ(pauses,
            (std::vector<Duration>{0s, 0s, 0s, 0s, 1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 5min, 5min, 5min}));
}

TEST(LockOut, SlowsAnAddressThatTriesManyNames) {
  SimulatedClock clock{Timestamp{}};
  LockOut lock_out{clock};
  for (int i = 0; i < LockOut::kFreeTriesOfAddress; ++i) lock_out.failed(fmt::format("name{}", i), "192.0.2.1");

  EXPECT_EQ(lock_out.pause("fresh", "192.0.2.1"), 1s);
  EXPECT_EQ(lock_out.pause("fresh", "192.0.2.2"), 0s);
}

TEST(LockOut, TakesANetworkOfVersionSixAsOneAddress) {
  SimulatedClock clock{Timestamp{}};
  LockOut lock_out{clock};
  for (int i = 0; i < LockOut::kFreeTriesOfAddress; ++i)
    lock_out.failed(fmt::format("name{}", i), fmt::format("2001:db8:1:2:{:x}::1", i));

  EXPECT_EQ(lock_out.pause("fresh", "2001:db8:1:2::99"), 1s);
  EXPECT_EQ(lock_out.pause("fresh", "2001:db8:1:3::99"), 0s);
}

TEST(LockOut, ForgetsAfterAnHourAndAfterSuccess) {
  SimulatedClock clock{Timestamp{}};
  LockOut lock_out{clock};
  const auto fail_often = [&] {
    for (int i = 0; i < 6; ++i) lock_out.failed("anna", fmt::format("192.0.2.{}", i));
  };
  fail_often();
  lock_out.succeeded("anna");
  EXPECT_EQ(lock_out.pause("anna", ""), 0s);
  fail_often();
  clock.advance(LockOut::kForgottenAfter + 1s);
  lock_out.failed("anna", "192.0.2.9");
  EXPECT_EQ(lock_out.pause("anna", ""), 0s);
}

TEST(LockOut, RemembersABoundedNumberOfNames) {
  SimulatedClock clock{Timestamp{}};
  LockOut lock_out{clock};
  for (std::size_t i = 0; i < LockOut::kRemembered; ++i) {
    clock.advance(1ms);
    lock_out.failed(fmt::format("invented{}", i), "192.0.2.1");
  }
  for (int i = 0; i < 5; ++i) lock_out.failed("anna", "192.0.2.2");
  EXPECT_EQ(lock_out.pause("anna", ""), 1s);
}

}  // namespace
}  // namespace hanse::node
