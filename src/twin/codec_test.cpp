#include <gtest/gtest.h>

#include <algorithm>

#include "twin/check/check.hpp"
#include "twin/codec/aasx.hpp"
#include "twin/codec/base64.hpp"
#include "twin/codec/forms.hpp"
#include "twin/codec/zip.hpp"
#include "twin/model/element_path.hpp"

namespace hanse::twin {
namespace {

/// The sample of the standard's fact sheet, a type of element each.
constexpr std::string_view kSample = R"({"submodels":[{"modelType":"Submodel","id":"urn:x:op","idShort":"OperatingData",
 "kind":"Instance","submodelElements":[
 {"modelType":"Property","idShort":"SpindleSpeed","valueType":"xs:double","value":"01480.50",
  "semanticId":{"type":"ExternalReference","keys":[{"type":"GlobalReference","value":"0173-1#02-BAA120#008"}]}},
 {"modelType":"Property","idShort":"Running","valueType":"xs:boolean","value":"1"},
 {"modelType":"Property","idShort":"Nothing","valueType":"xs:double","value":"INF"},
 {"modelType":"Range","idShort":"AllowedTemp","valueType":"xs:int","min":"5","max":"60"},
 {"modelType":"MultiLanguageProperty","idShort":"Label","value":[{"language":"en","text":"Press <7> & more"},
  {"language":"de","text":" Presse 7 "}]},
 {"modelType":"File","idShort":"Manual","contentType":"application/pdf","value":"/aasx/files/manual.pdf"},
 {"modelType":"Blob","idShort":"Icon","contentType":"image/png","value":"AAEC"},
 {"modelType":"SubmodelElementList","idShort":"Axes","orderRelevant":true,"typeValueListElement":"SubmodelElementCollection",
  "value":[{"modelType":"SubmodelElementCollection","value":[{"modelType":"Property","idShort":"Position",
  "valueType":"xs:float","value":"12.25"}]},{"modelType":"SubmodelElementCollection","value":[{"modelType":"Property",
  "idShort":"Position","valueType":"xs:float","value":"-3"}]}]},
 {"modelType":"Entity","idShort":"Tool","entityType":"SelfManagedEntity","globalAssetId":"urn:x:tool",
  "statements":[{"modelType":"Property","idShort":"WearPercent","valueType":"xs:int","value":"41"}]},
 {"modelType":"Operation","idShort":"Reset","inputVariables":[{"value":{"modelType":"Property","idShort":"Reason",
  "valueType":"xs:string"}}]}]}]})";

Node sample() {
  Findings findings;
  auto node = read_json(kSample, Class::Environment, {}, findings);
  if (node) check(*node, Edition::v3_1, findings);
  EXPECT_TRUE(node && findings.errors() == 0) << (findings.items().empty() ? "" : findings.items()[0].message);
  return node ? *node : Node{Class::Environment};
}
const Node& submodel_of(const Node& environment) { return environment.nodes(Name::submodels)[0]; }

std::vector<std::string> rules_of(std::string_view text, Class of, bool tolerant = false) {
  Findings findings;
  const auto node = read_json(text, of, {.tolerant = tolerant}, findings);
  if (node) check(*node, Edition::v3_1, findings);
  std::vector<std::string> out;
  for (const auto& each : findings.items()) out.push_back(each.path + ' ' + each.rule);
  return out;
}
using Rules = std::vector<std::string>;

TEST(TwinCodec, JsonAndXmlHoldTheSame) {
  const auto node = sample();
  const auto json = write_json(node);
  Findings findings;
  const auto again = read_json(std::string_view{json}, Class::Environment, {}, findings);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, node);
  EXPECT_EQ(write_json(*again), json);
  Edition edition{};
  const auto from_xml = read_xml(write_xml(node), Class::Environment, {}, findings, &edition);
  ASSERT_TRUE(from_xml);
  EXPECT_EQ(*from_xml, node);
  EXPECT_EQ(edition, Edition::v3_1);
  EXPECT_EQ(findings.errors(), 0u);
}

TEST(TwinCodec, EachDefectIsNamedByPathAndConstraint) {
  EXPECT_EQ(
      rules_of(R"({"modelType":"Submodel","id":"x","submodelElements":[{"modelType":"Capability"}]})", Class::Submodel),
      Rules{"submodelElements[0] AASd-117"});
  EXPECT_EQ(
      rules_of(R"({"modelType":"Property","idShort":"ab","valueType":"xs:int","value":"1.5"})", Class::SubmodelElement),
      Rules{" value"});
  EXPECT_EQ(rules_of(R"({"type":"ModelReference","keys":[{"type":"GlobalReference","value":"x"}]})", Class::Reference),
            Rules{" AASd-123"});
  EXPECT_EQ(rules_of(R"({"modelType":"Property","idShort":"9x","valueType":"xs:string"})", Class::SubmodelElement),
            Rules{"idShort AASd-002"});
  EXPECT_EQ(rules_of(R"({"modelType":"Submodel","id":""})", Class::Submodel), Rules{"id length"});
  EXPECT_EQ(rules_of(R"({"modelType":"Submodel"})", Class::Submodel), Rules{"id required"});
}

TEST(TwinCodec, TolerantReadingKeepsWhatIsSound) {
  constexpr std::string_view kText =
      R"({"modelType":"Submodel","id":"x","more":1,"qualifiers":[],"submodelElements":[{"modelType":"Wrong"},
          {"modelType":"Property","idShort":"ab","valueType":"xs:int","value":7}]})";
  Findings findings;
  const auto node = read_json(kText, Class::Submodel, {.tolerant = true}, findings);
  ASSERT_TRUE(node);
  ASSERT_EQ(node->nodes(Name::submodelElements).size(), 1u);
  EXPECT_EQ(node->nodes(Name::submodelElements)[0].text(Name::value), "7");
  EXPECT_EQ(findings.errors(), 1u);
  EXPECT_EQ(findings.warnings(), 3u);
  EXPECT_EQ(rules_of(kText, Class::Submodel).size(), 4u);
}

TEST(TwinCodec, ValuesAreNativeAndKeepTheirDigits) {
  const auto node = sample();
  std::string out;
  ASSERT_TRUE(append_value(out, submodel_of(node), {}));
  EXPECT_EQ(
      out,
      R"({"SpindleSpeed":1480.50,"Running":true,"AllowedTemp":{"min":5,"max":60},)"
      R"("Label":[{"en":"Press <7> & more"},{"de":" Presse 7 "}],)"
      R"("Manual":{"contentType":"application/pdf","value":"/aasx/files/manual.pdf"},"Icon":{"contentType":"image/png"},)"
      R"("Axes":[{"Position":12.25},{"Position":-3}],)"
      R"("Tool":{"statements":{"WearPercent":41},"entityType":"SelfManagedEntity","globalAssetId":"urn:x:tool"}})");
  out.clear();
  append_value(out, submodel_of(node), {.level = Level::core, .extent = Extent::with_blob_value});
  EXPECT_NE(out.find(R"("Axes":[],"Tool":{"entityType")"), std::string::npos) << out;
  EXPECT_NE(out.find(R"("value":"AAEC")"), std::string::npos);
}

TEST(TwinCodec, PathsFollowTheElements) {
  const auto node = sample();
  const auto paths = paths_of(submodel_of(node), Level::deep);
  EXPECT_NE(std::find(paths.begin(), paths.end(), "Axes[1].Position"), paths.end());
  EXPECT_NE(std::find(paths.begin(), paths.end(), "Tool.WearPercent"), paths.end());
  for (const auto& each : paths) {
    const auto path = parse_element_path(each);
    ASSERT_TRUE(path) << each;
    EXPECT_EQ(to_string(*path), each);
    EXPECT_NE(find_element(submodel_of(node), *path), nullptr) << each;
  }
  for (const auto wrong : {"", ".", "a.", "[0]", "a[", "a[01]", "a[-1]", "a b", "a..b", "a[99999999999999999999999]"})
    EXPECT_FALSE(parse_element_path(wrong)) << wrong;
}

TEST(TwinCodec, AValueThatDoesNotFitIsNamed) {
  auto submodel = submodel_of(sample());
  const auto patch = [&](std::string_view text) {
    Findings findings;
    apply_value(submodel, JsonDocument::parse(text)->root(), findings);
    return findings.items().empty() ? std::string{} : findings.items()[0].path;
  };
  EXPECT_EQ(patch(R"({"SpindleSpeed":12,"Axes":[null,{"Position":4}]})"), "");
  EXPECT_EQ(find_element(submodel, *parse_element_path("Axes[1].Position"))->text(Name::value), "4");
  EXPECT_EQ(find_element(submodel, *parse_element_path("Axes[0].Position"))->text(Name::value), "12.25");
  EXPECT_EQ(patch(R"({"SpindleSpeed":"fast"})"), "SpindleSpeed");
  EXPECT_EQ(patch(R"({"Tool":{"statements":{"Nose":1}}})"), "Tool.statements.Nose");
}

TEST(TwinAddress, AnIdentifierHasOneSpelling) {
  EXPECT_EQ(decode_base64url("dXJuOng"), "urn:x");
  EXPECT_EQ(decode_base64url("dXJuOng="), "urn:x");
  for (const auto wrong : {"dXJuOng==", "dXJ\xA9Ong", "dXJu Ong", "dXJuOn+", "d", "dXJuOnh"})
    EXPECT_NE(decode_base64url(wrong), "urn:x") << wrong;
  EXPECT_FALSE(decode_base64url("dXJ\xA9Ong"));
}

TEST(TwinPackage, ComesBackWithItsFiles) {
  const Package package{.environment = sample(),
                        .files = {{"/aasx/files/manual.pdf", "application/pdf", std::string("a\0b", 3)}},
                        .thumbnail = "/aasx/files/manual.pdf"};
  const auto bytes = write_aasx(package);
  ASSERT_TRUE(bytes) << to_string(bytes.error());
  Findings findings;
  const auto again = read_aasx(*bytes, {}, findings);
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(findings.errors(), 0u);
  EXPECT_EQ(again->environment, package.environment);
  ASSERT_EQ(again->files.size(), 1u);
  EXPECT_EQ(again->files[0].content, package.files[0].content);
  EXPECT_EQ(again->files[0].content_type, "application/pdf");
  EXPECT_EQ(again->thumbnail, package.thumbnail);
  EXPECT_EQ(*write_aasx(package), *bytes);
}

TEST(TwinPackage, RefusesBombsAndPathsThatLeadOut) {
  const std::string zeros(10u << 20, '\0');
  const auto bomb = write_zip({{"/aasx/data.xml", zeros}});
  ASSERT_TRUE(bomb);
  EXPECT_LT(bomb->size(), 100'000u);
  Findings findings;
  const auto refused = read_zip(*bomb, {.entry_bytes_max = 1u << 20}, findings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::too_large);
  const auto escaping = write_zip({{"/../../etc/passwd", "x"}, {"/aasx/data.xml", "<x/>"}});
  const auto parts = read_zip(*escaping, {}, findings);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->size(), 1u);
  EXPECT_EQ(findings.errors(), 1u);
  EXPECT_FALSE(resolve_part("/aasx/data.xml", "../../x"));
  EXPECT_FALSE(resolve_part("/", "..%2f..%2fx"));
  EXPECT_EQ(resolve_part("/aasx/data.xml", "files/a%20b.pdf"), "/aasx/files/a b.pdf");
  EXPECT_FALSE(read_aasx("PK no zip", {}, findings));
  EXPECT_FALSE(read_aasx("", {}, findings));
}

TEST(TwinXml, NeverFollowsEntitiesAndSaysWhatIsWrong) {
  Findings findings;
  const auto node = read_xml(R"(<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
    <a:environment xmlns:a="https://admin-shell.io/aas/3/0"><a:submodels><a:submodel><a:id>&a;</a:id></a:submodel>
    </a:submodels></a:environment>)",
                             Class::Environment, {}, findings);
  ASSERT_TRUE(node);
  EXPECT_EQ(node->nodes(Name::submodels)[0].text(Name::id), "&a;");
  std::string deep =
      "<environment xmlns=\"https://admin-shell.io/aas/3/1\"><submodels><submodel><id>x</id><submodelElements>";
  for (int i = 0; i < 500; ++i) deep += "<submodelElementCollection><idShort>ab</idShort><value>";
  EXPECT_FALSE(read_xml(deep, Class::Environment, {}, findings));
  for (int i = 0; i < 500; ++i) deep += "</value></submodelElementCollection>";
  Findings too_deep;
  EXPECT_TRUE(
      read_xml(deep + "</submodelElements></submodel></submodels></environment>", Class::Environment, {}, too_deep));
  EXPECT_EQ(too_deep.items().at(0).rule, "depth");
  EXPECT_FALSE(
      read_xml("<environment xmlns=\"http://www.admin-shell.io/aas/2/0\"/>", Class::Environment, {}, findings));
}

TEST(TwinConstraints, EachHasAnIdAndARule) {
  const auto table = constraint_table();
  EXPECT_GT(table.size(), 45u);
  for (const auto& each : table) EXPECT_FALSE(each.id.empty() || each.rule.empty());
}

}  // namespace
}  // namespace hanse::twin
