#include "dataspace/records.hpp"

#include <gtest/gtest.h>

namespace hanse::dataspace {
namespace {

TEST(Records, AnOriginIsSchemeHostAndPort) {
  EXPECT_EQ(origin_of("https://Node.Example:443/dsp?x=1"), "https://node.example");
  EXPECT_EQ(origin_of("http://node.example:8080/"), "http://node.example:8080");
  EXPECT_EQ(origin_of("https://[::1]:8443/x"), "https://[::1]:8443");
  for (const auto* bad : {"", "node.example", "ftp://node.example", "https://", "https://a@b/", "https://a\\b/",
                          "https://h:443:443", "https://[::1", "https://[::1]x:1", "https://:443"}) {
    EXPECT_EQ(origin_of(bad), "") << bad;
  }
}

TEST(Records, TimesAndNumbersSortAsTexts) {
  EXPECT_LT(sortable(std::int64_t{9}), sortable(std::int64_t{10}));
  const Timestamp whole = *parse_timestamp("2026-03-01T06:00:00Z"), later = *parse_timestamp("2026-03-01T06:00:00.25Z");
  EXPECT_EQ(sortable(whole), "2026-03-01T06:00:00.000000000Z");
  EXPECT_LT(sortable(whole), sortable(later));
}

TEST(Records, APartnerIsCheckedBeforeItIsKept) {
  const auto read = [](std::string_view text) { return from_json<Partner>(text); };
  EXPECT_TRUE(
      read(R"({"id":"acme","name":"Acme","participant":"did:web:acme","address":"https://acme.example/dsp/2025-1"})"));
  const auto bad = read(
      R"({"id":"a b","name":"Acme","participant":"x","address":"ftp://acme","callback_origins":["https://acme.example/path"]})");
  ASSERT_FALSE(bad);
  ASSERT_EQ(bad.error().fields.size(), 3U);
  EXPECT_EQ(bad.error().fields[1].path, "address");
}

TEST(Records, TermsAndRulesExcludeEachOther) {
  const auto both = from_json<OfferTemplate>(
      R"({"id":"o","name":"O","terms":{"count":3},"rules":{"permission":[{"action":"use"}]}})");
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().fields.front().path, "terms");
  EXPECT_FALSE(from_json<OfferTemplate>(R"({"id":"o","name":"O","rules":{"permission":[{"constraint":[]}]}})"));
  EXPECT_TRUE(from_json<OfferTemplate>(R"({"id":"o","name":"O","rules":{"permission":[{"action":"use"}]}})"));
}

}  // namespace
}  // namespace hanse::dataspace
