#include "twin/internal/service_fixture.hpp"

namespace hanse::twin {
namespace {

TEST_F(TwinServiceTest, WritingABoundValueAsksForItAtTheMachine) {
  const auto value = at("submodels", "urn:t:submodel:press-7:signals", "/submodel-elements/spindle_speed/$value");
  const auto refused = call(Method::patch, value, "1200");
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("it isn't among `writable`"), std::string::npos) << refused.body;
  machine.may.insert(speed);
  for (const auto* text : {"1200", "\"1.2e3\"", "-0.5"}) {
    const auto asked = call(Method::patch, value, text);
    EXPECT_EQ(asked.status, 202) << asked.body;
    EXPECT_EQ(asked.headers, (decltype(asked.headers){{"Location", "/api/v1/machine-changes/w1"}}));
    EXPECT_NE(asked.body.find(R"("messageType":"Info")"), std::string::npos) << asked.body;
  }
  const auto number = "user:anna " + std::to_string(static_cast<std::uint32_t>(speed)) + ' ';
  EXPECT_EQ(machine.wishes, (std::vector<std::string>{number + "1200", number + "1200", number + "-0.5"}));
  for (const auto* text : {"\"fast\"", "\"INF\"", "[1]", "{}", "1 2", ""})
    EXPECT_EQ(call(Method::patch, value, text).status, 400) << text;
  EXPECT_EQ(get(value).body, "1480.5") << "it is the machine's until the machine says otherwise";

  // A binding that people wrote goes the same way, and only by itself.
  ASSERT_EQ(call(Method::post, "/api/v3/submodels", a_submodel("urn:b", R"({"modelType":"Property","idShort":"Speed",
      "valueType":"xs:int","extensions":[{"name":"hanse:signal","value":"press-7/spindle_speed"}]},
      {"modelType":"Property","idShort":"Gone","valueType":"xs:int","extensions":[{"name":"hanse:signal","value":"press-7/gone"}]})"))
                .status,
            201);
  EXPECT_EQ(call(Method::patch, at("submodels", "urn:b", "/submodel-elements/Speed/$value"), "7").status, 202);
  EXPECT_EQ(call(Method::patch, at("submodels", "urn:b", "/submodel-elements/Speed/$value"), "7.5").status, 400)
      << "the property's type is narrower than the signal's";
  EXPECT_EQ(call(Method::patch, at("submodels", "urn:b", "/submodel-elements/Gone/$value"), "7").status, 403);
  const auto whole = call(Method::patch, at("submodels", "urn:b", "/$value"), R"({"Speed":7})");
  EXPECT_EQ(whole.status, 400);
  EXPECT_NE(whole.body.find("its own $value"), std::string::npos) << whole.body;
  EXPECT_EQ(machine.wishes.size(), 4u);

  const auto wish = [](std::string_view path, std::string_view json) {
    return fmt::format(R"({{"id":"urn:b","path":"{}","value":{},"reason":"slower"}})", path, json);
  };
  const auto asked = call(Method::post, "/api/v1/twin/value", wish("Speed", "8"));
  EXPECT_EQ(asked.body, R"({"change":"/api/v1/machine-changes/w1"})");
  EXPECT_EQ(machine.wishes.back(), number + "8");
  EXPECT_EQ(call(Method::post, "/api/v1/twin/value", wish("Speed", "\"x\"")).status, 599);

  const auto view = get("/api/v1/twin/submodel?id=urn:b").body;
  EXPECT_NE(view.find(R"("writable":true)"), std::string::npos) << view;
}

}  // namespace
}  // namespace hanse::twin
