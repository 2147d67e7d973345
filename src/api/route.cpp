#include "api/route.hpp"

#include <fmt/format.h>

namespace hanse::api::internal {

std::vector<std::string_view> path_names(std::string_view path) {
  std::vector<std::string_view> names;
  for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
    names.push_back(path.substr(open + 1, path.find('}', open) - open - 1));
  }
  return names;
}

bool is_path_name(std::string_view path, std::string_view name) {
  const auto names = path_names(path);
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<JsonDocument> parse_body(const Request& request) {
  if (!request.content_type.empty() && !request.content_type.starts_with("application/json")) {
    return fail(ErrorCode::invalid,
                fmt::format("send application/json, not '{}'", request.content_type.substr(0, 100)));
  }
  return JsonDocument::parse(request.body);
}

std::string parameter_json(std::string_view name, bool in_path, bool required, const std::string& schema,
                           std::string_view summary) {
  std::string out = R"({"name":)";
  json::append_string(out, name);
  out += fmt::format(R"(,"in":"{}","required":{},"schema":{})", in_path ? "path" : "query", required, schema);
  if (!summary.empty()) {
    out += R"(,"description":)";
    json::append_string(out, summary);
  }
  return out + "}";
}

std::string operation_json(const Route& route, std::string_view parameters, std::string_view request_body,
                           std::string_view response) {
  std::string out = R"({"summary":)";
  json::append_string(out, route.summary);
  out += R"(,"x-permission":)";
  json::append_string(out, route.permission);
  if (!parameters.empty()) out += fmt::format(R"(,"parameters":[{}])", parameters);
  if (!request_body.empty()) out += fmt::format(R"(,"requestBody":{})", request_body);
  out += R"(,"responses":{)";
  if (response.empty()) {
    out += R"("200":{"description":"Done; a file or text where the summary says so."})";
  } else {
    out += fmt::format(R"("200":{{"description":"Done.","content":{{"application/json":{{"schema":{}}}}}}})", response);
  }
  out += R"(,"default":{"description":"What went wrong (RFC 9457).","content":{"application/problem+json":{"schema":)"
         R"({"$ref":"#/components/schemas/Problem"}}}}}})";
  return out;
}

}  // namespace hanse::api::internal
