#pragma once

#include <memory>
#include <span>

#include "api/route.hpp"

namespace hanse::api {

/// `GET` and so on; nothing for a method that no route has. HEAD counts as GET.
std::optional<Method> parse_method(std::string_view name);
std::string_view method_name(Method method);

/// `%C3%A9` to `é`. Errors: `invalid` for a broken escape, a NUL or what isn't UTF-8 then.
Result<std::string> percent_decode(std::string_view text);

using Parameters = std::map<std::string, std::string, std::less<>>;
/// Reads `a=1&b=x+y`. Errors: `invalid`, also when a name comes twice: whichever was meant, one would be dropped.
Result<Parameters> parse_query(std::string_view query);

/// What a path leads to.
struct RouteMatch {
  const Route* route = nullptr;  ///< Null when there is none.
  Parameters parameters;         ///< From the path.
  std::vector<Method> allowed;   ///< When only other methods have a route here.
};

/// All routes of the interface by path. Fixed segments win over names in braces, and those over a last `{name...}`,
/// which takes all segments that are left, at least one, with slashes between them.
class Router {
 public:
  /// Stops the process when two routes have the same method and path: a bug, found at the first start.
  explicit Router(std::vector<Route> routes);
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// `path` as it came, still percent-encoded, without the query. Errors: `invalid` for a broken escape.
  Result<RouteMatch> find(Method method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node;
  const Node* walk(const Node& node, std::span<const std::string> segments, std::vector<std::string>& values) const;

  std::vector<Route> routes_;
  std::unique_ptr<Node> root_;
};

}  // namespace hanse::api
