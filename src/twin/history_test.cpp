#include <gtest/gtest.h>

#include "twin/codec/json_codec.hpp"
#include "twin/history/difference.hpp"

namespace hanse::twin {
namespace {

std::vector<std::string> changes_between(std::string_view before, std::string_view after) {
  const auto parse = [](std::string_view members) {
    Findings findings;
    const auto text = R"({"modelType":"Submodel","id":"urn:a")" + std::string{members} + '}';
    auto node = read_json(std::string_view{text}, Class::Submodel, {}, findings);
    EXPECT_TRUE(node && findings.errors() == 0) << text;
    return node.value_or(Node{Class::Submodel});
  };
  std::vector<std::string> out;
  for (const auto& each : difference(parse(before), parse(after)).changes) {
    const auto* sign = each.kind == ChangeKind::added ? "+ " : each.kind == ChangeKind::removed ? "- " : "~ ";
    out.push_back(sign + each.path + ": " + each.before + " > " + each.after);
  }
  return out;
}
using Changes = std::vector<std::string>;

TEST(TwinDifferenceTest, SameIsNoChange) {
  EXPECT_EQ(changes_between(R"(,"idShort":"A")", R"(,"idShort":"A")"), Changes{});
}

TEST(TwinDifferenceTest, AttributesAndReferencesAreNamed) {
  EXPECT_EQ(
      changes_between(R"(,"idShort":"A","description":[{"language":"en","text":"old"},{"language":"de","text":"alt"}])",
                      R"(,"idShort":"B","description":[{"language":"de","text":"alt"},{"language":"en","text":"new"}],)"
                      R"("semanticId":{"type":"ExternalReference","keys":[{"type":"GlobalReference","value":"x"}]})"),
      (Changes{"~ #idShort: A > B", "~ #description[en].text: old > new",
               R"(+ #semanticId:  > {"type":"ExternalReference","keys":[{"type":"GlobalReference","value":"x"}]})"}));
}

TEST(TwinDifferenceTest, ElementsAreFoundAgainByNameAndInListsByPlace) {
  const auto holding = [](const std::string& elements) { return ",\"submodelElements\":[" + elements + "]"; };
  const auto property = [](const std::string& name, const std::string& value) {
    return (name.empty() ? R"({"modelType":"Property",)" : R"({"modelType":"Property","idShort":")" + name + "\",") +
           R"("valueType":"xs:string","value":")" + value + "\"}";
  };
  const auto list = [&](const std::string& items) {
    return R"({"modelType":"SubmodelElementList","idShort":"L","typeValueListElement":"Property",)"
           R"("valueTypeListElement":"xs:string","value":[)" +
           items + "]}";
  };
  EXPECT_EQ(changes_between(holding(property("A", "1") + "," + property("B", "2")),
                            holding(property("B", "3") + "," + property("C", "4"))),
            (Changes{"- A: Property > ", "~ B#value: 2 > 3", "+ C:  > Property"}));
  EXPECT_EQ(changes_between(holding(property("A", "1") + "," + property("B", "2")),
                            holding(property("B", "2") + "," + property("A", "1"))),
            Changes{})
      << "order means nothing outside of lists";
  EXPECT_EQ(changes_between(holding(list(property("", "1") + "," + property("", "2"))),
                            holding(list(property("", "1") + "," + property("", "3") + "," + property("", "4")))),
            (Changes{"~ L[1]#value: 2 > 3", "+ L[2]:  > Property"}));
  EXPECT_EQ(changes_between(holding(property("A", "1")), holding(R"({"modelType":"Capability","idShort":"A"})")),
            (Changes{"~ A: Property > Capability"}));
}

TEST(TwinDifferenceTest, WhatIsTooMuchIsCounted) {
  std::string many;
  for (int i = 0; i < 1'500; ++i)
    many += (i ? "," : "") + std::string{R"({"modelType":"Capability","idShort":"C)"} + std::to_string(i) + "\"}";
  Findings findings;
  const auto text = R"({"modelType":"Submodel","id":"urn:a","submodelElements":[)" + many + "]}";
  const auto full = read_json(std::string_view{text}, Class::Submodel, {}, findings);
  Node empty{Class::Submodel};
  empty.set(Name::id, std::string{"urn:a"});
  const auto found = difference(empty, *full);
  EXPECT_EQ(found.changes.size(), 1'000u);
  EXPECT_EQ(found.left_out, 500);
}

}  // namespace
}  // namespace hanse::twin
