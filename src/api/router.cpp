#include "api/router.hpp"

#include <fmt/format.h>

#include <array>
#include <span>

#include "base/assert.hpp"
#include "base/text.hpp"

namespace hanse::api {

namespace {

constexpr std::size_t kSegmentsMax = 32;
constexpr std::size_t kParametersMax = 100;
constexpr std::array kMethods{
    std::pair{Method::get, std::string_view{"GET"}}, std::pair{Method::post, std::string_view{"POST"}},
    std::pair{Method::put, std::string_view{"PUT"}}, std::pair{Method::patch, std::string_view{"PATCH"}},
    std::pair{Method::del, std::string_view{"DELETE"}}};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> query_decode(std::string_view text) {
  std::string spaced{text};
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decode(spaced);
}

bool is_name(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }
bool is_rest(std::string_view segment) { return is_name(segment) && segment.ends_with("...}"); }

}  // namespace

std::optional<Method> parse_method(std::string_view name) {
  if (name == "HEAD") return Method::get;
  for (const auto& [method, known] : kMethods) {
    if (name == known) return method;
  }
  return std::nullopt;
}

std::string_view method_name(Method method) {
  for (const auto& [known, name] : kMethods) {
    if (method == known) return name;
  }
  return "GET";
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return fail(ErrorCode::invalid, "the address has a '%' without two hex digits");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return fail(ErrorCode::invalid, "the address holds a zero byte");
    out += c;
  }
  if (!is_utf8(out)) return fail(ErrorCode::invalid, "the address is not UTF-8");
  return out;
}

Result<Parameters> parse_query(std::string_view query) {
  Parameters parameters;
  if (query.empty()) return parameters;
  for (const auto part : split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = std::min(part.find('='), part.size());
    HANSE_TRY(std::string name, query_decode(part.substr(0, equals)));
    HANSE_TRY(std::string value, query_decode(part.substr(std::min(equals + 1, part.size()))));
    if (parameters.size() >= kParametersMax) return fail(ErrorCode::invalid, "the query has over 100 parameters");
    if (!parameters.emplace(name, std::move(value)).second) {
      return fail(ErrorCode::invalid, "the query gives a parameter twice",
                  {{.path = name, .message = "must be given once; lists are comma-separated"}});
    }
  }
  return parameters;
}

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
  std::unique_ptr<Node> named;
  std::unique_ptr<Node> rest;
  std::map<Method, std::size_t> routes;
};

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)), root_(std::make_unique<Node>()) {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    HANSE_ASSERT(routes_[i].path.starts_with('/'));
    Node* node = root_.get();
    for (const auto segment : split(std::string_view{routes_[i].path}.substr(1), '/')) {
      auto& next = is_rest(segment) ? node->rest : is_name(segment) ? node->named : node->fixed[std::string{segment}];
      if (!next) next = std::make_unique<Node>();
      node = next.get();
    }
    const bool is_new = node->routes.emplace(routes_[i].method, i).second;
    HANSE_ASSERT(is_new && "two routes have the same method and path");
  }
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

const Router::Node* Router::walk(const Node& node, std::span<const std::string> segments,
                                 std::vector<std::string>& values) const {
  if (segments.empty()) return node.routes.empty() ? nullptr : &node;
  if (const auto next = node.fixed.find(segments.front()); next != node.fixed.end()) {
    if (const Node* found = walk(*next->second, segments.subspan(1), values)) return found;
  }
  if (node.named && !segments.front().empty()) {
    values.push_back(segments.front());
    if (const Node* found = walk(*node.named, segments.subspan(1), values)) return found;
    values.pop_back();
  }
  if (!node.rest) return nullptr;
  std::string whole;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (i > 0) whole += '/';
    whole += segments[i];
  }
  values.push_back(std::move(whole));
  return node.rest.get();
}

Result<RouteMatch> Router::find(Method method, std::string_view path) const {
  RouteMatch match;
  if (!path.starts_with('/')) return match;
  std::vector<std::string> segments;
  for (const auto segment : split(path.substr(1), '/')) {
    if (segments.size() == kSegmentsMax) return match;
    HANSE_TRY(std::string decoded, percent_decode(segment));
    segments.push_back(std::move(decoded));
  }
  std::vector<std::string> values;
  const Node* node = walk(*root_, segments, values);
  if (!node) return match;
  const auto found = node->routes.find(method);
  if (found == node->routes.end()) {
    for (const auto& [other, index] : node->routes) match.allowed.push_back(other);
    return match;
  }
  match.route = &routes_[found->second];
  const auto names = internal::path_names(match.route->path);
  for (std::size_t i = 0; i < names.size() && i < values.size(); ++i) {
    match.parameters.emplace(names[i], std::move(values[i]));
  }
  return match;
}

}  // namespace hanse::api
