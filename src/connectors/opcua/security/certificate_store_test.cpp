#include "connectors/opcua/security/certificate_store.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "connectors/opcua/security/crypto.hpp"

namespace hanse::connectors::opcua {
namespace {

namespace fs = std::filesystem;
constexpr Timestamp kNow{1'790'000'000'000'000'000};

class Store : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("hanse-opcua-store-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  FolderCertificateStore store() {
    return FolderCertificateStore{{.folder = folder_.string(), .application_uri = "urn:plant:hanse"}};
  }
  static Certificate stranger(Timestamp from, Timestamp to) {
    const auto key = *PrivateKey::generate(2048);
    return *make_certificate({.application_uri = "urn:machine",
                              .common_name = "Machine",
                              .host_names = {"m"},
                              .not_before = from,
                              .not_after = to},
                             key);
  }
  fs::path folder_;
};

TEST_F(Store, makes_our_certificate_at_first_use_and_keeps_it) {
  auto first = store().own(kNow);
  ASSERT_TRUE(first) << to_string(first.error());
  EXPECT_EQ(first->certificate.application_uri(), "urn:plant:hanse");
  EXPECT_EQ(first->certificate.key_bits(), 2048);
  EXPECT_FALSE(first->certificate.is_authority());
  EXPECT_EQ(store().own(kNow)->certificate.der(), first->certificate.der());
  EXPECT_EQ(fs::status(folder_ / "own/key.pem").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  // Anew before it expires, with the same key.
  const auto later = store().own(first->certificate.not_after() - 24h);
  ASSERT_TRUE(later);
  EXPECT_NE(later->certificate.der(), first->certificate.der());
  const auto signature = sign(later->key, SignatureScheme::pkcs1_sha256, "x");
  EXPECT_TRUE(verify(first->certificate, SignatureScheme::pkcs1_sha256, "x", *signature));
}

TEST_F(Store, an_unknown_certificate_waits_for_a_person) {
  const std::vector<Certificate> chain{stranger(kNow - 24h, kNow + 24h)};
  const auto refused = store().check(chain, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unauthenticated);
  EXPECT_NE(refused.error().message.find(chain[0].fingerprint()), std::string::npos);
  ASSERT_FALSE(store().check(chain, kNow));
  const auto entries = store().list();
  ASSERT_EQ(entries->size(), 1u) << "once, however often it comes";
  EXPECT_EQ(entries->front().kind, TrustKind::rejected);
  EXPECT_EQ(entries->front().application_uri, "urn:machine");

  ASSERT_TRUE(store().move(chain[0].fingerprint(), TrustKind::trusted));
  EXPECT_TRUE(store().check(chain, kNow));
  ASSERT_TRUE(store().move(chain[0].fingerprint(), TrustKind::rejected));
  EXPECT_FALSE(store().check(chain, kNow));
  ASSERT_TRUE(store().remove(chain[0].fingerprint()));
  EXPECT_TRUE(store().list()->empty());
  EXPECT_EQ(store().move("AA:BB", TrustKind::trusted).error().code, ErrorCode::not_found);
}

TEST_F(Store, an_expired_certificate_is_refused_though_it_was_accepted) {
  const std::vector<Certificate> chain{stranger(kNow - 24h * 10, kNow - 24h * 5)};
  ASSERT_FALSE(store().check(chain, kNow));
  ASSERT_TRUE(store().move(chain[0].fingerprint(), TrustKind::trusted));
  const auto refused = store().check(chain, kNow);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("valid from"), std::string::npos);
}

TEST_F(Store, files_that_are_no_certificates_harm_nothing) {
  fs::create_directories(folder_ / "trusted");
  std::ofstream{folder_ / "trusted/notes.txt"} << "not a certificate";
  const std::vector<Certificate> chain{stranger(kNow - 24h, kNow + 24h)};
  EXPECT_FALSE(store().check(chain, kNow));
  EXPECT_EQ(store().list()->size(), 1u);
}

TEST_F(Store, a_damaged_key_is_an_error_and_not_a_new_key) {
  fs::create_directories(folder_ / "own");
  std::ofstream{folder_ / "own/key.pem"} << "-----BEGIN PRIVATE KEY-----\nrubbish\n";
  EXPECT_FALSE(store().own(kNow));
}

}  // namespace
}  // namespace hanse::connectors::opcua
