#include "node/access/permissions.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace hanse::node {
namespace {

constexpr std::array kRoles = {
    RoleEntry{"viewer", "Viewer", "Sees plant, history, figures and health; changes nothing."},
    RoleEntry{"operator", "Operator", "Sees what a viewer sees, gives reasons and books parts at the machine."},
    RoleEntry{"planner", "Planner", "Sees what a viewer sees, plans orders and tries out plans."},
    RoleEntry{"lead", "Shift lead", "What operator and planner may, and reads the journal."},
    RoleEntry{"engineer", "Engineer",
              "Builds the plant: equipment, signals, connections, apps; makes tokens for programs."},
    RoleEntry{kAdminRole, "Administrator", "May do everything, users and settings included."},
};

constexpr std::string_view kAll = "viewer operator planner lead engineer";
constexpr std::array kPermissions = {
    PermissionEntry{"plant.read", "See equipment, signals, products, calendars and events.", kAll},
    PermissionEntry{"plant.write", "Change equipment, signals, products, calendars and reasons.", "engineer"},
    PermissionEntry{"events.write", "Book parts, reasons and orders by hand.", "operator lead engineer"},
    PermissionEntry{"history.read", "See live values and history.", kAll},
    PermissionEntry{"history.write", "Add to history, and erase a signal's for good.", "engineer"},
    PermissionEntry{"history.sql", "Ask the history in SQL.", "planner lead engineer"},
    PermissionEntry{"connections.read", "See connections and how they are.", kAll},
    PermissionEntry{"connections.write", "Make, change, test and end connections.", "engineer"},
    PermissionEntry{"connections.trust", "Accept and remove certificates of OPC UA servers and clients.", "engineer"},
    PermissionEntry{"machines.request", "Ask for a value to be written or a method to be called at a machine.",
                    "lead engineer"},
    PermissionEntry{"machines.approve", "Approve what somebody else asked to change at a machine.", "lead engineer"},
    PermissionEntry{"apps.read", "See the apps and what they found.", kAll},
    PermissionEntry{"apps.write", "Set the apps, and close findings.", "engineer"},
    PermissionEntry{"performance.read", "See machine states, figures and losses.", kAll},
    PermissionEntry{"performance.write", "Say why a machine stood.", "operator lead engineer"},
    PermissionEntry{"scheduling.read", "See orders and the plan.", kAll},
    PermissionEntry{"scheduling.write", "Change orders and the plan.", "planner lead engineer"},
    PermissionEntry{"simulation.read", "See the simulated plant and its troubles.", kAll},
    PermissionEntry{"simulation.write", "Make and end troubles of the simulated plant.", "planner lead engineer"},
    PermissionEntry{"twin.read", "See shells, submodels and their values.", kAll},
    PermissionEntry{"twin.write", "Bring in, change and delete shells and submodels.", "engineer"},
    PermissionEntry{"ecosystem.read", "See organisations, capabilities and relationships.", kAll},
    PermissionEntry{"ecosystem.write", "Change organisations, capabilities and relationships.", "lead engineer"},
    PermissionEntry{"programme.read", "See needs, designs, plans and orders of programmes.", kAll},
    PermissionEntry{"programme.write", "Post needs, publish designs, plan, order and re-plan.",
                    "planner lead engineer"},
    PermissionEntry{"dataspace.read", "See partners, offers, agreements and their evidence.", "planner lead engineer"},
    PermissionEntry{"dataspace.write", "Offer, negotiate, sign and revoke agreements with partners.", "lead engineer"},
    PermissionEntry{"journal.read", "See who changed what, and check the chain.", "lead engineer"},
    PermissionEntry{"node.read", "See settings and figures of this node.", "engineer"},
    PermissionEntry{"node.write", "Change settings of this node.", ""},
    PermissionEntry{"tokens.write", "Make and revoke access tokens of one's own.", "engineer"},
    PermissionEntry{"users.read", "See users, their roles and all tokens.", ""},
    PermissionEntry{"users.write", "Make, change and delete users; revoke anybody's tokens.", ""},
};

constexpr std::array<std::string_view, 6> kPublicRoutes = {
    "GET /healthz",           "GET /readyz",        "GET /api/v1/session", "POST /api/v1/session",
    "DELETE /api/v1/session", "POST /api/v1/setup",
};

const PermissionEntry* find_permission(std::string_view name) {
  const auto found = std::find_if(kPermissions.begin(), kPermissions.end(),
                                  [&](const PermissionEntry& entry) { return entry.name == name; });
  return found == kPermissions.end() ? nullptr : found;
}

}  // namespace

std::span<const PermissionEntry> permission_table() { return kPermissions; }
std::span<const RoleEntry> role_table() { return kRoles; }
std::span<const std::string_view> public_routes() { return kPublicRoutes; }

bool is_permission(std::string_view name) { return find_permission(name) != nullptr; }

bool is_role(std::string_view id) {
  return std::any_of(kRoles.begin(), kRoles.end(), [&](const RoleEntry& role) { return role.id == id; });
}

bool role_holds(std::string_view role, std::string_view permission) {
  const auto* entry = find_permission(permission);
  if (!entry || !is_role(role)) return false;
  if (role == kAdminRole) return true;
  const auto holders = split(entry->roles, ' ');
  return std::find(holders.begin(), holders.end(), role) != holders.end();
}

bool holds(const api::Caller& caller, std::string_view permission) {
  return std::find(caller.permissions.begin(), caller.permissions.end(), permission) != caller.permissions.end();
}

std::vector<std::string> permissions_of(std::string_view role) {
  std::vector<std::string> held;
  for (const auto& entry : kPermissions) {
    if (role_holds(role, entry.name)) held.emplace_back(entry.name);
  }
  return held;
}

std::string role_names() {
  std::string names;
  for (const auto& role : kRoles) {
    if (!names.empty()) names += ", ";
    names += role.id;
  }
  return names;
}

}  // namespace hanse::node
