#include "net/internal/dispatch.hpp"

#include <fmt/format.h>

#include "api/problem.hpp"

namespace hanse::net::internal {

namespace {

Result<api::Caller> who_calls(const HttpServerParts& parts, const api::RouteMatch& match,
                              const api::RequestFacts& facts) {
  auto caller = parts.authorise(facts);
  if (!caller) {
    const bool nobody = caller.error().code == ErrorCode::unauthenticated;
    if (!nobody || match.route->permission != "public") return caller;
    caller = api::Caller{};
  }
  if (auto allowed = parts.permit(*caller, *match.route); !allowed) return std::move(allowed).error();
  return caller;
}

Result<api::Response> handle(const HttpServerParts& parts, const RoutedRequest& routed) {
  HANSE_TRY(auto caller, who_calls(parts, routed.match, routed.facts));
  api::Parameters parameters;
  if (!routed.match.route->reads_query) {
    HANSE_TRY(parameters, api::parse_query(routed.query));
  }
  for (const auto& [name, value] : routed.match.parameters) {
    if (!parameters.emplace(name, value).second) {
      return fail(ErrorCode::invalid, "a parameter is both in the path and in the query",
                  {{.path = name, .message = "must be in the path only"}});
    }
  }
  HANSE_TRY(const auto if_match, parse_if_match(routed.if_match));
  const api::Request request{.parameters = std::move(parameters),
                             .body = routed.body,
                             .content_type = routed.content_type,
                             .if_match = if_match,
                             .caller = std::move(caller),
                             .facts = routed.facts,
                             .stop = routed.stop};
  return routed.match.route->handle(request);
}

}  // namespace

Answer problem_answer(const Error& error, int status, const api::Route* route) {
  Answer answer{.response = route && route->problem ? route->problem(error, status) : api::problem(error, status)};
  answer.cache = "no-store";
  // Not `Basic`, so that no browser puts up its own log-in window.
  if (status == 401) answer.response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"hanse\"");
  return answer;
}

Answer dispatch(const HttpServerParts& parts, const RoutedRequest& routed) {
  try {
    auto response = handle(parts, routed);
    if (response) return finish_response(std::move(*response), routed.wish);
    const int status = api::status_of(response.error(), !routed.if_match.empty());
    if (status == 500) {
      parts.log.error("net", "a request failed", {{"path", routed.facts.path}, {"error", to_string(response.error())}});
    }
    return problem_answer(response.error(), status, routed.match.route);
  } catch (const std::exception& thrown) {
    parts.log.error("net", "a handler threw", {{"path", routed.facts.path}, {"what", thrown.what()}});
    return problem_answer(fail(ErrorCode::corrupt, "this is a fault in Hanse; the log of the node says more"), 500,
                          routed.match.route);
  }
}

Answer answer_without_route(const HttpServerParts& parts, const api::RouteMatch& match, const api::RequestFacts& facts,
                            const AnswerWish& wish) {
  if (!match.allowed.empty()) {
    std::string allowed;
    for (const auto method : match.allowed) {
      allowed += (allowed.empty() ? "" : ", ") + std::string{api::method_name(method)};
      if (method == api::Method::get) allowed += ", HEAD";
    }
    Answer answer = problem_answer(fail(ErrorCode::invalid, fmt::format("{} takes {} only", facts.path, allowed)), 405);
    answer.response.headers.emplace_back("Allow", allowed);
    return answer;
  }
  const bool of_page = facts.method == api::Method::get && !facts.path.starts_with("/api/");
  const PageAsset* asset = of_page ? find_asset(parts.page, facts.path) : nullptr;
  if (asset) return file_answer(*asset, wish);
  const std::string shown = facts.path.substr(0, 200);
  return problem_answer(fail(ErrorCode::not_found, fmt::format("there is nothing at {}", shown)), 404);
}

}  // namespace hanse::net::internal
