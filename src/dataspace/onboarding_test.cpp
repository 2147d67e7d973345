#include "dataspace/onboarding.hpp"

#include <gtest/gtest.h>

#include "dataspace/offered.hpp"

namespace hanse::dataspace {
namespace {

TEST(Onboarding, PeopleTypeAddressesInManyForms) {
  EXPECT_EQ(origin_of_typed(" node.example.org "), "https://node.example.org");
  EXPECT_EQ(origin_of_typed("http://127.0.0.1:8282/dsp/2025-1"), "http://127.0.0.1:8282");
  EXPECT_EQ(origin_of_typed("did:web:node.example.org%3A8443"), "https://node.example.org:8443");
  EXPECT_EQ(origin_of_typed("did:web:node.example.org:tenants:one"), "https://node.example.org");
  for (const auto* wrong : {"", "  ", "ftp://x", "https://", "two words", "user@node.example.org", "did:web:"}) {
    const auto origin = origin_of_typed(wrong);
    EXPECT_FALSE(origin) << wrong << " gave " << *origin;
  }
}

TEST(Onboarding, TheDidDocumentSaysWhoAndWithWhichKey) {
  const auto key = new_signing_key();
  const auto read = read_did_document(
      R"({"id":"did:web:a.example","verificationMethod":[{"id":"#rsa","publicKeyJwk":{"kty":"RSA","n":"AQAB"}},)"
      R"({"id":"#key","publicKeyJwk":{"kty":"OKP","crv":"Ed25519","x":")" +
      key.public_key + R"("}}]})");
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->participant, "did:web:a.example");
  EXPECT_EQ(read->public_key, key.public_key);
  EXPECT_TRUE(read_did_document(R"({"id":"did:web:a.example"})")->public_key.empty());
  EXPECT_FALSE(read_did_document(R"({"id":"a.example"})"));
  const auto short_key =
      read_did_document(R"({"id":"did:web:a","verificationMethod":{"publicKeyJwk":{"crv":"Ed25519","x":"AAAA"}}})");
  ASSERT_FALSE(short_key);
  EXPECT_EQ(short_key.error().fields.at(0).path, "verificationMethod.publicKeyJwk.x");
}

TEST(Onboarding, OnlyTheVersionThatIsSpokenHereIsTaken) {
  EXPECT_EQ(read_version_document(
                R"({"protocolVersions":[{"version":"2024-1","path":"/"},{"version":"2025-1","path":"/dsp/"}]})"),
            "/dsp");
  const auto old = read_version_document(R"({"protocolVersions":[{"version":"2024-1","path":"/x"}]})");
  ASSERT_FALSE(old);
  EXPECT_NE(old.error().message.find("2024-1"), std::string::npos);
  EXPECT_FALSE(read_version_document(R"({"protocolVersions":[{"version":"2025-1","path":"x"}]})"));
  EXPECT_FALSE(read_version_document("{}"));
}

class IntroductionTest : public ::testing::Test {
 protected:
  const Timestamp now = *parse_timestamp("2026-10-01T12:00:00Z");
  const SigningKey key = new_signing_key();
  std::string jws(std::string_view audience = "did:web:b.example") const {
    return write_introduction(
        {.participant = "did:web:a.example", .name = "A", .address = "https://a.example/dsp/2025-1", .key = key},
        audience, now);
  }
};

TEST_F(IntroductionTest, IsReadByWhomItIsMeantFor) {
  const auto read = read_introduction(jws(), "did:web:b.example", now + 5min);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->card.participant, "did:web:a.example");
  EXPECT_EQ(read->card.name, "A");
  EXPECT_EQ(read->card.fingerprint, key_fingerprint(key.public_key));
}

TEST_F(IntroductionTest, IsRefusedWhenOldChangedOrForAnother) {
  EXPECT_FALSE(read_introduction(jws(), "did:web:b.example", now + 11min));
  EXPECT_FALSE(read_introduction(jws(), "did:web:b.example", now - 1min));
  EXPECT_FALSE(read_introduction(jws("did:web:c.example"), "did:web:b.example", now));
  auto changed = jws();
  changed.back() = changed.back() == 'A' ? 'B' : 'A';
  changed[changed.size() - 3] = changed[changed.size() - 3] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(read_introduction(changed, "did:web:b.example", now));
  EXPECT_FALSE(read_introduction("a.b", "did:web:b.example", now));
}

TEST(IntroductionBook, StrangersCanNotFillTheMemory) {
  IntroductionBook book;
  for (int i = 0; i < 100; ++i) book.put({.card = {.participant = "did:web:" + std::to_string(i)}, .time = {}});
  book.put({.card = {.participant = "did:web:99", .name = "again"}, .time = {}});
  ASSERT_EQ(book.all().size(), 20U);
  EXPECT_EQ(book.all().back().card.name, "again");
  book.forget("did:web:99");
  EXPECT_EQ(book.all().size(), 19U);
}

TEST(Offered, IsReadTolerantlyAndExplained) {
  const auto read = read_catalogue(
      R"({"@type":"dcat:Catalog","dcat:dataset":{"@id":"oee","dct:title":[{"@value":"OEE"}],)"
      R"("odrl:hasPolicy":{"@id":"o","odrl:permission":{"odrl:action":{"@id":"odrl:use"},"odrl:constraint":)"
      R"({"odrl:leftOperand":{"@id":"odrl:count"},"odrl:operator":{"@id":"odrl:lteq"},"odrl:rightOperand":"3"}}},)"
      R"("dcat:distribution":[{"dct:format":{"@id":"HttpData-PULL"}}]}})");
  ASSERT_TRUE(read) << to_string(read.error());
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().title, "OEE");
  EXPECT_EQ(read->front().formats, std::vector<std::string>{"HttpData-PULL"});
  ASSERT_EQ(read->front().offers.size(), 1U);
  const auto& rule = read->front().offers.front().terms.at(0);
  EXPECT_EQ(rule.action, "use");
  EXPECT_EQ(rule.clauses.at(0).kind, ClauseKind::count);
  EXPECT_EQ(rule.clauses.at(0).values, std::vector<std::string>{"3"});
}

TEST(Offered, AnErrorOfThePartnerIsSaidInItsWords) {
  const auto refused = read_catalogue(R"({"@type":"CatalogError","code":"1","reason":["no such filter"]})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "the partner refused: no such filter");
  EXPECT_FALSE(read_catalogue("[]"));
}

}  // namespace
}  // namespace hanse::dataspace
