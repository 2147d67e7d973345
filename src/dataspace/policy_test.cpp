#include "dataspace/policy.hpp"

#include <gtest/gtest.h>

#include "dataspace/canonical_json.hpp"

namespace hanse::dataspace {
namespace {

Policy policy(std::string_view text) {
  auto read = read_policy({std::string{text}});
  EXPECT_TRUE(read) << (read ? "" : to_string(read.error()));
  return read ? *std::move(read) : Policy{};
}

Policy with(std::string_view operand, std::string_view comparison, std::string_view right) {
  return policy(R"({"permission":[{"action":"use","constraint":[{"leftOperand":")" + std::string{operand} +
                R"(","operator":")" + std::string{comparison} + R"(","rightOperand":)" + std::string{right} + "}]}]}");
}

const Timestamp kNow = *parse_timestamp("2026-10-01T12:00:00Z");

PolicyFacts facts() {
  return {.moment = Moment::use,
          .now = kNow,
          .agreed_at = kNow - 24h,
          .participant = "did:web:b",
          .business_number = "BPNL000000000001",
          .groups = {"gold"},
          .frameworks = {"DataExchangeGovernance:1.0"},
          .member = true,
          .uses = 3,
          .purpose = {},
          .region = {},
          .machine = {}};
}

struct Case {
  std::string_view operand, comparison, right;
  bool allowed;
};

TEST(Policy, EveryOperandSaysYesAndNo) {
  const std::string cx = "https://w3id.org/catenax/2025/9/policy/", odrl = "http://www.w3.org/ns/odrl/2/";
  const std::string membership = cx + "Membership", framework = cx + "FrameworkAgreement",
                    number = cx + "BusinessPartnerNumber", group = cx + "BusinessPartnerGroup",
                    end_date = cx + "DataUsageEndDate", days = cx + "DataUsageEndDurationDays",
                    frequency = cx + "DataFrequency", count = odrl + "count", liability = cx + "Liability";
  const std::array cases{
      Case{count, "lteq", R"("3")", true},
      Case{count, "lteq", R"("2")", false},
      Case{count, "lt", R"("3")", false},
      Case{"odrl:count", "lteq", R"({"@value":"10","@type":"xsd:integer"})", true},
      Case{count, "lteq", "5", true},
      Case{count, "lteq", R"("many")", false},
      Case{"dateTime", "lteq", R"("2026-10-01T12:00:00Z")", true},
      Case{"dateTime", "lteq", R"("2026-10-01T13:59:59+02:00")", false},
      Case{"dateTime", "gteq", R"("2026-10-01T12:00:01")", false},
      Case{"dateTime", "lteq", R"("soon")", false},
      Case{membership, "eq", R"("active")", true},
      Case{framework, "eq", R"("DataExchangeGovernance:1.0")", true},
      Case{framework, "eq", R"("DataExchangeGovernance:2.0")", false},
      Case{number, "isAnyOf", R"(["BPNL000000000009","BPNL000000000001"])", true},
      Case{number, "isNoneOf", R"("BPNL000000000001")", false},
      Case{group, "isAnyOf", R"(["silver"])", false},
      Case{group, "isNoneOf", R"(["silver"])", true},
      Case{group, "isAllOf", R"(["gold"])", true},
      Case{end_date, "eq", R"("2026-12-31T23:59:59Z")", true},
      Case{end_date, "eq", R"("2026-01-01T00:00:00Z")", false},
      Case{days, "eq", "2", true},
      Case{days, "eq", R"("0")", false},
      Case{frequency, "eq", R"("cx.dataFrequency.once:1")", false},
      Case{frequency, "eq", R"("cx.dataFrequency.unlimited:1")", true},
      Case{liability, "eq", R"("cx.slightNegligence:1")", true},
      Case{"cx-policy:UsagePurpose", "isAnyOf", R"(["cx.dcm.base:1"])", true},
      Case{"recipient", "isAnyOf", R"(["did:web:a"])", false},
      Case{"recipient", "eq", R"("did:web:b")", true},
      Case{"https://elsewhere.example/moonPhase", "eq", R"("full")", false},  // not known: not fulfilled
  };
  for (const auto& c : cases) {
    const auto decision = decide(with(c.operand, c.comparison, c.right), facts());
    EXPECT_EQ(decision.allowed, c.allowed) << c.operand << ' ' << c.comparison << ' ' << c.right;
    EXPECT_FALSE(decision.because.empty());
  }
}

TEST(Policy, ARefusalSaysWhy) {
  auto asked = facts();
  asked.uses = 12;
  const auto decision = decide(with("count", "lteq", R"("10")"), asked);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.because, std::vector<std::string>{"12 of 10 uses"});
}

TEST(Policy, CountsAreNotAskedBeforeTheAgreement) {
  auto asked = facts();
  asked.moment = Moment::agreement;
  asked.uses = 12;
  EXPECT_TRUE(decide(with("count", "lteq", R"("10")"), asked).allowed);
}

TEST(Policy, APromiseBindsWhatIsNamed) {
  auto asked = facts();
  const auto only = with("purpose", "isAnyOf", R"(["quality","energy"])");
  EXPECT_TRUE(decide(only, asked).allowed);
  asked.purpose = "energy";
  EXPECT_TRUE(decide(only, asked).allowed);
  asked.purpose = "training";
  EXPECT_FALSE(decide(only, asked).allowed);
}

TEST(Policy, JoinedConditions) {
  const auto joined = [](std::string_view join, std::string_view a, std::string_view b) {
    const auto part = [](std::string_view limit) {
      return R"({"leftOperand":"count","operator":"lteq","rightOperand":")" + std::string{limit} + "\"}";
    };
    return decide(policy(R"({"permission":{"action":"odrl:use","constraint":{")" + std::string{join} + "\":[" +
                         part(a) + ',' + part(b) + "]}}}"),
                  facts())
        .allowed;
  };
  EXPECT_TRUE(joined("and", "5", "5"));
  EXPECT_FALSE(joined("and", "5", "1"));
  EXPECT_TRUE(joined("or", "5", "1"));
  EXPECT_FALSE(joined("or", "1", "1"));
  EXPECT_TRUE(joined("xone", "5", "1"));
  EXPECT_FALSE(joined("xone", "5", "5"));
}

TEST(Policy, AProhibitionThatIsMetWins) {
  const auto both = policy(R"({"permission":[{"action":"use"}],"prohibition":[{"action":"use","constraint":[)"
                           R"({"leftOperand":"recipient","operator":"eq","rightOperand":"did:web:b"}]}]})");
  EXPECT_FALSE(decide(both, facts()).allowed);
  auto asked = facts();
  asked.participant = "did:web:c";
  EXPECT_TRUE(decide(both, asked).allowed);
}

TEST(Policy, NothingPermitsWithoutAPermission) {
  EXPECT_FALSE(decide(policy(R"({"permission":[]})"), facts()).allowed);
  EXPECT_FALSE(decide(policy(R"({"permission":[{"action":"http://x.example/print"}]})"), facts()).allowed);
}

Terms all_terms() {
  return {.purposes = {"quality"},
          .until = kNow + 24h,
          .regions = {"EU"},
          .aggregate_s = 60,
          .masked = {"cost", "person"},
          .count = 500,
          .no_sharing = true,
          .members_only = true,
          .framework = "DataExchangeGovernance:1.0",
          .machines = {"printer-1"}};
}

TEST(Policy, TermsBecomeRulesThatAreUnderstood) {
  const RawJson offer{R"({"@type":"Offer","@id":"o",)" + write_rules(all_terms()) + '}'};
  const auto read = read_policy(offer);
  ASSERT_TRUE(read);
  EXPECT_TRUE(decide(*read, facts()).allowed);
  EXPECT_EQ(shaping_of(*read).aggregate_s, 60);
  EXPECT_EQ(shaping_of(*read).masked, (std::vector<std::string>{"cost", "person"}));
  EXPECT_EQ(count_of(*read), 500);
  EXPECT_EQ(until_of(*read, kNow), kNow + 24h);
  EXPECT_EQ(machines_of(*read), std::vector<std::string>{"printer-1"});
  const auto words = explain(*read);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(
      words[0],
      "May use, by members only, under DataExchangeGovernance:1.0, for quality, in EU, until 2026-10-02T12:00:00Z, "
      "at most 500 uses, as means over at least 60 s, without the fields cost, person, on the machines printer-1.");
  EXPECT_EQ(words[1], "Must not be passed on.");
}

TEST(Policy, SameRulesWhateverTheOrderOfMembers) {
  const RawJson a{R"({"@id":"a","permission":[{"action":"use","constraint":[]}],"prohibition":[]})"};
  const RawJson b{R"({"permission":[{"constraint":[],"action":"use"}],"@id":"b"})"};
  EXPECT_TRUE(same_rules(a, b));
  EXPECT_FALSE(same_rules(a, {R"({"permission":[{"action":"read"}]})"}));
  EXPECT_FALSE(same_rules(a, {"{"}));
  EXPECT_EQ(*rules_of(a), R"("permission":[{"action":"use","constraint":[]}])");
}

TEST(Policy, SaysWhatIsNoRule) {
  const auto bad = read_policy(
      {R"({"permission":[{"constraint":[{"leftOperand":"count","operator":"under","rightOperand":"1"}]}]})"});
  ASSERT_FALSE(bad);
  ASSERT_EQ(bad.error().fields.size(), 2U);
  EXPECT_EQ(bad.error().fields[0].path, "permission[0].action");
  EXPECT_EQ(bad.error().fields[1].path, "permission[0].constraint[0].operator");
}

TEST(CanonicalJson, IsRfc8785s) {
  EXPECT_EQ(*canonical_json(R"({"b":[1, true ,null],"a":{"z":"\u00e9\n","y":-3}})"),
            "{\"a\":{\"y\":-3,\"z\":\"é\\n\"},\"b\":[1,true,null]}");
  // RFC 8785, 3.2.3: sorted by UTF-16, where U+1F600 (D83D...) comes before U+FB33.
  EXPECT_EQ(*canonical_json("{\"\xEF\xAC\xB3\":1,\"\xF0\x9F\x98\x80\":2,\"\xE2\x82\xAC\":3}"),
            "{\"\xE2\x82\xAC\":3,\"\xF0\x9F\x98\x80\":2,\"\xEF\xAC\xB3\":1}");
  EXPECT_FALSE(canonical_json("[0.1]"));
  EXPECT_FALSE(canonical_json("[9007199254740993]"));
}

}  // namespace
}  // namespace hanse::dataspace
