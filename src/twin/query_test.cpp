#include <gtest/gtest.h>

#include "twin/codec/json_codec.hpp"
#include "twin/query/evaluate.hpp"

namespace hanse::twin {
namespace {

Node read(std::string_view text, Class of) {
  Findings findings;
  auto node = read_json(text, of, {}, findings);
  EXPECT_TRUE(node && findings.errors() == 0) << text;
  return node.value_or(Node{of});
}

/// The example of the standard, and submodels with what its examples ask for.
class TwinQueryTest : public testing::Test {
 protected:
  static Node data(const std::string& id, const std::string& id_short, const std::string& elements) {
    return read(R"({"modelType":"Submodel","id":")" + id + R"(","idShort":")" + id_short +
                    R"(","semanticId":{"type":"ExternalReference","keys":[{"type":"GlobalReference","value":"urn:)" +
                    id_short + R"("},{"type":"GlobalReference","value":"urn:more"}]},"submodelElements":[)" + elements +
                    "]}",
                Class::Submodel);
  }
  static std::string property(const std::string& id_short, const std::string& type, const std::string& value,
                              const std::string& semantic_id = {}) {
    const auto semantic =
        semantic_id.empty()
            ? std::string{}
            : R"("semanticId":{"type":"ExternalReference","keys":[{"type":"GlobalReference","value":")" + semantic_id +
                  R"("}]},)";
    const auto name = id_short.empty() ? std::string{} : R"("idShort":")" + id_short + "\",";
    return R"({"modelType":"Property",)" + semantic + name + R"("valueType":"xs:)" + type + R"(","value":")" + value +
           "\"}";
  }

  /// `yes`, `no`, `invalid`, or what is wrong with the expression.
  std::string ask(std::string_view expression) {
    const auto document = JsonDocument::parse(expression);
    if (!document) return to_string(document.error());
    const auto condition = read_condition(document->root(), "$condition");
    if (!condition) {
      std::string out;
      for (const auto& field : condition.error().fields) out += field.path + ": " + field.message + '\n';
      return out;
    }
    const Node* const shells[] = {&shell};

    std::int64_t work = work_max;
    const auto truth = evaluate(*condition, {.shells = shells, .submodels = asked}, work);
    used = work_max - work;
    return truth == Truth::yes ? "yes" : truth == Truth::no ? "no" : "invalid";
  }
  static std::string field(std::string_view name) { return R"({"$field":")" + std::string{name} + "\"}"; }
  static std::string text(std::string_view value) { return R"({"$strVal":")" + std::string{value} + "\"}"; }
  static std::string number(std::string_view value) { return R"({"$numVal":)" + std::string{value} + "}"; }
  static std::string compare(std::string_view how, const std::string& a, const std::string& b) {
    return "{\"$" + std::string{how} + "\":[" + a + "," + b + "]}";
  }
  static std::string all(std::string_view how, std::initializer_list<std::string> parts) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : ",") + part;
    return "{\"$" + std::string{how} + "\":[" + out + "]}";
  }
  static std::string negated(const std::string& part) { return "{\"$not\":" + part + "}"; }

  Node shell = read(R"({"modelType":"AssetAdministrationShell","id":"https://example.com/asset-administration-shell-1",
    "assetInformation":{"assetKind":"Instance","globalAssetId":"urn:asset-administration-shell-1","specificAssetIds":[
    {"name":"supplierId","value":"aas-1"},{"name":"customerId","value":"aas-2"}]},"submodels":[
    {"type":"ModelReference","keys":[{"type":"Submodel","value":"https://example.com/submodel-1"}]},
    {"type":"ModelReference","keys":[{"type":"Submodel","value":"https://example.com/submodel-2"}]}]})",
                    Class::AssetAdministrationShell);
  Node technical = data("https://example.com/submodel-1", "TechnicalData",
                        R"({"modelType":"SubmodelElementList","idShort":"Classes","typeValueListElement":)"
                        R"("SubmodelElementCollection","value":[{"modelType":"SubmodelElementCollection","value":[)" +
                            property("Id", "string", "27-37-09-05") + "," + property("System", "string", "ECLASS") +
                            R"(]},{"modelType":"SubmodelElementCollection","value":[)" +
                            property("Id", "string", "9999") + "," + property("System", "string", "IEC") +
                            R"(]}]},{"modelType":"SubmodelElementCollection","idShort":"Sizes","value":[)" +
                            property("Width", "double", "82.5", "0173-1#02-BAF016#006") + "," +
                            property("Height", "double", "400", "0173-1#02-BAF017#006") + "]}");
  Node operating = data("https://example.com/submodel-2", "OperatingData",
                        property("Speed", "int", "1480") + "," + property("Since", "dateTime", "2026-03-02T06:00:00Z") +
                            "," + property("On", "boolean", "true") + "," + property("Mask", "hexBinary", "1F") +
                            R"(,{"modelType":"MultiLanguageProperty","idShort":"Title","value":[)"
                            R"({"language":"en","text":"Press"},{"language":"de","text":"Presse"}]})");
  std::vector<const Node*> asked{&technical, &operating};
  std::int64_t work_max = 1'000'000;
  std::int64_t used = 0;
};

TEST_F(TwinQueryTest, TheTablesOfTheStandardHold) {
  const auto kind = field("$aas#assetInformation.assetKind"), id_short = field("$aas#idShort"),
             type = field("$aas#assetInformation.assetType"), submodels = field("$aas#submodels");
  EXPECT_EQ(ask(compare("eq", id_short, type)), "yes");
  EXPECT_EQ(ask(compare("le", id_short, type)), "yes");
  EXPECT_EQ(ask(compare("ne", id_short, type)), "no");
  EXPECT_EQ(ask(compare("le", number("1"), number("2"))), "yes");
  EXPECT_EQ(ask(compare("gt", number("1"), number("2"))), "no");
  EXPECT_EQ(ask(compare("eq", number("13"), text("13"))), "no");
  EXPECT_EQ(ask(compare("lt", text("a"), text("b"))), "yes");
  EXPECT_EQ(ask(compare("gt", text("11"), text("2"))), "no");
  EXPECT_EQ(ask(compare("eq", kind, submodels)), "no");
  EXPECT_EQ(ask(compare("ne", kind, submodels)), "yes");
  EXPECT_EQ(ask(compare("eq", kind, kind)), "yes");
  EXPECT_EQ(ask(compare("ne", kind, kind)), "no");
  EXPECT_EQ(ask(compare("eq", submodels, submodels)), "yes");
  EXPECT_EQ(ask(compare("eq", kind, number("17"))), "no");
  EXPECT_EQ(ask(compare("ne", kind, number("17"))), "yes");
  const std::string yes = R"({"$boolCast":{"$strVal":"true"}})";
  EXPECT_EQ(ask(compare("ge", yes, yes)), "yes");
  EXPECT_EQ(ask(compare("gt", yes, yes)), "no");
  EXPECT_EQ(ask(compare("contains", field("$aas#id"), text("https://example.com/asset-administration"))), "yes");

  const auto name = field("$aas#assetInformation.specificAssetIds[].name"),
             value = field("$aas#assetInformation.specificAssetIds[].value");
  const auto supplier = compare("eq", name, text("supplierId"));
  EXPECT_EQ(ask(all("match", {supplier, compare("eq", value, text("aas-1"))})), "yes");
  EXPECT_EQ(ask(all("match", {supplier, compare("eq", value, text("aas-2"))})), "no");
  EXPECT_EQ(ask(all("and", {supplier, compare("eq", value, text("aas-2"))})), "yes");
  EXPECT_EQ(ask(compare("eq", field("$aas#assetInformation.specificAssetIds[1].value"), text("aas-2"))), "yes");
  EXPECT_EQ(ask(compare("eq", field("$aas#assetInformation.specificAssetIds[7].value"), text("aas-2"))), "no");
}

TEST_F(TwinQueryTest, ElementsAreFoundByPathByListAndAnywhere) {
  EXPECT_EQ(ask(compare("gt", field("$sme.Speed#value"), number("1000"))), "yes");
  EXPECT_EQ(ask(compare("gt", field("$sme.Speed#value"), number("1480"))), "no");
  EXPECT_EQ(ask(compare("eq", field("$sme.Sizes.Width#value"), number("82.50"))), "yes");
  EXPECT_EQ(ask(compare("eq", field("$sme.Width#value"), number("82.5"))), "yes") << "a path may begin at any depth";
  EXPECT_EQ(ask(compare("eq", field("$sme.Classes[].Id#value"), text("9999"))), "yes");
  EXPECT_EQ(ask(compare("eq", field("$sme.Classes[0].Id#value"), text("9999"))), "no");
  EXPECT_EQ(ask(compare("eq", field("$sme.Classes.Id#value"), text("9999"))), "no") << "a list has no names";
  EXPECT_EQ(ask(compare("eq", field("$sme#value"), text("27-37-09-05"))), "yes");
  EXPECT_EQ(ask(compare("eq", field("$sme.Title#language"), text("de"))), "yes");
  EXPECT_EQ(ask(compare("ends-with", field("$sme.Title#value"), text("sse"))), "yes");
  EXPECT_EQ(ask(compare("eq", field("$sme.Speed#valueType"), text("xs:int"))), "yes");
  EXPECT_EQ(ask(compare("eq", field("$sm#semanticId"), text("urn:TechnicalData"))), "yes");
  EXPECT_EQ(ask(compare("eq", field("$sm#semanticId.keys[1].value"), text("urn:more"))), "yes");
  EXPECT_EQ(ask(compare("eq", field("$sm#semanticId.type"), text("ExternalReference"))), "yes");
  EXPECT_EQ(ask(compare("eq", field("$cd#id"), text("urn:x"))), "no") << "what isn't asked about is absent";
}

TEST_F(TwinQueryTest, ConditionsMeetInOneSubmodelAndInAMatchInOneElement) {
  const auto wide = compare("lt", field("$sme#value"), number("100"));
  const auto height = compare("eq", field("$sme#semanticId"), text("0173-1#02-BAF017#006"));
  const auto width = compare("eq", field("$sme#semanticId"), text("0173-1#02-BAF016#006"));
  EXPECT_EQ(ask(all("and", {height, wide})), "yes");
  EXPECT_EQ(ask(all("match", {height, wide})), "no");
  EXPECT_EQ(ask(all("match", {width, wide})), "yes");
  const auto is = [&](std::string_view name) { return compare("eq", field("$sm#idShort"), text(name)); };
  const auto fast = compare("gt", field("$sme.Speed#value"), number("1000"));
  EXPECT_EQ(ask(all("and", {is("OperatingData"), fast})), "yes");
  EXPECT_EQ(ask(all("and", {is("TechnicalData"), fast})), "no") << "the speed is another submodel's";
  EXPECT_EQ(
      ask(all("and", {all("match", {is("TechnicalData"), width, wide}), all("match", {is("OperatingData"), fast})})),
      "yes")
      << "each match has its own submodel";
  const auto id = compare("eq", field("$sme.Classes[].Id#value"), text("27-37-09-05"));
  const auto system = [&](std::string_view name) {
    return compare("eq", field("$sme.Classes[].System#value"), text(name));
  };
  EXPECT_EQ(ask(all("match", {id, system("ECLASS")})), "yes");
  EXPECT_EQ(ask(all("match", {id, system("IEC")})), "no");
  EXPECT_EQ(ask(all("match", {id, all("match", {system("ECLASS")})})), "yes");
  EXPECT_EQ(ask(all("match", {id, all("match", {system("IEC")})})), "no");
}

TEST_F(TwinQueryTest, AComparisonThatCannotBeMadeIsNeitherTrueNorFalse) {
  asked = {&operating};
  const auto failed = compare("gt", field("$sme.Title#value"), number("1"));
  EXPECT_EQ(ask(failed), "invalid");
  EXPECT_EQ(ask(negated(failed)), "invalid");
  EXPECT_EQ(ask(all("or", {failed, R"({"$boolean":true})"})), "invalid");
  EXPECT_EQ(ask(all("or", {R"({"$boolean":true})", failed})), "invalid");
  EXPECT_EQ(ask(compare("gt", R"({"$numCast":{"$strVal":"x"}})", number("1"))), "invalid");
  EXPECT_EQ(ask(compare("lt", number("1"), text("2"))), "invalid");
  EXPECT_EQ(ask(compare("gt", field("$sme#value"), number("1000"))), "yes") << "some element can be compared";
  EXPECT_EQ(ask(compare("gt", field("$sme.None#value"), number("1"))), "no");
  EXPECT_EQ(ask(negated(compare("gt", field("$sme.None#value"), number("1")))), "yes");
}

TEST_F(TwinQueryTest, TypesAreCast) {
  EXPECT_EQ(ask(compare("eq", field("$sme.On#value"), R"({"$boolean":true})")), "yes");
  EXPECT_EQ(ask(compare("lt", field("$sme.Mask#value"), R"({"$hexVal":"16#0020"})")), "yes");
  EXPECT_EQ(ask(compare("eq", R"({"$numCast":{"$hexVal":"16#1F"}})", number("31"))), "yes");
  EXPECT_EQ(ask(compare("eq", R"({"$hexCast":{"$numVal":31}})", R"({"$hexVal":"16#1F"})")), "yes");
  EXPECT_EQ(ask(compare("eq", R"({"$strCast":{"$numVal":31}})", text("31"))), "yes");
  EXPECT_EQ(ask(compare("ge", field("$sme.Since#value"), R"({"$dateTimeVal":"2026-03-02T07:00:00+01:00"})")), "yes");
  EXPECT_EQ(ask(compare("gt", field("$sme.Since#value"), R"({"$dateTimeVal":"2026-03-02 06:00"})")), "no");
  EXPECT_EQ(ask(compare("lt", R"({"$timeCast":{"$field":"$sme.Since#value"}})", R"({"$timeVal":"06:00:01"})")), "yes");
  for (const auto& [part, value] : {std::pair{"dayOfWeek", "1"}, std::pair{"dayOfMonth", "2"}, std::pair{"month", "3"},
                                    std::pair{"year", "2026"}}) {
    EXPECT_EQ(ask(compare("eq", "{\"$" + std::string{part} + R"(":{"$field":"$sme.Since#value"}})", number(value))),
              "yes")
        << part;
  }
  EXPECT_EQ(ask(compare("eq", R"({"$year":"2026-03-02T06:00:00Z"})", number("2026"))), "yes");
  EXPECT_EQ(ask(compare("eq", number("9007199254740993"), number("9007199254740992"))), "no") << "all 64 bits count";
}

TEST_F(TwinQueryTest, PatternsAreFoundAnywhereUnlessAnchored) {
  const auto finds = [&](std::string_view pattern) { return ask(compare("regex", field("$aas#id"), text(pattern))); };
  EXPECT_EQ(finds("shell-[0-9]"), "yes");
  EXPECT_EQ(finds("^shell"), "no");
  EXPECT_EQ(finds("^https.*-1$"), "yes");
  EXPECT_EQ(finds("^nothing|shell-1$"), "yes");
  EXPECT_EQ(finds("(nothing|shell)-1"), "yes");
  EXPECT_EQ(finds("(?i)SHELL"), "yes");
  EXPECT_EQ(finds("[|]"), "no");
  EXPECT_EQ(finds("(a"), "$condition.$regex[1]: the pattern has a ( without its ) (at character 3)\n");
  EXPECT_EQ(finds("a)(b"), "$condition.$regex[1]: the pattern has a ) without its ( (at character 2)\n");
  EXPECT_NE(finds(std::string(501, 'a')).find("over 500 bytes"), std::string::npos);
}

TEST_F(TwinQueryTest, WhatIsWrongIsNamedWithItsPlace) {
  const auto wrong = [&](std::string_view expression, std::string_view place, std::string_view message) {
    const auto answer = ask(expression);
    EXPECT_TRUE(answer.starts_with(std::string{place} + ": ") && answer.find(message) != std::string::npos)
        << expression << "\n  " << answer;
  };
  wrong("{}", "$condition", "one member");
  wrong(R"({"$xor":[]})", "$condition.$xor", "is no condition");
  wrong(R"({"$and":[{"$boolean":true}]})", "$condition.$and", "2 conditions or more");
  wrong(R"({"$and":[{"$boolean":true},{"$eq":[{"$strVal":"a"},{"$field":"$sm#nope"}]}]})",
        "$condition.$and[1].$eq[1].$field", "idShort");
  wrong(R"({"$eq":[{"$strVal":"a"}]})", "$condition.$eq", "two operands");
  wrong(R"({"$eq":[{"$strVal":"$a"},{"$numVal":1}]})", "$condition.$eq[0].$strVal", "doesn't begin with $");
  wrong(R"({"$contains":[{"$field":"$sm#id"},{"$numVal":1}]})", "$condition.$contains[1]", "must be a text");
  wrong(R"({"$eq":[{"$timeVal":"25:00"},{"$timeVal":"01:00"}]})", "$condition.$eq[0].$timeVal", "time of day");
  wrong(R"({"$not":{"$match":[{"$and":[]}]}})", "$condition.$not.$match[0].$and", "inside a $match");
  wrong(R"({"$match":[{"$eq":[{"$field":"$sme.A[].x#value"},{"$strVal":"a"}]},
                      {"$eq":[{"$field":"$sme.B[].x#value"},{"$strVal":"a"}]}]})",
        "$condition.$match", "two lists");
  for (const auto* field : {"$sm", "$sme.#value", "$sme.A[#value", "$sme.A[1x]#value", "$aas#idShort[0]", "$sm#value",
                            "$x#id", "$aas.A#id", "$sm#semanticId.keys", "$aas#submodels[99999999999999999999].type"}) {
    EXPECT_FALSE(parse_query_field(field)) << field;
  }
  std::string deep = R"({"$boolean":true})";
  for (int i = 0; i < 31; ++i) deep = negated(deep);
  EXPECT_EQ(ask(deep), "no");
  EXPECT_NE(ask(negated(deep)).find("deeper than 32"), std::string::npos);
  std::string many = R"({"$boolean":true})";
  for (int i = 0; i < 600; ++i) many += R"(,{"$boolean":true})";
  EXPECT_NE(ask("{\"$and\":[" + many + "]}").find("over 500 parts"), std::string::npos);
}

TEST_F(TwinQueryTest, TheBodyHasAConditionAndASelection) {
  EXPECT_TRUE(read_query(R"({"$condition":{"$boolean":true},"$select":"id"})")->only_ids);
  EXPECT_FALSE(read_query(R"({"$condition":{"$boolean":true}})")->only_ids);
  for (const auto* body :
       {"", "[]", "{}", R"({"$select":"id"})", R"({"$condition":{"$boolean":true},"$select":"value"})",
        R"({"$condition":{"$boolean":true},"limit":1})"}) {
    EXPECT_EQ(read_query(body).error().code, ErrorCode::invalid) << body;
  }
  EXPECT_EQ(read_query(std::string(65 << 10, ' ')).error().code, ErrorCode::too_large);
}

TEST_F(TwinQueryTest, WorkIsCountedAndEnds) {
  const auto everywhere = compare("eq", field("$sme#value"), field("$sme#value"));
  EXPECT_EQ(ask(everywhere), "yes");
  EXPECT_GT(used, 5);
  work_max = 5;
  EXPECT_EQ(ask(everywhere), "invalid");
  EXPECT_EQ(ask(negated(everywhere)), "invalid");
}

TEST_F(TwinQueryTest, EqualitiesThatMustHoldAreKnown) {
  const auto known = [](const std::string& expression, std::string_view name) {
    const auto document = JsonDocument::parse(expression);
    return must_equal(read_condition(document->root(), "").value(), name).value_or("-");
  };
  const auto is = compare("eq", text("Data"), field("$sm#idShort"));
  EXPECT_EQ(known(is, "$sm#idShort"), "Data");
  EXPECT_EQ(known(all("and", {R"({"$boolean":true})", is}), "$sm#idShort"), "Data");
  EXPECT_EQ(known(all("or", {R"({"$boolean":true})", is}), "$sm#idShort"), "-");
  EXPECT_EQ(known(negated(is), "$sm#idShort"), "-");
}

}  // namespace
}  // namespace hanse::twin
