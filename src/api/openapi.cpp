#include "api/openapi.hpp"

#include <fmt/format.h>

#include "api/router.hpp"
#include "base/text.hpp"

namespace hanse::api {

namespace {

constexpr std::string_view kProblem =
    R"({"type":"object","description":"What went wrong (RFC 9457).","properties":{"type":{"type":"string"},)"
    R"("title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string","description":)"
    R"("One sentence for a person."},"code":{"type":"string","enum":["invalid","not_found","conflict","forbidden",)"
    R"("unauthenticated","too_large","unavailable","timeout","corrupt"]},"fields":{"type":"array","items":{"type":)"
    R"("object","properties":{"path":{"type":"string"},"message":{"type":"string"}},"required":["path","message"]}}},)"
    R"("required":["type","title","status","detail","code","fields"]})";

constexpr std::string_view kSecurity =
    R"({"session":{"type":"apiKey","in":"cookie","name":"hanse_session",)"
    R"("description":"Followed by _PORT when the node's address has a port."},"token":{"type":"http","scheme":"bearer"}})";

/// The room a path belongs to, as in `history` of `/api/v1/history/chart`: pages group operations by it.
std::string tag_of(std::string_view path) {
  constexpr std::string_view kPrefix = "/api/v1/";
  if (!path.starts_with(kPrefix)) return "node";
  path.remove_prefix(kPrefix.size());
  return std::string{path.substr(0, path.find('/'))};
}

/// `get_assets_id` for GET /api/v1/assets/{id}: stable, so that generated clients keep their names.
std::string operation_id(const Route& route) {
  std::string id = to_lower(method_name(route.method));
  std::string_view path = route.path;
  if (path.starts_with("/api/v1")) path.remove_prefix(7);
  for (const char c : path) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (word) {
      id += c;
    } else if (id.back() != '_') {
      id += '_';
    }
  }
  while (id.ends_with('_')) id.pop_back();
  return id;
}

}  // namespace

std::string openapi_document(std::span<const Route> routes, std::string_view version) {
  SchemaBook book;
  std::map<std::string, std::map<std::string, std::string>> paths;
  for (const auto& route : routes) {
    std::string operation = route.operation(route, book);
    std::string head = fmt::format(R"({{"operationId":"{}","tags":["{}"],)", operation_id(route), tag_of(route.path));
    if (route.permission == "public") head += R"("security":[],)";
    operation.replace(0, 1, head);
    auto path = route.path;
    if (path.ends_with("...}")) path.replace(path.size() - 4, 3, "");  // OpenAPI has no word for the rest of a path.
    paths[path][to_lower(method_name(route.method))] = std::move(operation);
  }
  std::string out = R"({"openapi":"3.1.0","info":{"title":"Hanse","version":)";
  json::append_string(out, version);
  out += R"(,"description":"Everything the page does goes through this interface. Lists page by cursor; single )"
         R"(records carry an ETag that changes take as If-Match."},"security":[{"session":[]},{"token":[]}],"paths":{)";
  bool first_path = true;
  for (const auto& [path, operations] : paths) {
    if (!std::exchange(first_path, false)) out += ',';
    json::append_string(out, path);
    out += ":{";
    bool first = true;
    for (const auto& [method, operation] : operations) {
      if (!std::exchange(first, false)) out += ',';
      out += fmt::format(R"("{}":{})", method, operation);
    }
    out += '}';
  }
  std::string components = book.components();
  const std::string problem = fmt::format(R"("Problem":{}{})", kProblem, components == "{}" ? "" : ",");
  components.insert(1, problem);
  out += fmt::format(R"(}},"components":{{"schemas":{},"securitySchemes":{}}}}})", components, kSecurity);
  return out;
}

}  // namespace hanse::api
