#include "node/access/rights.hpp"

#include <algorithm>
#include <set>

#include "node/access/permissions.hpp"

namespace hanse::node {

bool Rights::holds(std::string_view permission) const {
  return std::binary_search(everywhere.begin(), everywhere.end(), permission, std::less<>{});
}

std::vector<std::string> Rights::all() const {
  auto out = everywhere;
  for (const auto& [permission, sites] : at_sites) out.push_back(permission);
  std::sort(out.begin(), out.end());
  return out;
}

bool Rights::covers(const Rights& wanted) const {
  const auto has = [&](const std::string& permission) { return holds(permission); };
  if (!std::all_of(wanted.everywhere.begin(), wanted.everywhere.end(), has)) return false;
  return std::all_of(wanted.at_sites.begin(), wanted.at_sites.end(), [&](const auto& entry) {
    if (holds(entry.first)) return true;
    const auto own = at_sites.find(entry.first);
    return own != at_sites.end() &&
           std::includes(own->second.begin(), own->second.end(), entry.second.begin(), entry.second.end());
  });
}

Rights rights_of(const User& user) {
  std::set<std::string> everywhere;
  std::map<std::string, std::set<std::string>> at_sites;
  if (user.disabled) return {};
  for (const auto& grant : user.roles) {
    for (auto& permission : permissions_of(grant.role)) {
      if (grant.sites.empty()) {
        everywhere.insert(std::move(permission));
      } else {
        at_sites[permission].insert(grant.sites.begin(), grant.sites.end());
      }
    }
  }
  Rights rights{.everywhere = {everywhere.begin(), everywhere.end()}, .at_sites = {}};
  for (const auto& [permission, sites] : at_sites) {
    if (!everywhere.contains(permission)) rights.at_sites[permission] = {sites.begin(), sites.end()};
  }
  return rights;
}

Rights limited_to(Rights rights, std::span<const std::string> scopes) {
  const auto out_of_scope = [&](const std::string& permission) {
    return std::find(scopes.begin(), scopes.end(), permission) == scopes.end();
  };
  std::erase_if(rights.everywhere, out_of_scope);
  std::erase_if(rights.at_sites, [&](const auto& entry) { return out_of_scope(entry.first); });
  return rights;
}

}  // namespace hanse::node
