#include "connectors/opcua/security/certificate_store.hpp"

#include <openssl/x509.h>
#include <openssl/x509v3.h>
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

/// An authority of a plant: what it signs and takes back.
class Authority {
 public:
  explicit Authority(const std::string& name, const Authority* above = nullptr) : name_(name) {
    certificate_ = *Certificate::from_der(issue(name, above ? *above : *this, key_, 1, true));
  }
  const Certificate& certificate() const { return certificate_; }
  Certificate sign_machine(long serial) const {
    const auto key = *PrivateKey::generate(2048);
    return *Certificate::from_der(issue("machine " + std::to_string(serial), *this, key, serial, false));
  }
  std::string revocation_list(std::initializer_list<long> serials) const {
    X509_CRL* list = X509_CRL_new();
    X509_CRL_set_version(list, 1);
    X509_CRL_set_issuer_name(list, X509_get_subject_name(certificate_.handle()));
    set_time(kNow - 24h, [&](const ASN1_TIME* time) { X509_CRL_set1_lastUpdate(list, time); });
    set_time(kNow + 24h * 30, [&](const ASN1_TIME* time) { X509_CRL_set1_nextUpdate(list, time); });
    for (const long serial : serials) {
      X509_REVOKED* entry = X509_REVOKED_new();
      ASN1_INTEGER* number = ASN1_INTEGER_new();
      ASN1_INTEGER_set(number, serial);
      X509_REVOKED_set_serialNumber(entry, number);
      ASN1_INTEGER_free(number);
      set_time(kNow - 1h, [&](ASN1_TIME* time) { X509_REVOKED_set_revocationDate(entry, time); });
      X509_CRL_add0_revoked(list, entry);
    }
    X509_CRL_sign(list, key_.handle(), EVP_sha256());
    unsigned char* der = nullptr;
    const int size = i2d_X509_CRL(list, &der);
    std::string out{reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)};
    OPENSSL_free(der);
    X509_CRL_free(list);
    return out;
  }

 private:
  template <class Use>
  static void set_time(Timestamp time, Use use) {
    ASN1_TIME* out = ASN1_TIME_set(nullptr, time.ns / 1'000'000'000);
    use(out);
    ASN1_TIME_free(out);
  }
  static std::string issue(const std::string& name, const Authority& by, const PrivateKey& key, long serial,
                           bool authority) {
    X509* made = X509_new();
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), serial);
    set_time(kNow - 24h, [&](const ASN1_TIME* time) { X509_set1_notBefore(made, time); });
    set_time(kNow + 24h * 30, [&](const ASN1_TIME* time) { X509_set1_notAfter(made, time); });
    const auto add_name = [](X509_NAME* to, const std::string& text) {
      X509_NAME_add_entry_by_txt(to, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1,
                                 0);
    };
    add_name(X509_get_subject_name(made), name);
    X509_NAME* issuer = X509_NAME_new();
    add_name(issuer, by.name_);
    X509_set_issuer_name(made, issuer);
    X509_NAME_free(issuer);
    X509_set_pubkey(made, key.handle());
    for (const auto& [which, text] :
         {std::pair{NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE"},
          {NID_key_usage, authority ? "critical,keyCertSign,cRLSign" : "digitalSignature"}}) {
      X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, which, text);
      X509_add_ext(made, extension, -1);
      X509_EXTENSION_free(extension);
    }
    X509_sign(made, by.key_.handle(), EVP_sha256());
    unsigned char* der = nullptr;
    const int size = i2d_X509(made, &der);
    std::string out{reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)};
    OPENSSL_free(der);
    X509_free(made);
    return out;
  }

  std::string name_;
  PrivateKey key_ = *PrivateKey::generate(2048);
  Certificate certificate_;
};

TEST_F(Store, a_chain_up_to_a_trusted_authority_is_accepted_until_it_is_revoked) {
  const Authority plant{"plant"}, line{"line", &plant}, stranger_authority{"stranger"};
  const std::vector<Certificate> good{line.sign_machine(10)}, revoked{line.sign_machine(11)},
      strange{stranger_authority.sign_machine(10)};
  const auto put = [&](const char* folder, const char* name, const std::string& bytes) {
    fs::create_directories(folder_ / folder);
    std::ofstream{folder_ / folder / name, std::ios::binary} << bytes;
  };
  EXPECT_FALSE(store().check(good, kNow));
  put("trusted", "plant.der", plant.certificate().der());
  EXPECT_FALSE(store().check(good, kNow)) << "a link is missing";
  std::vector<Certificate> sent_with_it{good[0], line.certificate()};
  EXPECT_TRUE(store().check(sent_with_it, kNow)) << "the machine sent the link";
  put("issuers", "line.der", line.certificate().der());
  EXPECT_TRUE(store().check(good, kNow));
  EXPECT_TRUE(store().check(revoked, kNow));
  EXPECT_FALSE(store().check(strange, kNow));

  put("crl", "line.crl", line.revocation_list({11}));
  EXPECT_TRUE(store().check(good, kNow)) << (store().check(good, kNow) ? ""
                                                                       : store().check(good, kNow).error().message);
  const auto refused = store().check(revoked, kNow);
  ASSERT_FALSE(refused);
  put("trusted", "machine-11.der", revoked[0].der());
  const auto still = store().check(revoked, kNow);
  ASSERT_FALSE(still) << "also where a person accepted it once";
  EXPECT_NE(still.error().message.find("revoked"), std::string::npos) << still.error().message;
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
