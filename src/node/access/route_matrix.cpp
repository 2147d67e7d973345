#include "node/access/route_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/router.hpp"
#include "node/access/permissions.hpp"

namespace hanse::node {
namespace {

enum class Outcome { allowed, unauthenticated, forbidden, strange };

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::allowed:
      return "allowed";
    case Outcome::unauthenticated:
      return "unauthenticated";
    case Outcome::forbidden:
      return "forbidden";
    case Outcome::strange:
      break;
  }
  return "another error";
}

Outcome outcome_of(const Result<void>& decided) {
  if (decided) return Outcome::allowed;
  if (decided.error().code == ErrorCode::unauthenticated) return Outcome::unauthenticated;
  return decided.error().code == ErrorCode::forbidden ? Outcome::forbidden : Outcome::strange;
}

Outcome expected_of(const api::Route& route, std::string_view role) {
  if (route.permission == kPublicPermission) return Outcome::allowed;
  if (role.empty()) return Outcome::unauthenticated;
  if (route.permission == kUserPermission) return Outcome::allowed;
  return role_holds(role, route.permission) ? Outcome::allowed : Outcome::forbidden;
}

std::string wrong_permission(const api::Route& route, const std::string& name) {
  if (route.permission == kPublicPermission) {
    const auto known = public_routes();
    return std::find(known.begin(), known.end(), name) == known.end() ? "is public, and not in the table of those" : "";
  }
  if (route.permission == kUserPermission) return "";
  if (!is_permission(route.permission))
    return fmt::format("has the permission '{}', which no table knows", route.permission);
  const bool reads = route.permission.ends_with(".read");
  if (reads &&
      (route.method == api::Method::put || route.method == api::Method::del || route.method == api::Method::patch)) {
    return fmt::format("changes something by '{}'", route.permission);
  }
  return "";
}

}  // namespace

std::vector<std::string> route_matrix_findings(std::span<const api::Route> routes, const api::Permit& permit,
                                               const std::function<api::Caller(std::string_view role)>& caller_of) {
  std::vector<std::string> findings;
  std::vector<std::pair<std::string_view, api::Caller>> callers{{"", api::Caller{}}};
  for (const auto& role : role_table()) callers.emplace_back(role.id, caller_of(role.id));
  for (const auto& route : routes) {
    const auto name = fmt::format("{} {}", api::method_name(route.method), route.path);
    if (const auto wrong = wrong_permission(route, name); !wrong.empty()) findings.push_back(name + ' ' + wrong);
    for (const auto& [role, caller] : callers) {
      const auto expected = expected_of(route, role);
      const auto found = outcome_of(permit(caller, route));
      if (found == expected) continue;
      findings.push_back(fmt::format("{} is {} for {}, and should be {}", name, name_of(found),
                                     role.empty() ? "nobody" : role, name_of(expected)));
    }
  }
  return findings;
}

}  // namespace hanse::node
