#include "twin/service/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "twin/service/operations.hpp"

namespace hanse::twin {
namespace {

using api::Method;
using api::Request;
using api::Response;

constexpr std::size_t kBodyMax = 64u << 20;
constexpr std::array kMethods{Method::get, Method::post, Method::put, Method::patch, Method::del};
/// Asked with POST, and change nothing.
constexpr std::array<std::string_view, 6> kLookUps{"lookup/shellsByAssetLink", "query/shells",
                                                   "query/submodels",          "query/concept-descriptions",
                                                   "query/shell-descriptors",  "query/submodel-descriptors"};

struct Pattern {
  std::vector<std::string> segments;
  Method method{};
  Handle handle = nullptr;
};

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> out;
  for (const auto part : split(path, '/')) out.emplace_back(part);
  if (out.size() > 1 && out.back().empty()) out.pop_back();  // A slash at the end means nothing.
  return out;
}

bool is_name(std::string_view segment) { return segment.starts_with('{'); }

std::vector<Pattern> all_patterns() {
  std::vector<Pattern> out;
  for (const auto& table : {shell_operations(), submodel_operations(), element_operations(), concept_operations(),
                            registry_operations(), bulk_operations(), exchange_operations(), query_operations()}) {
    for (const auto& each : table) out.push_back({segments_of(each.pattern), each.method, each.handle});
  }
  return out;
}

/// How well a pattern fits: how many segments are fixed; nothing when it doesn't fit.
std::optional<std::size_t> fit(const Pattern& pattern, const std::vector<std::string>& path) {
  if (pattern.segments.size() != path.size()) return std::nullopt;
  std::size_t fixed = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (is_name(pattern.segments[i])) {
      if (path[i].empty() || path[i].front() == '$') return std::nullopt;
    } else if (pattern.segments[i] == path[i]) {
      ++fixed;
    } else {
      return std::nullopt;
    }
  }
  return fixed;
}

class Server {
 public:
  explicit Server(Twins& twins) : twins_(twins), patterns_(all_patterns()) {}

  Response answer(const Request& request, std::string_view base, std::string_view path) {
    auto response = handle(request, base, segments_of(path));
    if (response) return *std::move(response);
    return problem(response.error(), status_of_error(response.error()));
  }
  Response problem(const Error& error, int status) const { return error_response(error, status, twins_.clock().now()); }

 private:
  Result<Response> handle(const Request& request, std::string_view base, const std::vector<std::string>& path) {
    const Pattern* best = nullptr;
    std::size_t best_fit = 0;
    bool known = false;
    for (const auto& pattern : patterns_) {
      const auto fits = fit(pattern, path);
      if (!fits) continue;
      known = true;
      if (pattern.method != request.facts.method || (best && *fits <= best_fit)) continue;
      best = &pattern;
      best_fit = *fits;
    }
    if (!best) {
      if (known) return problem(fail(ErrorCode::invalid, "this address doesn't take that method"), 405);
      return fail(ErrorCode::not_found, "there is nothing at this address");
    }
    HANSE_TRY(auto query, QueryParameters::parse(request.facts.query));
    Call call{.twins = twins_,
              .handles = handles_,
              .bulk_handles = bulk_handles_,
              .request = request,
              .base = std::string{base},
              .names = {},
              .query = std::move(query)};
    HANSE_CHECK(read_names(*best, path, call));
    return best->handle(call);
  }

  static Result<void> read_names(const Pattern& pattern, const std::vector<std::string>& path, Call& call) {
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (!is_name(pattern.segments[i])) continue;
      const auto name = pattern.segments[i].substr(1, pattern.segments[i].size() - 2);
      if (name == "path" || name == "handle") {
        call.names.emplace(name, path[i]);
        continue;
      }
      HANSE_TRY(auto id, decode_identifier("an identifier in the address", path[i]));
      call.names.emplace(name, std::move(id));
    }
    return {};
  }

  Twins& twins_;
  std::vector<Pattern> patterns_;
  HandleBook handles_, bulk_handles_;
};

api::Route make_route(const std::shared_ptr<Server>& server, Method method, std::string_view base, std::string path,
                      std::string_view rest, bool reads) {
  api::Route route{
      .method = method,
      .path = std::move(path),
      .summary = "Asset Administration Shells, as IDTA 01002 has them; see that standard's own description.",
      .permission = reads ? "twin.read" : "twin.write",
      .handle = {},
      .operation = {},
      .body_bytes_max = kBodyMax};
  route.reads_query = true;
  route.problem = [server](const Error& error, int status) { return server->problem(error, status); };
  route.handle = [server, base = std::string{base},
                  rest = std::string{rest}](const Request& request) -> Result<Response> {
    const auto given = request.parameters.find("rest");
    return server->answer(request, base, given == request.parameters.end() ? rest : given->second);
  };
  route.operation = [](const api::Route& of, SchemaBook&) {
    std::string out = "{\"summary\":";
    json::append_string(out, of.summary);
    if (of.path.find('{') != std::string::npos)
      out += R"(,"parameters":[{"name":"rest","in":"path","required":true,"schema":{"type":"string"}}])";
    return out + R"(,"responses":{"default":{"description":"As IDTA 01002 has it."}}})";
  };
  return route;
}

}  // namespace

std::vector<api::Route> standard_routes(Twins& twins) {
  const auto server = std::make_shared<Server>(twins);
  std::vector<api::Route> out;
  for (const auto base : kBases) {
    for (const auto method : kMethods) {
      out.push_back(make_route(server, method, base, fmt::format("{}/{{rest...}}", base), {}, method == Method::get));
      for (const auto look_up : kLookUps) {
        out.push_back(make_route(server, method, base, fmt::format("{}/{}", base, look_up), look_up,
                                 method == Method::get || method == Method::post));
      }
    }
  }
  return out;
}

std::size_t standard_operation_count() { return all_patterns().size(); }

}  // namespace hanse::twin
