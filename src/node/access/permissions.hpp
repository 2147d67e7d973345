#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"

namespace hanse::node {

/// The roles of this node and what each may do: the one table. Rooms name a permission at each route; who holds it
/// stands here and nowhere else.
struct PermissionEntry {
  std::string_view name;     ///< `<room>.<what>`, as routes name it.
  std::string_view summary;  ///< What it allows, one sentence.
  std::string_view roles;    ///< Ids of the roles that hold it, divided by blanks; the administrator holds all.
};
struct RoleEntry {
  std::string_view id;
  std::string_view name;
  std::string_view summary;
};

inline constexpr std::string_view kAdminRole = "admin";
inline constexpr std::string_view kPublicPermission = "public";  ///< Nobody in particular may.
inline constexpr std::string_view kUserPermission = "user";      ///< Any known caller may.

std::span<const PermissionEntry> permission_table();
std::span<const RoleEntry> role_table();
/// Routes that may be `public`, as `GET /healthz`: another one is a mistake that the tests find.
std::span<const std::string_view> public_routes();

bool is_permission(std::string_view name);
bool is_role(std::string_view id);
/// Does the role hold the permission? False for what isn't in the table.
bool role_holds(std::string_view role, std::string_view permission);
/// Does the caller hold it everywhere?
bool holds(const api::Caller& caller, std::string_view permission);
/// In the table's order.
std::vector<std::string> permissions_of(std::string_view role);
/// `viewer, operator, ...`: for messages.
std::string role_names();

}  // namespace hanse::node
