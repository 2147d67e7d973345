#include "twin/internal/service_fixture.hpp"
#include "twin/service/offered.hpp"

namespace hanse::twin {
namespace {

TEST_F(TwinServiceTest, ASubmodelIsWrittenChangedAndDeleted) {
  const auto posted = call(Method::post, "/api/v3/submodels", a_submodel("urn:a", std::string{kSpeed}));
  EXPECT_EQ(posted.status, 201) << posted.body;
  ASSERT_FALSE(posted.headers.empty());
  EXPECT_EQ(posted.headers[0].second, at("submodels", "urn:a"));
  EXPECT_EQ(call(Method::post, "/api/v3.1/submodels/", a_submodel("urn:a")).status, 409);
  EXPECT_EQ(get(at("submodels", "urn:a", "/submodel-elements/Speed/$value")).body, "7");
  EXPECT_EQ(call(Method::patch, at("submodels", "urn:a", "/submodel-elements/Speed/$value"), "8").status, 204);
  EXPECT_EQ(get(at("submodels", "urn:a", "/$value")).body, R"({"Speed":8})");
  const auto refused = call(Method::patch, at("submodels", "urn:a", "/submodel-elements/Speed/$value"), "\"x\"");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("must be of type xs:int"), std::string::npos) << refused.body;
  EXPECT_EQ(get(at("submodels", "urn:a", "/submodel-elements/Speed/$value")).body, "8");
  EXPECT_EQ(call(Method::post, at("submodels", "urn:a", "/submodel-elements"), kSpeed).status, 409);
  EXPECT_EQ(call(Method::put, at("submodels", "urn:a", "/submodel-elements/New"),
                 R"({"modelType":"Capability","idShort":"New"})")
                .status,
            201);
  EXPECT_EQ(get(at("submodels", "urn:a", "/$path")).body, R"(["Speed","New"])");
  EXPECT_EQ(get(at("submodels", "urn:a", "/submodel-elements/New/$value")).status, 400);
  EXPECT_EQ(get(at("submodels", "urn:a", "/submodel-elements/New/attachment")).status, 405);
  EXPECT_EQ(call(Method::del, at("submodels", "urn:a", "/submodel-elements/New")).status, 204);
  EXPECT_EQ(get(at("submodels", "urn:a", "/submodel-elements/New")).status, 404);
  EXPECT_EQ(call(Method::del, at("submodels", "urn:a")).status, 204);
  EXPECT_EQ(get(at("submodels", "urn:a")).status, 404);
}

TEST_F(TwinServiceTest, WhatIsWrongIsAnsweredAsTheStandardHasIt) {
  const auto missing = get(at("submodels", "urn:none"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_TRUE(missing.body.starts_with(R"({"messages":[{"code":"404","messageType":"Error")")) << missing.body;
  for (const auto target : {"/api/v3/submodels/invalid-base64url=====", "/api/v3/submodels?limit=-1",
                            "/api/v3/submodels?limit=0", "/api/v3/submodels?level=x", "/api/v3/shells?assetIds=%%%",
                            "/api/v3/shells?assetIds=e30", "/api/v3/submodels?cursor=zzz", "/api/v3/submodels?cursor=",
                            "/api/v3/submodels?limit=1&limit=2", "/api/v3/submodels?semanticId=e30",
                            "/api/v3/serialization?includeConceptDescriptions=maybe", "/api/v3/shells?cursor=g!!"}) {
    EXPECT_EQ(get(target).status, 400) << target;
  }
  EXPECT_EQ(get("/api/v3/nothing").status, 404);
  EXPECT_EQ(call(Method::del, "/api/v3/submodels").status, 405);
  for (const auto body :
       {"", "{}", "[]", "null", "{", R"({"modelType":"Submodel"})", R"({"modelType":"Submodel","id":"x","id2":1})"})
    EXPECT_EQ(call(Method::post, "/api/v3/submodels", body).status, 400) << body;
}

TEST_F(TwinServiceTest, EachAssetHasItsShellWithLiveValues) {
  const auto shell = get(at("shells", "urn:t:shell:press-7"));
  ASSERT_EQ(shell.status, 200) << shell.body;
  EXPECT_NE(shell.body.find(R"("value":"SN-4711")"), std::string::npos);
  const auto value = at("submodels", "urn:t:submodel:press-7:signals", "/submodel-elements/spindle_speed/$value");
  EXPECT_EQ(get(value).body, "1480.5");
  append(1500, clock.now() + 1s);
  EXPECT_EQ(get(value).body, "1500");
  EXPECT_EQ(call(Method::patch, value, "3").status, 403);
  EXPECT_EQ(call(Method::del, at("shells", "urn:t:shell:press-7")).status, 403);
  const auto structure = get(at("submodels", "urn:t:submodel:line-1:structure"));
  EXPECT_NE(structure.body.find("urn:t:asset:press-7"), std::string::npos);
  const auto found =
      get("/api/v3/lookup/shells?assetIds=" + encode_base64url(R"({"name":"serialNumber","value":"SN-4711"})"));
  EXPECT_EQ(found.body, R"({"paging_metadata":{},"result":["urn:t:shell:press-7"]})");
  // Every one is as the standard has it.
  for (const auto of : {Class::AssetAdministrationShell, Class::Submodel}) {
    const auto page = twins->list(of, {}, {}, 1000);
    ASSERT_TRUE(page);
    EXPECT_GE(page->items.size(), 2u);
    for (const auto& each : page->items) EXPECT_TRUE(check_strictly(*each)) << to_string(check_strictly(*each).error());
  }
}

TEST_F(TwinServiceTest, APropertyBoundByHandFollowsTheSignal) {
  const auto element = R"({"modelType":"Property","idShort":"Live","valueType":"xs:double","value":"0","extensions":[
    {"name":"hanse:signal","value":"press-7/spindle_speed"}]})";
  ASSERT_EQ(call(Method::post, "/api/v3/submodels", a_submodel("urn:b", element)).status, 201);
  EXPECT_EQ(get(at("submodels", "urn:b", "/$value")).body, R"({"Live":1480.5})");
  EXPECT_EQ(call(Method::patch, at("submodels", "urn:b", "/$value"), R"({"Live":1})").status, 400);
  const auto xml =
      call(Method::get, "/api/v3/serialization?submodelIds=" + encode_base64url("urn:b"), {}, "application/xml");
  EXPECT_NE(xml.body.find("<value>1480.5</value>"), std::string::npos) << xml.body;
}

TEST_F(TwinServiceTest, TheHistorianAnswersReadRecordsAndDeriveSegment) {
  for (int i = 1; i <= 5; ++i) append(i, clock.now() + i * 1s);
  const auto operation = [&](const std::string& name, const std::string& more = {}) {
    return call(Method::post,
                at("submodels", "urn:t:submodel:press-7:timeseries", "/submodel-elements/" + name + "/invoke"),
                R"({"inputArguments":[{"value":{"modelType":"Range","idShort":"Timespan","valueType":"xs:dateTime",
                "min":"2026-03-02T06:00:01Z","max":"2026-03-02T06:00:05Z"}})" +
                    more + "]}");
  };
  const auto records = operation("ReadRecords");
  EXPECT_EQ(records.status, 200);
  EXPECT_NE(records.body.find(R"("executionState":"Completed")"), std::string::npos) << records.body;
  EXPECT_NE(records.body.find(R"("idShort":"Record0003")"), std::string::npos);
  EXPECT_EQ(records.body.find(R"("idShort":"Record0004")"), std::string::npos);
  const auto text = [](const std::string& id_short, const std::string& value) {
    return R"(,{"value":{"modelType":"Property","idShort":")" + id_short + R"(","valueType":"xs:string","value":")" +
           value + "\"}}";
  };
  const auto derived = operation("DeriveSegment", text("SamplingInterval", "2") + text("AggregationMethod", "max"));
  EXPECT_NE(derived.body.find(R"("value":"4")"), std::string::npos) << derived.body;
  EXPECT_NE(operation("DeriveSegment").body.find(R"("executionState":"Failed")"), std::string::npos);
  EXPECT_EQ(call(Method::post,
                 at("submodels", "urn:t:submodel:press-7:timeseries", "/submodel-elements/Metadata/invoke"), "{}")
                .status,
            405);
}

TEST_F(TwinServiceTest, PagesHoldEverythingOnce) {
  for (int i = 0; i < 7; ++i)
    ASSERT_EQ(call(Method::post, "/api/v3/submodels", a_submodel("urn:s:" + std::to_string(i))).status, 201);
  for (const auto limit : {1, 2, 3, 100}) {
    std::vector<std::string> ids;
    std::optional<std::string> cursor;
    do {
      const auto page = twins->list(Class::Submodel, {}, cursor, limit);
      ASSERT_TRUE(page) << to_string(page.error());
      for (const auto& each : page->items) ids.emplace_back(each->text(Name::id));
      cursor = page->next;
    } while (cursor);
    auto sorted = ids;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(std::unique(sorted.begin(), sorted.end()), sorted.end());
    EXPECT_EQ(ids.size(), 7 + twins->plant().ids(Class::Submodel)->size());
  }
  EXPECT_EQ(twins->list(Class::Submodel, {{"idShort", "Data"}}, {}, 100)->items.size(), 7u);
}

TEST_F(TwinServiceTest, AShellOfThePlantTakesMoreSubmodels) {
  ASSERT_EQ(call(Method::post, "/api/v3/submodels", a_submodel("urn:docs")).status, 201);
  const auto reference = R"({"type":"ModelReference","keys":[{"type":"Submodel","value":"urn:docs"}]})";
  const auto references = at("shells", "urn:t:shell:press-7", "/submodel-refs");
  EXPECT_EQ(call(Method::post, references, reference).status, 201);
  EXPECT_EQ(call(Method::post, references, reference).status, 409);
  EXPECT_EQ(get(at("shells", "urn:t:shell:press-7", "/submodels/" + encode_base64url("urn:docs"))).status, 200);
  EXPECT_EQ(call(Method::del, references + '/' + encode_base64url("urn:docs")).status, 204);
  EXPECT_EQ(get(at("shells", "urn:t:shell:press-7", "/submodels/" + encode_base64url("urn:docs"))).status, 404);
}

TEST_F(TwinServiceTest, FilesAndPackagesComeBack) {
  ASSERT_EQ(call(Method::post, "/api/v3/submodels",
                 a_submodel("urn:f", R"({"modelType":"File","idShort":"Manual","contentType":"text/plain"})"))
                .status,
            201);
  const auto attachment = at("submodels", "urn:f", "/submodel-elements/Manual/attachment");
  EXPECT_EQ(get(attachment).status, 404);
  const std::string form =
      "--b\r\nContent-Disposition: form-data; name=\"fileName\"\r\n\r\nread me.txt\r\n--b\r\n"
      "Content-Disposition: form-data; name=\"file\"; filename=\"x\"\r\nContent-Type: "
      "text/plain\r\n\r\nHello\r\n--b--\r\n";
  EXPECT_EQ(call(Method::put, attachment, form, {}, "multipart/form-data; boundary=b").status, 204);
  EXPECT_EQ(get(attachment).body, "Hello");
  const auto package = call(Method::get, "/api/v3/serialization?submodelIds=" + encode_base64url("urn:f"), {},
                            "application/asset-administration-shell-package");
  ASSERT_EQ(package.status, 200) << package.body;
  ASSERT_EQ(call(Method::del, at("submodels", "urn:f")).status, 204);
  const auto dry = twins->import(kAnna, package.body, true);
  ASSERT_TRUE(dry) << to_string(dry.error());
  EXPECT_EQ(get(at("submodels", "urn:f")).status, 404);
  const auto report = twins->import(kAnna, package.body, false);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->kept);
  EXPECT_EQ(report->errors, 0) << to_json(*report);
  EXPECT_EQ(report->files, 1);
  EXPECT_EQ(get(attachment).body, "Hello");
  const auto kept = call(Method::post, "/api/v3/packages", package.body, {}, "application/octet-stream");
  EXPECT_EQ(kept.status, 201) << kept.body;
}

TEST_F(TwinServiceTest, AnImportKeepsWhatIsSoundAndNamesTheRest) {
  const auto report =
      twins->import(kAnna, R"({"submodels":[{"modelType":"Submodel","id":"urn:i","idShort":"Data","submodelElements":[
    {"modelType":"Property","idShort":"ok","valueType":"xs:int","value":"x"},{"modelType":"Capability"},{}]},{"modelType":"Submodel"}]})",
                    false);
  ASSERT_TRUE(report) << to_string(report.error());
  EXPECT_TRUE(report->kept);
  EXPECT_EQ(report->errors, 4) << to_json(*report);
  EXPECT_EQ(get(at("submodels", "urn:i")).status, 200);
  EXPECT_FALSE(twins->import(kAnna, "no document", false));
}

TEST_F(TwinServiceTest, PeopleSeeTreesAndFindByMeaning) {
  EXPECT_NE(get("/api/v1/twin/shells").body.find(R"("id_short":"Signals")"), std::string::npos);
  const auto view = get("/api/v1/twin/submodel?id=urn:t:submodel:press-7:signals");
  EXPECT_NE(view.body.find(R"("value":"1480.5","value_type":"xs:double","unit":"1/min")"), std::string::npos)
      << view.body;
  const auto hits = get("/api/v1/twin/search?semantic_id=meaning:speed");
  EXPECT_NE(hits.body.find(R"("path":"spindle_speed")"), std::string::npos) << hits.body;
}

TEST_F(TwinServiceTest, QueriesFindWhatTheyAskForLiveValuesToo) {
  const auto ask = [&](std::string_view what, const std::string& condition, const std::string& more = {}) {
    return call(Method::post, "/api/v3/query/" + std::string{what}, "{\"$condition\":" + condition + more + '}');
  };
  const std::string fast = R"({"$gt":[{"$field":"$sme.spindle_speed#value"},{"$numVal":1000}]})";
  const auto found = ask("submodels", fast, R"(,"$select":"id")");
  EXPECT_EQ(found.status, 200) << found.body;
  EXPECT_EQ(found.body,
            R"({"paging_metadata":{"resultType":"Identifier"},"result":["urn:t:submodel:press-7:signals"]})");
  append(900, clock.now() + std::chrono::seconds{1});
  EXPECT_EQ(ask("submodels", fast, R"(,"$select":"id")").body,
            R"({"paging_metadata":{"resultType":"Identifier"},"result":[]})")
      << "the value is the machine's, not a copy";
  const std::string press = R"({"$eq":[{"$field":"$sm#idShort"},{"$strVal":"Nameplate"}]})";
  EXPECT_NE(
      ask("shells",
          R"({"$and":[)" + press + R"(,{"$eq":[{"$field":"$sme.SerialNumber#value"},)" + R"({"$strVal":"SN-4711"}]}]})",
          R"(,"$select":"id")")
          .body.find(R"("result":["urn:t:shell:press-7"])"),
      std::string::npos);
  EXPECT_NE(
      ask("submodels",
          R"({"$and":[)" + press + R"(,{"$eq":[{"$field":"$aas#id"},)" + R"({"$strVal":"urn:t:shell:press-7"}]}]})",
          R"(,"$select":"id")")
          .body.find(R"("result":["urn:t:submodel:press-7:nameplate"])"),
      std::string::npos);
  EXPECT_EQ(
      call(Method::post, "/api/v3/concept-descriptions", R"({"modelType":"ConceptDescription","id":"urn:c"})").status,
      201);
  EXPECT_EQ(ask("concept-descriptions", R"({"$starts-with":[{"$field":"$cd#id"},{"$strVal":"urn:"}]})").body,
            R"({"paging_metadata":{"resultType":"ConceptDescription"},"result":[)"
            R"({"modelType":"ConceptDescription","id":"urn:c"}]})");
  const auto wrong = ask("submodels", R"({"$and":[{"$eq":[{"$field":"$sm#x"},{"$strVal":"a"}]},{"$boolean":true}]})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.body.find("$condition.$and[0].$eq[0].$field: "), std::string::npos) << wrong.body;
  EXPECT_EQ(call(Method::get, "/api/v3/query/submodels").status, 405);
  const auto profiles = get("/api/v3/description").body;
  EXPECT_NE(profiles.find("API/3/1/SubmodelRepositoryServiceSpecification/SSP-005"), std::string::npos);
  EXPECT_EQ(profiles.find("API/3/0/SubmodelRepositoryServiceSpecification/SSP-005"), std::string::npos);
}

TEST_F(TwinServiceTest, PagesOfAQueryMeetEachHitOnce) {
  for (int i = 0; i < 230; ++i) {
    const auto id = fmt::format("urn:many:{:03}", i);
    ASSERT_TRUE(twins->put(kAnna, read_json(std::string_view{a_submodel(id, i % 23 == 0 ? std::string{kSpeed} : "")},
                                            Class::Submodel, {}, *std::make_unique<Findings>())
                                      .value()));
  }
  const auto ask = [&](const std::string& condition, int limit) {
    std::vector<std::string> found;
    std::string cursor;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page =
          call(Method::post,
               fmt::format("/api/v3/query/submodels?limit={}{}{}", limit, cursor.empty() ? "" : "&cursor=", cursor),
               "{\"$select\":\"id\",\"$condition\":" + condition + '}');
      const auto document = JsonDocument::parse(page.body);
      EXPECT_EQ(page.status, 200) << page.body;
      const auto result = document->root().find("result").value();
      EXPECT_LE(static_cast<int>(result.size()), limit);
      for (std::size_t i = 0; i < result.size(); ++i) found.emplace_back(result.element(i).string());
      const auto next = document->root().find("paging_metadata")->find("cursor");
      if (!next) return found;
      cursor = next->string();
    }
    ADD_FAILURE() << "the pages don't end";
    return found;
  };
  const std::string with_speed = R"({"$eq":[{"$field":"$sme.Speed#value"},{"$numVal":7}]})";
  std::vector<std::string> expected;
  for (int i = 0; i < 230; i += 23) expected.push_back(fmt::format("urn:many:{:03}", i));
  EXPECT_EQ(ask(with_speed, 3), expected);
  EXPECT_EQ(ask(with_speed, 1000), expected);
  EXPECT_EQ(ask(R"({"$starts-with":[{"$field":"$sm#id"},{"$strVal":"urn:many:"}]})", 100).size(), 230u);
  EXPECT_EQ(ask(R"({"$eq":[{"$field":"$sm#idShort"},{"$strVal":"Data"}]})", 50).size(), 230u);
  for (const auto* cursor : {"x", ".", "101.", "1.zzz", "-1.", "1"})
    EXPECT_EQ(call(Method::post, std::string{"/api/v3/query/submodels?cursor="} + cursor,
                   R"({"$condition":{"$boolean":true}})")
                  .status,
              400)
        << cursor;
}

TEST_F(TwinServiceTest, APartnerGetsWhatIsOfferedLessWhatIsMasked) {
  const auto offered = [&](const std::string& source, std::vector<std::string> masked = {}) {
    return offered_json(*twins, source, masked).value_or("-");
  };
  constexpr auto kWhole = R"({"modelType":"SubmodelElementCollection","idShort":"Sizes","value":[)"
                          R"({"modelType":"Property","idShort":"Width","valueType":"xs:int","value":"8"},)"
                          R"({"modelType":"Property","idShort":"Speed","valueType":"xs:int","value":"9"}]})";
  ASSERT_EQ(call(Method::post, "/api/v3/submodels", a_submodel("urn:a#1", std::string{kSpeed} + ',' + kWhole)).status,
            201);
  EXPECT_EQ(offered("urn:a#1/$value"), R"({"Speed":7,"Sizes":{"Width":8,"Speed":9}})");
  EXPECT_EQ(offered("urn:a#1#Sizes/$value"), R"({"Width":8,"Speed":9})");
  EXPECT_EQ(offered("urn:a#1#Sizes.Width/$value"), "8");
  EXPECT_EQ(offered("urn:a#1/$value", {"Speed"}), R"({"Sizes":{"Width":8}})");
  EXPECT_EQ(offered("urn:a#1/$value", {"Sizes.Speed"}), R"({"Speed":7,"Sizes":{"Width":8}})");
  EXPECT_EQ(offered("urn:a#1", {"Speed", "Sizes"}), R"({"modelType":"Submodel","idShort":"Data","id":"urn:a#1"})");
  EXPECT_EQ(offered("urn:a#1#Sizes/$value", {"Sizes"}), "-") << "what is masked isn't there by its path either";
  constexpr auto kList = R"({"modelType":"SubmodelElementList","idShort":"L","typeValueListElement":"Property",)"
                         R"("valueTypeListElement":"xs:int","value":[)"
                         R"({"modelType":"Property","valueType":"xs:int","value":"1"},)"
                         R"({"modelType":"Property","valueType":"xs:int","value":"2"}]})";
  ASSERT_EQ(call(Method::post, "/api/v3/submodels", a_submodel("urn:list", kList)).status, 201);
  EXPECT_EQ(offered("urn:list/$value", {"L[0]"}), R"({"L":[2]})");
  EXPECT_EQ(offered("urn:list#L[1]/$value", {"L[0]"}), "2") << "an entry keeps its place when one before it is masked";
  EXPECT_EQ(offered("urn:list#L[0]/$value", {"L[0]"}), "-") << "and nothing moves up into a masked one's place";
  EXPECT_EQ(offered("urn:none"), "-");
  EXPECT_EQ(offered("urn:a#1#None"), "-");
  EXPECT_EQ(offered("urn:t:submodel:press-7:signals/$value"), R"({"spindle_speed":1480.5})") << "the value of now";
  const auto shell = offered("urn:t:shell:press-7", {"Nameplate", "spindle_speed"});
  EXPECT_NE(shell.find(R"("idShort":"Signals")"), std::string::npos) << shell;
  EXPECT_EQ(shell.find("nameplate"), std::string::npos) << shell;
  EXPECT_EQ(shell.find(R"("idShort":"spindle_speed")"), std::string::npos) << shell;
  EXPECT_EQ(shell.find("1480.5"), std::string::npos) << shell;
  EXPECT_NE(shell.find(R"("idShort":"TimeSeries")"), std::string::npos) << shell;
  EXPECT_EQ(shell.find("spindle"), std::string::npos) << "its name stands nowhere, also not where its history leads";
  for (const auto* masked : {"spindle_speed", "spindle speed", "Metadata.Record.spindle_speed"}) {
    const auto series = offered("urn:t:submodel:press-7:timeseries", {masked});
    EXPECT_TRUE(series.starts_with('{')) << series;
    EXPECT_EQ(series.find("spindle"), std::string::npos) << masked << ' ' << series;
    EXPECT_EQ(offered("urn:t:submodel:press-7:timeseries#Segments.LinkedSegment_spindle_speed", {masked}), "-");
  }
  EXPECT_TRUE(offered("urn:t:shell:press-7/$value").starts_with(R"({"Nameplate":{)"));
}

TEST_F(TwinServiceTest, WhatATwinWasIsSeenListedAndCompared) {
  const auto then = [&] { return to_string(clock.now()); };
  const auto about = [&](std::string_view what, const std::string& more) {
    return get(fmt::format("/api/v1/twin/{}?id=urn:h{}", what, more));
  };
  const auto before_all = then();
  clock.advance(1h);
  ASSERT_EQ(call(Method::post, "/api/v3/submodels", a_submodel("urn:h", std::string{kSpeed})).status, 201);
  const auto first = then();
  clock.advance(1h);
  ASSERT_EQ(call(Method::patch, at("submodels", "urn:h", "/submodel-elements/Speed/$value"), "9").status, 204);
  ASSERT_EQ(call(Method::patch, at("submodels", "urn:h", "/submodel-elements/Speed/$value"), "9").status, 204);
  const auto second = then();
  clock.advance(1h);
  ASSERT_EQ(call(Method::post, at("submodels", "urn:h", "/submodel-elements"),
                 R"({"modelType":"Capability","idShort":"New"})")
                .status,
            201);
  const auto third = then();
  clock.advance(1h);
  ASSERT_EQ(call(Method::del, at("submodels", "urn:h")).status, 204);

  EXPECT_NE(about("submodel", "&at=" + first).body.find(R"("value":"7")"), std::string::npos);
  EXPECT_NE(about("submodel", "&at=" + second).body.find(R"("value":"9")"), std::string::npos);
  EXPECT_NE(about("document", "&at=" + second)
                .body.find(R"("since":")" + second +
                           R"(","actor":"user:anna","document":{"modelType":"Submodel","idShort":"Data")"),
            std::string::npos)
      << about("document", "&at=" + second).body;
  const auto early = about("document", "&at=" + before_all);
  EXPECT_NE(early.body.find("wasn't there yet"), std::string::npos) << early.body;
  EXPECT_NE(about("document", "&at=" + then()).body.find("was deleted at " + then() + " by user:anna"),
            std::string::npos);

  const auto listed = JsonDocument::parse(about("versions", "").body);
  const auto items = listed->root().find("items").value();
  ASSERT_EQ(items.size(), 4u) << "what was written as it was is no version; " << about("versions", "").body;
  EXPECT_EQ(items.element(0).find("act")->string(), "deleted");
  EXPECT_EQ(items.element(3).find("act")->string(), "created");
  EXPECT_EQ(items.element(3).find("actor")->string(), "user:anna");

  EXPECT_EQ(about("difference", "&from=" + first + "&until=" + third).body,
            R"({"changes":[{"path":"Speed#value","kind":"changed","before":"7","after":"9"},)"
            R"({"path":"New","kind":"added","before":"","after":"Capability"}],"left_out":0})");
  EXPECT_NE(about("difference", "&from=" + third + "&until=" + first).body.find("must be before until"),
            std::string::npos);

  ASSERT_EQ(call(Method::post, "/api/v3/submodels", a_submodel("urn:h")).status, 201);
  for (int i = 0; i < 6; ++i) {
    clock.advance(1min);
    ASSERT_EQ(call(Method::put, at("submodels", "urn:h"), a_submodel("urn:h", i % 2 ? std::string{kSpeed} : "")).status,
              204);
  }
  const auto kept = JsonDocument::parse(about("versions", "").body);
  EXPECT_EQ(kept->root().find("items")->size(), 5u) << "so many are kept, and no more";
  const auto gone = about("document", "&at=" + first);
  EXPECT_NE(gone.body.find("are no more"), std::string::npos) << gone.body;
}

TEST_F(TwinServiceTest, ValuesOfAnEarlierMomentAreTheMachinesOfThen) {
  const auto begin = clock.now();
  append(900, begin + 1h);
  clock.advance(2h);
  const auto at_time = [&](Timestamp time) {
    return get("/api/v1/twin/submodel?id=urn:t:submodel:press-7:signals&at=" + to_string(time)).body;
  };
  EXPECT_NE(at_time(begin + 30min).find(R"("value":"1480.5")"), std::string::npos) << at_time(begin + 30min);
  EXPECT_NE(at_time(begin + 90min).find(R"("value":"900)"), std::string::npos);
  EXPECT_NE(at_time(begin - 1h).find(R"("value":"")"), std::string::npos);
}

}  // namespace
}  // namespace hanse::twin
