#include "api/router.hpp"

#include "api/openapi.hpp"
#include "api/problem.hpp"

namespace hanse::api {

struct Hall {
  std::string name;
  std::int64_t capacity = 0;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "name", .summary = "As on the door.", .required = true},
                      FieldNote{.field = "capacity", .min = 0}};
  }
};
HANSE_DESCRIBE(Hall, (name, capacity))
struct HallById {
  std::string id;
};
HANSE_DESCRIBE(HallById, (id))
struct HallChange {
  std::string id;
  std::string name;
};
HANSE_DESCRIBE(HallChange, (id, name))

namespace {

std::vector<Route> some_routes() {
  std::vector<Route> routes;
  routes.push_back(route<HallById, Versioned<Hall>>(
      {.path = "/api/v1/halls/{id}", .summary = "One hall.", .permission = "plant.read"},
      [](const HallById& in, const Context&) -> Result<Versioned<Hall>> {
        return Versioned<Hall>{.record = {.name = in.id, .capacity = 1}, .version = 7};
      }));
  routes.push_back(route<HallChange, Hall>(
      {.method = Method::put, .path = "/api/v1/halls/{id}", .summary = "Changes it.", .permission = "plant.write"},
      [](const HallChange& in, const Context&) -> Result<Hall> { return Hall{.name = in.name}; }));
  routes.push_back(
      route<Nothing, Hall>({.path = "/api/v1/halls/largest", .summary = "The largest.", .permission = "public"},
                           [](const Nothing&, const Context&) -> Result<Hall> { return Hall{.name = "largest"}; }));
  return routes;
}

std::string found_path(const Router& router, Method method, std::string_view path) {
  const auto match = router.find(method, path);
  if (!match) return match.error().message;
  return match->route ? match->route->path : "";
}

TEST(Router, PutsPathSegmentsIntoParameters) {
  const Router router{some_routes()};

  const auto match = router.find(Method::get, "/api/v1/halls/n%C3%B6rd%2F2");

  ASSERT_TRUE(match && match->route);
  EXPECT_EQ(match->parameters.at("id"), "nörd/2");
}

TEST(Router, PrefersFixedSegmentsOverNames) {
  const Router router{some_routes()};
  EXPECT_EQ(found_path(router, Method::get, "/api/v1/halls/largest"), "/api/v1/halls/largest");
  EXPECT_EQ(found_path(router, Method::get, "/api/v1/halls/x"), "/api/v1/halls/{id}");
}

TEST(Router, TakesTheRestOfAPathWhereNothingElseFits) {
  auto routes = some_routes();
  routes.push_back(
      route<Nothing, Hall>({.path = "/api/v1/halls/{rest...}", .summary = "Anything.", .permission = "public"},
                           [](const Nothing&, const Context&) -> Result<Hall> { return Hall{}; }));
  const Router router{std::move(routes)};

  const auto match = router.find(Method::get, "/api/v1/halls/a/%5B0%5D/c/");

  ASSERT_TRUE(match && match->route);
  EXPECT_EQ(match->parameters.at("rest"), "a/[0]/c/");
  EXPECT_EQ(found_path(router, Method::get, "/api/v1/halls/largest"), "/api/v1/halls/largest");
  EXPECT_EQ(found_path(router, Method::get, "/api/v1/halls/north"), "/api/v1/halls/{id}");
  EXPECT_EQ(found_path(router, Method::get, "/api/v1/halls"), "");
}

TEST(Router, SaysWhichMethodsAPathHas) {
  const Router router{some_routes()};

  const auto match = router.find(Method::del, "/api/v1/halls/x");

  ASSERT_TRUE(match);
  EXPECT_EQ(match->route, nullptr);
  EXPECT_EQ(match->allowed, (std::vector{Method::get, Method::put}));
}

TEST(Router, FindsNothingBesideItsPaths) {
  const Router router{some_routes()};
  for (const auto* path : {"", "/", "/api/v1/halls", "/api/v1/halls/", "/api/v1/halls/x/y", "/api//v1/halls/x", "x"}) {
    EXPECT_EQ(found_path(router, Method::get, path), "") << path;
  }
}

TEST(Router, RefusesBrokenEscapes) {
  const Router router{some_routes()};
  EXPECT_EQ(found_path(router, Method::get, "/api/v1/halls/%zz"), "the address has a '%' without two hex digits");
  EXPECT_EQ(found_path(router, Method::get, "/api/v1/halls/%00"), "the address holds a zero byte");
  EXPECT_EQ(found_path(router, Method::get, "/api/v1/halls/%c3"), "the address is not UTF-8");
}

TEST(ParseQuery, DecodesNamesAndValues) {
  EXPECT_EQ(*parse_query("a=1&b=x+y%2B&c&"), (Parameters{{"a", "1"}, {"b", "x y+"}, {"c", ""}}));
  EXPECT_FALSE(parse_query("a=1&a=2"));
  EXPECT_FALSE(parse_query("a=%f"));
}

TEST(Problem, NamesCodeSentenceAndFields) {
  const Response response = problem(fail(ErrorCode::invalid, "it's \"wrong\"", {{"sites[2].capacity", "must be > 0"}}));

  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"it's \"wrong\"",)"
            R"("code":"invalid","fields":[{"path":"sites[2].capacity","message":"must be > 0"}]})");
}

TEST(Problem, StaysShortWhateverIsWrong) {
  std::vector<FieldError> fields(5000, {std::string(100'000, 'x'), std::string(100'000, 'y')});
  const Response response = problem(fail(ErrorCode::invalid, std::string(100'000, 'z'), std::move(fields)));
  EXPECT_LT(response.body.size(), 300'000u);
  EXPECT_TRUE(response.body.contains("and 4900 more"));
  EXPECT_TRUE(JsonDocument::parse(response.body));
}

TEST(Problem, TellsALostRaceFromAPreconditionThatFailed) {
  EXPECT_EQ(status_of(fail(ErrorCode::conflict, "exists")), 409);
  EXPECT_EQ(status_of(fail(ErrorCode::conflict, "changed"), true), 412);
}

/// Every `$ref` under `value`, with what it must lead to.
void collect_references(JsonRef value, std::vector<std::string>& references) {
  if (value.kind() == JsonRef::Kind::array) {
    for (std::size_t i = 0; i < value.size(); ++i) collect_references(value.element(i), references);
  } else if (value.kind() == JsonRef::Kind::object) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto [key, inner] = value.member(i);
      if (key == "$ref") references.emplace_back(inner.string());
      collect_references(inner, references);
    }
  }
}

TEST(OpenApi, HasWhatItsReferencesLeadTo) {
  const auto document = JsonDocument::parse(openapi_document(some_routes(), "1.2.3"));
  ASSERT_TRUE(document) << to_string(document.error());
  const auto schemas = document->root().find("components")->find("schemas");
  std::vector<std::string> references;
  collect_references(document->root(), references);

  EXPECT_FALSE(references.empty());
  for (const auto& reference : references) {
    constexpr std::string_view kPrefix = "#/components/schemas/";
    ASSERT_TRUE(reference.starts_with(kPrefix)) << reference;
    EXPECT_TRUE(schemas->find(std::string_view{reference}.substr(kPrefix.size()))) << reference;
  }
}

TEST(OpenApi, DescribesEveryOperationOnce) {
  const auto document = JsonDocument::parse(openapi_document(some_routes(), "1.2.3"));
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().find("openapi")->string(), "3.1.0");
  EXPECT_EQ(document->root().find("info")->find("version")->string(), "1.2.3");
  const auto hall = document->root().find("paths")->find("/api/v1/halls/{id}");

  ASSERT_TRUE(hall);
  EXPECT_EQ(hall->find("get")->find("operationId")->string(), "get_halls_id");
  EXPECT_EQ(hall->find("put")->find("x-permission")->string(), "plant.write");
  EXPECT_EQ(document->root().find("paths")->find("/api/v1/halls/largest")->find("get")->find("security")->size(), 0u);
}

}  // namespace
}  // namespace hanse::api
