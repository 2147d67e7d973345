#include "twin/internal/service_fixture.hpp"

namespace hanse::twin {
namespace {

TEST_F(TwinServiceTest, DescriptorsOfThisNodesTwinsAreThereByThemselves) {
  const auto descriptor = get(at("shell-descriptors", "urn:t:shell:press-7"));
  EXPECT_NE(descriptor.body.find("http://node:1/api/v3/shells/" + encode_base64url("urn:t:shell:press-7")),
            std::string::npos)
      << descriptor.body;
  const auto registered =
      R"({"id":"urn:elsewhere","idShort":"There","endpoints":[{"interface":"AAS-3.1","protocolInformation":{"href":"https://x/y","endpointProtocolVersion":["1.1"]}}]})";
  EXPECT_EQ(call(Method::post, "/api/v3/shell-descriptors", registered).status, 201);
  EXPECT_EQ(get(at("shell-descriptors", "urn:elsewhere")).status, 200);
  EXPECT_EQ(call(Method::del, at("shell-descriptors", "urn:elsewhere")).status, 204);
  EXPECT_GT(standard_operation_count(), 90u);
}

TEST_F(TwinServiceTest, ManyDescriptorsAreWrittenAtOnceAllOrNone) {
  const auto descriptor = [](std::string_view id, std::string_view name = "Press") {
    return fmt::format(
        R"({{"id":"{}","idShort":"{}","endpoints":[{{"interface":"SUBMODEL-3.1","protocolInformation":{{"href":"http://x/{}"}}}}]}})",
        id, name, id);
  };
  const auto outcome = [&](Method method, const std::string& body) {
    const auto begun = call(method, "/api/v3/bulk/submodel-descriptors", body);
    EXPECT_EQ(begun.status, 202) << begun.body;
    const auto status = get(begun.headers.at(0).second);
    EXPECT_EQ(status.status, 302);
    return get(status.headers.at(0).second);
  };
  const auto count = [&] {
    const auto all = get("/api/v3/submodel-descriptors?limit=1000").body;
    std::size_t n = 0;
    for (auto at = all.find("http://x/"); at != std::string::npos; at = all.find("http://x/", at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(outcome(Method::post, '[' + descriptor("a") + ',' + descriptor("b") + ']').status, 204);
  EXPECT_EQ(count(), 2u);
  for (const auto& body : {'[' + descriptor("c") + ',' + descriptor("b") + ']',  // Taken.
                           '[' + descriptor("c") + ',' + descriptor("c") + ']',  // Twice.
                           '[' + descriptor("c") + R"(,{"id":"d"}])", '[' + descriptor("c") + ",7]"}) {
    const auto failed = outcome(Method::post, body);
    EXPECT_EQ(failed.status, 400) << body;
    EXPECT_NE(failed.body.find("messages"), std::string::npos);
    EXPECT_EQ(count(), 2u) << "none of " << body;
  }
  EXPECT_EQ(outcome(Method::put, '[' + descriptor("b", "Lathe") + ',' + descriptor("c") + ']').status, 204);
  EXPECT_EQ(count(), 3u);
  EXPECT_NE(get(at("submodel-descriptors", "b")).body.find("Lathe"), std::string::npos);
  const auto missing = outcome(Method::del, R"(["a","nowhere"])");
  EXPECT_EQ(missing.status, 400);
  EXPECT_NE(missing.body.find("nowhere"), std::string::npos) << missing.body;
  EXPECT_EQ(count(), 3u);
  EXPECT_EQ(outcome(Method::del, R"(["a","b"])").status, 204);
  EXPECT_EQ(count(), 1u);

  for (const auto* body : {"", "{}", "[]", "7"})
    EXPECT_EQ(call(Method::post, "/api/v3/bulk/shell-descriptors", body).status, 400) << body;
  EXPECT_EQ(call(Method::del, "/api/v3/bulk/shell-descriptors", "[7]").status, 400);
  EXPECT_EQ(get("/api/v3/bulk/status/nothing").status, 404);
  EXPECT_EQ(get("/api/v3/bulk/result/nothing").status, 404);
  const auto handle = call(Method::post, "/api/v3/bulk/shell-descriptors", R"([{"id":"urn:s"}])").headers.at(0).second;
  EXPECT_EQ(get("/api/v3/bulk/result/" + handle.substr(handle.rfind('/') + 1)).status, 204);
  EXPECT_EQ(get(at("shell-descriptors", "urn:s")).status, 200);
}

TEST_F(TwinServiceTest, QueriesFindDescriptorsRegisteredOnesAndOwn) {
  ASSERT_EQ(call(Method::post, "/api/v3/shell-descriptors", R"({"id":"urn:far","idShort":"Far","assetKind":"Type",
    "submodelDescriptors":[{"id":"urn:far:sm","endpoints":[{"interface":"SUBMODEL-3.1","protocolInformation":{"href":"http://far/sm"}}]}]})")
                .status,
            201);
  ASSERT_EQ(call(Method::post, "/api/v3/submodel-descriptors", R"({"id":"urn:far:sm2","idShort":"Sizes",
    "endpoints":[{"interface":"SUBMODEL-3.1","protocolInformation":{"href":"http://far/sm2"}}]})")
                .status,
            201);
  const auto ask = [&](std::string_view of, std::string_view condition, std::string_view more = {}) {
    return call(Method::post, fmt::format("/api/v3/query/{}-descriptors{}", of, more),
                fmt::format(R"({{"$condition":{},"$select":"id"}})", condition))
        .body;
  };
  EXPECT_NE(
      ask("shell", R"({"$eq":[{"$field":"$aasdesc#assetKind"},{"$strVal":"Type"}]})").find(R"("result":["urn:far"])"),
      std::string::npos);
  const auto instances = ask("shell", R"({"$eq":[{"$field":"$aasdesc#assetKind"},{"$strVal":"Instance"}]})");
  EXPECT_NE(instances.find("urn:t:shell:press-7"), std::string::npos) << instances;
  EXPECT_EQ(instances.find("urn:far"), std::string::npos);
  EXPECT_NE(ask("shell", R"({"$eq":[{"$field":"$aasdesc#submodelDescriptors[].id"},{"$strVal":"urn:far:sm"}]})")
                .find(R"(["urn:far"])"),
            std::string::npos);
  EXPECT_NE(
      ask("submodel", R"({"$contains":[{"$field":"$smdesc#endpoints[].protocolinformation.href"},{"$strVal":"far"}]})")
          .find(R"("result":["urn:far:sm2"])"),
      std::string::npos);
  EXPECT_NE(ask("submodel", R"({"$eq":[{"$field":"$smdesc#idShort"},{"$strVal":"Nameplate"}]})")
                .find("urn:t:submodel:press-7:nameplate"),
            std::string::npos);
  // Every one of them once, whatever the pages.
  std::set<std::string> seen;
  std::string more = "?limit=1";
  for (int pages = 0; pages < 50 && !more.empty(); ++pages) {
    const auto page = ask("submodel", R"({"$boolean":true})", more);
    const auto ids = page.find(R"("result":[")");
    if (ids != std::string::npos) {
      const auto begin = ids + 11;
      EXPECT_TRUE(seen.insert(page.substr(begin, page.find('"', begin) - begin)).second) << page;
    }
    const auto cursor = page.find(R"("cursor":")");
    more = cursor == std::string::npos
               ? ""
               : "?limit=1&cursor=" + page.substr(cursor + 10, page.find('"', cursor + 10) - cursor - 10);
  }
  EXPECT_TRUE(seen.contains("urn:far:sm2") && seen.contains("urn:t:submodel:press-7:nameplate"));
  EXPECT_EQ(call(Method::post, "/api/v3/query/shell-descriptors", "{}").status, 400);
}

}  // namespace
}  // namespace hanse::twin
